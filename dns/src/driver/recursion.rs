//! The loop around a [`Resolver`]: for one question until it is answered, or one turn of it for a server with many.
//!
//! Tested in `tests/recursing.rs`.

use std::time::Instant;

use super::transport::{Received, Transport, Unreachable};
use crate::question::Question;
use crate::resolver::{Event, Flags, Resolution, Resolver};

/// Asks the resolver one question, and runs it until the answer is there.
///
/// That takes at most [`Config::total`](crate::resolver::Config::total), if the transport keeps its deadlines. What the
/// resolver learned stays in it for the next question. Events about other questions are dropped: a resolver with
/// several at a time is run by [`turn`]. `None` if the resolver waits for nothing and has no answer, which does not
/// happen.
pub fn resolve(
    resolver: &mut Resolver,
    question: Question,
    flags: Flags,
    transport: &mut dyn Transport,
) -> Option<Box<Resolution>> {
    let id = resolver.ask(transport.now(), question, flags);
    loop {
        while let Some(event) = resolver.event() {
            match event {
                Event::Resolved(answered, resolution) if answered == id => return Some(resolution),
                Event::Resolved(..) => {}
            }
        }
        let until = resolver.deadline()?;
        turn(resolver, transport, until);
    }
}

/// One turn: sends all that the resolver has to send; if that is nothing, waits until `until` or the resolver's own
/// deadline for one message, and hands it in. Take the events before each turn: a turn may bring some.
pub fn turn(resolver: &mut Resolver, transport: &mut dyn Transport, until: Instant) {
    if send_all(resolver, transport) {
        return;
    }
    let deadline = resolver.deadline().map_or(until, |deadline| deadline.min(until));
    match transport.receive(deadline) {
        Ok(Some(Received { protocol, from, bytes })) => {
            resolver.receive(transport.now(), protocol, from, &bytes);
        }
        Ok(None) => resolver.on_deadline(transport.now()),
        Err(Unreachable { protocol, to, question, why }) => match question {
            Some(id) => resolver.closed(transport.now(), to, id, why.to_string()),
            None => resolver.unreachable(transport.now(), protocol, to, why.to_string()),
        },
    }
}

/// Whether there was something to send.
fn send_all(resolver: &mut Resolver, transport: &mut dyn Transport) -> bool {
    let mut sent = false;
    while let Some(transmit) = resolver.transmit(transport.now()) {
        sent = true;
        if let Err(why) = transport.send(&transmit) {
            resolver.unreachable(transport.now(), transmit.protocol, transmit.to, why.to_string());
        }
    }
    sent
}
