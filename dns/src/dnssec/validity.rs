//! Whether a signature holds at a moment (RFC 4034 §3.1.5).
//!
//! The fields have 32 bits, and count seconds since 1970 in a ring: a moment is later than another one if it is less
//! than 68 years ahead (RFC 1982 §3.2). Tested in `tests/dnssec/moments.rs`.

use std::time::{SystemTime, UNIX_EPOCH};

use super::broken::Flaw;
use crate::rdata::Rrsig;

/// For how many seconds the signature still holds.
pub(super) fn seconds_left(rrsig: &Rrsig, now: SystemTime) -> Result<u32, Flaw> {
    let Rrsig { inception, expiration, .. } = *rrsig;
    let now = moment(now);
    // book: moments
    match () {
        () if is_before(expiration, inception) => Err(Flaw::ExpiresBeforeValid { inception, expiration }),
        () if is_before(now, inception) => Err(Flaw::NotYetValid { inception }),
        () if is_before(expiration, now) => Err(Flaw::Expired { expiration }),
        () => Ok(expiration.wrapping_sub(now)),
    }
    // book: end
}

/// Whether moment `a` is earlier than `b`. Two moments that are exactly half the ring apart have no order (RFC 1982
/// §3.2); here each is before the other, so that no signature holds then.
fn is_before(a: u32, b: u32) -> bool {
    a != b && b.wrapping_sub(a) <= 1 << 31
}

/// Seconds since 1970 modulo 2³², also for times before.
fn moment(now: SystemTime) -> u32 {
    match now.duration_since(UNIX_EPOCH) {
        Ok(since) => since.as_secs() as u32,
        Err(before) => (before.duration().as_secs() as u32).wrapping_neg(),
    }
}
