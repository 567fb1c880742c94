//! Queries over UDP: one datagram each, and one back (RFC 1035 §4.2.1), in the order in which the answers are found.

use std::net::UdpSocket;
use std::sync::Arc;

use barewire_dns::stub::Protocol;

use super::desk::Desk;
use crate::commands::output::complain;
use crate::commands::serve_dns::told::{Replies, Told};

/// The most bytes of a datagram.
const DATAGRAM: usize = 65_535;

/// Takes one query after the other, for as long as the program runs.
pub(super) fn serve(socket: &Arc<UdpSocket>, desk: &Desk, told: Told) {
    let mut buffer = vec![0; DATAGRAM];
    loop {
        // An error here is about a reply before: nobody listened any more at the client's port.
        let Ok((length, client)) = socket.recv_from(&mut buffer) else { continue };
        let query = buffer.get(..length).unwrap_or_default().to_vec();
        let (out, asked) = (Arc::clone(socket), query.clone());
        let reply = Box::new(move |reply: Vec<u8>| {
            if let Err(error) = out.send_to(&reply, client) {
                complain(&format!("a reply to {client} was not sent: {error}"));
            }
            told.query(client, Protocol::Udp, &asked, &Replies::of(&reply));
        });
        desk.hand_in(client.ip(), Protocol::Udp, &query, reply);
    }
}
