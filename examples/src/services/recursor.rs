//! A resolver that walks: the core of [`barewire_dns::resolver`] at the UDP port of a host.
//!
//! ```text
//!   client ──▶ port 53 ──▶ Resolver ──▶ a port of its own ──▶ the servers of zones
//!   client ◀──         ◀──          ◀──                   ◀──
//! ```
//!
//! It is warm or cold. A warm one was asked for all hosts of the zones when time began, and knows their
//! addresses; a cold one knows the root's servers and nothing else. Left out: TCP on both sides, so a reply that is cut
//! leads to another server. Tested in `tests/cold.rs`, `tests/authorities.rs` and `tests/offline.rs`.

use std::collections::BTreeMap;
use std::error::Error;
use std::net::SocketAddr;
use std::time::{Duration, Instant, SystemTime};

use barewire_dns::Message;
use barewire_dns::recursive::{self, Asked};
use barewire_dns::resolver::{Config, Event, Flags, Hints, RequestId, Resolver};
use barewire_dns::stub::{Protocol, Transmit};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use super::program::{Arrived, Program, Sockets};
use super::walks::Walks;
use super::zones;

/// The port of DNS.
const PORT: u16 = 53;

/// Walks from the root for its clients.
pub struct Recursor {
    resolver: Resolver,
    /// Who waits for an answer.
    clients: BTreeMap<RequestId, Client>,
    /// The ports that replies of servers are expected at: until when, and with which ID.
    ports: BTreeMap<u16, (Instant, Option<[u8; 2]>)>,
    walks: Walks,
}

/// A query, and its two ends.
struct Client {
    query: Box<Message>,
    local: SocketAddr,
    remote: SocketAddr,
}

impl Recursor {
    /// A resolver that knows the root's servers and nothing else. `wall` is the time of day at `start`.
    ///
    /// # Errors
    /// The root hints cannot be read, which is a bug.
    pub fn cold(start: Instant, wall: SystemTime, seed: u64) -> Result<Recursor, Box<dyn Error>> {
        let hints = Hints::parse(zones::root_hints().as_bytes())?;
        // The authorities of the toy internet have IPv4 addresses.
        let config = Config { ipv6: false, ..Config::default() };
        let rng = Box::new(ChaCha8Rng::seed_from_u64(seed));
        let resolver = Resolver::new(start, wall, config, hints, None, rng);
        Ok(Recursor { resolver, clients: BTreeMap::new(), ports: BTreeMap::new(), walks: Walks::default() })
    }

    /// A resolver that was asked for all hosts of the zones at `start`, and whose servers answered at once.
    ///
    /// # Errors
    /// A zone file has a fault, which is a bug.
    pub fn warm(start: Instant, wall: SystemTime, seed: u64) -> Result<Recursor, Box<dyn Error>> {
        let mut recursor = Recursor::cold(start, wall, seed)?;
        // TTLs are whole seconds, rounded down: the first second shows them whole.
        let asked = start + Duration::from_secs(1);
        for question in zones::addresses()? {
            recursor.resolver.ask(asked, question, Flags::default());
            while let Some(Transmit { protocol, to, bytes, .. }) = recursor.resolver.transmit(asked) {
                for reply in zones::replies(to.ip(), &bytes)? {
                    recursor.resolver.receive(asked, protocol, to, &reply);
                }
            }
            while recursor.resolver.event().is_some() {}
        }
        Ok(recursor)
    }

    /// The same resolver, which notes its walks here.
    pub fn noting(self, walks: Walks) -> Recursor {
        Recursor { walks, ..self }
    }

    /// A client has sent something.
    fn asked(&mut self, now: Instant, sockets: &mut Sockets, datagram: &Arrived<'_>) {
        let Arrived { local, remote, payload } = *datagram;
        match recursive::read(payload) {
            Asked::Nothing => {}
            Asked::Reply(reply) => sockets.send_datagram(local, remote, &reply, None),
            Asked::Question(query) => {
                if let Some(question) = query.question() {
                    let id = self.resolver.ask(now, question.clone(), recursive::flags(&query));
                    self.clients.insert(id, Client { query, local, remote });
                }
            }
        }
    }

    fn send(&mut self, now: Instant, sockets: &mut Sockets, transmit: Transmit) {
        let Transmit { protocol, to, source_port, bytes, note, deadline } = transmit;
        let here = sockets.tcp.addresses().iter().copied().find(|here| here.is_ipv4() == to.is_ipv4());
        match here.filter(|_| protocol == Protocol::Udp) {
            Some(here) => {
                self.ports.insert(source_port, (deadline, bytes.first_chunk().copied()));
                let note = (!note.is_empty()).then(|| Box::new(note) as barewire_internet::Note);
                sockets.send_datagram(SocketAddr::new(here, source_port), to, &bytes, note);
            }
            None => {
                let why = "this resolver has neither TCP nor an address of that family".to_owned();
                self.resolver.unreachable(now, protocol, to, why);
            }
        }
    }

    fn reply(&mut self, sockets: &mut Sockets, event: Event) {
        let Event::Resolved(id, resolution) = event else { return };
        self.walks.add(&resolution.trace);
        let Some(Client { query, local, remote }) = self.clients.remove(&id) else { return };
        if let Some(reply) = recursive::reply(&query, &resolution, Protocol::Udp) {
            sockets.send_datagram(local, remote, &reply, None);
        }
    }
}

impl Program for Recursor {
    fn datagram(&mut self, now: Instant, sockets: &mut Sockets, datagram: &Arrived<'_>) -> bool {
        self.ports.retain(|_, (until, _)| *until >= now);
        match datagram.local.port() {
            PORT => self.asked(now, sockets, datagram),
            port => match self.ports.get(&port) {
                Some((_, id)) if *id == datagram.payload.first_chunk().copied() => {
                    self.resolver.receive(now, Protocol::Udp, datagram.remote, datagram.payload);
                }
                // A reply to a question from another port is forged.
                Some(_) => {}
                None => return false,
            },
        }
        true
    }

    fn turn(&mut self, now: Instant, sockets: &mut Sockets) {
        self.resolver.on_deadline(now);
        loop {
            if let Some(transmit) = self.resolver.transmit(now) {
                self.send(now, sockets, transmit);
            } else if let Some(event) = self.resolver.event() {
                self.reply(sockets, event);
            } else {
                return;
            }
        }
    }

    fn deadline(&self) -> Option<Instant> {
        self.resolver.deadline()
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use barewire_dns::{Name, RecordType};
    use barewire_packet::ip::IpPacket;
    use barewire_packet::udp::Datagram;
    use barewire_tcp::{Config, Host};

    use super::*;

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 53));

    fn sockets() -> Sockets {
        let rng = Box::new(ChaCha8Rng::seed_from_u64(1));
        Sockets::of(Host::new(vec![HERE], Config::default(), rng))
    }

    /// From which port, to which end, and the message.
    type Sent = (u16, SocketAddr, Vec<u8>);

    fn sent(sockets: &mut Sockets) -> Vec<Sent> {
        let read = |transmit: barewire_internet::Transmit| {
            let packet = IpPacket::parse(&transmit.packet).unwrap();
            let datagram = Datagram::parse(packet.payload).unwrap();
            let to = SocketAddr::new(packet.header.destination(), datagram.destination_port);
            (datagram.source_port, to, datagram.payload.to_vec())
        };
        sockets.waiting.drain(..).map(read).collect()
    }

    /// Two questions to one server leave from two ports. A reply to the one that comes to the port of the other is
    /// dropped: who forges replies has to find the right port.
    #[test]
    fn a_reply_to_the_port_of_another_question_is_dropped() {
        let (now, mut sockets) = (Instant::now(), sockets());
        let mut recursor = Recursor::cold(now, SystemTime::UNIX_EPOCH, 1).unwrap();
        for name in ["www.example.test", "www.nowhere"] {
            let query = Message::query(7, Name::parse_text(name).unwrap(), RecordType::A).encode().unwrap();
            let remote = SocketAddr::new(Ipv4Addr::new(192, 0, 2, 1).into(), 40_000);
            let arrived = Arrived { local: SocketAddr::new(HERE, PORT), remote, payload: &query };
            assert!(recursor.datagram(now, &mut sockets, &arrived));
        }
        recursor.turn(now, &mut sockets);
        let priming = sent(&mut sockets);
        let mut comes_to = |port: u16, (_, server, query): &Sent| {
            let reply = &zones::replies(server.ip(), query).unwrap()[0];
            let local = SocketAddr::new(HERE, port);
            let arrived = Arrived { local, remote: *server, payload: reply };
            assert!(recursor.datagram(now, &mut sockets, &arrived), "port {port} is open");
            recursor.turn(now, &mut sockets);
            sent(&mut sockets)
        };
        // The servers of the root are asked for first.
        let asked = comes_to(priming[0].0, &priming[0]);
        let [first, second] = &asked[..] else { panic!("{asked:?}") };
        assert_eq!(comes_to(second.0, first), []);
        assert!(!comes_to(first.0, first).is_empty(), "the walk goes on");
    }
}
