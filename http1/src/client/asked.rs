//! What has to be remembered of a request until its response is complete.

use crate::framing::framing_method;
use crate::message::Request;
use crate::persistence::Persistence;
use crate::upgrade;

/// A request that was sent, or is being sent.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// As far as the framing of the response goes by it.
    pub(super) method: &'static str,
    /// The protocols that the request offers to switch to.
    pub(super) offered: Vec<String>,
    /// What the request says about the connection.
    pub(super) persistence: Persistence,
    /// How many bytes of the stream come before it.
    pub(super) begins: u64,
    /// How many 1xx responses have come.
    pub(super) informational: usize,
    /// What the head of the response says about the connection.
    pub(super) answer_persistence: Persistence,
}

impl Asked {
    /// Of this request, which begins at byte `begins` of what is sent.
    pub(super) fn new(request: &Request, begins: u64) -> Asked {
        Asked {
            method: framing_method(&request.method),
            offered: upgrade::offered(request.version, &request.headers),
            persistence: Persistence::after(request.version, &request.headers),
            begins,
            informational: 0,
            answer_persistence: Persistence::KeepsOpen,
        }
    }

    /// Whether its answer may turn the connection into something else. Then nothing is sent after it.
    pub(super) fn may_switch(&self) -> bool {
        self.method == "CONNECT" || !self.offered.is_empty()
    }
}
