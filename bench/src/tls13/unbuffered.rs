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
    /// A client that has shaken hands with `server`.
    pub(super) fn connect(config: &Arc<ClientConfig>, server: &mut Server) -> Unbuffered {
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
        Unbuffered { connection, incoming }
    }

    /// Copies whole records into its buffer, as a read from a socket would, opens them, and copies what they hold
    /// into `out`; says how much that was.
    pub(super) fn receive(&mut self, records: &[u8], out: &mut [u8]) -> usize {
        self.incoming.clear();
        self.incoming.extend_from_slice(records);
        let (mut start, mut filled) = (0, 0);
        while start < self.incoming.len() {
            let status = self.connection.process_tls_records(&mut self.incoming[start..]);
            let mut discard = status.discard;
            if let ConnectionState::ReadTraffic(mut traffic) = status.state.expect("good records") {
                while let Some(record) = traffic.next_record() {
                    let record = record.expect("a good record");
                    out[filled..filled + record.payload.len()].copy_from_slice(record.payload);
                    filled += record.payload.len();
                    discard += record.discard;
                }
            }
            start += discard;
        }
        filled
    }
}
