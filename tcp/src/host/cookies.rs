//! A listener whose backlog is full answers with a cookie, and makes the connection when the cookie comes back. What
//! is in a cookie: [`crate::syn_cookie`].

use std::net::SocketAddr;
use std::time::Instant;

use crate::connection::{Connection, Open};
use crate::host::event::Handle;
use crate::host::table::Table;
use crate::note::SentNote;
use crate::output::reply::Transmit;
use crate::segment::{Flags, Segment};
use crate::syn_cookie::{self, SynCookies};

/// The SYN-ACK for a SYN that nobody will remember: what a new connection would answer that has the cookie for its
/// initial sequence number.
pub(super) fn answer(
    table: &mut Table,
    now: Instant,
    local: SocketAddr,
    remote: SocketAddr,
    syn: &Segment<'_>,
) -> Option<Transmit> {
    let config = table.settings_at(local.port());
    let clock = table.isn.timestamp_offset(now, local, remote);
    let cookies = table.cookies.get_or_insert_with(|| SynCookies::new(now, &table.isn));
    let iss = cookies.give(now, local, remote, syn);
    let options = syn_cookie::kept(&syn.options, config.timestamps);
    let timestamp_offset = syn_cookie::stamp(clock, &options);
    let mut connection = Connection::listen(now, Open { config, local, remote, iss, timestamp_offset });
    connection.receive(now, &Segment { options, flags: Flags::SYN, payload: &[], ..syn.clone() });
    let answer = connection.transmit(now)?;
    Some(Transmit { note: Some(SentNote::SynCookie), ..answer })
}

/// The connection whose cookie an ACK brings back: as if its SYN had been answered just now.
pub(super) fn recall(
    table: &mut Table,
    now: Instant,
    local: SocketAddr,
    remote: SocketAddr,
    ack: &Segment<'_>,
) -> Option<Handle> {
    let is_ack = ack.flags.ack() && !ack.flags.syn() && !ack.flags.rst();
    if !is_ack || !table.backlogs.listens(local.port()) || table.is_full() {
        return None;
    }
    let cookies = table.cookies.as_ref()?;
    let recalled = cookies.recall(now, local, remote, ack)?;
    let timestamp_offset = table.isn.timestamp_offset(now, local, remote);
    if !table.make_room() {
        return None;
    }
    let syn = Segment {
        seq: ack.seq.back(1),
        flags: Flags::SYN,
        options: recalled.options,
        ..Segment::empty(remote.port(), local.port())
    };
    let config = table.settings_at(local.port());
    let open = Open { config, local, remote, iss: recalled.iss, timestamp_offset };
    Some(table.add(local, remote, Connection::recalled(now, open, &syn)))
}
