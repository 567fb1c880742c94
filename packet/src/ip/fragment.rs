//! Where a fragment belongs in its packet: RFC 791 §3.2, RFC 8200 §4.5. Tested in `tests/fragments.rs`.

/// Which piece of a larger packet a fragment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fragment {
    /// Pieces of one packet have the same; 16 bits in IPv4.
    pub identification: u32,
    /// Where the piece starts in the larger payload, in bytes.
    pub offset: usize,
    /// Whether more pieces follow.
    pub more: bool,
}
