//! The sniffer: its filter language, its live story, the files it writes, and the command over captures.
//!
//! In reading order: [`filter`] (what is understood, and the sentences where it is not), [`judged`] (the same frames as
//! tcpdump and tshark choose, over every capture in the tree), [`live`] and [`ladder`] (the story while packets come),
//! [`held`] (frames that wait for their secrets), [`program`]
//! (the command over captures).

#[path = "../common/mod.rs"]
mod common;
mod filter;
mod held;
mod judged;
mod ladder;
mod live;
#[path = "../live/need.rs"]
mod need;
mod program;
