//! Our end of the path.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use barewire_tcp::{Config, Handle, Host};

use super::End;
use crate::tcp::PORT;
use crate::tcp::ours::{address, host, newly_accepted};

struct Ours {
    host: Host,
    /// When the run began.
    start: Instant,
    /// The receiver has none before the handshake is over.
    connection: Option<Handle>,
}

/// The sender, which connects, and the receiver.
pub(super) fn ends(config: Config) -> [Box<dyn End>; 2] {
    let (mut sender, mut receiver) = (host(1, config), host(2, config));
    let start = Instant::now();
    receiver.listen(PORT, 1).expect("a free port");
    let to = SocketAddr::new(address(2), PORT);
    let connection = sender.connect(start, to).expect("a connection");
    [
        Box::new(Ours { host: sender, start, connection: Some(connection) }),
        Box::new(Ours { host: receiver, start, connection: None }),
    ]
}

impl End for Ours {
    fn receive(&mut self, now: Duration, packet: Vec<u8>) {
        assert!(self.host.receive(self.start + now, &packet).is_none(), "a good packet");
        self.connection = self.connection.or_else(|| newly_accepted(&mut self.host));
    }

    fn transmit(&mut self, now: Duration) -> Option<Vec<u8>> {
        self.host.transmit(self.start + now).map(|transmit| transmit.packet)
    }

    fn deadline(&mut self, _: Duration) -> Option<Duration> {
        self.host.deadline().map(|deadline| deadline.saturating_duration_since(self.start))
    }

    fn on_deadline(&mut self, now: Duration) {
        self.host.on_deadline(self.start + now);
    }

    fn write(&mut self, bytes: &[u8]) -> usize {
        let write = |connection| self.host.write(connection, bytes).expect("an open connection");
        self.connection.map_or(0, write)
    }

    fn read(&mut self, buffer: &mut [u8]) -> usize {
        let read = |connection| self.host.read(connection, buffer).expect("an open connection");
        self.connection.map_or(0, read)
    }
}
