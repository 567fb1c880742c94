//! Named byte ranges: what every view of a packet is drawn from.
//!
//! Each wire field is parsed in one place, with its name beside it. Most of the time the name is
//! only for the reader of the code. Inside [`record`], each [`field`] also notes its byte range,
//! its value and what it is for, and the result is an annotated [`Tree`]: the hexdump, the JSON
//! and every other view come from the parser that really ran, so what they say about a byte
//! cannot drift from what the program does with it.
//!
//! ```text
//!   bytes ──▶ parser made of field(name, comment, nom parser) ──▶ value      always
//!                                  │
//!                                  └─▶ Tree ──▶ to_text, to_json, find       inside record(..)
//! ```
//!
//! ```
//! use barewire_dissect::{TextStyle, field, record};
//! use nom::{IResult, Parser, number::complete::be_u16};
//!
//! fn ports(input: &[u8]) -> IResult<&[u8], (u16, u16)> {
//!     let (input, source) = field("source port", "", be_u16).parse(input)?;
//!     let (input, destination) = field("destination port", "443 is HTTPS", be_u16).parse(input)?;
//!     Ok((input, (source, destination)))
//! }
//!
//! let bytes = [0xc0, 0x01, 0x01, 0xbb];
//! let (_, tree) = record(&bytes, || ports(&bytes));
//! assert_eq!(tree.check_coverage(), Ok(()));
//! let text = tree.to_text(&bytes, TextStyle::default());
//! let line = "            ^^^^^               destination port 443 · 443 is HTTPS";
//! assert!(text.contains(line), "{text}");
//! ```
//!
//! # Reading order
//!
//! 1. [`field`], [`group`], [`bits`], [`computed`]: naming what a parser reads.
//! 2. [`record`]: listening. One flag per thread; when nobody listens a name costs a branch.
//! 3. [`Tree`]: the result, and [`Tree::check_coverage`], the law it obeys on every whole message.
//! 4. [`Tree::to_text`], [`Tree::to_json`]: the views.
//! 5. [`Refused`]: the one error of every parser, with its byte and its rule.
//! 6. [`Word`]: the bits of a word as one table. [`Direction`]: which way bytes go.
//!
//! # The contract of the five verbs
//!
//! Each protocol of this workspace is a state machine without I/O, and all of them answer to the same five verbs:
//!
//! ```text
//!   receive(now, bytes)      bytes that came from the peer
//!   transmit(now) -> bytes   what to send next, if anything
//!   deadline() -> Instant    when to be woken
//!   on_deadline(now)         it is that time
//!   event() -> Event         what the caller should know
//! ```
//!
//! * The caller owns the socket, the clock and the random numbers. A core only computes.
//! * After each `receive` and `on_deadline` the caller asks `transmit` and `event` until both have nothing more to
//!   give.
//! * `receive` and `on_deadline` return an error only when the core is over. From then on they return the same error.
//!   Everything else that happens, also bad news, is an event.
//! * An event is there before the bytes that it explains: who asks `event` first knows why `transmit` sends.
//! * Data is fetched by `read`, and an event says that there is some. A core with a bound on what waits to be read says
//!   how many bytes `receive` took; the caller reads, and hands in the rest again.
//! * `receive_eof` says that the peer's stream has ended.
//!
//! Tested in `tests/tree.rs`, and over every capture in the tests of the crates above.
//!
//! # Left out
//!
//! Colour schemes, HTML and navigation: a view that wants those walks the [`Tree`] itself.
#![doc(html_root_url = "../")] // the crates document each other in any order: their links must not wait for a page
#![forbid(unsafe_code)]

mod bits;
mod direction;
mod field;
mod json;
mod lines;
mod numbers;
mod recorder;
mod refused;
mod show;
mod text;
mod tree;

pub use bits::{Bits, Word};
pub use direction::Direction;
pub use field::{bits, computed, describe, field, field_as, group, grouped, grouped_as};
pub use lines::{beginning, columns, lines};
pub use numbers::{count, several};
pub use recorder::{listening, record, unrecorded};
pub use refused::{Explain, InWords, Lesson, Located, Parsed, Refused, finish, offset_of, refuse};
pub use show::Show;
pub use text::{TextStyle, printable};
pub use tree::{Kind, Node, Tree};
