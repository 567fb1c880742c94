//! Queries over UDP: one datagram each, and one back (RFC 1035 §4.2.1).

use std::net::UdpSocket;

use barewire_dns::authority::Authority;
use barewire_dns::stub::Protocol;

use super::told::{Replies, Told};
use crate::commands::output::complain;

/// The most bytes of a datagram.
const DATAGRAM: usize = 65_535;

/// Answers one query after the other, for as long as the program runs.
pub(super) fn serve(socket: &UdpSocket, authority: &Authority, told: Told) {
    let mut buffer = vec![0; DATAGRAM];
    loop {
        // An error here is about a reply before: nobody listened any more at the client's port.
        let Ok((length, client)) = socket.recv_from(&mut buffer) else { continue };
        let query = buffer.get(..length).unwrap_or_default();
        let mut replies = Replies::default();
        for reply in authority.answer(query, Protocol::Udp) {
            replies.add(&reply);
            if let Err(error) = socket.send_to(&reply, client) {
                complain(&format!("a reply to {client} was not sent: {error}"));
            }
        }
        told.query(client, Protocol::Udp, query, &replies);
    }
}
