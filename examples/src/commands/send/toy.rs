//! The toy internet around `send`: the hosts of `fetch`'s, with routers on the way, and with IPv6.
//!
//! ```text
//!   client ─────┬───── home ──────── isp ─────┬───── www     203.0.113.80   2001:db8:113::80
//!   10.0.0.2    │      10.0.0.1               ├───── closed           .85              ::85
//!   2001:db8::2 └───── resolver .53           └───── silent           .86              ::86
//! ```

use std::io;
use std::time::Instant;

use barewire_internet::{Node, Port, Router, Transmit, Verdict, Wire, WorldLink};
use barewire_packet::link::Link;

use super::place::Place;
use crate::craft::{Packet, Sender};
use crate::failure::{Failure, Step};
use crate::network::toy::{clock, failure};
use crate::services::certificates::Flavour;
use crate::services::stage::{Fault, Set, Stage};
use crate::trace::Trace;

const CLIENT: &str = "10.0.0.2/24 2001:db8::2/64";
const WWW: &str = "203.0.113.80/24 2001:db8:113::80/64";

/// What the client fills in.
pub(super) fn sender() -> Sender {
    Sender { v4: [10, 0, 0, 2].into(), v6: [0x2001, 0xdb8, 0, 0, 0, 0, 0, 2].into(), ..Sender::default() }
}

/// The client's place. Nothing leaves this process, so every packet may be sent.
///
/// # Errors
/// [`Failure`]: the packet is a frame, and no wire here is an Ethernet.
pub(super) fn open(packet: &Packet) -> Result<Place, Failure> {
    if packet.is_frame() {
        let why = "the toy internet has no Ethernet: begin with ip or ip6, or use --net raw in `barewire lab shell`";
        return Err(Failure::new(Step::Usage, why));
    }
    let set = stage().map_err(|fault| failure(&*fault))?;
    let link = set.world.link(&set.seat.name).map_err(|error| failure(&error))?;
    let source = packet.source();
    Ok(Place {
        spoofed: source.filter(|source| !set.seat.addresses.contains(source)),
        link: Box::new(Untraced { link, trace: set.trace }),
        is_frame: false,
        sender: sender(),
        about: "over the toy internet".to_owned(),
        clock: (set.start, clock()),
        held: vec![Box::new(set.world)],
    })
}

/// The client's link. The stage's trace keeps every packet that a full queue loses, and nobody reads it here: it is
/// emptied, so that a run may be as long as it likes.
struct Untraced {
    link: WorldLink,
    trace: Trace,
}

impl Link for Untraced {
    fn now(&self) -> Instant {
        self.link.now()
    }

    fn mtu(&self) -> usize {
        self.link.mtu()
    }

    fn send(&mut self, packet: &[u8]) -> io::Result<()> {
        let sent = self.link.send(packet);
        drop(self.trace.take(self.link.now()));
        sent
    }

    fn receive(&mut self, deadline: Option<Instant>) -> io::Result<Option<Vec<u8>>> {
        self.link.receive(deadline)
    }
}

fn stage() -> Result<Set, Fault> {
    let mut stage = Stage::new(1);
    let near = || Wire::ms(1).rate(100_000_000);
    stage.plan().switch("lan", "10.0.0.0/24 2001:db8::/64");
    stage.plan().switch("site", "203.0.113.0/24 2001:db8:113::/64");
    stage.seat("client", CLIENT, "10.0.0.53")?;
    stage.router("home", &["10.0.0.1/24 2001:db8::1/64", "198.51.100.1/30 2001:db8:1::1/64"], Router::new());
    stage.router(
        "isp",
        &["198.51.100.2/30 2001:db8:1::2/64", "203.0.113.1/24 2001:db8:113::1/64"],
        Router::new(),
    );
    let names =
        [("www.example.test", "203.0.113.80 2001:db8:113::80"), ("closed.example.test", "203.0.113.85")];
    stage.resolver("resolver", "10.0.0.53/24 2001:db8::53/64", &names)?;
    stage.web("www", WWW, "www.example.test", Flavour::Honest)?;
    stage.host("closed", "203.0.113.85/24 2001:db8:113::85/64", Vec::new())?;
    stage.plan().node("silent", &["203.0.113.86/24 2001:db8:113::86/64"], Box::new(Silent));
    stage.wire("client", "lan", near());
    stage.wire("resolver", "lan", near());
    stage.wire("home", "lan", near());
    stage.wire("home", "isp", Wire::ms(10).rate(100_000_000));
    for host in ["isp", "www", "closed", "silent"] {
        stage.wire("site", host, near());
    }
    stage.set()
}

/// Takes every packet, and says nothing.
struct Silent;

impl Node for Silent {
    fn receive(&mut self, _: Instant, _: Port, _: Vec<u8>) -> Verdict {
        Verdict::Taken
    }

    fn transmit(&mut self, _: Instant) -> Option<Transmit> {
        None
    }

    fn deadline(&self) -> Option<Instant> {
        None
    }

    fn on_deadline(&mut self, _: Instant) {}
}
