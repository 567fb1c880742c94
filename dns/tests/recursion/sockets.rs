//! Questions over the kernel's sockets: to a server by TCP, and to our resolver in this process, which asks by UDP.

use std::hash::{BuildHasher, RandomState};
use std::io::{ErrorKind, Read, Result, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::{Duration, SystemTime};

use barewire_dns::dnssec::Anchors;
use barewire_dns::driver::{Received, Sockets, Transport, Unreachable};
use barewire_dns::resolver::{Config, Event, Flags, Hints, Resolution, Resolver};
use barewire_dns::{Deframer, Message, Question, frame};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

/// unbound takes its time with servers that are silent.
const PATIENCE: Duration = Duration::from_secs(120);

/// A question over TCP, and the reply.
pub(crate) fn ask(server: Ipv4Addr, query: &Message) -> Result<Message> {
    let mut stream = TcpStream::connect_timeout(&SocketAddr::from((server, 53)), PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(&frame(&query.encode().unwrap()).unwrap())?;
    let (mut replies, mut piece) = (Deframer::default(), [0; 65_536]);
    loop {
        if let Some(bytes) = replies.message() {
            return Ok(Message::parse(&bytes).unwrap());
        }
        match stream.read(&mut piece)? {
            0 => return Err(ErrorKind::UnexpectedEof.into()),
            length => replies.push(&piece[..length]),
        }
    }
}

/// A resolver of ours, and its sockets.
pub(crate) struct Ours {
    resolver: Resolver,
    sockets: Sockets<'static>,
    /// How many messages it has sent.
    pub(crate) messages: usize,
}

impl Ours {
    /// One that knows nothing but the hints and the anchors.
    pub(crate) fn new((hints, anchors): (Hints, Anchors)) -> Ours {
        let sockets = Sockets::new();
        let rng = Box::new(ChaCha8Rng::seed_from_u64(RandomState::new().hash_one("seed")));
        let (now, wall, config) = (sockets.now(), SystemTime::now(), Config::default());
        let resolver = Resolver::new(now, wall, config, hints, Some(anchors), rng);
        Ours { resolver, sockets, messages: 0 }
    }

    /// Asks, and waits for the answer.
    pub(crate) fn ask(&mut self, question: &Question, flags: Flags) -> Resolution {
        self.resolver.ask(self.sockets.now(), question.clone(), flags);
        loop {
            if let Some(Event::Resolved(_, resolution)) = self.resolver.event() {
                return *resolution;
            }
            match self.resolver.transmit(self.sockets.now()) {
                Some(transmit) => {
                    self.messages += 1;
                    if let Err(why) = self.sockets.send(&transmit) {
                        let (protocol, to) = (transmit.protocol, transmit.to);
                        self.unreachable(Unreachable { protocol, to, question: None, why });
                    }
                }
                None => self.wait(),
            }
        }
    }

    fn wait(&mut self) {
        match self.sockets.receive(self.resolver.deadline().expect("something to wait for")) {
            Ok(Some(Received { protocol, from, bytes })) => {
                self.resolver.receive(self.sockets.now(), protocol, from, &bytes);
            }
            Ok(None) => self.resolver.on_deadline(self.sockets.now()),
            Err(unreachable) => self.unreachable(unreachable),
        }
    }

    fn unreachable(&mut self, Unreachable { protocol, to, question, why }: Unreachable) {
        let (now, why) = (self.sockets.now(), why.to_string());
        match question {
            Some(id) => self.resolver.closed(now, to, id, why),
            None => self.resolver.unreachable(now, protocol, to, why),
        }
    }
}
