//! A path: what happens to packets between a host and the core, the same both ways but each way on its own.

use std::time::{Duration, Instant};

/// What a path does to packets.
#[derive(Debug, Clone, PartialEq)]
pub struct Path {
    /// How long a packet is under way, one way.
    pub delay: Duration,
    /// Up to how much longer it may be under way, at random. Packets do not overtake each other by it.
    pub jitter: Duration,
    /// How likely a packet is lost, 0 to 1.
    pub loss: f64,
    /// How likely a packet arrives twice.
    pub duplicate: f64,
    /// How likely a packet is held back, by up to four delays (at least 1 ms), so that later ones overtake it.
    pub reorder: f64,
    /// How many bits pass in a second. None: any number at once.
    pub rate: Option<u64>,
    /// How many bytes may wait for their turn when there is a rate. A packet that does not fit is dropped.
    pub queue: usize,
    /// The largest packet that passes, in bytes. Larger ones are dropped.
    pub mtu: usize,
}

impl Default for Path {
    /// A perfect path: no delay, no loss, no limit; an MTU of 1500 bytes.
    fn default() -> Path {
        Path {
            delay: Duration::ZERO,
            jitter: Duration::ZERO,
            loss: 0.0,
            duplicate: 0.0,
            reorder: 0.0,
            rate: None,
            queue: 256 * 1024,
            mtu: 1500,
        }
    }
}

impl Path {
    /// A path that takes `delay` one way and does nothing else.
    pub fn with_delay(delay: Duration) -> Path {
        Path { delay, ..Path::default() }
    }
}

/// How many packets met which fate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    /// Given to the wire.
    pub sent: u64,
    /// Handed to a host.
    pub delivered: u64,
    /// Lost at random.
    pub lost: u64,
    /// Made twice of one.
    pub duplicated: u64,
    /// Held back.
    pub reordered: u64,
    /// Dropped because the queue before a rate was full.
    pub queue_full: u64,
    /// Dropped because they were larger than a path's MTU.
    pub too_big: u64,
    /// Addressed to nobody.
    pub no_such_host: u64,
}

/// One direction of a path.
#[derive(Debug, Clone, Default)]
pub(super) struct Lane {
    /// When the last packet will have left the queue.
    busy_until: Option<Instant>,
    /// When the last packet that was not held back arrives.
    last_arrival: Option<Instant>,
}

impl Lane {
    /// Sends a packet of `size` bytes into the lane at `now`: when it comes out, once, twice, or never.
    pub(super) fn pass(
        &mut self,
        path: &Path,
        now: Instant,
        size: usize,
        dice: &mut Dice,
        counters: &mut Counters,
    ) -> Vec<Instant> {
        if size > path.mtu {
            counters.too_big += 1;
            return Vec::new();
        }
        let Some(left) = self.leave_queue(path, now, size) else {
            counters.queue_full += 1;
            return Vec::new();
        };
        if dice.chance(path.loss) {
            counters.lost += 1;
            return Vec::new();
        }
        let mut arrivals = vec![self.arrive(path, left, dice, counters)];
        if dice.chance(path.duplicate) {
            counters.duplicated += 1;
            arrivals.push(self.arrive(path, left, dice, counters));
        }
        arrivals
    }

    /// When the packet's last bit has left, if the queue has room for it.
    fn leave_queue(&mut self, path: &Path, now: Instant, size: usize) -> Option<Instant> {
        let Some(rate) = path.rate.filter(|rate| *rate > 0) else { return Some(now) };
        let start = self.busy_until.map_or(now, |busy| busy.max(now));
        let waiting = start.saturating_duration_since(now).as_nanos() * u128::from(rate) / 8_000_000_000;
        if waiting as usize + size > path.queue.max(size) {
            return None;
        }
        let left = start + Duration::from_nanos((size as u64).saturating_mul(8_000_000_000) / rate);
        self.busy_until = Some(left);
        Some(left)
    }

    fn arrive(&mut self, path: &Path, left: Instant, dice: &mut Dice, counters: &mut Counters) -> Instant {
        let arrival = left + path.delay + path.jitter.mul_f64(dice.fraction());
        if dice.chance(path.reorder) {
            counters.reordered += 1;
            return arrival + (path.delay * 4).max(Duration::from_millis(1)).mul_f64(dice.fraction());
        }
        let arrival = self.last_arrival.map_or(arrival, |last| last.max(arrival));
        self.last_arrival = Some(arrival);
        arrival
    }
}

/// The simulation's own small generator (splitmix64): decides what is lost, and nothing that must be hard to guess.
#[derive(Debug, Clone)]
pub(super) struct Dice(pub(super) u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 up to, not including, 1.
    fn fraction(&mut self) -> f64 {
        (self.roll() >> 11) as f64 / (1u64 << 53) as f64
    }

    fn chance(&mut self, probability: f64) -> bool {
        probability > 0.0 && self.fraction() < probability
    }
}
