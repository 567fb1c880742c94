//! Flags that several commands have.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::values::{parse_delay, parse_flip, parse_port_of};
use crate::services::breakage::{Breakage, Deed};

/// What to break in the simulated internet. Frames bear the numbers that -v shows.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Break something in the simulated internet (-v shows frame numbers)")]
pub struct BreakArgs {
    /// Lose the packet of frame N; may be given several times, as each of these. Frames count in the run as it is
    /// broken: an earlier loss moves later numbers
    #[arg(long, value_name = "N")]
    pub drop: Vec<u64>,
    /// Hold it back by MS milliseconds
    #[arg(long, value_name = "N:MS", value_parser = parse_delay)]
    pub delay: Vec<(u64, Duration)>,
    /// Invert one bit of its IP packet on the way; bit 0 is the highest one of the first byte
    #[arg(long, value_name = "N:BIT", value_parser = parse_flip)]
    pub flip: Vec<(u64, usize)>,
    /// Nobody listens on this port; HOST is a host's name or address (a wrong one lists the names)
    #[arg(long, value_name = "HOST:PORT", value_parser = parse_port_of)]
    pub close: Vec<(String, u16)>,
}

impl BreakArgs {
    /// Whether nothing is to be broken.
    pub fn is_empty(&self) -> bool {
        self.drop.is_empty() && self.delay.is_empty() && self.flip.is_empty() && self.close.is_empty()
    }

    /// What is to be broken.
    pub fn breakage(&self) -> Breakage {
        let drops = self.drop.iter().map(|frame| (*frame, Deed::Drop));
        let delays = self.delay.iter().map(|(frame, by)| (*frame, Deed::Delay(*by)));
        let flips = self.flip.iter().map(|(frame, bit)| (*frame, Deed::Flip(*bit)));
        Breakage { packets: drops.chain(delays).chain(flips).collect(), closed: self.close.clone() }
    }
}

/// Files with the story of a run or of a capture: for programs, and for a browser.
#[derive(Debug, Clone, Default, Args)]
pub struct ReportArgs {
    /// Write all of it to FILE as one page that any browser opens, with every byte and the TLS secrets
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// Write it to FILE as JSON, one object per line ("-": to standard output, in place of the picture)
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// Write requests and answers to FILE as HAR 1.2, which the network panel of a browser opens, credentials included
    #[arg(long, value_name = "FILE")]
    pub har: Option<PathBuf>,
}
