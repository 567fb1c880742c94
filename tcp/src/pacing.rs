//! Pacing: a window's worth of segments leaves spread over the round trip, and not in one burst that fills the queue of
//! the narrowest link (RFC 9002 §7.7 says why, and how).
//!
//! A bucket of tokens, one for each byte. It fills at the controller's pacing rate, and holds no more than a burst. It
//! never fills more slowly than by a segment a second: a controller that was told of a path of no rate at all (the peer
//! was silent for hours, or answered probes of its window only) would else never learn better.
//!
//! Tested in `tests/recovery.rs` and `tests/faults.rs`.

use std::time::{Duration, Instant};

/// The most that leaves in one burst, in segments: the initial window of RFC 6928.
const BURST: u32 = 10;

/// For how long the bucket may fill at a high rate. Timers are not finer than that.
const TICK: Duration = Duration::from_millis(2);

/// The bucket.
#[derive(Debug, Clone)]
pub struct Pacer {
    tokens: u32,
    filled_at: Instant,
    /// The sender waits for tokens until then.
    until: Option<Instant>,
}

impl Pacer {
    /// A bucket that fills up at the first look.
    pub(crate) fn new(now: Instant) -> Pacer {
        Pacer { tokens: u32::MAX, filled_at: now, until: None }
    }

    // book: wait
    /// When `length` bytes may leave at `rate` bytes a second. `None`: now.
    pub(crate) fn wait(&self, now: Instant, rate: u64, length: u32, smss: u32) -> Option<Instant> {
        let missing = u64::from(length.saturating_sub(self.filled(now, rate, smss)));
        (missing > 0).then(|| now + time_for(missing, at_least(rate, smss)))
    }
    // book: end

    /// The sender waits for tokens until then.
    pub(crate) fn wait_until(&mut self, until: Option<Instant>) {
        self.until = until;
    }

    /// When the sender wants to go on.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.until
    }

    /// Bytes have left.
    pub(crate) fn sent(&mut self, now: Instant, rate: u64, length: u32, smss: u32) {
        self.tokens = self.filled(now, rate, smss).saturating_sub(length);
        self.filled_at = now;
        self.until = None;
    }

    fn filled(&self, now: Instant, rate: u64, smss: u32) -> u32 {
        let (elapsed, rate) = (now.saturating_duration_since(self.filled_at), at_least(rate, smss));
        let gained = (u128::from(rate) * elapsed.as_nanos() / 1_000_000_000).min(1 << 30) as u32;
        let in_a_tick = (u128::from(rate) * TICK.as_nanos() / 1_000_000_000).min(1 << 30) as u32;
        let most = BURST.saturating_mul(smss).max(in_a_tick);
        self.tokens.saturating_add(gained).min(most)
    }
}

/// The rate, or a segment a second.
fn at_least(rate: u64, smss: u32) -> u64 {
    rate.max(u64::from(smss)).max(1)
}

/// How long `bytes` take at `rate`, rounded up: a wait that ends too early would be a wait of nothing.
fn time_for(bytes: u64, rate: u64) -> Duration {
    let nanos = (u128::from(bytes) * 1_000_000_000).div_ceil(u128::from(rate));
    Duration::from_nanos(nanos.min(1_000_000_000) as u64)
}
