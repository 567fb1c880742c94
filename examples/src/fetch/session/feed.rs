//! How far the body of a request is given, piece by piece. Tested in `tests/uploads.rs`.

/// How far the body of a request is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Feed {
    /// There is none, or all of it was given, or nobody wants the rest.
    Done,
    /// The next piece is wanted.
    Wanted,
    /// A piece of this length was given, and waits: for its turn, or for 100 Continue.
    Waits(u64),
}
