//! Fast Open of a host: as client it remembers the cookies of servers, as server it gives its own and judges those that
//! come back (RFC 7413 §4.1).

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Instant;

use crate::fast_open::Plan;
use crate::fast_open::cookies::{Cookies, Worth};
use crate::fast_open::pending::Pending;
use crate::fast_open::servers::Servers;
use crate::host::connections::Entry;
use crate::isn::IsnGenerator;
use crate::note::ReceivedNote;
use crate::options::FastOpen as FastOpenOption;

/// What a host keeps for Fast Open.
#[derive(Debug, Default)]
pub(super) struct FastOpen {
    /// What it knows of servers.
    pub(super) servers: Servers,
    /// There from the first SYN on that has the option, for a listener that uses it.
    cookies: Option<Cookies>,
    /// By the port of the listener.
    pending: BTreeMap<u16, Pending>,
}

impl FastOpen {
    /// §4.2.2, "Server: Receiving SYN", steps 2 to 4: what is made of the option of a SYN, and what there is to say
    /// about it. At most `most` connections of the port may be pending.
    pub(super) fn admit(
        &mut self,
        now: Instant,
        isn: &IsnGenerator,
        (local, remote): (SocketAddr, SocketAddr),
        option: FastOpenOption,
        most: usize,
    ) -> (Plan, ReceivedNote) {
        if self.pending.entry(local.port()).or_default().is_full(now, most) {
            return (Plan::Refuse, ReceivedNote::FastOpenRests);
        }
        let cookies = self.cookies.get_or_insert_with(|| Cookies::new(now, isn));
        let (client, server) = (remote.ip(), local.ip());
        match option {
            FastOpenOption::Request => {
                (Plan::Give(cookies.give(now, client, server)), ReceivedNote::CookieAsked)
            }
            FastOpenOption::Cookie(cookie) => match cookies.judge(now, client, server, &cookie) {
                Worth::Good => (Plan::Take { renewed: None }, ReceivedNote::CookieRight),
                Worth::Old(next) => (Plan::Take { renewed: Some(next) }, ReceivedNote::CookieRight),
                Worth::Wrong(right) => (Plan::Give(right), ReceivedNote::CookieWrong),
            },
        }
    }

    /// Counts a connection that has become pending, or is so no longer.
    pub(super) fn count(&mut self, entry: &mut Entry) {
        let is_pending = entry.connection.is_pending();
        if std::mem::replace(&mut entry.is_pending, is_pending) == is_pending {
            return;
        }
        let pending = self.pending.entry(entry.connection.ends().0.port()).or_default();
        if is_pending { pending.begins() } else { pending.ends() }
    }

    /// A connection to this port was reset while it was pending.
    pub(super) fn was_reset(&mut self, now: Instant, port: u16) {
        self.pending.entry(port).or_default().was_reset(now);
    }
}
