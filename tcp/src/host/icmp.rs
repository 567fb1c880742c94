//! ICMP errors find the connection whose segment they quote. What they mean to it: [`crate::icmp`].

use std::net::SocketAddr;

use barewire_packet::checksum::Verdict;
use barewire_packet::icmp::{Icmp, Quoted, Version};
use barewire_packet::ip::IpPacket;

use crate::host::table::Table;
use crate::icmp::{IcmpError, IcmpOutcome};
use crate::note::ReceivedNote;
use crate::segment::PROTOCOL;
use crate::seq::SeqNumber;

/// A packet for this host that is not TCP. `None`: it is not an ICMP error about a segment of ours either.
pub(super) fn packet_arrives(table: &mut Table, packet: &IpPacket<'_>) -> Option<ReceivedNote> {
    let (source, destination) = (packet.header.source(), packet.header.destination());
    let icmp = Icmp::parse(Version::of_protocol(packet.header.protocol())?, packet.payload).ok()?;
    let (error, quoted) = IcmpError::of(&icmp)?;
    let (local, remote, seq) = segment_of(&quoted)?;
    if matches!(icmp.verify(source, destination, packet.payload), Verdict::Wrong { .. }) {
        return None;
    }
    let outcome = match table.ends.get(local, remote) {
        Some(handle) => table.with(handle, |connection| connection.icmp(seq, error))?,
        None => IcmpOutcome::NotInFlight,
    };
    Some(ReceivedNote::Icmp(outcome))
}

/// The ends and the number of a segment that is quoted.
fn segment_of(quoted: &Quoted) -> Option<(SocketAddr, SocketAddr, SeqNumber)> {
    let (from, to) = quoted.ports.filter(|_| quoted.protocol == PROTOCOL)?;
    let (local, remote) = (SocketAddr::new(quoted.source, from), SocketAddr::new(quoted.destination, to));
    Some((local, remote, SeqNumber(quoted.seq?)))
}
