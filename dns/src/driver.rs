//! The blocking driver: a loop around a [`Query`], a [`Lookup`] or a [`Resolver`](crate::resolver::Resolver) that
//! sends, waits and hands in, until it is over.
//!
//! The loop is the same over the kernel's sockets ([`Sockets`]), over a simulated network, and over a test's list of
//! replies. A [`Transport`] is what carries the messages. Tested in `tests/driver.rs`, `tests/recursing.rs` and
//! `tests/sockets`.

mod recursion;
#[cfg(not(target_family = "wasm"))] // WebAssembly has no sockets: a caller brings its own transport
mod sockets;
mod tap;
mod transport;

use std::net::IpAddr;

pub use recursion::{resolve, turn};
#[cfg(not(target_family = "wasm"))]
pub use sockets::{Sockets, Waker};
pub use tap::{Direction, Tap};
pub use transport::{Received, Transport, Unreachable};

use crate::stub::{Answer, Error, Event, Lookup, LookupEvent, NotFound, Query};

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
            if let Err(why) = transport.send(&transmit) {
                query.unreachable(transport.now(), transmit.protocol, transmit.to, why.to_string());
            }
            continue;
        }
        let Some(deadline) = query.deadline() else { return Err(Error::AlreadyOver) };
        match transport.receive(deadline) {
            Ok(Some(Received { protocol, from, bytes })) => {
                query.receive(transport.now(), protocol, from, &bytes);
            }
            Ok(None) => query.on_deadline(transport.now()),
            Err(Unreachable { protocol, to, question, why }) => match question {
                Some(id) => query.closed(transport.now(), to, id, why.to_string()),
                None => query.unreachable(transport.now(), protocol, to, why.to_string()),
            },
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
            if let Err(why) = transport.send(&transmit) {
                lookup.unreachable(transport.now(), transmit.protocol, transmit.to, &why.to_string());
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
            Err(Unreachable { protocol, to, question, why }) => match question {
                Some(id) => lookup.closed(transport.now(), to, id, &why.to_string()),
                None => lookup.unreachable(transport.now(), protocol, to, &why.to_string()),
            },
        }
    }
}
