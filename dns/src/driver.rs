//! The blocking driver: a loop around a [`Query`] or a [`Lookup`] that sends, waits and hands in, until it is over.
//!
//! The loop is the same over the kernel's sockets ([`Sockets`]), over a simulated network, and over a test's list of
//! replies. A [`Transport`] is what carries the messages. Tested in `tests/driver.rs` and `tests/sockets.rs`.

#[cfg(not(target_family = "wasm"))] // WebAssembly has no sockets: a caller brings its own transport
mod sockets;
mod tap;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

#[cfg(not(target_family = "wasm"))]
pub use sockets::Sockets;
pub use tap::{Direction, Tap};

use crate::stub::{Answer, Error, Event, Lookup, LookupEvent, NotFound, Protocol, Query, Transmit};

/// What carries messages to servers and back, and knows the time.
pub trait Transport {
    /// The time.
    fn now(&self) -> Instant;

    /// Sends a message.
    ///
    /// # Errors
    /// Its server cannot be reached. For TCP that includes a connection that is not open by [`Transmit::deadline`].
    fn send(&mut self, transmit: &Transmit) -> io::Result<()>;

    /// Waits for a message until `deadline`. `None` if none came.
    ///
    /// # Errors
    /// The server of the last message sent cannot be reached.
    fn receive(&mut self, deadline: Instant) -> io::Result<Option<Received>>;
}

/// A message that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// What carried it.
    pub protocol: Protocol,
    /// The address and port it came from.
    pub from: SocketAddr,
    /// The DNS message. For TCP it is without the length before it.
    pub bytes: Vec<u8>,
}

/// Runs a query to its end.
///
/// That takes at most [`Config::total`](crate::stub::Config::total), if the transport keeps its deadlines.
///
/// # Errors
/// [`Error`]: the name or the record does not exist, or no server gave an answer.
pub fn lookup(query: &mut Query, transport: &mut dyn Transport) -> Result<Answer, Error> {
    lookup_observed(query, transport, &mut |_| ())
}

/// Runs a query to its end, and shows `observe` each event on the way, also the last one. An event comes before the
/// message that it explains.
///
/// # Errors
/// Those of [`lookup`].
pub fn lookup_observed(
    query: &mut Query,
    transport: &mut dyn Transport,
    observe: &mut dyn FnMut(&Event),
) -> Result<Answer, Error> {
    let mut last_sent = None;
    loop {
        if let Some(event) = query.event() {
            observe(&event);
            match event {
                Event::Answer(answer) => return Ok(answer),
                Event::Failed(error) => return Err(error),
                _ => continue,
            }
        }
        if let Some(transmit) = query.transmit(transport.now()) {
            last_sent = Some((transmit.protocol, transmit.to));
            if let Err(error) = transport.send(&transmit) {
                query.unreachable(transport.now(), transmit.protocol, transmit.to, error.to_string());
            }
            continue;
        }
        let Some(deadline) = query.deadline() else { return Err(Error::AlreadyOver) };
        match transport.receive(deadline) {
            Ok(Some(Received { protocol, from, bytes })) => {
                query.receive(transport.now(), protocol, from, &bytes);
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

/// Runs a [`Lookup`] to its end, and shows `observe` each event on the way, also the last one. Its questions are in
/// flight together over one transport.
///
/// # Errors
/// [`NotFound`]: the name has no addresses, or nobody could say so. After its end, a lookup that is run again finds no
/// name to ask for.
pub fn addresses(
    lookup: &mut Lookup,
    transport: &mut dyn Transport,
    observe: &mut dyn FnMut(&LookupEvent),
) -> Result<Vec<IpAddr>, NotFound> {
    let mut last_sent = None;
    loop {
        if let Some(event) = lookup.event() {
            observe(&event);
            match event {
                LookupEvent::Found(addresses, _) => return Ok(addresses),
                LookupEvent::Failed(why) => return Err(why),
                _ => continue,
            }
        }
        if let Some(transmit) = lookup.transmit(transport.now()) {
            last_sent = Some((transmit.protocol, transmit.to));
            if let Err(error) = transport.send(&transmit) {
                lookup.unreachable(transport.now(), transmit.protocol, transmit.to, &error.to_string());
            }
            continue;
        }
        let Some(deadline) = lookup.deadline() else {
            return Err(NotFound { typed: lookup.typed().clone(), special: None, tried: Vec::new() });
        };
        match transport.receive(deadline) {
            Ok(Some(Received { protocol, from, bytes })) => {
                lookup.receive(transport.now(), protocol, from, &bytes);
            }
            Ok(None) => lookup.on_deadline(transport.now()),
            Err(error) => {
                if let Some((protocol, to)) = last_sent {
                    lookup.unreachable(transport.now(), protocol, to, &error.to_string());
                }
            }
        }
    }
}
