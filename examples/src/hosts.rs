//! TCP hosts at the ends of wires, driven step by step: for lessons that look at each packet and at each variable.
//!
//! ```text
//!   transmit ──▶ a packet in your hand ──▶ send ──▶ wires, in virtual time ──▶ wait: it arrives,
//!      ▲         (or throw it away)                                            or a timer ends
//!      └──────────────────────────────────────────────────────────────────────────┘
//! ```
//!
//! A program of a host that runs by itself is in [`crate::services`]. Tested with the lessons, in `tests/lessons.rs`.

use std::error::Error;
use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::ops::{Index, IndexMut};
use std::time::{Duration, Instant};

use barewire_internet::{Topology, Wire, World, WorldLink};
use barewire_packet::link::Link;
use barewire_tcp::observe::Observer;
use barewire_tcp::packet::{Packet, Payload};
use barewire_tcp::{Config, Event, Flags, Handle, Host};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

/// The client of [`Hosts::two`].
pub const CLIENT: usize = 0;
/// The server of [`Hosts::two`].
pub const SERVER: usize = 1;

/// Hosts, and the internet between them. `hosts[n]` is the TCP of the nth.
pub struct Hosts {
    world: World,
    begin: Instant,
    ends: Vec<(WorldLink, Host)>,
    observer: Observer,
}

/// A packet that leaves a host, or has arrived at one. Its numbers count from the initial sequence numbers.
#[derive(Debug, Clone)]
pub struct Passing {
    /// The host.
    pub host: usize,
    /// The whole IP packet.
    pub packet: Vec<u8>,
    /// The control bits.
    pub flags: Flags,
    /// The sequence number.
    pub seq: u32,
    /// The acknowledgment number; 0 without ACK.
    pub ack: u32,
    /// The window, in bytes.
    pub window: u32,
    /// How many bytes of text it carries.
    pub length: usize,
    /// What the host says about it. Mostly nothing.
    pub note: String,
}

impl fmt::Display for Passing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, seq {} ack {}", self.flags, self.seq, self.ack)?;
        if self.length > 0 { write!(f, ", {} bytes", self.length) } else { Ok(()) }
    }
}

/// What happened next.
#[derive(Debug)]
pub enum Happened {
    /// A packet has arrived at a host, which has taken it.
    Arrived(Passing),
    /// A host was woken, as it wanted.
    Woken,
}

impl Hosts {
    /// A client (10.0.0.2) and a server (10.0.0.80), and one wire between them.
    ///
    /// # Errors
    /// None, as long as the two addresses are right.
    pub fn two(wire: Wire, configs: [Config; 2], seed: u64) -> Result<Hosts, Box<dyn Error>> {
        let mut plan = Topology::new(Instant::now(), seed);
        plan.link("client", "10.0.0.2/24");
        plan.link("server", "10.0.0.80/24");
        plan.wire("client", "server", wire);
        let [client, server] = configs;
        Hosts::on(plan.build()?, &[("client", "10.0.0.2", client), ("server", "10.0.0.80", server)], seed)
    }

    /// Hosts on these links of an internet: the name of each, its address, and how its connections behave.
    ///
    /// # Errors
    /// The world has no link of that name, or the text is not an address.
    pub fn on(world: World, ends: &[(&str, &str, Config)], seed: u64) -> Result<Hosts, Box<dyn Error>> {
        let host = |(number, (name, address, config)): (usize, &(&str, &str, Config))| {
            let rng = Box::new(ChaCha8Rng::seed_from_u64(seed ^ (number as u64 + 1) << 32));
            let address: IpAddr = address.parse()?;
            Ok((world.link(name)?, Host::new(vec![address], *config, rng)))
        };
        let ends = ends.iter().enumerate().map(host).collect::<Result<_, Box<dyn Error>>>()?;
        Ok(Hosts { begin: world.now(), world, ends, observer: Observer::default() })
    }

    /// The moment.
    pub fn now(&self) -> Instant {
        self.world.now()
    }

    /// How long it is since the beginning.
    pub fn elapsed(&self) -> Duration {
        self.now() - self.begin
    }

    /// The internet between the hosts.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// The address of a host, with a port.
    pub fn end(&self, host: usize, port: u16) -> SocketAddr {
        SocketAddr::new(self[host].addresses()[0], port)
    }

    /// Opens a connection from the first host to port 80 of the second. Gives its handles there.
    ///
    /// # Errors
    /// It is not open after three seconds.
    pub fn open(&mut self) -> Result<[Handle; 2], Box<dyn Error>> {
        self.open_with(*self[CLIENT].config())
    }

    /// As [`Hosts::open`], with settings of its own at the client.
    ///
    /// # Errors
    /// As there.
    pub fn open_with(&mut self, config: Config) -> Result<[Handle; 2], Box<dyn Error>> {
        let (now, server) = (self.now(), self.end(SERVER, 80));
        let limit = self.elapsed() + Duration::from_secs(3);
        match self[SERVER].listen(80, 16) {
            Ok(()) | Err(barewire_tcp::Error::PortInUse(_)) => {}
            Err(error) => return Err(error.into()),
        }
        let client = self[CLIENT].connect_with(now, server, config)?;
        loop {
            self.send_all()?;
            self.wait(limit)?.ok_or("the connection does not open")?;
            while let Some(event) = self[SERVER].event() {
                if let Event::Accepted { handle, .. } = event {
                    return Ok([client, handle]);
                }
            }
        }
    }

    /// The host starts anew: it has forgotten all its connections.
    pub fn restart(&mut self, host: usize, seed: u64) {
        let (addresses, config) = (self[host].addresses().to_vec(), *self[host].config());
        self[host] = Host::new(addresses, config, Box::new(ChaCha8Rng::seed_from_u64(seed)));
    }

    /// The next packet that a host has to send. To be asked until there is none.
    pub fn transmit(&mut self) -> Option<Passing> {
        let now = self.now();
        let mut packets = self.ends.iter_mut().enumerate();
        let (host, sent) = packets.find_map(|(number, (_, host))| Some((number, host.transmit(now)?)))?;
        if let Ok(packet) = Packet::parse(&sent.packet) {
            self.observer.packet(0, now - self.begin, &packet);
        }
        Some(self.passing(host, sent.packet, sent.note.map(|note| note.to_string())))
    }

    /// Gives what the hosts have to send to their wires.
    ///
    /// # Errors
    /// A packet is larger than its wire takes.
    pub fn send_all(&mut self) -> io::Result<()> {
        while let Some(sent) = self.transmit() {
            self.send(sent.host, &sent.packet)?;
        }
        Ok(())
    }

    fn passing(&self, host: usize, packet: Vec<u8>, note: Option<String>) -> Passing {
        let note = note.unwrap_or_default();
        let (flags, length) = (Flags::default(), 0);
        let mut passing = Passing { host, packet, flags, seq: 0, ack: 0, window: 0, length, note };
        if let Ok(packet) = Packet::parse(&passing.packet)
            && let Payload::Tcp(segment) = packet.payload
        {
            let header = &packet.ip.header;
            let numbers = self.observer.numbers(header.source(), header.destination(), &segment);
            (passing.flags, passing.length) = (segment.flags, segment.payload.len());
            if let Some(numbers) = numbers {
                (passing.seq, passing.ack, passing.window) = (numbers.seq, numbers.ack, numbers.window);
            }
        }
        passing
    }

    /// Gives a packet of this host to its wire.
    ///
    /// # Errors
    /// It is larger than the wire takes.
    pub fn send(&mut self, host: usize, packet: &[u8]) -> io::Result<()> {
        self.ends[host].0.send(packet)
    }

    /// Lets time pass until a packet arrives, or a host wants to be woken. `None`: before that came `limit`, which
    /// counts from the beginning.
    ///
    /// # Errors
    /// Those of a link. A link of a simulated internet has none.
    pub fn wait(&mut self, limit: Duration) -> io::Result<Option<Happened>> {
        let limit = self.begin + limit;
        loop {
            let now = self.now();
            for (at, (link, host)) in self.ends.iter_mut().enumerate() {
                if let Some(packet) = link.receive(Some(now))? {
                    let note = host.receive(now, &packet).map(|note| note.to_string());
                    return Ok(Some(Happened::Arrived(self.passing(at, packet, note))));
                }
            }
            let deadline = self.ends.iter().filter_map(|(_, host)| host.deadline()).min();
            if deadline.is_some_and(|deadline| deadline <= now) {
                self.ends.iter_mut().for_each(|(_, host)| host.on_deadline(now));
                return Ok(Some(Happened::Woken));
            }
            if now >= limit {
                return Ok(None);
            }
            self.world.run_until_packet(deadline.map_or(limit, |deadline| deadline.min(limit)));
        }
    }
}

impl Index<usize> for Hosts {
    type Output = Host;

    fn index(&self, host: usize) -> &Host {
        &self.ends[host].1
    }
}

impl IndexMut<usize> for Hosts {
    fn index_mut(&mut self, host: usize) -> &mut Host {
        &mut self.ends[host].1
    }
}
