//! Queries over TCP. A connection waits for the answer to its query, and others do not wait for it.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc;
use std::time::Duration;

use barewire_dns::stub::Protocol;

use super::desk::Desk;
use crate::commands::serve_dns::tcp::{self, Crowd};
use crate::commands::serve_dns::told::Told;

/// Connections at one time, at each address.
pub(super) const WORKERS: usize = 64;
/// Longer than the resolver works on a question: then there is no reply because there is nothing to reply to.
const LONGEST: Duration = Duration::from_secs(30);

/// Takes one connection after the other, for as long as the program runs.
pub(super) fn serve(listener: &TcpListener, crowd: &Crowd, desk: &Desk, told: Told) {
    let answer = |client: SocketAddr, query: &[u8], send: &mut tcp::Send<'_>| -> io::Result<()> {
        let (reply, replied) = mpsc::channel();
        let hand_over = Box::new(move |bytes| {
            // A connection that is over has nobody to take the reply.
            let _ = reply.send(bytes);
        });
        desk.hand_in(client.ip(), Protocol::Tcp, query, hand_over);
        replied.recv_timeout(LONGEST).map_or(Ok(()), |bytes: Vec<u8>| send(&bytes))
    };
    tcp::serve(listener, crowd, &answer, told);
}
