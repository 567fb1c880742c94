//! The state machines of a connection (RFC 9112 §9), as the tables that the code asks.
//!
//! Three small machines make up both ends. The *receiving* machine finds messages in a stream of bytes: the client, the
//! server and the observer of a capture read with the same one, so they cannot disagree on where a message ends. The
//! client's *sending* machine keeps a body back while the server has not asked for it. The server's *answering* machine
//! lets one answer out for each request.
//!
//! A row reads: in this state, when this happens, the next state, and what is done. What is not in a table is refused,
//! or cannot happen. The figures below are printed from the tables; `tests/machines.rs` compares them.
//!
//! # The receiving machine
//!
#![doc = include_str!("machines/receiving.md")]
//!
//! # The client's sending machine
//!
#![doc = include_str!("machines/sending.md")]
//!
//! # The server's answering machine
//!
#![doc = include_str!("machines/answering.md")]

pub mod answering;
pub mod receiving;
pub mod sending;
mod table;

pub use table::{Row, Table};
