//! The settings of a resolver, and its budgets: how much work one question may cause.
//!
//! A stranger who can make a resolver ask 200 times for one question has a tool against somebody else (NXNSAttack,
//! CVE-2020-12662). So each kind of work has a limit with a name. The numbers are unbound's, or smaller ones. Tested in
//! `tests/resolver`.

use std::time::Duration;

use crate::cache;
use crate::exchange::{self, RandomCase};

/// How a resolver behaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// How one server is asked: without RD, with EDNS and random case, 0.6 s for the first answer and 3 s in all. With
    /// trust anchors DO is set too.
    pub exchange: exchange::Config,
    /// What is kept, for how long, and in how much memory.
    pub cache: cache::Config,
    /// The port of all servers. 53.
    pub port: u16,
    /// Ask servers that have IPv4 addresses. True.
    pub ipv4: bool,
    /// Ask servers that have IPv6 addresses. True.
    pub ipv6: bool,
    /// Ask servers at loopback addresses. False; a resolver whose root hints have such an address sets it.
    pub loopback: bool,
    /// Tell each server only the labels that it needs (RFC 9156). True.
    pub minimise: bool,
    /// Answer from secure NSEC records of the cache that a name does not exist, without asking (RFC 8198). True, as in
    /// unbound.
    pub aggressive_nsec: bool,
    /// How many shortened names are sent for one name at most, before the full one (RFC 9156 §2.3). 10.
    pub max_minimised: u32,
    /// How many messages may be sent for one question of a client, those about servers' addresses included. 200.
    pub max_queries: u32,
    /// How many server names may be looked up for one question of a client. 64.
    pub max_targets: u32,
    /// How many of the server names of one delegation may be looked up. 16.
    pub max_targets_of_zone: u32,
    /// How many of the server names that are looked up may turn out not to exist. 5.
    pub max_missing_targets: u32,
    /// How deep lookups of server names may nest: the servers of the zone of a server's name have names, too. 4.
    pub max_depth: u32,
    /// How many aliases are followed for one question. 11.
    pub max_aliases: u32,
    /// How many referrals are followed for one question. unbound has 130; a name has 127 labels. 64.
    pub max_referrals: u32,
    /// How often the servers of one zone are asked about one name, before it counts as failed. 16.
    pub max_tries: u32,
    /// How long one question may take. 12 s.
    pub total: Duration,
    /// How many questions may be worked on at a time, those about servers included. 4096.
    pub max_tasks: usize,
    /// How many steps a trace has at most. 2000.
    pub max_steps: usize,
}

impl Default for Config {
    fn default() -> Config {
        let exchange = exchange::Config {
            first_wait: Duration::from_millis(600),
            total: Duration::from_secs(3),
            recursion_desired: false,
            random_case: RandomCase::On,
            rotate: true,
            ..exchange::Config::default()
        };
        Config {
            exchange,
            cache: cache::Config::default(),
            port: 53,
            ipv4: true,
            ipv6: true,
            loopback: false,
            minimise: true,
            aggressive_nsec: true,
            max_minimised: 10,
            max_queries: 200,
            max_targets: 64,
            max_targets_of_zone: 16,
            max_missing_targets: 5,
            max_depth: 4,
            max_aliases: 11,
            max_referrals: 64,
            max_tries: 16,
            total: Duration::from_secs(12),
            max_tasks: 4096,
            max_steps: 2000,
        }
    }
}
