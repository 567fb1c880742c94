//! A hand on packets: what is taken away, held back or changed, at both ends of a wire, and what the taps see of it.

mod common;

use std::time::{Duration, Instant};

use barewire_internet::capture::Recording;
use barewire_internet::tamper::{Tamper, Tampering};
use barewire_internet::{NoSuchNode, Topology, Wire, World};
use barewire_packet::capture::{Capture, Origin};
use barewire_packet::link::{Link, Way};

use common::*;

/// Does the same to every packet that passes this way.
struct Always(Way, Tampering);

impl Tamper for Always {
    fn packet(&mut self, way: Way, _: usize, _: &[u8]) -> Tampering {
        if way == self.0 { self.1.clone() } else { Tampering::default() }
    }
}

/// client ── 10 ms ── server, with a hand at one of them.
fn world(node: &str, way: Way, tampering: Tampering) -> World {
    let mut plan = Topology::new(Instant::now(), 1);
    plan.link("client", "10.0.0.2/24");
    plan.link("server", "10.0.0.80/24");
    plan.wire("client", "server", Wire::ms(10));
    let world = plan.build().unwrap();
    world.tamper(node, Box::new(Always(way, tampering))).unwrap();
    world
}

/// The client sends a datagram: what the server got and after how many milliseconds, and what was seen.
fn sent(world: &World) -> (Option<Vec<u8>>, u128, Capture) {
    let all = Recording::new(world.now(), Duration::ZERO);
    ["client", "server"].iter().for_each(|name| world.tap(name, all.point()).unwrap());
    world.tap_losses(all.point());
    let begin = world.now();
    world.link("client").unwrap().send(&question()).unwrap();
    let got = world.link("server").unwrap().receive(Some(begin + Duration::from_secs(1))).unwrap();
    let took = (world.now() - begin).as_millis();
    (got, took, all.take(world.now()))
}

fn question() -> Vec<u8> {
    datagram("10.0.0.2", "10.0.0.80", 100)
}

#[test]
fn what_is_taken_away_is_lost_on_its_wire() {
    for (node, way, seen) in [("client", Way::Sent, 2), ("server", Way::Received, 2)] {
        let drop = Tampering { drop: true, ..Tampering::default() };
        let world = world(node, way, drop);
        let (got, _, capture) = sent(&world);
        assert_eq!(got, None, "{node}");
        assert_eq!(capture.frames.len(), seen, "{node}: the sender's frame, and the loss");
        let lost = capture.frames.last().unwrap();
        let interface = &capture.interfaces[lost.interface as usize];
        assert_eq!((interface.origin, interface.name.as_str()), (Origin::Lost, "client-server"), "{node}");
        assert_eq!(lost.comment.as_deref(), Some("taken away, as asked"), "{node}");
        assert_eq!((world.counters().lost, world.counters().under_way()), (1, 0), "{node}");
    }
}

#[test]
fn what_is_held_back_arrives_later_and_is_seen_then() {
    let delay = Tampering { delay: Some(Duration::from_millis(30)), ..Tampering::default() };
    let (got, took, capture) = sent(&world("client", Way::Sent, delay));
    assert_eq!((got, took), (Some(question()), 40));
    let times: Vec<u128> = capture.frames.iter().map(|frame| frame.time.as_millis()).collect();
    assert_eq!(times, [0, 40], "the sender has sent it at once");
}

/// A hand that holds back what arrives is asked again when it comes: it must not be held back for ever.
#[test]
fn what_is_held_back_at_its_end_can_be_held_back_again() {
    struct Twice(u32);
    impl Tamper for Twice {
        fn packet(&mut self, way: Way, _: usize, _: &[u8]) -> Tampering {
            self.0 += u32::from(way == Way::Received);
            let delay = (way == Way::Received && self.0 <= 2).then_some(Duration::from_millis(5));
            Tampering { delay, ..Tampering::default() }
        }
    }
    let world = world("client", Way::Received, Tampering::default());
    world.tamper("server", Box::new(Twice(0))).unwrap();
    let (got, took, _) = sent(&world);
    assert_eq!((got, took), (Some(question()), 20));
}

#[test]
fn bits_are_counted_from_the_highest_of_the_first_byte() {
    let flip = Tampering { flip: vec![0, 15, 8 * 5000], ..Tampering::default() };
    let (got, _, capture) = sent(&world("client", Way::Sent, flip));
    let mut wanted = question();
    wanted[0] ^= 0b1000_0000;
    wanted[1] ^= 0b0000_0001;
    assert_eq!(got, Some(wanted.clone()), "a bit that is not there does not count");
    assert_eq!(capture.frames[0].bytes, question(), "the sender sent it whole");
    assert_eq!(capture.frames[1].bytes, wanted, "and the receiver saw it changed");
}

/// The hand is told how many packets wait at a link that nobody has read.
#[test]
fn the_hand_knows_what_waits() {
    struct Counts(std::sync::Arc<std::sync::Mutex<Vec<usize>>>);
    impl Tamper for Counts {
        fn packet(&mut self, _: Way, unread: usize, _: &[u8]) -> Tampering {
            self.0.lock().unwrap().push(unread);
            Tampering::default()
        }
    }
    let world = world("client", Way::Received, Tampering::default());
    let counts: std::sync::Arc<std::sync::Mutex<Vec<usize>>> = std::sync::Arc::default();
    world.tamper("server", Box::new(Counts(std::sync::Arc::clone(&counts)))).unwrap();
    let mut client = world.link("client").unwrap();
    (0..3).for_each(|_| client.send(&question()).unwrap());
    world.run_for(Duration::from_secs(1));
    assert_eq!(*counts.lock().unwrap(), [0, 1, 2]);
}

#[test]
fn there_must_be_such_a_node() {
    let world = world("client", Way::Sent, Tampering::default());
    let nobody = world.tamper("nobody", Box::new(Always(Way::Sent, Tampering::default())));
    assert_eq!(nobody, Err(NoSuchNode("nobody".to_owned())));
}
