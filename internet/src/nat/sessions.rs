//! All sessions of a NAT, found by either end of theirs.
//!
//! A packet of a known session costs two look-ups in hash maps, however many there are. What only a new session asks
//! (which port is free, whom a mapping lets in) is looked up in ordered sets. Sessions whose time has come are taken
//! out before each packet; a bounded number of them is remembered, so that a packet that comes too late can be told so.

use std::collections::{BTreeSet, HashMap};
use std::net::{Ipv4Addr, SocketAddrV4};
use std::time::Instant;

use super::ends::{Ends, Protocol};
use super::expired::{Expired, Memory};
use super::session::Session;
use super::side::Side;
use crate::timed::Timed;

/// A session's number: they count up, so a higher one is newer.
pub(super) type Id = u64;

pub(super) struct Sessions {
    by_id: Timed<Id, Session>,
    there: HashMap<Ends, Id>,
    back: HashMap<Ends, Id>,
    /// By inside socket, external address, and which side opened the session.
    of_inside: BTreeSet<(Protocol, SocketAddrV4, Ipv4Addr, Side, Id)>,
    of_outside: BTreeSet<Ends>,
    next: Id,
    expired: Memory,
}

const LOWEST: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 0);
const HIGHEST: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::BROADCAST, u16::MAX);

impl Sessions {
    /// No sessions. There will be `most` of them at the most.
    pub(super) fn new(most: usize) -> Sessions {
        Sessions {
            by_id: Timed::new(most),
            there: HashMap::new(),
            back: HashMap::new(),
            of_inside: BTreeSet::new(),
            of_outside: BTreeSet::new(),
            next: 0,
            expired: Memory::default(),
        }
    }

    /// Whether another session has room.
    pub(super) fn has_room(&self) -> bool {
        self.by_id.has_room()
    }

    /// The session whose packets leave with these ends.
    pub(super) fn there(&self, ends: Ends) -> Option<Id> {
        self.there.get(&ends).copied()
    }

    /// The session whose packets come back with these ends.
    pub(super) fn back(&self, ends: Ends) -> Option<Id> {
        self.back.get(&ends).copied()
    }

    pub(super) fn get(&self, id: Id) -> Option<Session> {
        self.by_id.get(&id).copied()
    }

    /// Why there is no session of these ends, if one has expired not long ago.
    pub(super) fn expired(&self, ends: Ends) -> Option<Expired> {
        self.expired.get(ends)
    }

    /// All sessions that live at `now`, in the order of their ends, each with its end.
    pub(super) fn sorted(&self, now: Instant) -> Vec<(&Session, Instant)> {
        let alive = self.by_id.sorted(now).into_iter();
        let mut all: Vec<_> = alive.map(|(_, session, until)| (session, until)).collect();
        all.sort_by_key(|(session, _)| (session.there(), session.outside));
        all
    }

    /// The external socket of the newest session that an inside socket has opened, at one of the NAT's addresses.
    pub(super) fn opened_by(
        &self,
        socket: (Protocol, SocketAddrV4),
        address: Ipv4Addr,
    ) -> Option<SocketAddrV4> {
        self.newest(socket, address, Side::Inside)
    }

    /// The external socket of an inside socket at one of the NAT's addresses. Either side may have opened
    /// the session.
    pub(super) fn mapped_to(
        &self,
        socket: (Protocol, SocketAddrV4),
        address: Ipv4Addr,
    ) -> Option<SocketAddrV4> {
        self.opened_by(socket, address).or_else(|| self.newest(socket, address, Side::Outside))
    }

    fn newest(
        &self,
        (protocol, inside): (Protocol, SocketAddrV4),
        address: Ipv4Addr,
        opener: Side,
    ) -> Option<SocketAddrV4> {
        let key = |id| (protocol, inside, address, opener, id);
        let (.., id) = self.of_inside.range(key(0)..=key(Id::MAX)).next_back()?;
        self.get(*id).map(|session| session.outside)
    }

    /// Any session of an external socket: what says which inside socket is mapped to it.
    pub(super) fn of_outside(&self, protocol: Protocol, ours: SocketAddrV4) -> Option<Session> {
        self.with_peers(protocol, ours, LOWEST, HIGHEST)
    }

    /// Any session of an external socket with this peer's host.
    pub(super) fn with_host(&self, Ends { protocol, ours, peer }: Ends) -> Option<Session> {
        let socket = |port| SocketAddrV4::new(*peer.ip(), port);
        self.with_peers(protocol, ours, socket(0), socket(u16::MAX))
    }

    fn with_peers(
        &self,
        protocol: Protocol,
        ours: SocketAddrV4,
        from: SocketAddrV4,
        to: SocketAddrV4,
    ) -> Option<Session> {
        let ends = |peer| Ends { protocol, ours, peer };
        let found = self.of_outside.range(ends(from)..=ends(to)).next()?;
        self.get(self.back(*found)?)
    }

    /// Adds a session that lives until then. False: its ends are another's already, or the table is full.
    pub(super) fn add(&mut self, session: Session, until: Instant) -> bool {
        let (there, back) = (session.there(), session.back());
        if self.there.contains_key(&there) || self.back.contains_key(&back) {
            return false;
        }
        let id = self.next;
        if !self.by_id.insert(id, session, until) {
            return false;
        }
        self.next += 1;
        self.there.insert(there, id);
        self.back.insert(back, id);
        self.of_inside.insert(of_inside(&session, id));
        self.of_outside.insert(back);
        true
    }

    /// Has a session follow a packet, which may give it another end.
    pub(super) fn follow<T>(
        &mut self,
        id: Id,
        follow: impl FnOnce(&mut Session) -> (T, Option<Instant>),
    ) -> Option<(Session, T)> {
        let session = self.by_id.get_mut(&id)?;
        let (followed, until) = follow(session);
        let session = *session;
        if let Some(until) = until {
            self.by_id.keep_until(id, until);
        }
        Some((session, followed))
    }

    pub(super) fn remove(&mut self, id: Id) {
        if let Some(session) = self.by_id.remove(&id) {
            self.forget(&session);
        }
    }

    /// A session is out of the table.
    fn forget(&mut self, session: &Session) {
        if let Some(id) = self.there.remove(&session.there()) {
            self.of_inside.remove(&of_inside(session, id));
        }
        self.back.remove(&session.back());
        self.of_outside.remove(&session.back());
    }

    /// Takes out the sessions whose time has come.
    pub(super) fn expire(&mut self, now: Instant) {
        while let Some((session, at)) = self.by_id.expire(now) {
            self.forget(&session);
            self.expired.add(&session, at);
        }
    }
}

fn of_inside(session: &Session, id: Id) -> (Protocol, SocketAddrV4, Ipv4Addr, Side, Id) {
    (session.protocol, session.inside, *session.outside.ip(), session.opener, id)
}
