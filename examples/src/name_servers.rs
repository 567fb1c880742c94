//! The name servers of the toy internet and those who run them: for lessons in which a zone is edited, a server is
//! silent for a while, or a reply is not what the zone says.
//!
//! ```text
//!   a resolver in your hand ──▶ ask ──▶ a.root, a.nic, ns1, ... ──▶ what it found, and why
//!                                          ▲   in virtual time
//!                edit, silence, change ────┘
//! ```
//!
//! Nothing happens between two calls: [`NameServers::wait_until`] lets time pass. The servers of one zone always have
//! the same version of it: an edit reaches all of them at once. Left out: TCP, zone transfers, IPv6. Tested in
//! `tests/authorities.rs`, and with the lessons in `tests/lessons.rs`.

mod desk;
mod signed;

use std::time::{Duration, SystemTime};

use barewire_dns::dnssec::Anchors;
use barewire_dns::driver::{Transport, resolve};
use barewire_dns::resolver::{Config, Flags, Hints, Resolution, Resolver};
use barewire_dns::{Class, Message, Name, Question, RecordType};
use barewire_internet::Wire;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use self::desk::Desk;
use crate::network::toy::RESOLVER;
use crate::network::{Network, Toy};
use crate::services::stage::{Fault, Stage};
use crate::services::zones::{SERVERS, Server, root_hints};

/// The host that asks.
const SEAT: &str = "10.0.0.2";

/// Name servers, and the internet between them and a resolver.
pub struct NameServers {
    toy: Toy,
    desks: Vec<(&'static str, Desk)>,
}

impl NameServers {
    /// Those of the toy internet, with its zones ([`SERVERS`]).
    ///
    /// # Errors
    /// Never, unless the program has a bug.
    pub fn new() -> Result<NameServers, Fault> {
        NameServers::of(&SERVERS)
    }

    /// The same with signed zones, and the key of the root: of example.test the signatures hold for two weeks, of test
    /// and the root for 67 years. The zones below and beside them are not signed.
    ///
    /// # Errors
    /// Never, unless the program has a bug.
    pub fn signed() -> Result<(NameServers, Anchors), Fault> {
        let anchors = Anchors::parse(signed::ANCHOR).map_err(|fault| fault.to_string())?;
        Ok((NameServers::of(&signed::SIGNED)?, anchors))
    }

    fn of(servers: &[Server]) -> Result<NameServers, Fault> {
        let mut stage = Stage::new(1);
        stage.plan().switch("core", "0.0.0.0/0");
        stage.seat("resolver", SEAT, RESOLVER)?;
        stage.wire("resolver", "core", Wire::default());
        let mut desks = Vec::new();
        for Server { host, address, delay, zones } in servers {
            let desk = Desk::new(stage.start(), zones)?;
            stage.host(host, address, vec![Box::new(desk.clone())])?;
            stage.wire("core", host, Wire::with_delay(Duration::from_millis(*delay)));
            desks.push((*host, desk));
        }
        let toy = Toy::seated(stage.set()?, "the name servers of the toy internet".to_owned())?;
        Ok(NameServers { toy, desks })
    }

    /// The internet around them, for a resolver that is driven from outside.
    pub fn into_toy(self) -> Toy {
        self.toy
    }

    /// A resolver among them that knows the root's servers and nothing else, and asks over IPv4.
    ///
    /// # Errors
    /// Never, unless the program has a bug.
    pub fn resolver(&self, config: Config, anchors: Option<Anchors>, seed: u64) -> Result<Resolver, Fault> {
        let hints = Hints::parse(root_hints().as_bytes())?;
        let config = Config { ipv6: false, ..config };
        let rng = Box::new(ChaCha8Rng::seed_from_u64(seed));
        Ok(Resolver::new(self.toy.now(), self.toy.wall_clock(), config, hints, anchors, rng))
    }

    /// Has the resolver answer a question, while time passes.
    ///
    /// # Errors
    /// The text is not a name.
    pub fn ask(
        &self,
        resolver: &mut Resolver,
        name: &str,
        rtype: RecordType,
    ) -> Result<Box<Resolution>, Fault> {
        self.ask_with(resolver, Name::parse_text(name)?, rtype, Flags::default())
    }

    /// The same with CD (RFC 4035 §3.2.2): what comes has its signatures with it, and nobody has checked them.
    ///
    /// # Errors
    /// Never, unless the program has a bug.
    pub fn ask_unchecked(
        &self,
        resolver: &mut Resolver,
        name: &Name,
        rtype: RecordType,
    ) -> Result<Box<Resolution>, Fault> {
        self.ask_with(resolver, name.clone(), rtype, Flags { checking_disabled: true })
    }

    fn ask_with(
        &self,
        resolver: &mut Resolver,
        name: Name,
        rtype: RecordType,
        flags: Flags,
    ) -> Result<Box<Resolution>, Fault> {
        let question = Question { name, rtype, class: Class::IN };
        resolve(resolver, question, flags, &mut self.toy.udp()).ok_or_else(|| "no answer".into())
    }

    /// Replaces a part of the zones, as an editor does, on all servers that have it.
    ///
    /// # Errors
    /// No zone has such a text, or what comes out is not a zone.
    pub fn edit(&self, from: &str, to: &str) -> Result<(), Fault> {
        let mut found = false;
        for (_, desk) in &self.desks {
            found |= desk.edit(from, to)?;
        }
        if found { Ok(()) } else { Err(format!("no zone has {from:?}").into()) }
    }

    /// A server gets its questions and does not answer, from one time to another.
    ///
    /// # Errors
    /// There is no server of this name.
    pub fn silence(&self, host: &str, from: Duration, until: Duration) -> Result<(), Fault> {
        self.desk(host)?.silence(from, until);
        Ok(())
    }

    /// All that this server sends from now on is changed before it leaves.
    ///
    /// # Errors
    /// There is no server of this name.
    pub fn change(&self, host: &str, change: impl FnMut(&mut Message) + Send + 'static) -> Result<(), Fault> {
        self.desk(host)?.change(Box::new(change));
        Ok(())
    }

    /// How many messages came to a server so far.
    ///
    /// # Errors
    /// There is no server of this name.
    pub fn asked(&self, host: &str) -> Result<u64, Fault> {
        Ok(self.desk(host)?.asked())
    }

    /// The time of day. It begins with the year 2026.
    pub fn wall_clock(&self) -> SystemTime {
        self.toy.wall_clock()
    }

    /// How much time has passed since the beginning.
    pub fn elapsed(&self) -> Duration {
        self.toy.now() - self.toy.begin()
    }

    /// Lets time pass, until so long after the beginning. What comes meanwhile comes too late.
    ///
    /// # Errors
    /// Never, unless the program has a bug.
    pub fn wait_until(&self, time: Duration) -> Result<(), Fault> {
        let (until, mut udp) = (self.toy.begin() + time, self.toy.udp());
        self.toy.world().run_until(until);
        while udp.receive(udp.now())?.is_some() {}
        Ok(())
    }

    fn desk(&self, host: &str) -> Result<&Desk, Fault> {
        let found = self.desks.iter().find(|(name, _)| *name == host);
        found.map(|(_, desk)| desk).ok_or_else(|| format!("no name server is called {host:?}").into())
    }
}
