//! A scene: one capture that was taken at several hosts at once, and what it tells that no single host could see.
//!
//! ```text
//!   frames ─┬▶ a Story for each capture point          what tcpdump shows there
//!           └▶ sightings ──▶ journeys                  one packet, from host to host
//!                                └▶ the tree of waits  who waits for whom, and how long
//! ```
//!
//! A capture point is an interface of the file: its name is that of a host (`client`), or of one wire of a host that
//! has several (`nat (nat-isp)`). Frames say whether the host sent or received them. Interfaces of lost packets bear
//! the name of the wire or of the host where packets ended. Nothing but the file is asked.
//!
//! # Reading order
//!
//! 1. `Sighting`: a packet at a point, and what of it no box on the way changes. `matching`: sightings of one packet.
//! 2. [`Journey`]: where a packet was, and how it ended. `path`: the order of the hosts.
//! 3. [`Exchange`]: a request and its answer, as one host saw them. `Links`: the same conversation at both of its ends.
//! 4. [`Span`]: a piece of time, and the pieces in it that add up to it. `waits`: the tree of them.
//!
//! Left out: clocks of hosts that differ. In a simulated internet all have the same; captures of real hosts must be
//! brought to one clock before. Tested in `tests/scene`.

mod accounts;
mod errands;
mod exchange;
mod identity;
mod journey;
mod links;
mod matching;
mod path;
mod reader;
mod several;
mod span;
mod waits;

use super::Story;
use super::row::Row;
use super::tally::Tally;

pub use exchange::Exchange;
pub use journey::{End, Journey, Stop};
pub use reader::{Reading, SceneReader, UnknownPoint};
pub use span::{Doing, Span};

/// A capture of several points, read.
#[derive(Debug, Clone, Default)]
pub struct Scene {
    /// The capture points, in the order in which they were seen.
    pub points: Vec<Point>,
    /// The hosts at which they stand, in the order of the path: clients first.
    pub hosts: Vec<String>,
    /// Each packet, from where it was seen first to where it was seen last, in the order of their first frames.
    pub journeys: Vec<Journey>,
    /// Packets that only the wire saw that lost them.
    pub lost: Story,
    /// The frames of the file. A frame at any point has a row there.
    pub tally: Tally,
}

/// A capture point.
#[derive(Debug, Clone, Default)]
pub struct Point {
    /// The name of its interface: `client`, `nat (nat-isp)`.
    pub name: String,
    /// The host: `nat`.
    pub host: String,
    /// What was seen there. Its times count from the first frame of the file.
    pub story: Story,
}

impl Scene {
    /// The story that holds the row of a journey.
    pub fn story(&self, journey: &Journey) -> &Story {
        journey.point.and_then(|point| self.points.get(point)).map_or(&self.lost, |point| &point.story)
    }

    /// The packet of a journey as it was first seen.
    pub fn row(&self, journey: &Journey) -> Option<&Row> {
        row_of(self.story(journey), journey.frame)
    }

    /// The host of a stop.
    pub fn host(&self, stop: &Stop) -> &str {
        self.points.get(stop.point).map_or("", |point| &point.host)
    }

    /// The row of a stop, at its point.
    pub fn row_at(&self, stop: &Stop) -> Option<&Row> {
        row_of(&self.points.get(stop.point)?.story, stop.frame)
    }
}

/// The row of this frame. Rows are in the order of their frames.
fn row_of(story: &Story, frame: u64) -> Option<&Row> {
    let index = story.rows.binary_search_by_key(&frame, |row| row.frame).ok()?;
    story.rows.get(index)
}
