//! Small internets to probe, and a link whose answers are written by the test.

use std::collections::VecDeque;
use std::io;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use barewire::probe::{Prober, run};
use barewire::services::Machine;
use barewire_internet::{Router, Topology, Wire, World, WorldLink};
use barewire_packet::link::Link;

pub(crate) const CLIENT: &str = "192.0.2.42";
pub(crate) const SERVER: &str = "203.0.113.80";
pub(crate) const CLIENT_V6: &str = "2001:db8:1::42";
pub(crate) const SERVER_V6: &str = "2001:db8:9::80";

pub(crate) fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// client ─ 1 ms ─ first ─ 8 ms ─ second ─ `last` ─ server, with both versions of IP.
pub(crate) fn way(first: Router, second: Router, last: Wire) -> World {
    let mut plan = Topology::new(Instant::now(), 7);
    plan.link("client", &format!("{CLIENT}/24 {CLIENT_V6}/64"));
    plan.node("first", &["192.0.2.1/24 2001:db8:1::1/64", "100.64.1.1/30 2001:db8:2::1/64"], Box::new(first));
    plan.node(
        "second",
        &["100.64.1.2/30 2001:db8:2::2/64", "203.0.113.1/24 2001:db8:9::1/64"],
        Box::new(second),
    );
    let server = Machine::new(vec![ip(SERVER), ip(SERVER_V6)], 1);
    plan.node("server", &[&format!("{SERVER}/24 {SERVER_V6}/64")], Box::new(server));
    plan.wire("client", "first", Wire::ms(1));
    plan.wire("first", "second", Wire::ms(8));
    plan.wire("second", "server", last);
    plan.build().unwrap()
}

/// client ─ `wire` ─ server: no router between.
pub(crate) fn pair(wire: Wire) -> WorldLink {
    let mut plan = Topology::new(Instant::now(), 3);
    plan.link("client", &format!("{CLIENT}/0 {CLIENT_V6}/0"));
    let server = Machine::new(vec![ip(SERVER), ip(SERVER_V6)], 1);
    plan.node("server", &[&format!("{SERVER}/0 {SERVER_V6}/0")], Box::new(server));
    plan.wire("client", "server", wire);
    plan.build().unwrap().link("client").unwrap()
}

/// Runs a prober to its end. Gives its events.
pub(crate) fn events<P: Prober>(link: &mut dyn Link, prober: &mut P) -> Vec<P::Event> {
    let mut events = Vec::new();
    run(link, prober, &|| false, |_, event| {
        events.push(event);
        Ok(())
    })
    .unwrap();
    events
}

/// A link on which a closure answers: a packet that was sent, to packets that come so much later.
pub(crate) struct Written<F> {
    now: Instant,
    answers: F,
    /// In the order of their times.
    coming: VecDeque<(Instant, Vec<u8>)>,
    pub(crate) sent: Vec<Vec<u8>>,
}

impl<F: FnMut(&[u8]) -> Vec<(u64, Vec<u8>)> + Send> Written<F> {
    pub(crate) fn new(answers: F) -> Written<F> {
        Written { now: Instant::now(), answers, coming: VecDeque::new(), sent: Vec::new() }
    }
}

impl<F: FnMut(&[u8]) -> Vec<(u64, Vec<u8>)> + Send> Link for Written<F> {
    fn now(&self) -> Instant {
        self.now
    }

    fn mtu(&self) -> usize {
        1500
    }

    fn send(&mut self, packet: &[u8]) -> io::Result<()> {
        self.sent.push(packet.to_vec());
        for (after, answer) in (self.answers)(packet) {
            let at = self.now + Duration::from_millis(after);
            let place = self.coming.partition_point(|(before, _)| *before <= at);
            self.coming.insert(place, (at, answer));
        }
        Ok(())
    }

    fn receive(&mut self, deadline: Option<Instant>) -> io::Result<Option<Vec<u8>>> {
        let deadline = deadline.expect("a prober always has a deadline");
        if self.coming.front().is_some_and(|(at, _)| *at <= deadline) {
            let (at, packet) = self.coming.pop_front().unwrap();
            self.now = self.now.max(at);
            return Ok(Some(packet));
        }
        self.now = self.now.max(deadline);
        Ok(None)
    }
}
