//! A wire: two ends, and what happens to a packet between them. Each direction is on its own.
//!
//! ```text
//!   packet ──▶ MTU ──▶ queue ──▶ rate ──▶ loss ──▶ delay + jitter ──▶ the other end
//!              too big  full              random     reordered,
//!              lost     lost              bursts     doubled, corrupted
//! ```
//!
//! A queue is there only where a rate is: it is a drop-tail queue with a limit in bytes. Tested in `tests/wire.rs`.

mod lane;
mod loss;

use std::time::Duration;

pub(crate) use lane::{Lane, Passage};
pub use loss::{Loss, Lost};

/// What a wire does to packets, the same in both directions.
#[derive(Debug, Clone, PartialEq)]
pub struct Wire {
    /// How long a packet is under way, one way: 4.9 µs for each km of fibre.
    pub delay: Duration,
    /// Up to how much longer it may be under way, at random. Packets do not overtake each other by it.
    pub jitter: Duration,
    /// How many bits pass in a second, at least 1. `None`: any number at once.
    pub rate: Option<u64>,
    /// How many bytes may wait for their turn where there is a rate, with what has not left yet of the packet whose
    /// turn it is. A packet that does not fit is lost, but one that finds nothing there is always taken.
    pub queue: usize,
    /// Which packets are lost by chance.
    pub loss: Loss,
    /// How likely a packet arrives twice, 0 to 1.
    pub duplicate: f64,
    /// How likely a packet is held back, by up to four delays or 1 ms, whichever is longer. Later ones overtake it.
    pub reorder: f64,
    /// How likely one bit of a packet arrives inverted.
    pub corrupt: f64,
    /// The largest packet that passes, in bytes. A larger one is lost; a router asks first.
    pub mtu: usize,
    /// What a router pays for sending a packet along it: routes are the cheapest ways.
    pub cost: u32,
}

impl Default for Wire {
    /// A perfect wire: no delay, no loss, no limit; an MTU of 1500 bytes, a cost of 1.
    fn default() -> Wire {
        Wire {
            delay: Duration::ZERO,
            jitter: Duration::ZERO,
            rate: None,
            queue: 256 * 1024,
            loss: Loss::None,
            duplicate: 0.0,
            reorder: 0.0,
            corrupt: 0.0,
            mtu: 1500,
            cost: 1,
        }
    }
}

impl Wire {
    /// A wire that takes `delay` one way and does nothing else.
    pub fn with_delay(delay: Duration) -> Wire {
        Wire { delay, ..Wire::default() }
    }

    /// A wire that takes this many milliseconds one way.
    pub fn ms(delay: u64) -> Wire {
        Wire::with_delay(Duration::from_millis(delay))
    }

    /// The same wire with a rate, in bits a second.
    pub fn rate(self, rate: u64) -> Wire {
        Wire { rate: Some(rate), ..self }
    }

    /// The same wire with room for `queue` bytes before its rate.
    pub fn queue(self, queue: usize) -> Wire {
        Wire { queue, ..self }
    }

    /// The same wire, which loses each packet with this probability, 0 to 1.
    pub fn loss(self, probability: f64) -> Wire {
        Wire { loss: Loss::Random(probability), ..self }
    }

    /// The same wire with another MTU, in bytes.
    pub fn mtu(self, mtu: usize) -> Wire {
        Wire { mtu, ..self }
    }

    /// The same wire with another cost for routers.
    pub fn cost(self, cost: u32) -> Wire {
        Wire { cost, ..self }
    }
}
