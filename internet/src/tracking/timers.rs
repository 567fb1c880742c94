//! How long a connection is known without a packet of it.

use std::time::Duration;

use barewire_packet::icmp;
use barewire_packet::transit::TCP;
use barewire_packet::udp;

use super::TcpPhase;

/// For each kind of connection, after how long a silence it is forgotten.
///
/// | timer | `linux` (sysctl `net.netfilter.nf_conntrack_..`) | `rfc` |
/// |---|---|---|
/// | `syn_sent` | 120 s (`tcp_timeout_syn_sent`) | 240 s (RFC 5382 REQ-5) |
/// | `syn_received` | 60 s (`tcp_timeout_syn_recv`) | 240 s |
/// | `established` | 432,000 s, five days (`tcp_timeout_established`) | 7,440 s (RFC 5382 REQ-5) |
/// | `fin_wait`, `close_wait` | 120 s, 60 s | 240 s |
/// | `last_ack`, `time_wait` | 30 s, 120 s | 240 s |
/// | `closed` | 10 s (`tcp_timeout_close`) | 240 s |
/// | `udp`, `udp_stream` | 30 s, 120 s | 300 s (RFC 4787 REQ-5) |
/// | `icmp` | 30 s (`icmp_timeout`) | 60 s (RFC 5508 REQ-1) |
/// | `other` | 600 s (`generic_timeout`) | 600 s (no rule) |
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timers {
    /// A SYN without an answer.
    pub syn_sent: Duration,
    /// An answered SYN.
    pub syn_received: Duration,
    /// An open connection.
    pub established: Duration,
    /// One end has closed.
    pub fin_wait: Duration,
    /// The other end knows it.
    pub close_wait: Duration,
    /// Both ends have closed.
    pub last_ack: Duration,
    /// Both ends know it.
    pub time_wait: Duration,
    /// A connection that was reset.
    pub closed: Duration,
    /// UDP, before an answer, or in the first two seconds.
    pub udp: Duration,
    /// UDP with packets both ways for more than two seconds.
    pub udp_stream: Duration,
    /// An ICMP query.
    pub icmp: Duration,
    /// Any other protocol.
    pub other: Duration,
}

impl Timers {
    /// Those of Linux.
    pub fn linux() -> Timers {
        let s = Duration::from_secs;
        Timers {
            syn_sent: s(120),
            syn_received: s(60),
            established: s(432_000),
            fin_wait: s(120),
            close_wait: s(60),
            last_ack: s(30),
            time_wait: s(120),
            closed: s(10),
            udp: s(30),
            udp_stream: s(120),
            icmp: s(30),
            other: s(600),
        }
    }

    /// The least that the RFCs ask of a NAT, which has the same task.
    pub fn rfc() -> Timers {
        let (s, transitory) = (Duration::from_secs, Duration::from_secs(240));
        Timers {
            syn_sent: transitory,
            syn_received: transitory,
            established: s(7440),
            fin_wait: transitory,
            close_wait: transitory,
            last_ack: transitory,
            time_wait: transitory,
            closed: transitory,
            udp: s(300),
            udp_stream: s(300),
            icmp: s(60),
            other: s(600),
        }
    }

    /// The timer of a connection that is `age` old.
    pub(super) fn of(&self, protocol: u8, tcp: Option<TcpPhase>, replied: bool, age: Duration) -> Duration {
        match (protocol, tcp) {
            (TCP, Some(phase)) => self.of_tcp(phase),
            (udp::PROTOCOL, _) if replied && age > Duration::from_secs(2) => self.udp_stream,
            (udp::PROTOCOL, _) => self.udp,
            (icmp::PROTOCOL | icmp::PROTOCOL_V6, _) => self.icmp,
            _ => self.other,
        }
    }

    fn of_tcp(&self, phase: TcpPhase) -> Duration {
        match phase {
            TcpPhase::SynSent | TcpPhase::BothSent => self.syn_sent,
            TcpPhase::SynReceived => self.syn_received,
            TcpPhase::Established => self.established,
            TcpPhase::FinWait(_) => self.fin_wait,
            TcpPhase::CloseWait(_) => self.close_wait,
            TcpPhase::LastAck => self.last_ack,
            TcpPhase::TimeWait => self.time_wait,
            TcpPhase::Closed => self.closed,
        }
    }
}
