//! How long to wait before a request is sent again: twice as long each time, and never exactly as long as everybody
//! else.
//!
//! ```text
//!   repetition       1      2      3      4   ...  11 and later
//!   at the most      1 s    2 s    4 s    8 s      600 s          the numbers of curl
//!   at the least     0.75   1.5    3      6        450            a quarter is drawn at random
//! ```
//!
//! Without the random part, all clients that a server turned away at one moment come back at one moment.
//! Tested in `tests/pool.rs`.

use std::time::Duration;

use rand_core::Rng;

/// The numbers of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// The longest wait before the first repetition. 1 second.
    pub first: Duration,
    /// The longest wait of all. 600 seconds.
    pub most: Duration,
    /// How much of a wait is left to chance, in percent. 25.
    pub jitter: u32,
}

impl Default for Backoff {
    fn default() -> Backoff {
        Backoff { first: Duration::from_secs(1), most: Duration::from_secs(600), jitter: 25 }
    }
}

impl Backoff {
    /// The wait before repetition number `repetition`, from 1.
    pub fn wait(&self, repetition: u32, rng: &mut dyn Rng) -> Duration {
        let doubled = 2_u32.checked_pow(repetition.saturating_sub(1)).unwrap_or(u32::MAX);
        let longest = self.first.saturating_mul(doubled).min(self.most);
        let chance = longest / 100 * self.jitter.min(100);
        let share = f64::from(rng.next_u32()) / (f64::from(u32::MAX) + 1.0);
        longest - chance.mul_f64(share)
    }
}
