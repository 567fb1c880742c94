//! Is this TLS? What the first bytes of a stream look like.
//!
//! Nothing here is certain: other bytes may look the same by chance. Tested in `tests/older.rs`.

use crate::record::{HEADER, older_record_header};

/// The longest hello in the form of SSL 2.0 that is taken for one, in bytes: it holds 300 suites.
const MAX_SSL2_HELLO: usize = 1024;

/// Whether a stream that begins with these bytes is likely to be TLS: a record header with a known type, a version of
/// SSL 3.0 to TLS 1.3 (as records say it) and a length that a record may have, or a hello in the form of SSL 2.0.
/// Of random bytes 1 in 3 million pass. Five bytes are
/// needed, for a hello of SSL 2.0 eleven; fewer are not taken for TLS.
pub fn looks_like_tls(first: &[u8]) -> bool {
    let Some(header) = first.first_chunk::<HEADER>() else { return false };
    let is_record = older_record_header(header)
        .is_ok_and(|(_, header)| header.length > 0 && header.legacy_version <= 0x0304);
    is_record || ssl2_hello(first).is_some()
}

/// The length of the hello in the form of SSL 2.0 (RFC 5246 §E.2) that a stream begins with. It has two bytes of
/// length with the highest bit set, the type 1, a version of SSL 3.0 or newer, and the lengths of its three parts,
/// which have to add up.
pub(super) fn ssl2_hello(first: &[u8]) -> Option<usize> {
    /// Type, version and three lengths.
    const FIXED: usize = 9;
    let &[high @ 0x80..=0xff, low, 1, 3, 0..=4, a, b, c, d, e, f] = first.first_chunk::<11>()? else {
        return None;
    };
    let number = |high: u8, low: u8| usize::from(high) << 8 | usize::from(low);
    let length = number(high & 0x7f, low);
    let adds_up = length == FIXED + number(a, b) + number(c, d) + number(e, f);
    (adds_up && length <= MAX_SSL2_HELLO).then_some(2 + length)
}
