//! A sniffer: the packets that pass an interface, told as a story while they come.
//!
//! ```text
//!   tap, or capture file ──▶ Headers ──▶ Filter ──▶ Live, the story ──▶ rows
//!                                           └─────▶ Writer ──▶ pcapng
//! ```
//!
//! All but [`Ear`], the tap, do no I/O: frames are handed in, rows and counts come out. The command `barewire sniff`
//! drives them.
//!
//! # Reading order
//!
//! 1. [`filter`]: the language of tcpdump, as far as it is spoken here, and what a frame is judged by.
//! 2. [`Sniffer`]: the chain above. [`Counts`]: where each frame went.
//! 3. [`held`]: how TLS is opened with a key log that is being written.
//!
//! Tested in `tests/sniff`.

mod counts;
mod ear;
pub mod filter;
pub mod held;
mod sniffer;

pub use counts::Counts;
pub use ear::Ear;
pub use sniffer::{Sniffer, Taken, found};
