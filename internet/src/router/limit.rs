//! How many ICMP errors a router sends (RFC 1812 §4.3.2.8 recommends a limit, RFC 4443 §2.4 f demands one).

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use crate::later::later;

/// How many ICMP errors go to one host: some at once, then one each interval. Linux has 6 at once, then one a second in
/// IPv4, and ten a second in IPv6. "Too big" is exempt there, and here. Its limit over all hosts is left out.
#[derive(Debug, Clone)]
pub struct Limit {
    at_once: u32,
    /// The interval in IPv4, and in IPv6.
    each: [Duration; 2],
    /// For each host, when the budget is whole again.
    whole_at: HashMap<IpAddr, Instant>,
}

/// For how many hosts the budget is kept at the most. More senders than that start over.
const MOST_HOSTS: usize = 10_000;

impl Default for Limit {
    /// The limit of Linux.
    fn default() -> Limit {
        let each = [Duration::from_secs(1), Duration::from_millis(100)];
        Limit { at_once: 6, each, whole_at: HashMap::new() }
    }
}

impl Limit {
    /// `at_once` errors, and one more each time `each` has passed, for both versions of IP.
    pub fn new(at_once: u32, each: Duration) -> Limit {
        Limit { at_once, each: [each; 2], whole_at: HashMap::new() }
    }

    /// No limit, for measurements.
    pub fn none() -> Limit {
        Limit::new(u32::MAX, Duration::ZERO)
    }

    /// Whether another error may go to `host` at `now`; if so, it is counted.
    pub(super) fn allows(&mut self, now: Instant, host: IpAddr) -> bool {
        let each = self.each[usize::from(host.is_ipv6())];
        if each.is_zero() {
            return true;
        }
        self.make_room(now);
        let after = later(self.whole_at.get(&host).copied().unwrap_or(now).max(now), each);
        // Each error moves the moment of the whole budget on; it may be as far away as the budget is large.
        if after > later(now, each.saturating_mul(self.at_once)) {
            return false;
        }
        self.whole_at.insert(host, after);
        true
    }

    fn make_room(&mut self, now: Instant) {
        if self.whole_at.len() < MOST_HOSTS {
            return;
        }
        self.whole_at.retain(|_, whole_at| *whole_at > now);
        if self.whole_at.len() >= MOST_HOSTS {
            self.whole_at.clear();
        }
    }
}
