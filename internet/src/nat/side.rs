//! The two sides of a NAT. Tested in `tests/nat`.

/// A side of the NAT.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Side {
    Inside,
    Outside,
}
