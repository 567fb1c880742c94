//! The blocking loop around a [`Query`]: send, wait, hand in, until it is over.
//!
//! The loop is the same over sockets ([`Sockets`](crate::udp_tcp::Sockets)), a simulated network, or a
//! test's list of replies: what carries the messages is a [`Transport`]. Tested in `tests/sockets.rs`.

use std::io;
use std::net::SocketAddr;
use std::time::Instant;

use crate::stub::{Answer, Error, Event, Protocol, Query, Transmit};

/// What carries messages to servers and back, and knows the time.
pub trait Transport {
    /// The time.
    fn now(&self) -> Instant;

    /// Sends a message. An error means that its server cannot be reached; for TCP that includes a
    /// connection that is not open by [`Transmit::deadline`].
    fn send(&mut self, transmit: &Transmit) -> io::Result<()>;

    /// Waits for a message until `deadline`; `None` if none came. An error means that the server last
    /// sent to cannot be reached.
    fn receive(&mut self, deadline: Instant) -> io::Result<Option<Received>>;
}

/// A message that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Over what.
    pub protocol: Protocol,
    /// Its source.
    pub from: SocketAddr,
    /// The DNS message, for TCP without the length before it.
    pub bytes: Vec<u8>,
}

/// Runs a query to its end.
///
/// It takes as long as [`Config::total`](crate::stub::Config::total) at most, if the transport keeps to
/// its deadlines.
pub fn lookup(query: &mut Query, transport: &mut dyn Transport) -> Result<Answer, Error> {
    lookup_observed(query, transport, &mut |_| ())
}

/// Runs a query to its end, and shows `observe` each event on the way, the last one included.
pub fn lookup_observed(
    query: &mut Query,
    transport: &mut dyn Transport,
    observe: &mut dyn FnMut(&Event),
) -> Result<Answer, Error> {
    let mut last_sent = None;
    loop {
        while let Some(transmit) = query.transmit(transport.now()) {
            last_sent = Some((transmit.protocol, transmit.to));
            if let Err(error) = transport.send(&transmit) {
                query.unreachable(transport.now(), transmit.protocol, transmit.to, error.to_string());
            }
        }
        while let Some(event) = query.event() {
            observe(&event);
            match event {
                Event::Answer(answer) => return Ok(answer),
                Event::Failed(error) => return Err(error),
                _ => {}
            }
        }
        let Some(deadline) = query.deadline() else { return Err(Error::AlreadyOver) };
        match transport.receive(deadline) {
            Ok(Some(received)) => {
                query.receive(transport.now(), received.protocol, received.from, &received.bytes);
            }
            Ok(None) => query.on_deadline(transport.now()),
            Err(error) => {
                if let Some((protocol, to)) = last_sent {
                    query.unreachable(transport.now(), protocol, to, error.to_string());
                }
            }
        }
    }
}
