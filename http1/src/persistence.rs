//! Whether a connection outlives a message (RFC 9112 §9.3). Tested in `tests/client.rs` and `tests/server.rs`.

use std::fmt;

use crate::headers::Lookup;
use crate::message::Version;

/// Whether a connection goes on after a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Persistence {
    /// It can carry another message.
    KeepsOpen,
    /// It ends, for this reason.
    Closes(&'static str),
}

impl Persistence {
    /// RFC 9112 §6.3 rule 3: such a message may be an attack, so no other one is read after it.
    pub(crate) const CONTRADICTION: Persistence = Persistence::Closes(
        "a message with both Content-Length and Transfer-Encoding is followed by a close",
    );

    /// The four steps of RFC 9112 §9.3, in their order, for one message that was sent or received.
    pub(crate) fn after(version: Version, fields: &impl Lookup) -> Persistence {
        // book: after
        // exercise: http04
        // instead: if version > Version::HTTP_1_0 {
        // instead:     return Persistence::KeepsOpen;
        // instead: }
        // instead: Persistence::Closes("HTTP/1.0")
        if fields.has_element("Connection", "close") {
            return Persistence::Closes("Connection: close");
        }
        if version >= Version::HTTP_1_1 {
            return Persistence::KeepsOpen;
        }
        if fields.has_element("Connection", "keep-alive") {
            return Persistence::KeepsOpen;
        }
        Persistence::Closes("HTTP/1.0 without Connection: keep-alive")
        // exercise: end
        // book: end
    }

    /// Both must keep the connection open. The first reason against it is kept.
    // book: and
    pub(crate) fn and(self, other: Persistence) -> Persistence {
        match self {
            Persistence::KeepsOpen => other,
            closes => closes,
        }
    }
    // book: end

    /// Whether the connection can carry another message.
    pub fn keeps_open(self) -> bool {
        self == Persistence::KeepsOpen
    }
}

/// "Connection: close"
impl fmt::Display for Persistence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Persistence::KeepsOpen => "both sides keep the connection open",
            Persistence::Closes(why) => why,
        })
    }
}
