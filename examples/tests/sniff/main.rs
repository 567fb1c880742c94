//! The sniffer: its filter language, its live story, the files it writes, and the command over captures.
//!
//! In reading order: [`filter`] (what is understood, and the sentences where it is not), [`judged`] (the same frames as
//! tcpdump and tshark choose, over every capture in the tree).

mod filter;
mod judged;
#[path = "../live/need.rs"]
mod need;
