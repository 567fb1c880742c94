//! Which connection an incoming packet belongs to, and where new ones get their ports.

use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use barewire_dissect::Refused;
use barewire_packet::checksum::Verdict;
use barewire_packet::ip::{self, IpHeader};

use super::{Handle, Host};
use crate::arrives;
use crate::connection::Connection;
use crate::error::{Error, Reason};
use crate::packet::{Packet, Payload};
use crate::segment::Segment;
use crate::state::State;

/// How many resets wait to be sent. More would only help who floods us.
const MOST_REPLIES: usize = 64;

/// The ephemeral ports of RFC 6335 §6.
const EPHEMERAL: std::ops::RangeInclusive<u16> = 49152..=65535;

/// Whose a segment is.
enum Owner {
    Connection(Handle),
    FullBacklog,
    Nobody,
}

impl Host {
    /// A packet arrived from the link.
    ///
    /// # Errors
    /// Why it was dropped: malformed, with a wrong checksum, not for this host, or not TCP. None of these harms the
    /// connections.
    pub fn receive(&mut self, now: Instant, ip_packet: &[u8]) -> Result<(), Error> {
        self.receive_note = "";
        let whole = Packet::parse(ip_packet)?;
        let (source, destination) = (whole.ip.header.source(), whole.ip.header.destination());
        if !self.addresses.contains(&destination) {
            return Err(Error::NotOurs(destination));
        }
        let Payload::Tcp(segment) = &whole.payload else {
            return Err(Error::NotTcp(whole.ip.header.protocol()));
        };
        self.check_sums(&whole, ip_packet)?;
        let local = SocketAddr::new(destination, segment.destination_port);
        let remote = SocketAddr::new(source, segment.source_port);
        self.segment_arrives(now, local, remote, segment);
        Ok(())
    }

    /// What there is to say about the packet that was received last. Mostly empty.
    pub fn receive_note(&self) -> &'static str {
        self.receive_note
    }

    fn check_sums(&mut self, whole: &Packet<'_>, bytes: &[u8]) -> Result<(), Error> {
        if let IpHeader::V4(header) = &whole.ip.header
            && let Verdict::Wrong { found, wanted } = ip::header_verdict(header)
        {
            return Err(Refused {
                what: "packet",
                offset: 10,
                reason: Reason::Packet(barewire_packet::Reason::HeaderChecksum { found, wanted }),
            }
            .into());
        }
        let in_payload = bytes.len() - whole.ip.trailer.len() - whole.ip.payload.len();
        let offset = in_payload + 16;
        match whole.verdict {
            Verdict::Wrong { found, wanted } => {
                Err(Refused { what: "packet", offset, reason: Reason::Checksum { found, wanted } }.into())
            }
            Verdict::Unfinished if self.config.strict_checksums => {
                Err(Refused { what: "packet", offset, reason: Reason::UnfinishedChecksum }.into())
            }
            Verdict::Unfinished => {
                self.receive_note = barewire_packet::checksum::UNFINISHED_NOTE;
                Ok(())
            }
            Verdict::Correct | Verdict::Absent => Ok(()),
        }
    }

    fn segment_arrives(
        &mut self,
        now: Instant,
        local: SocketAddr,
        remote: SocketAddr,
        segment: &Segment<'_>,
    ) {
        let found = self.tuples.get(&(local, remote)).copied();
        let found = found.filter(|handle| !self.makes_room(*handle, local, segment));
        let handle = match found.map_or_else(|| self.listener(now, local, remote, segment), Owner::Connection)
        {
            Owner::Connection(handle) => handle,
            Owner::FullBacklog => return,
            Owner::Nobody => return self.belongs_to_nobody(local, remote, segment),
        };
        if let Some(connection) = self.connections.get_mut(&handle) {
            connection.receive(now, segment);
        }
        self.look_after(handle);
    }

    /// RFC 9293 §3.10.7.4, TIME-WAIT: a new SYN above everything the old connection saw may take its place.
    fn makes_room(&mut self, handle: Handle, local: SocketAddr, segment: &Segment<'_>) -> bool {
        let Some(old) = self.connections.get_mut(&handle) else { return true };
        let replaces = old.state() == State::TimeWait
            && segment.flags.syn()
            && !segment.flags.ack()
            && !segment.flags.rst()
            && segment.seq.after(old.rcv.nxt)
            && self.listeners.contains_key(&local.port());
        if replaces {
            old.enter_closed(crate::ConnectionEvent::Closed);
            self.look_after(handle);
        }
        replaces
    }

    /// A SYN for a port that is listened on makes a new connection, if the backlog has room; a full backlog drops it, and the
    /// peer tries again.
    fn listener(
        &mut self,
        now: Instant,
        local: SocketAddr,
        remote: SocketAddr,
        segment: &Segment<'_>,
    ) -> Owner {
        let opens = segment.flags.syn() && !segment.flags.ack() && !segment.flags.rst();
        let Some(listener) = self.listeners.get(&local.port()).filter(|_| opens) else {
            return Owner::Nobody;
        };
        let half_open = self
            .connections
            .values()
            .filter(|c| c.passive && c.local.port() == local.port() && c.state() == State::SynReceived)
            .count();
        if half_open >= listener.backlog || self.connections.len() >= self.config.max_connections {
            self.receive_note = "dropped: the backlog is full";
            return Owner::FullBacklog;
        }
        let iss = self.isn.isn(now, local, remote);
        let clock = self.isn.timestamp_offset(local, remote);
        Owner::Connection(self.add(Connection::listen(now, self.config, local, remote, iss, clock)))
    }

    /// RFC 9293 §3.10.7.1 and, for a listened port, §3.10.7.2: a reset, unless it is one.
    fn belongs_to_nobody(&mut self, local: SocketAddr, remote: SocketAddr, segment: &Segment<'_>) {
        if self.replies.len() >= MOST_REPLIES {
            return;
        }
        if let Some(reply) = arrives::closed(segment) {
            self.receive_note = "belongs to no connection";
            self.replies.push_back(reply.into_packet(local, remote));
        }
    }

    pub(super) fn local_address_for(&self, remote: SocketAddr) -> Result<IpAddr, Error> {
        let fits = |address: &&IpAddr| address.is_ipv4() == remote.is_ipv4();
        self.addresses.iter().find(fits).copied().ok_or(Error::NoAddress(remote))
    }

    /// A port nobody can guess: the simple random choice of RFC 6056 §3.3.1. Where ports were reserved, one of those.
    pub(super) fn ephemeral_port(&mut self, local: IpAddr, remote: SocketAddr) -> Result<u16, Error> {
        let taken = |port: u16| {
            self.tuples.contains_key(&(SocketAddr::new(local, port), remote))
                || self.listeners.contains_key(&port)
        };
        if !self.reserved.is_empty() {
            return self.reserved.iter().find(|port| !taken(**port)).copied().ok_or(Error::NoPort);
        }
        let (first, count) = (*EPHEMERAL.start(), EPHEMERAL.len() as u32);
        let start = self.rng.next_u32() % count;
        (0..count)
            .map(|step| first + ((start + step) % count) as u16)
            .find(|port| !taken(*port))
            .ok_or(Error::NoPort)
    }
}
