//! The initial sequence number: ISN = M + F(addresses, ports, secret) (RFC 6528 §3).
//!
//! M is a clock that ticks every 4 microseconds, so that a new connection between the same two ends starts above the
//! old one. F is a keyed hash. So an attacker who opens connections of its own learns nothing about those of others.
//!
//! Tested in `tests/host.rs`.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use rand_core::Rng;
use ring::hmac;

use crate::seq::SeqNumber;

/// Where initial sequence numbers come from: a secret, drawn once, and a clock.
pub struct IsnGenerator {
    secret: hmac::Key,
    epoch: Option<Instant>,
}

impl IsnGenerator {
    /// Draws the secret.
    pub fn new(rng: &mut dyn Rng) -> IsnGenerator {
        let mut secret = [0; 32];
        rng.fill_bytes(&mut secret);
        IsnGenerator { secret: hmac::Key::new(hmac::HMAC_SHA256, &secret), epoch: None }
    }

    // book: isn
    /// The initial sequence number for a connection from `local` to `remote` that opens at `now`.
    pub fn isn(&mut self, now: Instant, local: SocketAddr, remote: SocketAddr) -> SeqNumber {
        let epoch = *self.epoch.get_or_insert(now);
        let ticks = now.saturating_duration_since(epoch).as_micros() / 4;
        SeqNumber(self.keyed_hash(b"isn", local, remote)) + ticks as u32
    }
    // book: end

    /// Where the timestamp clock of a connection starts that opens at `now`. It is different for each pair of ends, so
    /// that it tells nothing about this host's uptime or its other connections (RFC 7323 §5.4). Between the same two
    /// ends it goes on from one connection to the next: a peer in TIME-WAIT takes a SYN with a later timestamp (RFC
    /// 6191 §3).
    pub(crate) fn timestamp_offset(&mut self, now: Instant, local: SocketAddr, remote: SocketAddr) -> u32 {
        let epoch = *self.epoch.get_or_insert(now);
        let ticks = now.saturating_duration_since(epoch).as_millis();
        self.keyed_hash(b"timestamp", local, remote).wrapping_add(ticks as u32)
    }

    /// A secret for another purpose, from which this one cannot be learned.
    pub(crate) fn derived_secret(&self, purpose: &[u8]) -> [u64; 2] {
        let tag = hmac::sign(&self.secret, purpose);
        let word =
            |skip| tag.as_ref().iter().skip(skip).take(8).fold(0, |word, byte| word << 8 | u64::from(*byte));
        [word(0), word(8)]
    }

    fn keyed_hash(&self, purpose: &[u8], local: SocketAddr, remote: SocketAddr) -> u32 {
        let mut context = hmac::Context::with_key(&self.secret);
        context.update(purpose);
        for end in [local, remote] {
            match end.ip() {
                IpAddr::V4(address) => context.update(&address.octets()),
                IpAddr::V6(address) => context.update(&address.octets()),
            }
            context.update(&end.port().to_be_bytes());
        }
        let tag = context.sign();
        tag.as_ref().iter().take(4).fold(0, |value, byte| value << 8 | u32::from(*byte))
    }
}

impl fmt::Debug for IsnGenerator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IsnGenerator { .. }")
    }
}
