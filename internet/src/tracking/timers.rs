//! How long a conversation is known without a packet.

use std::time::Duration;

use barewire_packet::icmp;
use barewire_packet::udp;

use super::tcp::TcpState;

/// After how long a silence a box forgets a conversation. Each timer is named by what the conversation waits in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timers {
    /// UDP, until both sides have spoken for more than [`udp_stream_after`](Timers::udp_stream_after). RFC 4787 REQ-5:
    /// at least 2 minutes, 5 recommended.
    pub udp: Duration,
    /// UDP, after that.
    pub udp_stream: Duration,
    /// When an exchange becomes a stream: Linux has 2 s.
    pub udp_stream_after: Duration,
    /// TCP, a SYN has no answer yet. RFC 5382 REQ-5: transitory, at least 4 minutes.
    pub tcp_syn_sent: Duration,
    /// TCP, the last segment of the handshake is missing: transitory.
    pub tcp_syn_received: Duration,
    /// TCP, established. RFC 5382 REQ-5: at least 2 hours 4 minutes.
    pub tcp_established: Duration,
    /// TCP, one side has closed: transitory.
    pub tcp_fin_wait: Duration,
    /// TCP, and the other one has acknowledged that: transitory.
    pub tcp_close_wait: Duration,
    /// TCP, both sides have closed: transitory.
    pub tcp_last_ack: Duration,
    /// TCP, and all is acknowledged. RFC 5382 §5: left open; 4 minutes are twice the longest life of a segment.
    pub tcp_time_wait: Duration,
    /// TCP, after a reset. RFC 5382 §5: left open.
    pub tcp_closed: Duration,
    /// TCP, learned in the middle, and the other side has not spoken. Linux only: `tcp_timeout_unacknowledged`.
    pub tcp_unanswered: Duration,
    /// ICMP queries. RFC 5508 REQ-2: at least 60 s.
    pub icmp: Duration,
    /// Any other protocol, where a box follows it: a firewall does. No RFC has a rule.
    pub other: Duration,
}

const fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

impl Timers {
    /// The shortest that the RFCs allow a NAT; for UDP the five minutes that RFC 4787 REQ-5c recommends.
    pub const fn rfc() -> Timers {
        let transitory = seconds(4 * 60);
        Timers {
            udp: seconds(5 * 60),
            udp_stream: seconds(5 * 60),
            udp_stream_after: seconds(2),
            tcp_syn_sent: transitory,
            tcp_syn_received: transitory,
            tcp_established: seconds(2 * 3600 + 4 * 60),
            tcp_fin_wait: transitory,
            tcp_close_wait: transitory,
            tcp_last_ack: transitory,
            tcp_time_wait: transitory,
            tcp_closed: transitory,
            tcp_unanswered: transitory,
            icmp: seconds(60),
            other: seconds(600),
        }
    }

    /// What `sysctl net.netfilter` shows in a fresh network namespace of Linux 6.18.
    pub const fn linux() -> Timers {
        Timers {
            udp: seconds(30),
            udp_stream: seconds(120),
            udp_stream_after: seconds(2),
            tcp_syn_sent: seconds(120),
            tcp_syn_received: seconds(60),
            tcp_established: seconds(432_000),
            tcp_fin_wait: seconds(120),
            tcp_close_wait: seconds(60),
            tcp_last_ack: seconds(30),
            tcp_time_wait: seconds(120),
            tcp_closed: seconds(10),
            tcp_unanswered: seconds(300),
            icmp: seconds(30),
            other: seconds(600),
        }
    }

    /// The timer of a conversation that is not TCP. `age`: how long ago it began.
    pub(super) fn of(&self, protocol: u8, answered: bool, age: Duration) -> Duration {
        match protocol {
            udp::PROTOCOL if answered && age > self.udp_stream_after => self.udp_stream,
            udp::PROTOCOL => self.udp,
            icmp::PROTOCOL | icmp::PROTOCOL_V6 => self.icmp,
            _ => self.other,
        }
    }

    /// The timer of a TCP connection. Until both sides have spoken it was learned in the middle, or opens.
    pub(super) fn of_tcp(&self, state: TcpState, answered: bool) -> Duration {
        match state {
            TcpState::None | TcpState::SynSent | TcpState::SynSent2 => self.tcp_syn_sent,
            TcpState::SynReceived => self.tcp_syn_received,
            TcpState::Established if !answered => self.tcp_established.min(self.tcp_unanswered),
            TcpState::Established => self.tcp_established,
            TcpState::FinWait => self.tcp_fin_wait,
            TcpState::CloseWait => self.tcp_close_wait,
            TcpState::LastAck => self.tcp_last_ack,
            TcpState::TimeWait => self.tcp_time_wait,
            TcpState::Closed => self.tcp_closed,
        }
    }
}
