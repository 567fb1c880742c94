//! How an exchange and a lookup behave: their waits, and what they ask a server for.

use std::time::Duration;

use super::options::QueryOptions;
use crate::edns::EDNS_UDP_SIZE;

/// How an exchange and a lookup behave. The default is made for a stub resolver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// How long to wait for the first answer of a server, if its [`History`](super::History) says nothing else. Each
    /// later wait for it is twice as long. 1 s.
    pub first_wait: Duration,
    /// How long to wait for an answer over TCP; opening the connection counts. 3 s.
    pub tcp_wait: Duration,
    /// How long the exchange, or the whole lookup with all its servers, may take. 5 s.
    pub total: Duration,
    /// The UDP payload size to send in an OPT record; `None` to send none. 1232.
    pub edns_udp_size: Option<u16>,
    /// The options of the OPT record, which needs one. None.
    pub options: QueryOptions,
    /// After how many bad replies the question moves to TCP. 16.
    pub max_ignored: u32,
    /// RD: ask the server to find the whole answer. A stub resolver does. Set it to false to ask an authoritative
    /// server. True.
    pub recursion_desired: bool,
    /// Ask over TCP from the start. False.
    pub tcp_only: bool,
    /// DO: ask for DNSSEC's records too (RFC 3225). It stands in the OPT record, so it needs one. False.
    pub dnssec_ok: bool,
    /// AD in the query: ask whether the server validated its answer (RFC 6840 §5.7). The reply says so with its AD bit,
    /// which is worth as much as the path to the server. False.
    pub authentic_data: bool,
    /// CD: ask the server not to validate (RFC 4035 §3.2.2). False.
    pub checking_disabled: bool,
    /// Random upper and lower case in the question, which a reply repeats. Off.
    pub random_case: RandomCase,
    /// Send cookies, and expect them back (RFC 7873). They stand in the OPT record, so they need one, and they gain
    /// something only if the [`History`](super::History) is kept, because a server's first reply is believed without. A
    /// stub that asks once and ends would show a server more of itself for nothing: false.
    pub cookies: bool,
    /// Begin with a random one of the good servers, so that all carry their share. False: the first of them in the list
    /// is asked first.
    pub rotate: bool,
}

/// Random case in the question, "0x20": a forger has to guess one more bit for each letter of the name
/// (draft-vixie-dnsext-dns0x20). Servers compare names without case, and nearly all repeat a name as it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RandomCase {
    /// The name is sent as it was given.
    Off,
    /// A reply that repeats the name in other case is not believed over UDP: the question moves to TCP.
    On,
    /// Such a reply is ignored, like one to another question.
    Strict,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            first_wait: Duration::from_secs(1),
            tcp_wait: Duration::from_secs(3),
            total: Duration::from_secs(5),
            edns_udp_size: Some(EDNS_UDP_SIZE),
            options: QueryOptions::default(),
            max_ignored: 16,
            recursion_desired: true,
            tcp_only: false,
            dnssec_ok: false,
            authentic_data: false,
            checking_disabled: false,
            random_case: RandomCase::Off,
            cookies: false,
            rotate: false,
        }
    }
}
