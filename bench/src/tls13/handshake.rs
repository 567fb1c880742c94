//! Handshakes: full ones, with a certificate to check, and resumed ones, which go on from a ticket.
//!
//! Both clients have read their trust anchors before. In a resumed handshake each takes its ticket from a store of its
//! own and puts the new one into it, on the clock.

use std::cell::RefCell;
use std::sync::Arc;

use barewire_tls13::{Client, Event, MemoryStore, PreSharedKey, SessionStore, Suite};
use rustls::HandshakeKind;
use rustls::client::Resumption;

use super::{Contestants, PEER, our_client, our_handshake, their_client, their_handshake};
use crate::measure::{Comparison, Stopwatch, Unit};

/// Handshakes in a round.
const HANDSHAKES: u64 = 100;
const SUITE: Suite = Suite::Aes128GcmSha256;

pub(super) fn compare(contestants: &Contestants, rounds: usize) -> Vec<Comparison> {
    let config = Arc::new(contestants.their_config(SUITE));
    let full = Comparison::run(
        "TLS 1.3 handshake, client, full",
        PEER,
        Unit::Microseconds,
        rounds,
        || we_shake_hands(contestants),
        || they_shake_hands(contestants, &config),
    );
    let (mut store, config) = (MemoryStore::default(), config_that_resumes(contestants));
    let resumed = Comparison::run(
        "TLS 1.3 handshake, client, resumed",
        PEER,
        Unit::Microseconds,
        rounds,
        || we_resume(contestants, &mut store),
        || they_resume(contestants, &config),
    );
    vec![full, resumed]
}

fn config_that_resumes(contestants: &Contestants) -> Arc<rustls::ClientConfig> {
    let mut config = contestants.their_config(SUITE);
    config.resumption = Resumption::default();
    Arc::new(config)
}

/// Nanoseconds a handshake.
fn we_shake_hands(contestants: &Contestants) -> f64 {
    let mut watch = Stopwatch::default();
    for _ in 0..HANDSHAKES {
        let begin = || our_client(contestants.our_config(SUITE));
        our_handshake(begin, contestants.identity.server(), &mut watch, |_| ());
    }
    watch.per(HANDSHAKES)
}

/// Nanoseconds a handshake.
fn they_shake_hands(contestants: &Contestants, config: &Arc<rustls::ClientConfig>) -> f64 {
    let mut watch = Stopwatch::default();
    for _ in 0..HANDSHAKES {
        let (client, _) = their_handshake(|| their_client(config), contestants.identity.server(), &mut watch);
        assert_eq!(client.handshake_kind(), Some(HandshakeKind::Full));
    }
    watch.per(HANDSHAKES)
}

/// Nanoseconds a handshake. The first one, which has no ticket yet, does not count.
fn we_resume(contestants: &Contestants, store: &mut MemoryStore) -> f64 {
    if store.sessions().next().is_none() {
        we_go_on(contestants, store, &mut Stopwatch::default());
    }
    let mut watch = Stopwatch::default();
    for _ in 0..HANDSHAKES {
        let client = we_go_on(contestants, store, &mut watch);
        assert!(client.summary().is_some_and(|summary| summary.chain.is_empty()), "resumed");
    }
    watch.per(HANDSHAKES)
}

/// A connection that begins with the newest ticket in the store, and leaves its own there.
fn we_go_on(contestants: &Contestants, store: &mut MemoryStore, watch: &mut Stopwatch) -> Client {
    // Two closures use it, one after the other.
    let store = RefCell::new(store);
    let begin = || {
        let mut config = contestants.our_config(SUITE);
        let session = store.borrow_mut().take(&config.wanted());
        config.pre_shared_key = session.map(|session| PreSharedKey::Session(Box::new(session)));
        our_client(config)
    };
    let take_events = |client: &mut Client| {
        while let Some(event) = client.event() {
            if let Event::Ticket(session) = event {
                store.borrow_mut().insert(*session);
            }
        }
    };
    our_handshake(begin, contestants.identity.server_with_tickets(), watch, take_events).0
}

/// Nanoseconds a handshake. The first one, which has no ticket yet, does not count.
fn they_resume(contestants: &Contestants, config: &Arc<rustls::ClientConfig>) -> f64 {
    let mut watch = Stopwatch::default();
    let go_on = |watch: &mut Stopwatch| {
        let server = contestants.identity.server_with_tickets();
        their_handshake(|| their_client(config), server, watch).0.handshake_kind()
    };
    go_on(&mut Stopwatch::default());
    for _ in 0..HANDSHAKES {
        assert_eq!(go_on(&mut watch), Some(HandshakeKind::Resumed));
    }
    watch.per(HANDSHAKES)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Which handshakes are full and which are resumed is asserted on the way.
    #[test]
    fn both_clients_shake_hands_and_resume() {
        let contestants = Contestants::new();
        we_shake_hands(&contestants);
        they_shake_hands(&contestants, &Arc::new(contestants.their_config(SUITE)));
        we_resume(&contestants, &mut MemoryStore::default());
        they_resume(&contestants, &config_that_resumes(&contestants));
    }
}
