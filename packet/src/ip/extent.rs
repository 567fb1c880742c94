//! Where a packet ends: at the length that its header gives, or where a capture cut it. Tested in `tests/ip.rs`.

/// How much of a packet is there.
#[derive(Debug, Clone, Copy)]
pub(super) enum Extent {
    /// All of it.
    Whole,
    /// What a capture left; `missing` bytes of the frame are not in it.
    Captured { missing: usize },
}

/// What follows a header: payload, trailer, and how many bytes of the payload are missing.
pub(super) type Cut<'a> = (&'a [u8], &'a [u8], usize);

impl Extent {
    /// Cuts `rest` at the `says` bytes that the header gives its payload. `None`: they are not there, and should be.
    pub(super) fn cut(self, rest: &[u8], says: usize) -> Option<Cut<'_>> {
        match (rest.split_at_checked(says), self) {
            (Some((payload, trailer)), _) => Some((payload, trailer, 0)),
            (None, Extent::Captured { .. }) => Some((rest, &[], says - rest.len())),
            (None, Extent::Whole) => None,
        }
    }

    /// How long the payload is that a length of 0 stands for: everything, where a network card was to set the length.
    pub(super) fn of_zero(self, rest: &[u8]) -> Option<usize> {
        match self {
            Extent::Captured { missing } => Some(rest.len() + missing),
            Extent::Whole => None,
        }
    }
}
