//! The relay without I/O: frames and the time go in, frames come out when their time has come.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::fmt;
use std::time::{Duration, Instant};

use barewire_internet::{Topology, World, WorldLink};
use barewire_packet::link::Link;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::frame::{self, Kind};
use super::plan::Plan;
use super::rules::{Action, Rules, Side};

/// How many frames may be on the way. More are lost, and counted.
const MOST: u64 = 1 << 16;
/// How exactly frames leave at their time. The world does not say when the next one will.
const TICK: Duration = Duration::from_micros(100);

/// Until when a frame is held back, the how manyth it is, the side that it came from, and its bytes.
type Held = (Instant, u64, Side, Vec<u8>);

/// Both directions of the relay.
pub(crate) struct Path {
    world: World,
    /// Where frames that come in from the left and from the right enter the wire.
    links: [WorldLink; 2],
    rules: Rules,
    mark: f64,
    reorder: (f64, Duration),
    dice: ChaCha20Rng,
    /// Frames that are held back, the earliest first.
    held: BinaryHeap<Reverse<Held>>,
    /// What passes at once, and the side by which it leaves.
    at_once: VecDeque<(Side, Vec<u8>)>,
    tally: Tally,
}

/// What became of the frames, besides those that the wire has lost.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    came: u64,
    dropped: u64,
    held: u64,
    marked: u64,
    twice: u64,
    no_room: u64,
}

impl Path {
    pub(crate) fn new(now: Instant, plan: &Plan) -> Result<Path, String> {
        let mut topology = Topology::new(now, plan.seed);
        topology.link("left", "10.0.0.1/24");
        topology.link("right", "10.0.0.2/24");
        let [to_right, to_left] = plan.wires.clone();
        topology.wire_each_way("left", "right", to_right, to_left);
        let world = topology.build().map_err(|error| error.to_string())?;
        let link = |name| world.link(name).map_err(|error| error.to_string());
        Ok(Path {
            links: [link("left")?, link("right")?],
            world,
            rules: Rules::new(plan.rules.clone()),
            mark: plan.mark,
            reorder: plan.reorder,
            dice: ChaCha20Rng::seed_from_u64(plan.seed),
            held: BinaryHeap::new(),
            at_once: VecDeque::new(),
            tally: Tally::default(),
        })
    }

    /// A frame came in at a side.
    pub(crate) fn receive(&mut self, now: Instant, from: Side, mut bytes: Vec<u8>) {
        self.on_deadline(now);
        let (to, kind) = (from.other(), frame::kind(&bytes));
        self.tally.came += 1;
        if kind == Kind::NotIp {
            self.at_once.push_back((to, bytes));
            return;
        }
        if self.world.counters().under_way() + self.held.len() as u64 >= MOST {
            self.tally.no_room += 1;
            return;
        }
        let mut actions = self.rules.meet(to, kind);
        if self.chance(self.mark) {
            actions.push(Action::Mark);
        }
        if self.chance(self.reorder.0) {
            actions.push(Action::Hold(self.reorder.1));
        }
        if actions.contains(&Action::Drop) {
            self.tally.dropped += 1;
            return;
        }
        if actions.contains(&Action::Mark) {
            self.tally.marked += u64::from(frame::mark(&mut bytes));
        }
        if actions.contains(&Action::Twice) {
            self.tally.twice += 1;
            self.enter(from, &bytes);
        }
        match actions
            .iter()
            .find_map(|action| if let Action::Hold(time) = action { Some(*time) } else { None })
        {
            Some(time) => {
                self.tally.held += 1;
                self.held.push(Reverse((now + time, self.tally.came, from, bytes)));
            }
            None => self.enter(from, &bytes),
        }
    }

    /// The next frame that leaves now, and by which side.
    pub(crate) fn transmit(&mut self, now: Instant) -> Option<(Side, Vec<u8>)> {
        self.on_deadline(now);
        if let Some(frame) = self.at_once.pop_front() {
            return Some(frame);
        }
        let [left, right] = &mut self.links;
        [(Side::Left, left), (Side::Right, right)].into_iter().find_map(|(side, link)| {
            let packet = link.receive(Some(now)).ok().flatten()?;
            Some((side, packet))
        })
    }

    /// When to call `transmit` again, though nothing comes in.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let held = self.held.peek().map(|Reverse((until, ..))| *until);
        let on_the_wire = (self.world.counters().under_way() > 0).then(|| self.world.now() + TICK);
        [held, on_the_wire].into_iter().flatten().min()
    }

    /// Time has passed. The packets that were held back until now enter the wire.
    fn on_deadline(&mut self, now: Instant) {
        while let Some(Reverse((until, ..))) = self.held.peek()
            && *until <= now
            && let Some(Reverse((until, _, from, bytes))) = self.held.pop()
        {
            self.world.run_until(until);
            self.enter(from, &bytes);
        }
        self.world.run_until(now);
    }

    /// A frame enters the wire. One that is too large for it is counted there.
    fn enter(&mut self, from: Side, bytes: &[u8]) {
        let [left, right] = &mut self.links;
        let link = if from == Side::Left { left } else { right };
        if link.send(bytes).is_err() {
            self.tally.no_room += 1;
        }
    }

    fn chance(&mut self, likely: f64) -> bool {
        likely > 0.0 && f64::from(self.dice.next_u32()) < likely * f64::from(u32::MAX)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tally { came, dropped, held, marked, twice, no_room } = self.tally;
        write!(f, "{came} frames came; {dropped} dropped by a rule, {held} held back, {marked} marked, ")?;
        write!(f, "{twice} sent twice, {no_room} without room; on the wire: {}", self.world.counters())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A frame of IPv4 and TCP with `payload` bytes; the last of them is `mark`.
    fn segment(payload: usize, mark: u8) -> Vec<u8> {
        let mut frame = [[0; 12].as_slice(), &[8, 0, 0x45, 2], &(40 + payload as u16).to_be_bytes()].concat();
        frame.extend([0, 0, 0x40, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
        frame.extend([0; 12]);
        frame.extend([0x50, 0x10, 0, 0, 0, 0, 0, mark]);
        frame.extend(vec![7; payload]);
        frame
    }

    /// Sends ten frames with data to the right, 1 ms apart; gives when each arrived, and its mark.
    fn arrivals(words: &str) -> (Vec<(u128, u8)>, Path) {
        let start = Instant::now();
        let mut path = Path::new(start, &Plan::read(words.split_whitespace()).unwrap()).unwrap();
        let mut seen = Vec::new();
        for tick in 0..4000u64 {
            let now = start + Duration::from_micros(250 * tick);
            if tick % 4 == 0 && tick < 40 {
                path.receive(now, Side::Left, segment(100, tick as u8 / 4 + 1));
            }
            while let Some((side, frame)) = path.transmit(now) {
                assert_eq!(side, Side::Right);
                seen.push(((now - start).as_millis(), frame[53]));
            }
        }
        assert_eq!(path.deadline(), None, "nothing is left on the way");
        (seen, path)
    }

    #[test]
    fn a_delay_is_kept_and_rules_hit_what_they_name() {
        let all: Vec<(u128, u8)> = (0..10u8).map(|i| (20 + u128::from(i), i + 1)).collect();
        assert_eq!(arrivals("delay=20ms").0, all);
        let words = "delay=20ms right:data:3:drop right:data:5-6:hold:10ms right:data:8:twice right:bare:1:drop left:data:1:drop";
        let (mut seen, path) = arrivals(words);
        seen.sort();
        let wanted =
            [(20, 1), (21, 2), (23, 4), (26, 7), (27, 8), (27, 8), (28, 9), (29, 10), (34, 5), (35, 6)];
        assert_eq!(seen, wanted, "{path}");
    }

    #[test]
    fn chances_are_those_of_the_seed() {
        let words = "delay=5ms loss=0.5 duplicate=0.2 reorder=0.3:3ms";
        let (first, path) = arrivals(&format!("{words} seed=3"));
        assert_eq!(first, arrivals(&format!("{words} seed=3")).0, "{path}");
        assert_ne!(first, arrivals(&format!("{words} seed=4")).0, "{path}");
        assert!(first.len() < 10, "{path}");
        let one_way = arrivals("loss-to-left=1").0;
        assert_eq!((one_way.len(), arrivals("loss-to-right=1").0.len()), (10, 0));
    }

    #[test]
    fn a_rate_makes_a_queue_and_the_queue_has_an_end() {
        // 154 bytes at 308 kB/s take 0.5 ms; at 30.8 kB/s 5 ms, and two more may wait.
        assert_eq!(arrivals("rate=2464000").0.len(), 10);
        let (seen, path) = arrivals("rate=246400 queue=460");
        assert_eq!(seen.iter().map(|(at, _)| *at).collect::<Vec<_>>(), [5, 10, 15, 20], "{path}");
    }

    #[test]
    fn only_who_understands_marks_is_marked() {
        let start = Instant::now();
        let mut path = Path::new(start, &Plan::read(["mark=1"]).unwrap()).unwrap();
        for ecn in 0..4 {
            let mut frame = segment(1, 0);
            frame[15] = 0x28 | ecn;
            path.receive(start, Side::Left, frame);
        }
        let seen: Vec<Vec<u8>> =
            std::iter::from_fn(|| path.transmit(start)).map(|(_, frame)| frame).collect();
        assert_eq!(seen.iter().map(|frame| frame[15]).collect::<Vec<_>>(), [0x28, 0x2b, 0x2b, 0x2b]);
        let header = barewire_packet::ip::IpPacket::parse(&seen[1][14..]);
        assert!(header.is_ok(), "the checksum of the header is right again: {header:?}");
    }
}
