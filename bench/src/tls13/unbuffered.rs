//! The other API of rustls: records are opened where the caller put them, and read from there. It is the nearer
//! relative of ours, which also opens records in place, but keeps the buffer itself.

use std::sync::Arc;

use rustls::client::UnbufferedClientConnection;
use rustls::unbuffered::{ConnectionState, UnbufferedStatus};
use rustls::{ClientConfig, pki_types::ServerName};

use super::server::{NAME, Server};

/// Room for the longest message that the client sends in a handshake.
const ROOM: usize = 4096;

pub(super) struct Unbuffered {
    connection: UnbufferedClientConnection,
    incoming: Vec<u8>,
}

impl Unbuffered {
    /// A client that has shaken hands with `server`, and the server.
    pub(super) fn connect(config: &Arc<ClientConfig>, mut server: Server) -> (Unbuffered, Server) {
        let name = ServerName::try_from(NAME).expect("a name");
        let mut connection = UnbufferedClientConnection::new(Arc::clone(config), name).expect("a client");
        let (mut incoming, mut outgoing) = (Vec::new(), Vec::new());
        loop {
            let UnbufferedStatus { discard, state, .. } = connection.process_tls_records(&mut incoming);
            let mut reply = Vec::new();
            match state.expect("a handshake that succeeds") {
                ConnectionState::EncodeTlsData(mut encode) => {
                    let mut message = vec![0; ROOM];
                    let length = encode.encode(&mut message).expect("room");
                    outgoing.extend_from_slice(&message[..length]);
                }
                ConnectionState::TransmitTlsData(transmit) => {
                    transmit.done();
                    reply = server.answer(&std::mem::take(&mut outgoing));
                }
                ConnectionState::WriteTraffic(_) => break,
                other => assert!(matches!(other, ConnectionState::BlockedHandshake), "{other:?}"),
            }
            incoming.drain(..discard);
            incoming.extend_from_slice(&reply);
        }
        assert!(server.is_done());
        (Unbuffered { connection, incoming }, server)
    }

    /// Copies a piece of the stream after what is left of the last one, as a read from a socket would, opens the
    /// records that are whole, and copies what they hold into `out`; says how much that was.
    pub(super) fn take(&mut self, piece: &[u8], out: &mut [u8]) -> usize {
        self.incoming.extend_from_slice(piece);
        let (mut start, mut filled) = (0, 0);
        loop {
            let UnbufferedStatus { mut discard, state, .. } =
                self.connection.process_tls_records(&mut self.incoming[start..]);
            let ConnectionState::ReadTraffic(mut traffic) = state.expect("good records") else {
                start += discard;
                break;
            };
            while let Some(record) = traffic.next_record() {
                let record = record.expect("a good record");
                out[filled..filled + record.payload.len()].copy_from_slice(record.payload);
                filled += record.payload.len();
                discard += record.discard;
            }
            start += discard;
        }
        self.incoming.drain(..start);
        filled
    }
}
