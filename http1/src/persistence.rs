//! Whether a connection outlives a message (RFC 9112 §9.3). Tested in `tests/client.rs` and `tests/server.rs`,
//! and of exchanges that were captured in `examples/tests/budget.rs`.

use std::fmt;

use crate::framing::{Body, Framing};
use crate::headers::Lookup;
use crate::message::{Request, Response, Version};

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

    /// The same for a request and its final response, as somebody sees it who has read both. `request` is `None` where
    /// it was not seen, and `framing` where the end of the body is not known.
    ///
    /// ```
    /// use barewire_http1::{Framing, Persistence, Request, Response};
    ///
    /// let request = Request::get("a.test", "/");
    /// let after = |response: Response| {
    ///     let framing = Framing::of_response("GET", &response, false).ok();
    ///     Persistence::after_exchange(Some(&request), &response, framing)
    /// };
    /// assert!(after(Response::new(204)).keeps_open());
    /// // Nothing but the close can end this body (RFC 9112 §6.3 rule 8).
    /// assert!(!after(Response::new(200)).keeps_open());
    /// ```
    pub fn after_exchange(
        request: Option<&Request>,
        response: &Response,
        framing: Option<Framing>,
    ) -> Persistence {
        let asked =
            request.map_or(Persistence::KeepsOpen, |one| Persistence::after(one.version, &one.headers));
        match framing {
            _ if response.status == 101 => Persistence::Closes("the connection carries another protocol"),
            Some(Framing { rule: 3, .. }) => Persistence::CONTRADICTION,
            Some(Framing { body: Body::UntilClose, .. }) => {
                Persistence::Closes("the body ended with the connection")
            }
            _ => asked.and(Persistence::after(response.version, &response.headers)),
        }
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
