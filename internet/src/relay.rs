//! A poor wire between two real network devices: it passes frames on late, loses some, lets some overtake others.
//!
//! Kernels often lack netem, so this does its work in a program. What happens by chance is decided by a [`Wire`] for
//! each way, the one of the toy internet, from a seed: the same seed does the same to the same frames. It changes at
//! most the two ECN bits of a packet.
//!
//! ```text
//! end ──veth── left ▐ rules ─▶ late? ─▶ a wire's queue, rate, loss, delay ─▶▌ right ──veth── end
//!                   ▐◀──────────── the same the other way ◀──────────────── ▌
//! ```
//!
//! This is the core without I/O: frames and the time go in, frames come out when their time has come. What has no IP
//! packet in it, ARP for example, passes at once, so that the ends find each other.
//!
//! ```
//! use std::time::{Duration, Instant};
//! use barewire_internet::relay::{Framing, Plan, Relay, Side};
//! use barewire_packet::build;
//!
//! let plan = Plan::read(["delay=20ms", "delay-to-left=5ms", "loss=2%", "seed=7"])?;
//! let (start, ms) = (Instant::now(), Duration::from_millis);
//! let mut relay = Relay::new(Framing::Ip, &plan);
//! let packet = build::datagram("10.0.0.2:4000", "10.0.0.80:53", b"are you there?");
//! relay.receive(start, Side::Left, packet.clone());
//! assert_eq!(relay.deadline(), Some(start + ms(20)));
//! assert_eq!(relay.transmit(start + ms(19)), None);
//! assert_eq!(relay.transmit(start + ms(20)), Some((Side::Right, packet)));
//! assert_eq!(relay.tally().to_right.sent, 1);
//! # Ok::<(), String>(())
//! ```
//!
//! [`Plan`] is what it is told, [`Rule`] what happens to single frames, [`Tally`] what became of them; there are no
//! events, because the tally says it all. [`on_the_wire`] is for frames that no network card has seen yet. The loop
//! around it is `driver` (Linux). Left out: a frame check sequence (a
//! frame that `corrupt` changes goes on), and marks for queues that are long but not full.
//! Tested in `tests/relay.rs`, in virtual time, and by the live tests of `barewire-tcp` and of `examples`.

mod card;
#[cfg(target_os = "linux")]
pub mod driver;
mod frame;
mod plan;
mod rule;
mod side;
mod tally;
mod values;

use std::collections::VecDeque;
use std::time::Instant;

use crate::agenda::Agenda;
use crate::dice::Dice;
use crate::later::later;
use crate::wire::{Lane, Lost, Passage};
use frame::Kind;
use rule::Rules;

pub use card::on_the_wire;
pub use frame::Framing;
pub use plan::{OneWay, Plan, WORDS};
pub use rule::{Action, Rule};
pub use side::Side;
pub use tally::{Fates, Tally};

#[cfg(doc)]
use crate::wire::Wire;

/// How many frames may be on the way. More are lost, and counted.
const MOST: usize = 1 << 16;

/// Both directions of a relay.
pub struct Relay {
    framing: Framing,
    rules: Rules,
    /// To the left, and to the right.
    ways: [Direction; 2],
    /// What happens to frames later.
    agenda: Agenda<(Next, Side, Vec<u8>)>,
    /// Frames whose time has come, and the side by which each leaves.
    ready: VecDeque<(Side, Vec<u8>)>,
    tally: Tally,
}

/// What one direction does to frames, and its dice.
struct Direction {
    plan: OneWay,
    lane: Lane,
    dice: Dice,
}

/// What happens to a frame next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    /// It was held back, and enters the wire.
    Enters,
    /// It comes out of the wire.
    Leaves,
}

impl Relay {
    /// A relay for frames of this kind that does what the plan says.
    pub fn new(framing: Framing, plan: &Plan) -> Relay {
        let way = |side: Side| Direction {
            plan: plan.way(side).clone(),
            lane: Lane::new(Dice::new(plan.seed, side as u64)),
            dice: Dice::new(plan.seed, 2 + side as u64),
        };
        Relay {
            framing,
            rules: Rules::new(plan.rules.clone()),
            ways: Side::BOTH.map(way),
            agenda: Agenda::new(),
            ready: VecDeque::new(),
            tally: Tally::default(),
        }
    }

    /// A frame came in at a side.
    pub fn receive(&mut self, now: Instant, from: Side, mut frame: Vec<u8>) {
        self.on_deadline(now);
        let (to, kind) = (from.other(), frame::kind(self.framing, &frame));
        self.tally.of(to).came += 1;
        if self.agenda.len() + self.ready.len() >= MOST {
            self.tally.of(to).no_room += 1;
            return;
        }
        if kind == Kind::NotIp {
            self.ready.push_back((to, frame));
            return;
        }
        let actions = self.actions(to, kind);
        if actions.contains(&Action::Drop) {
            self.tally.of(to).dropped += 1;
            return;
        }
        if actions.contains(&Action::Mark) {
            self.tally.of(to).marked += u64::from(frame::mark(self.framing, &mut frame));
        }
        if actions.contains(&Action::Twice) {
            self.tally.of(to).doubled += 1;
            self.enter(now, to, frame.clone());
        }
        match actions.iter().find_map(|action| action.holds()) {
            Some(time) => {
                self.tally.of(to).held += 1;
                self.agenda.add(later(now, time), (Next::Enters, to, frame));
            }
            None => self.enter(now, to, frame),
        }
    }

    /// The next frame that leaves now, and by which side. To be asked until it gives none.
    pub fn transmit(&mut self, now: Instant) -> Option<(Side, Vec<u8>)> {
        self.on_deadline(now);
        let (to, frame) = self.ready.pop_front()?;
        self.tally.of(to).sent += 1;
        Some((to, frame))
    }

    /// When to ask `transmit` again, though nothing comes in.
    pub fn deadline(&self) -> Option<Instant> {
        self.agenda.next()
    }

    /// Time has passed: frames that were held back enter the wire, others come out of it.
    pub fn on_deadline(&mut self, now: Instant) {
        while self.agenda.next().is_some_and(|next| next <= now)
            && let Some((when, (next, to, frame))) = self.agenda.pop()
        {
            match next {
                Next::Enters => self.enter(when, to, frame),
                Next::Leaves => self.ready.push_back((to, frame)),
            }
        }
    }

    /// What became of all frames so far.
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// What the rules and the dice say of a frame.
    fn actions(&mut self, to: Side, kind: Kind) -> Vec<Action> {
        let mut actions = self.rules.meet(to, kind);
        let Direction { plan, dice, .. } = &mut self.ways[to as usize];
        if dice.chance(plan.mark) {
            actions.push(Action::Mark);
        }
        if dice.chance(plan.late) {
            actions.push(Action::Hold(plan.late_by));
        }
        actions
    }

    /// A frame enters the wire.
    fn enter(&mut self, now: Instant, to: Side, mut frame: Vec<u8>) {
        let Direction { plan, lane, .. } = &mut self.ways[to as usize];
        let fates = self.tally.of(to);
        match lane.pass(&plan.wire, now, &mut frame) {
            Passage::Arrives { at, again, .. } => {
                if let Some(again) = again {
                    fates.doubled += 1;
                    self.agenda.add(again, (Next::Leaves, to, frame.clone()));
                }
                self.agenda.add(at, (Next::Leaves, to, frame));
            }
            Passage::Lost(Lost::QueueFull { .. }) => fates.queue_full += 1,
            Passage::Lost(Lost::TooBig { .. }) => fates.too_big += 1,
            Passage::Lost(_) => fates.lost += 1,
        }
    }
}
