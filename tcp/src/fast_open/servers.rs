//! What a client remembers of servers: their cookies, and where Fast Open does not get through (RFC 7413 §4.1.3).
//!
//! A cookie belongs to the two addresses. A path that does not let Fast Open through is remembered with the port, since
//! other ports may lead elsewhere (§4.1.3.1). Both lists are short, and the oldest entry makes room.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use crate::fast_open::{Learned, Plan};
use crate::options::Cookie;

/// How many servers are remembered, and how many bad paths.
const MOST: usize = 256;

/// How long a path is left alone on which a SYN with the option was lost. One lost SYN can be an accident, so the first
/// pause is short; each further one is twice as long, as in Linux.
const FIRST_PAUSE: Duration = Duration::from_secs(60);
const MOST_DOUBLINGS: u32 = 6;

/// What a host knows of servers. Another host with the same address may be told ([`crate::Host::knows_servers`]).
#[derive(Debug, Clone, Default)]
pub struct Servers {
    known: VecDeque<Known>,
    bad_paths: VecDeque<BadPath>,
}

#[derive(Debug, Clone)]
struct Known {
    ends: (IpAddr, IpAddr),
    cookie: Cookie,
    mss: u16,
}

#[derive(Debug, Clone)]
struct BadPath {
    ends: (IpAddr, SocketAddr),
    /// How often a SYN with the option was lost, and when it may be tried again.
    times: u32,
    until: Instant,
}

impl Servers {
    /// What a connection from `local` to `remote` does.
    pub(crate) fn plan(&self, now: Instant, local: IpAddr, remote: SocketAddr) -> Plan {
        let is_bad = |path: &BadPath| path.ends == (local, remote) && now < path.until;
        if self.bad_paths.iter().any(is_bad) {
            return Plan::Off;
        }
        let known = self.known.iter().find(|known| known.ends == (local, remote.ip()));
        known.map_or(Plan::Ask, |known| Plan::Send { cookie: known.cookie, mss: known.mss })
    }

    /// A connection has learned something.
    pub(crate) fn learn(&mut self, local: IpAddr, remote: SocketAddr, learned: &Learned) {
        let ends = (local, remote.ip());
        if let Some(cookie) = learned.cookie {
            self.bad_paths.retain(|path| path.ends != (local, remote));
            self.known.retain(|known| known.ends != ends);
            let mss = learned.mss.unwrap_or(default_mss(remote.ip()));
            push(&mut self.known, Known { ends, cookie, mss });
        } else if learned.syn_was_lost {
            self.path_is_bad(learned.now, (local, remote));
        } else if learned.text_refused {
            // §4.2.1 step 3: the server does not want the cookie, and gives no other.
            self.known.retain(|known| known.ends != ends);
        }
    }

    /// §4.1.3.1: the SYN with the option got no answer.
    fn path_is_bad(&mut self, now: Instant, ends: (IpAddr, SocketAddr)) {
        let at = self.bad_paths.iter().position(|path| path.ends == ends);
        let before = at.and_then(|at| self.bad_paths.remove(at)).map_or(0, |path| path.times);
        let until = now + FIRST_PAUSE * (1 << before.min(MOST_DOUBLINGS));
        push(&mut self.bad_paths, BadPath { ends, times: before + 1, until });
    }
}

fn push<T>(list: &mut VecDeque<T>, entry: T) {
    if list.len() >= MOST {
        list.pop_front();
    }
    list.push_back(entry);
}

/// The MSS of a server that announces none: RFC 9293 §3.7.1.
fn default_mss(server: IpAddr) -> u16 {
    if server.is_ipv4() { 536 } else { 1220 }
}
