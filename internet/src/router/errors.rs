//! The ICMP errors of a router: which there are, when none may be sent, and how many (RFC 1812 §4.3, RFC 4443 §2.4).

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use barewire_packet::icmp::{ErrorKind, Version, error_packet};
use barewire_packet::transit::Transit;

/// What a router tells a sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IcmpError {
    /// The packet may pass no further router.
    TimeExceeded,
    /// No route leads there.
    NoRoute,
    /// The network is at hand, the host is not.
    NoHost,
    /// Nobody listens on this port.
    NoPort,
    /// The host does not speak this protocol.
    NoProtocol,
    /// A rule forbids it.
    Prohibited,
    /// The next wire carries packets up to this size only, and this one must not be cut.
    TooBig(usize),
}

impl IcmpError {
    /// Type, code and word of the message: RFC 792, RFC 1812 §5.2.7.1, RFC 1191 §4, RFC 4443 §3.
    fn kind(self, version: Version) -> ErrorKind {
        let (v4, v6) = match self {
            IcmpError::TimeExceeded => ((11, 0), (3, 0)),
            IcmpError::NoRoute => ((3, 0), (1, 0)),
            IcmpError::NoHost => ((3, 1), (1, 3)),
            IcmpError::NoProtocol => ((3, 2), (4, 1)),
            IcmpError::NoPort => ((3, 3), (1, 4)),
            IcmpError::TooBig(_) => ((3, 4), (2, 0)),
            IcmpError::Prohibited => ((3, 13), (1, 1)),
        };
        let (kind, code) = if version == Version::V4 { v4 } else { v6 };
        let word = match self {
            IcmpError::TooBig(mtu) => u32::try_from(mtu).unwrap_or(u32::MAX),
            _ => 0,
        };
        ErrorKind { kind, code, word }
    }

    /// The packet that tells the sender of `packet` of this error, from `source`. `None`: it must not be told.
    pub fn about(self, packet: &Transit, source: IpAddr) -> Option<Vec<u8>> {
        let kind = self.kind(packet.version());
        self.may_answer(packet).then(|| error_packet(source, packet.source(), kind, packet.bytes()))
    }

    /// Whether this packet may be answered with this error at all.
    ///
    /// RFC 1812 §4.3.2.7: never an error about an ICMP error, about a packet to or from no single host, or about a
    /// fragment that is not the first. RFC 4443 §2.4 e has the same list, but "too big" is also told of multicast.
    fn may_answer(self, packet: &Transit) -> bool {
        let too_big_v6 = matches!(self, IcmpError::TooBig(_)) && packet.version() == Version::V6;
        packet.starts()
            && !packet.is_icmp_error()
            && is_one_host(packet.source())
            && (is_one_host(packet.destination()) || too_big_v6)
    }
}

/// Whether an address is that of one host: not unspecified, multicast or broadcast.
fn is_one_host(address: IpAddr) -> bool {
    let broadcast = matches!(address, IpAddr::V4(address) if address.is_broadcast());
    !address.is_unspecified() && !address.is_multicast() && !broadcast
}

/// How many ICMP errors go to one host: some at once, then one each interval. Linux has 6 at once, then one a second;
/// "too big" is exempt there, and here.
#[derive(Debug, Clone)]
pub struct Limit {
    at_once: u32,
    each: Duration,
    /// For each host, when the budget is whole again.
    whole_at: HashMap<IpAddr, Instant>,
}

/// For how many hosts the budget is kept at the most. More senders than that start over.
const MOST_HOSTS: usize = 10_000;

impl Default for Limit {
    fn default() -> Limit {
        Limit::new(6, Duration::from_secs(1))
    }
}

impl Limit {
    /// `at_once` errors, and one more each time `each` has passed.
    pub fn new(at_once: u32, each: Duration) -> Limit {
        Limit { at_once, each, whole_at: HashMap::new() }
    }

    /// No limit, for measurements.
    pub fn none() -> Limit {
        Limit::new(u32::MAX, Duration::ZERO)
    }

    /// Whether another error may go to `host` at `now`; if so, it is counted.
    pub(super) fn allows(&mut self, now: Instant, host: IpAddr) -> bool {
        if self.whole_at.len() >= MOST_HOSTS {
            self.whole_at.retain(|_, whole_at| *whole_at > now);
            if self.whole_at.len() >= MOST_HOSTS {
                self.whole_at.clear();
            }
        }
        let whole_at = self.whole_at.get(&host).copied().unwrap_or(now).max(now);
        let after = whole_at + self.each;
        // An error that would empty the budget further than its size has to wait.
        if after > now + self.each.saturating_mul(self.at_once) {
            return false;
        }
        self.whole_at.insert(host, after);
        true
    }
}
