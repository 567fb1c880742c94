//! A world: time that moves only when somebody waits, nodes that are woken, and changes.

mod common;

use std::collections::VecDeque;
use std::io::ErrorKind;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use barewire_internet::{
    Attachment, Change, NoSuchNode, Node, Port, Topology, Transmit, Verdict, Wire, World,
};
use barewire_packet::link::Link;

use common::*;

const MS: Duration = Duration::from_millis(1);

/// A node that sends back each packet after some time, and writes down when it was called.
struct Slow {
    waits: Duration,
    due: VecDeque<(Instant, Vec<u8>)>,
    ready: VecDeque<Vec<u8>>,
    log: Arc<Mutex<Vec<(Instant, &'static str)>>>,
}

impl Node for Slow {
    fn receive(&mut self, now: Instant, _: Port, packet: Vec<u8>) -> Verdict {
        self.log.lock().unwrap().push((now, "receive"));
        self.due.push_back((now + self.waits, packet));
        Verdict::Taken
    }

    fn transmit(&mut self, _: Instant) -> Option<Transmit> {
        let packet = self.ready.pop_front()?;
        Some(Transmit { port: Port(0), packet, note: None })
    }

    fn deadline(&self) -> Option<Instant> {
        self.due.front().map(|(due, _)| *due)
    }

    fn on_deadline(&mut self, now: Instant) {
        self.log.lock().unwrap().push((now, "deadline"));
        while self.due.front().is_some_and(|(due, _)| *due <= now) {
            self.ready.extend(self.due.pop_front().map(|(_, packet)| packet));
        }
    }

    fn attach(&mut self, port: Port, attachment: Attachment) {
        assert_eq!((port, attachment.wire.as_str(), attachment.mtu), (Port(0), "client-slow", 1500));
        assert_eq!(attachment.addresses[0].to_string(), "10.0.0.80/24");
    }
}

type Log = Arc<Mutex<Vec<(Instant, &'static str)>>>;

fn world(waits: Duration) -> (World, Log) {
    let log = Log::default();
    let slow = Slow { waits, due: VecDeque::new(), ready: VecDeque::new(), log: log.clone() };
    let mut plan = Topology::new(Instant::now(), 1);
    plan.link("client", "10.0.0.2/24");
    plan.node("slow", &["10.0.0.80/24"], Box::new(slow));
    plan.wire("client", "slow", Wire::ms(1));
    (plan.build().unwrap(), log)
}

#[test]
fn a_node_is_called_when_something_is_due_and_not_else() {
    let (world, log) = world(100 * MS);
    let start = world.now();
    let mut client = world.link("client").unwrap();
    for _ in 0..3 {
        client.send(&datagram("10.0.0.2", "10.0.0.80", 1)).unwrap();
        assert_eq!(client.receive(Some(world.now() + 10 * MS)).unwrap(), None, "time has passed");
    }
    assert_eq!(world.now() - start, 30 * MS);
    assert!(client.receive(None).unwrap().is_some());
    assert_eq!(world.now() - start, 102 * MS);
    world.run_for(1000 * MS);
    let log: Vec<_> =
        log.lock().unwrap().iter().map(|(at, what)| ((*at - start).as_millis(), *what)).collect();
    let received = [1, 11, 21].map(|at| (at, "receive"));
    let woken = [101, 111, 121].map(|at| (at, "deadline"));
    assert_eq!(log, [&received[..], &woken].concat());
}

#[test]
fn a_node_that_is_off_neither_sends_nor_receives_and_wakes_as_it_was() {
    let (world, log) = world(100 * MS);
    let start = world.now();
    let mut client = world.link("client").unwrap();
    let packet = datagram("10.0.0.2", "10.0.0.80", 1);
    client.send(&packet).unwrap();
    world.change_at(start + 50 * MS, Change::Off("slow".into())).unwrap();
    world.change_at(start + 500 * MS, Change::On("slow".into())).unwrap();
    world.run_for(200 * MS);
    client.send(&packet).unwrap();
    world.run_for(100 * MS);
    assert_eq!((world.counters().down, log.lock().unwrap().len()), (1, 1));
    // What was due meanwhile is done when it is on again.
    assert!(client.receive(None).unwrap().is_some());
    assert_eq!(world.now() - start, 501 * MS);
    // A link that is off: what it sends is lost, and counted.
    world.change_at(world.now(), Change::Off("client".into())).unwrap();
    world.run_until(world.now());
    client.send(&packet).unwrap();
    assert_eq!((world.counters().down, world.counters().under_way()), (2, 0));
}

/// A node whose next deadline is far away most of the time, and near in between, as a TCP with keep-alive has it.
struct Fickle {
    next: Instant,
    calls: Arc<Mutex<u32>>,
}

impl Node for Fickle {
    fn receive(&mut self, now: Instant, _: Port, _: Vec<u8>) -> Verdict {
        self.next = now + MS / 2;
        Verdict::Taken
    }

    fn transmit(&mut self, _: Instant) -> Option<Transmit> {
        None
    }

    fn deadline(&self) -> Option<Instant> {
        *self.calls.lock().unwrap() += 1;
        Some(self.next)
    }

    fn on_deadline(&mut self, now: Instant) {
        self.next = now + 10_000 * MS;
    }
}

#[test]
fn a_deadline_that_moves_leaves_no_notes_behind() {
    let calls = Arc::new(Mutex::new(0));
    let mut plan = Topology::new(Instant::now(), 1);
    plan.link("client", "10.0.0.2/24");
    let fickle = Fickle { next: Instant::now() + 10_000 * MS, calls: calls.clone() };
    plan.node("fickle", &["10.0.0.80/24"], Box::new(fickle));
    plan.wire("client", "fickle", Wire::ms(1));
    let world = plan.build().unwrap();
    let mut client = world.link("client").unwrap();
    for _ in 0..1000 {
        client.send(&datagram("10.0.0.2", "10.0.0.80", 1)).unwrap();
        world.run_for(MS);
    }
    *calls.lock().unwrap() = 0;
    world.run_for(10_500 * MS);
    // Three notes: the near deadline of the last packet, a far one that has moved since, and the far one that counts.
    // At each of them the node is asked what is due, and what is next.
    assert_eq!(*calls.lock().unwrap(), 6);
}

#[test]
fn where_nothing_will_ever_happen_nobody_waits() {
    let (world, _) = world(MS);
    let mut client = world.link("client").unwrap();
    let error = client.receive(None).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deadlock, "{error}");
    let before = world.now();
    assert_eq!(client.receive(Some(before - MS)).unwrap(), None, "a deadline in the past");
    assert_eq!(world.now(), before, "time does not run backwards");
}

#[test]
fn several_links_can_be_driven_from_one_thread() {
    let mut plan = Topology::new(Instant::now(), 1);
    plan.link("hub", "10.0.0.1/24");
    plan.switch("switch", "10.0.0.0/24");
    plan.wire("hub", "switch", Wire::ms(1));
    for number in 2..5 {
        plan.link(&format!("h{number}"), &format!("10.0.0.{number}/24"));
        plan.wire(&format!("h{number}"), "switch", Wire::ms(number));
    }
    let world = plan.build().unwrap();
    let start = world.now();
    for number in 2..5 {
        world.link("hub").unwrap().send(&datagram("10.0.0.1", &format!("10.0.0.{number}"), 1)).unwrap();
    }
    let mut times = Vec::new();
    for number in 2..5 {
        world.run_until_packet(start + 100 * MS);
        times.push((world.now() - start).as_millis());
        world.run_until_packet(start + 100 * MS);
        assert_eq!((world.now() - start).as_millis(), times[times.len() - 1], "one waits already");
        world.link(&format!("h{number}")).unwrap().receive(Some(world.now())).unwrap().unwrap();
    }
    assert_eq!(times, [3, 4, 5]);
    world.run_until_packet(start + 100 * MS);
    assert_eq!(world.now() - start, 100 * MS);
}

#[test]
fn a_link_that_nobody_reads_does_not_grow_for_ever() {
    let (world, _) = world(Duration::ZERO);
    let mut client = world.link("client").unwrap();
    let packet = datagram("10.0.0.2", "10.0.0.80", 1);
    for _ in 0..70 {
        (0..1000).for_each(|_| client.send(&packet).unwrap());
        world.run_for(10 * MS);
    }
    assert_eq!(world.counters().unread, 70_000 - 65_536);
    assert_eq!(received(&world, "client", MS).len(), 65_536);
}

#[test]
fn names_are_checked() {
    let (world, _) = world(MS);
    let nobody = || NoSuchNode("nobody".to_owned());
    assert_eq!(world.link("nobody").err(), Some(nobody()));
    assert_eq!(world.link("slow").err(), Some(NoSuchNode("slow".to_owned())), "the world runs it");
    assert_eq!(world.tables("nobody").err(), Some(nobody()));
    let prefix = "10.0.0.0/8".parse().unwrap();
    for change in [
        Change::Down("nobody".into()),
        Change::Up("nobody".into()),
        Change::Wire("nobody".into(), Wire::ms(1)),
        Change::Off("nobody".into()),
        Change::On("nobody".into()),
        Change::Announce { node: "nobody".into(), prefix, each_hop: MS },
        Change::Withdraw { node: "nobody".into(), prefix, each_hop: MS },
    ] {
        assert_eq!(world.change_at(world.now(), change.clone()), Err(nobody()), "{change:?}");
    }
}

/// What a node sends when time begins is seen by a tap that was added before.
#[test]
fn the_first_packets_are_seen_by_taps() {
    struct Speaks(Option<Vec<u8>>);
    impl Node for Speaks {
        fn receive(&mut self, _: Instant, _: Port, _: Vec<u8>) -> Verdict {
            Verdict::Taken
        }
        fn transmit(&mut self, _: Instant) -> Option<Transmit> {
            let packet = self.0.take()?;
            Some(Transmit { port: Port(0), packet, note: None })
        }
        fn deadline(&self) -> Option<Instant> {
            None
        }
        fn on_deadline(&mut self, _: Instant) {}
    }
    let mut plan = Topology::new(Instant::now(), 1);
    let packet = barewire_packet::build::datagram("10.0.0.1:1", "10.0.0.2:2", b"first");
    plan.node("here", &["10.0.0.1/24"], Box::new(Speaks(Some(packet.clone()))));
    plan.link("there", "10.0.0.2/24");
    plan.wire("here", "there", Wire::ms(1));
    let world = plan.build().unwrap();
    let recording = barewire_internet::capture::Recording::new(world.now(), Duration::ZERO);
    world.tap("here", recording.point()).unwrap();
    world.run_for(Duration::from_secs(1));
    let frames = recording.take(world.now()).frames;
    assert_eq!(frames.iter().map(|frame| &frame.bytes).collect::<Vec<_>>(), [&packet]);
}
