//! A host with our TCP: each conversation is a connection, in which the other end sends back what it gets.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use barewire_internet::{Node, Note, Port, Table, Transmit, Verdict};
use barewire_tcp::{Config, Event, Handle};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use super::map::Map;

/// How much a client says, in bytes. All of it comes back.
const SIZE: usize = 4000;
const SERVICE: u16 = 7;
/// A handshake, three segments with data each way, a close: no conversation takes fewer.
#[cfg(test)]
pub(super) const LEAST_PACKETS: u64 = 12 * super::CONVERSATIONS as u64;

struct Host {
    host: barewire_tcp::Host,
    partners: Vec<IpAddr>,
    /// The connections that began here: how many bytes have come back.
    begun: BTreeMap<Handle, usize>,
    done: usize,
}

/// The host of this number.
pub(super) fn host(map: &Map, number: usize) -> Box<dyn Node> {
    let config = Config { receive_buffer: 16 << 10, send_buffer: 16 << 10, ..Config::default() };
    let rng = Box::new(ChaCha8Rng::seed_from_u64(number as u64));
    let mut host = barewire_tcp::Host::new(vec![map.address(number)], config, rng);
    host.listen(SERVICE, 1024).expect("a free port");
    Box::new(Host { host, partners: map.partners(number), begun: BTreeMap::new(), done: 0 })
}

impl Host {
    fn run(&mut self) {
        while let Some(event) = self.host.event() {
            match event {
                Event::Connected(handle) => {
                    self.host.write(handle, &[0x55; SIZE]).expect("room for all of it");
                    self.host.close(handle);
                }
                Event::Readable(handle) => self.read(handle),
                // A server closes after the client; its own end has read the rest by then.
                Event::PeerClosed(handle) => {
                    self.read(handle);
                    self.host.close(handle);
                    if let Some(count) = self.begun.remove(&handle) {
                        assert_eq!(count, SIZE, "all came back");
                        self.done += 1;
                    }
                }
                _ => {}
            }
        }
    }

    fn read(&mut self, handle: Handle) {
        let mut buffer = [0; SIZE];
        while let Ok(count @ 1..) = self.host.read(handle, &mut buffer) {
            match self.begun.get_mut(&handle) {
                Some(back) => *back += count,
                None => _ = self.host.write(handle, &buffer[..count]).expect("an open connection"),
            }
        }
    }
}

impl Node for Host {
    fn receive(&mut self, now: Instant, _: Port, packet: Vec<u8>) -> Verdict {
        let note = self.host.receive(now, &packet);
        self.run();
        note.map_or(Verdict::Taken, |note| Verdict::Noted(Box::new(note)))
    }

    fn transmit(&mut self, now: Instant) -> Option<Transmit> {
        for partner in self.partners.drain(..) {
            let handle = self.host.connect(now, SocketAddr::new(partner, SERVICE)).expect("a free port");
            self.begun.insert(handle, 0);
        }
        let barewire_tcp::Transmit { packet, note } = self.host.transmit(now)?;
        Some(Transmit { port: Port(0), packet, note: note.map(|note| Box::new(note) as Note) })
    }

    fn deadline(&self) -> Option<Instant> {
        self.host.deadline()
    }

    fn on_deadline(&mut self, now: Instant) {
        self.host.on_deadline(now);
        self.run();
    }

    fn tables(&self, _: Instant) -> Vec<Table> {
        let (title, columns) = ("conversations".to_owned(), vec!["done"]);
        vec![Table { title, columns, rows: vec![vec![self.done.to_string()]] }]
    }
}
