//! Which way bytes go on a conversation.
//!
//! Tested in `tests/tree.rs`.

use std::fmt;

/// Which way bytes go on a conversation of two ends. The client is the end that asked: it sent the SYN, or the query.
///
/// At one host the words are other ones, `Sent` and `Received`: a server sends [`ToClient`](Direction::ToClient).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Direction {
    /// From the client to the server.
    ToServer,
    /// From the server to the client.
    ToClient,
}

impl Direction {
    /// Both ways, in the order of [`Direction::index`].
    pub const BOTH: [Direction; 2] = [Direction::ToServer, Direction::ToClient];

    /// The other way.
    pub fn reversed(self) -> Direction {
        match self {
            Direction::ToServer => Direction::ToClient,
            Direction::ToClient => Direction::ToServer,
        }
    }

    /// 0 to the server, 1 to the client: for a pair that holds something for each way.
    pub fn index(self) -> usize {
        self as usize
    }
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Direction::ToServer => "to the server",
            Direction::ToClient => "to the client",
        })
    }
}
