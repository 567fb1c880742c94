//! Which connection an incoming packet belongs to.

use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use barewire_dissect::Refused;
use barewire_packet::checksum::Verdict;
use barewire_packet::ip::Codepoint;

use crate::arrives;
use crate::connection::Connection;
use crate::error::{Error, Reason};
use crate::host::cookies;
use crate::host::event::Handle;
use crate::host::icmp;
use crate::host::ports;
use crate::host::table::Table;
use crate::note::ReceivedNote;
use crate::packet::{self, Around, Packet};
use crate::segment::Segment;
use crate::seq::SeqNumber;

/// How many resets wait to be sent. What comes on top is dropped: in a flood nobody waits for an answer.
const MOST_REPLIES: usize = 64;

/// To whom a segment belongs.
enum Owner {
    Connection(Handle),
    /// Of a listener, which has made it for this segment, and what there is to say about that.
    New(Handle, Option<ReceivedNote>),
    FullBacklog,
    Nobody,
}

/// How a checksum turned out that is accepted.
#[derive(PartialEq, Eq)]
enum Sum {
    Right,
    Unfinished,
}

/// A packet arrived from the link: gives it to its connection, and says what there is to say about it.
pub(super) fn packet_arrives(table: &mut Table, now: Instant, ip_packet: &[u8]) -> Option<ReceivedNote> {
    let mut segment = Segment::empty(0, 0);
    let Some(around) = packet::segment_into(&mut segment, ip_packet) else {
        return Some(other_packet_arrives(table, ip_packet));
    };
    let sum = match accept(table, &around, &segment) {
        Ok(sum) => sum,
        Err(error) => return Some(ReceivedNote::Dropped(error)),
    };
    let local = SocketAddr::new(around.destination, segment.destination_port);
    let remote = SocketAddr::new(around.source, segment.source_port);
    let unfinished = || (sum == Sum::Unfinished).then_some(ReceivedNote::UnfinishedChecksum);
    segment_arrives(table, now, local, remote, &segment, around.codepoint).or_else(unfinished)
}

/// A packet that carries no segment: ICMP, perhaps, or something that no parser takes.
fn other_packet_arrives(table: &mut Table, ip_packet: &[u8]) -> ReceivedNote {
    let packet = match Packet::parse(ip_packet) {
        Ok(packet) => packet,
        Err(refused) => return ReceivedNote::Dropped(refused.into()),
    };
    let destination = packet.ip.header.destination();
    if !table.addresses.contains(&destination) {
        return ReceivedNote::Dropped(Error::NotOurs(destination));
    }
    let not_tcp = || ReceivedNote::Dropped(Error::NotTcp(packet.ip.header.protocol()));
    icmp::packet_arrives(table, &packet.ip).unwrap_or_else(not_tcp)
}

/// Refuses a segment that is not for this host, or damaged.
fn accept(table: &Table, around: &Around, segment: &Segment<'_>) -> Result<Sum, Error> {
    if !table.addresses.contains(&around.destination) {
        return Err(Error::NotOurs(around.destination));
    }
    if opens(segment) && !may_ask(table, around.source) {
        return Err(Error::BadSource(around.source));
    }
    check_sums(around, table.config.strict_checksums)
}

/// Whether a SYN may come from this address (RFC 9293 §3.9.2.3): a host has it that is not this one.
fn may_ask(table: &Table, source: IpAddr) -> bool {
    !ports::is_of_many_or_none(source) && (source.is_loopback() || !table.addresses.contains(&source))
}

fn check_sums(around: &Around, strict: bool) -> Result<Sum, Error> {
    let refused = |offset, reason| Err(Error::Malformed(Refused { what: "packet", offset, reason }));
    if let Verdict::Wrong { found, wanted } = around.header {
        let reason = barewire_packet::Reason::HeaderChecksum { found, wanted };
        return refused(10, Reason::Packet(reason));
    }
    let offset = around.offset + 16;
    match around.verdict {
        Verdict::Wrong { found, wanted } => refused(offset, Reason::Checksum { found, wanted }),
        Verdict::Unfinished if strict => refused(offset, Reason::UnfinishedChecksum),
        Verdict::Unfinished => Ok(Sum::Unfinished),
        Verdict::Correct | Verdict::Absent => Ok(Sum::Right),
    }
}

fn segment_arrives(
    table: &mut Table,
    now: Instant,
    local: SocketAddr,
    remote: SocketAddr,
    segment: &Segment<'_>,
    codepoint: Codepoint,
) -> Option<ReceivedNote> {
    let found = table.ends.get(local, remote);
    let before = found.and_then(|handle| makes_room(table, handle, local, segment));
    let found = found.filter(|_| before.is_none());
    match found.map_or_else(|| listener(table, now, (local, remote), segment, before), Owner::Connection) {
        Owner::Connection(handle) => {
            let was_pending = segment.flags.rst() && is_pending(table, handle);
            table.with(handle, |connection| connection.receive_marked(now, segment, codepoint));
            if was_pending && !is_pending(table, handle) {
                table.fast_open.was_reset(now, local.port());
            }
            None
        }
        Owner::New(handle, note) => {
            table.with(handle, |connection| connection.receive_marked(now, segment, codepoint));
            note
        }
        Owner::FullBacklog => Some(backlog_is_full(table, now, local, remote, segment)),
        Owner::Nobody => belongs_to_nobody(table, local, remote, segment),
    }
}

/// RFC 9293 §3.6.1 and RFC 6191, TIME-WAIT: a new SYN above everything that the old connection saw may take its place,
/// where the backlog has one. Gives the number above all that the old one has sent: the new one begins there or above.
/// Left out: to return to TIME-WAIT where the SYN turns out to be an old duplicate.
fn makes_room(
    table: &mut Table,
    handle: Handle,
    local: SocketAddr,
    segment: &Segment<'_>,
) -> Option<SeqNumber> {
    let has_place = opens(segment) && table.backlogs.is_full(local.port()) == Some(false);
    let old = &table.connections.get(handle).filter(|_| has_place)?.connection;
    let next = old.gives_way_to(segment).then(|| old.variables().snd.nxt)?;
    table.with(handle, Connection::give_way);
    Some(next)
}

/// Whether text of the connection's SYN was handed on, and its handshake is not over.
fn is_pending(table: &Table, handle: Handle) -> bool {
    table.connections.get(handle).is_some_and(|entry| entry.connection.is_pending())
}

/// Whether a segment asks for a new connection.
fn opens(segment: &Segment<'_>) -> bool {
    segment.flags.syn() && !segment.flags.ack() && !segment.flags.rst()
}

/// A SYN for a port that is listened on makes a new connection, if the backlog has room. An ACK may bring back what a
/// full backlog has given instead. `before` is what [`makes_room`] gave.
fn listener(
    table: &mut Table,
    now: Instant,
    (local, remote): (SocketAddr, SocketAddr),
    segment: &Segment<'_>,
    before: Option<SeqNumber>,
) -> Owner {
    match table.backlogs.is_full(local.port()).filter(|_| opens(segment)) {
        None => cookies::recall(table, now, local, remote, segment).map_or(Owner::Nobody, Owner::Connection),
        Some(full) if full || !table.make_room() => Owner::FullBacklog,
        Some(_) => {
            let (handle, note) = table.listen(now, (local, remote), segment, before);
            Owner::New(handle, note)
        }
    }
}

/// A full backlog answers with a cookie (RFC 4987 §3.6), or drops the SYN, and the peer tries again.
fn backlog_is_full(
    table: &mut Table,
    now: Instant,
    local: SocketAddr,
    remote: SocketAddr,
    syn: &Segment<'_>,
) -> ReceivedNote {
    if !table.settings_at(local.port()).syn_cookies || table.is_full() || table.replies.len() >= MOST_REPLIES
    {
        return ReceivedNote::BacklogFull;
    }
    let answer = cookies::answer(table, now, local, remote, syn);
    table.replies.extend(answer);
    ReceivedNote::SynCookie
}

/// RFC 9293 §3.10.7.1 and, for a listened port, §3.10.7.2: a reset answers the segment, unless it is one.
fn belongs_to_nobody(
    table: &mut Table,
    local: SocketAddr,
    remote: SocketAddr,
    segment: &Segment<'_>,
) -> Option<ReceivedNote> {
    let reply = arrives::closed(segment)?;
    if table.replies.len() < MOST_REPLIES {
        table.replies.push_back(reply.into_packet(&table.config, local, remote, None));
    }
    Some(ReceivedNote::NoConnection)
}
