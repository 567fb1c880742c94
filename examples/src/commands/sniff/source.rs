//! Where packets come from: a tap on an interface, or a capture.

pub(super) mod file;
pub(super) mod live;

use std::time::Duration;

use barewire_packet::capture::{Frame, Interface};

use crate::failure::Failure;

/// What came.
pub(super) enum Came {
    /// A frame, which is now in the one that was handed over.
    Frame,
    /// Lines of a TLS key log, in a capture.
    Secrets(String),
    /// Nothing, in the time that was given.
    Nothing,
    /// The end of a file, and why that is before its end.
    End(Option<String>),
}

/// Gives frames one after the other.
pub(super) trait Source {
    /// Waits for the next one.
    fn next(&mut self, frame: &mut Frame, wait: Duration) -> Result<Came, Failure>;

    /// An interface, by its number in a frame.
    fn interface(&self, number: u32) -> &Interface;

    /// How many frames were dropped so far, where the system says so.
    fn dropped(&mut self) -> Option<u64>;

    /// Whether its frames come when they are seen.
    fn is_live(&self) -> bool;
}
