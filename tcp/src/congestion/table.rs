//! Which congestion controllers there are: their names, where they are written down, and how each is made.
//!
//! Tested in `tests/congestion/`.

use std::fmt;
use std::str::FromStr;

use super::bbr::Bbr;
use super::controller::Controller;
use super::cubic::Cubic;
use super::reno::Reno;

/// A congestion controller, as a configuration names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum CongestionControl {
    /// Half the window at a loss, and a segment more each round trip.
    Reno,
    /// A cubic curve of the time since the last loss.
    #[default]
    Cubic,
    /// A model of the path, and its rate.
    Bbr,
}

/// What is known of a controller.
#[derive(Debug)]
pub struct Row {
    /// Which it is.
    pub control: CongestionControl,
    /// Its name, in small letters.
    pub name: &'static str,
    /// What it does, in one line.
    pub about: &'static str,
    /// Where it is written down.
    pub source: &'static str,
    make: fn(smss: u32, initial_window: u32, seed: u32) -> Box<dyn Controller>,
}

/// All controllers, in the order of their age.
pub const TABLE: [Row; 3] = [
    Row {
        control: CongestionControl::Reno,
        name: "reno",
        about: "halves the window at a loss, then a segment more each round trip; not paced",
        source: "RFC 5681",
        make: |smss, initial_window, _| Box::new(Reno::new(smss, initial_window)),
    },
    Row {
        control: CongestionControl::Cubic,
        name: "cubic",
        about: "cuts the window to 0.7 at a loss, then follows a cubic curve of the time; HyStart++, paced",
        source: "RFC 9438, RFC 9406",
        make: |smss, initial_window, _| Box::new(Cubic::new(smss, initial_window)),
    },
    Row {
        control: CongestionControl::Bbr,
        name: "bbr",
        about: "measures the path's bandwidth and round trip, and sends at that rate; losses count from 2 % on",
        source: "draft-ietf-ccwg-bbr (August 2026)",
        make: |smss, initial_window, seed| Box::new(Bbr::new(smss, initial_window, seed)),
    },
];

impl CongestionControl {
    /// Its row of the table.
    pub fn row(self) -> &'static Row {
        // The rows stand in the order of the variants.
        &TABLE[self as usize]
    }

    /// Its name: `cubic`.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// A controller for a new connection: segments of at most `smss` bytes, `initial_window` of them at first (RFC
    /// 6928: 10). `seed` decides what is left to chance, so that connections of one moment do not all do the same.
    pub fn controller(self, smss: u32, initial_window: u32, seed: u32) -> Box<dyn Controller> {
        (self.row().make)(smss, initial_window, seed)
    }
}

impl fmt::Display for CongestionControl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// There is no congestion controller of this name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownControl {
    /// The name that was given.
    pub name: String,
}

impl FromStr for CongestionControl {
    type Err = UnknownControl;

    fn from_str(name: &str) -> Result<CongestionControl, UnknownControl> {
        let row = TABLE.iter().find(|row| row.name == name);
        row.map(|row| row.control).ok_or_else(|| UnknownControl { name: name.to_owned() })
    }
}

impl fmt::Display for UnknownControl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = TABLE.iter().map(|row| row.name).collect();
        write!(f, "no congestion control is named {:?}; there are: {}", self.name, names.join(", "))
    }
}

impl std::error::Error for UnknownControl {}
