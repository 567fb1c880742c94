//! What the holder of a fetch tells it, and what the fetch has the holder do. Tested in `tests/fetch_core`.

use std::io;
use std::net::SocketAddr;
use std::time::SystemTime;

use barewire_dns::stub::{Protocol, Transmit};
use barewire_tls13::{KeyLog, SharedLedger};
use rand_core::Rng;

use crate::failure::Failure;

/// What happened outside. Input that comes too late for its step, such as a second answer from DNS, is dropped.
#[derive(Debug)]
pub enum Input<'a> {
    /// A message came from a DNS server, to the port that the question left from.
    Reply {
        /// What carried it.
        protocol: Protocol,
        /// The address and port it came from.
        from: SocketAddr,
        /// The message. Over TCP it is without the length before it.
        bytes: &'a [u8],
    },
    /// A DNS server cannot be reached: an ICMP error, or a connection that was refused or closed.
    Unreachable {
        /// How it was asked.
        protocol: Protocol,
        /// The server.
        to: SocketAddr,
        /// The ID of the question, if only its connection is over.
        question: Option<u16>,
        /// Why, in words.
        why: String,
    },
    /// The stream that [`Output::Connect`] asked for is open.
    Connected,
    /// It could not be opened.
    NotConnected(Failure),
    /// Bytes of the stream, cut anywhere.
    Bytes(&'a [u8]),
    /// The server's direction of the stream has ended.
    End,
    /// The stream broke while it was read: a reset, or silence for longer than TCP bears.
    Broken(io::Error),
    /// The stream does not take what was to be written. The server may have answered before that: reading goes on.
    Unwritable(io::Error),
}

/// What is to be done next. There is one stream at a time, so its outputs need not name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Send this question to a DNS server, over UDP or TCP.
    Ask(Transmit),
    /// Open a stream to this address. [`Input::Connected`] or [`Input::NotConnected`] answers.
    Connect(SocketAddr),
    /// Write all of these bytes to the stream.
    Write(Vec<u8>),
    /// End our direction of the stream. Whatever still comes is not for the fetch.
    Close,
    /// Let go of the stream, or of the attempt to open it: nobody will read what comes.
    Release,
}

/// What a core cannot make itself: the time of day, random numbers, and a place for secrets.
pub struct Given {
    /// The time of day at the moment of [`Fetch::new`](super::Fetch::new), for certificates.
    pub wall_clock: SystemTime,
    /// The generator for everything random but key material.
    pub rng: Box<dyn Rng + Send>,
    /// Where to write the secrets of TLS.
    pub key_log: Option<Box<dyn KeyLog>>,
    /// Where to keep what TLS hashes and derives; usually nowhere.
    pub ledger: Option<SharedLedger>,
}
