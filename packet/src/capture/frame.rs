//! A captured frame, and the interface where it was seen. Tested in `tests/capture.rs`.

use std::time::Duration;

use super::Origin;
use crate::link::Way;

/// Where frames were seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interface {
    /// What a frame starts with, as a LINKTYPE number: see [`linktype`](super::linktype).
    pub link_type: u16,
    /// Its name, or the empty string.
    pub name: String,
    /// What its frames are: seen on the wire, or something else.
    pub origin: Origin,
}

/// What is known of an interface when capturing ends (pcapng §4.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statistics {
    /// When it ended, since the Unix epoch.
    pub end: Duration,
    /// How many frames the interface received while capturing, those that were dropped included.
    pub received: Option<u64>,
    /// How many of them the system dropped for want of room.
    pub dropped: Option<u64>,
}

/// One captured frame.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frame {
    /// Its place in the file, from 1: the number that Wireshark shows. A file is written in the order of its frames,
    /// whatever their numbers.
    pub number: u64,
    /// Index into [`Capture::interfaces`](super::Capture::interfaces).
    pub interface: u32,
    /// When it was seen, since the Unix epoch. Written, no time is later than 2^64 ns, in the year 2554.
    pub time: Duration,
    /// Its bytes, from the link layer on, as far as they were captured.
    pub bytes: Vec<u8>,
    /// How long it was on the wire, in bytes.
    pub original_len: u32,
    /// Whether the host with the interface sent or received it, where the file says so.
    pub way: Option<Way>,
    /// What the capturing program had to say about it; of several comments, a line each.
    pub comment: Option<String>,
}
