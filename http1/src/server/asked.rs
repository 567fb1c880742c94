//! What has to be remembered of a request until its response is complete.

use crate::framing::{Body, Framing, framing_method};
use crate::head::RequestHead;
use crate::headers::Lookup;
use crate::message::Version;
use crate::persistence::Persistence;
use crate::upgrade;

/// The request that is answered.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// As far as the framing of the response goes by it.
    pub(super) method: &'static str,
    pub(super) version: Version,
    /// The protocols that the client offers to switch to.
    pub(super) offered: Vec<String>,
    /// Whether the client keeps its body back.
    pub(super) holds_body: bool,
    /// What the request says about the connection.
    pub(super) persistence: Persistence,
}

impl Asked {
    pub(super) fn new(head: &RequestHead<'_>, framing: Framing) -> Asked {
        let (version, fields) = (head.version(), head.fields());
        let has_body = !matches!(framing.body, Body::None | Body::Length(0));
        let waits = version >= Version::HTTP_1_1 && fields.has_element("Expect", "100-continue");
        Asked {
            method: framing_method(head.method()),
            version,
            offered: upgrade::offered(version, &fields),
            holds_body: has_body && waits,
            persistence: match framing.rule {
                3 => Persistence::CONTRADICTION,
                _ => Persistence::after(version, &fields),
            },
        }
    }

    /// What the answer to an unreadable request goes by.
    pub(super) fn nothing() -> Asked {
        let persistence = Persistence::Closes("no request was read");
        let (version, offered) = (Version::HTTP_1_1, Vec::new());
        Asked { method: "GET", version, offered, holds_body: false, persistence }
    }

    /// Whether the answer may turn the connection into something else.
    pub(super) fn may_switch(&self) -> bool {
        self.method == "CONNECT" || !self.offered.is_empty()
    }
}
