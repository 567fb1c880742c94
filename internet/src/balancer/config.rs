//! The settings of a balancer.

use std::net::IpAddr;
use std::time::Duration;

use super::check::Check;
use super::choice::Algorithm;
use super::flow::Phase;

/// What a balancer does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Config {
    /// How packets get to a backend, and answers back.
    pub forwarding: Forwarding,
    /// Which backend a new flow gets.
    pub algorithm: Algorithm,
    /// What an open flow meets when its backend is down.
    pub when_down: WhenDown,
    /// How long a silent flow is known.
    pub timers: Timers,
    /// How many flows are known at the most. A packet that would open another one is dropped.
    pub most_flows: usize,
    /// The first and the last port of the balancer towards the backends, with `FullNat`: one for each flow.
    pub ports: (u16, u16),
    /// How the balancer itself finds out whether a backend is there. `None`: it does not.
    pub check: Option<Check>,
}

impl Default for Config {
    /// As IPVS: translated destinations, weighted least connections, silence for the flows of a dead backend.
    fn default() -> Config {
        Config {
            forwarding: Forwarding::Nat,
            algorithm: Algorithm::LeastConnections,
            when_down: WhenDown::Drop,
            timers: Timers::default(),
            most_flows: 262_144,
            ports: (1024, u16::MAX),
            check: None,
        }
    }
}

/// How packets get to a backend, and answers back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forwarding {
    /// The destination becomes the backend's. Its answers must come back through the balancer.
    Nat,
    /// The source becomes this address of the balancer, too, with a port of its own for each flow. Answers come back
    /// wherever the balancer stands, and the backend does not see who asks. There are as many flows as ports.
    FullNat(IpAddr),
    /// The packet stays as it is, and goes to the backend as its next hop. The backend has the address of the service
    /// too, and answers the client past the balancer, which sees one direction only.
    DirectReturn,
}

/// What an open flow meets when its backend is down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhenDown {
    /// Its packets go on to the backend, as nftables and HAProxy leave it: silence, or what the network says.
    Keep,
    /// Its packets are dropped, as IPVS does unless told otherwise (`expire_nodest_conn` = 0).
    Drop,
    /// The client gets a reset with its next packet, and can try again. A client of UDP gets "port unreachable".
    Reset,
}

/// How long a silent flow is known.
///
/// | timer | default | source |
/// |---|---|---|
/// | `opening` | 60 s | IPVS, state SYN_RECV |
/// | `open` | 900 s | IPVS, ipvsadm(8) `--set`, TCP |
/// | `closing` | 120 s | the same, TCP after a FIN |
/// | `closed` | 10 s | IPVS, state CLOSE |
/// | `datagrams` | 300 s | the same, UDP |
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timers {
    /// The client has not acknowledged anything yet.
    pub opening: Duration,
    /// An open TCP connection.
    pub open: Duration,
    /// An end of it has closed.
    pub closing: Duration,
    /// It was reset.
    pub closed: Duration,
    /// A flow of UDP.
    pub datagrams: Duration,
}

impl Default for Timers {
    fn default() -> Timers {
        let s = Duration::from_secs;
        Timers { opening: s(60), open: s(900), closing: s(120), closed: s(10), datagrams: s(300) }
    }
}

impl Timers {
    pub(super) fn of(&self, phase: Phase) -> Duration {
        match phase {
            Phase::Opening => self.opening,
            Phase::Open => self.open,
            Phase::Closing => self.closing,
            Phase::Closed => self.closed,
            Phase::Datagrams => self.datagrams,
        }
    }
}
