//! GREASE (RFC 8701): a client puts numbers without meaning into its offer. A server that cannot bear unknown numbers
//! is then noticed early. Tested in `tests/names.rs`.

/// Whether a version, suite, group or extension number is one of the sixteen: 0x0a0a, 0x1a1a, to 0xfafa.
pub(crate) fn is_grease(id: u16) -> bool {
    id & 0x0f0f == 0x0a0a && id >> 8 == id & 0xff
}
