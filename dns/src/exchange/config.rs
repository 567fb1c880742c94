//! How an exchange and a lookup behave: their waits, and what they ask a server for.

use std::time::Duration;

use crate::edns::EDNS_UDP_SIZE;

/// How an exchange and a lookup behave. The default is made for a stub resolver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// How long to wait for the first answer of a server. Each later wait for it is twice as long. 1 s.
    pub first_wait: Duration,
    /// How long to wait for an answer over TCP; opening the connection counts. 3 s.
    pub tcp_wait: Duration,
    /// How long the exchange, or the whole lookup with all its servers, may take. 5 s.
    pub total: Duration,
    /// The UDP payload size to send in an OPT record; `None` to send none. 1232.
    pub edns_udp_size: Option<u16>,
    /// After how many bad replies the question moves to TCP. 16.
    pub max_ignored: u32,
    /// RD: ask the server to find the whole answer. A stub resolver does. Set it to false to ask an authoritative
    /// server. True.
    pub recursion_desired: bool,
    /// Ask over TCP from the start. False.
    pub tcp_only: bool,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            first_wait: Duration::from_secs(1),
            tcp_wait: Duration::from_secs(3),
            total: Duration::from_secs(5),
            edns_udp_size: Some(EDNS_UDP_SIZE),
            max_ignored: 16,
            recursion_desired: true,
            tcp_only: false,
        }
    }
}
