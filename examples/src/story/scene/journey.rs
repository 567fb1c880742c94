//! The journey of a packet: the points that it passed, and how it ended.

use std::time::Duration;

use barewire_packet::link::Way;

/// One packet on its way from host to host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Journey {
    /// Where it was seen, in time. Empty where only the wire saw it that lost it.
    pub stops: Vec<Stop>,
    /// How it ended, as far as the capture tells.
    pub end: End,
    /// The point at which it was seen first; none where only the wire saw it that lost it.
    pub point: Option<usize>,
    /// The frame at which it was seen first.
    pub frame: u64,
    /// The host that it was for, where that host has a capture point.
    pub destination: Option<String>,
}

/// A packet at a capture point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stop {
    /// The point, in [`Scene::points`](super::Scene::points).
    pub point: usize,
    /// The frame.
    pub frame: u64,
    /// Whether the host sent or received it.
    pub way: Way,
    /// When, since the first frame of the capture.
    pub time: Duration,
}

/// How a journey ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// At the last of its stops.
    Arrived,
    /// On the way: the simulated network says so.
    Lost {
        /// The wire, or the host.
        place: String,
        /// What the network says of it.
        note: String,
        /// The frame that says so.
        frame: u64,
        /// When, since the first frame of the capture.
        time: Duration,
    },
    /// It went on to a host without a capture point.
    Beyond,
    /// Its receiver has a capture point, and it was not seen there.
    Missing,
}

impl Journey {
    /// When it was seen first. A packet that only its wire saw was seen when it was lost.
    pub fn start(&self) -> Duration {
        match (self.stops.first(), &self.end) {
            (Some(first), _) => first.time,
            (None, End::Lost { time, .. }) => *time,
            (None, _) => Duration::ZERO,
        }
    }

    /// When it arrived, if it did.
    pub fn arrival(&self) -> Option<Duration> {
        let last = self.stops.last().filter(|last| last.way == Way::Received && self.end == End::Arrived)?;
        Some(last.time)
    }

    /// Whether its sender has a capture point.
    pub fn has_sender(&self) -> bool {
        self.stops.first().is_none_or(|first| first.way == Way::Sent)
    }
}
