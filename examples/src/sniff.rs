//! A sniffer: the packets that pass an interface, told as a story while they come.
//!
//! ```text
//!   Tap or capture file ──▶ Headers ──▶ Filter ──▶ Live (the story) ──▶ rows
//!                                          └─────▶ Recorder ──▶ pcapng
//! ```
//!
//! The cores here do no I/O: frames are handed in, rows and counts come out. The command `barewire sniff` drives them.
//!
//! # Reading order
//!
//! 1. [`filter`]: the language of tcpdump, as far as it is spoken here, and what a frame is judged by.
//!
//! Tested in `tests/sniff`.

pub mod filter;
