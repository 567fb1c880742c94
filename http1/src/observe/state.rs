//! What each end of an observed connection is doing, for a reader who goes through a capture packet by packet. Tested
//! in `tests/observe.rs`.

use std::fmt;

use barewire_dissect::count;

use super::half::Half;
use super::requests::Requests;
use super::seen::{Bytes, Protocol};
use crate::framing::{Body, Framing};
use crate::machines::receiving::State;

/// What one end of the connection does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EndState {
    /// It does nothing.
    Idle,
    /// It sends a head.
    InHead {
        /// How many bytes of the head have come.
        bytes: u64,
    },
    /// It sends a body.
    InBody {
        /// How many bytes of content have come.
        so_far: u64,
        /// Where the body ends.
        framing: Framing,
    },
    /// A client that has sent its request, and has no response yet.
    Waiting {
        /// `GET /`, shortened.
        request: String,
    },
    /// A client whose response is coming.
    Receiving {
        /// `GET /`, shortened.
        request: String,
    },
    /// A server that has the request, or a part of it, and has not answered yet.
    Answering {
        /// `GET /`, shortened.
        request: String,
    },
    /// The observer lost its place in what this end sends.
    NotFollowed {
        /// How many bytes it did not read so far.
        skipped: u64,
    },
    /// It speaks another protocol.
    Tunnel(Protocol),
    /// It has closed its direction.
    Closed,
    /// It has closed its direction in the middle of a message.
    CutOff {
        /// How many bytes of the head had come, or of the content.
        so_far: u64,
        /// Where the body would have ended. `None`: it was in the head.
        framing: Option<Framing>,
    },
}

/// The state of the client, whose bytes are `half`.
pub(super) fn of_client(half: &Half, requests: &Requests) -> EndState {
    match (sending(half), requests.unanswered(), requests.answering()) {
        (Some(state), _, _) => state,
        (None, Some(request), _) => EndState::Waiting { request },
        (None, None, Some(request)) => EndState::Receiving { request: request.to_owned() },
        (None, None, None) => at_rest(half),
    }
}

/// The state of the server, whose bytes are `half`.
pub(super) fn of_server(half: &Half, requests: &Requests) -> EndState {
    match (sending(half), requests.unanswered()) {
        (Some(state), _) => state,
        (None, Some(request)) => EndState::Answering { request },
        (None, None) => at_rest(half),
    }
}

/// The state of an end that is in the middle of a message.
fn sending(half: &Half) -> Option<EndState> {
    match half.receiver.state() {
        State::Head if half.received.held() > 0 => {
            Some(EndState::InHead { bytes: half.received.held() as u64 })
        }
        State::Body => {
            Some(EndState::InBody { so_far: half.receiver.body().got(), framing: half.body.framing })
        }
        State::Lost if half.search.told => Some(EndState::NotFollowed { skipped: half.search.skipped }),
        _ => None,
    }
}

fn at_rest(half: &Half) -> EndState {
    match (half.receiver.state(), half.cut) {
        (State::Closed, Some((so_far, framing))) => EndState::CutOff { so_far, framing },
        (State::Closed, None) => EndState::Closed,
        _ => EndState::Idle,
    }
}

/// "in the body: 300 of 416 bytes (Content-Length)"
impl fmt::Display for EndState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EndState::Idle => f.write_str("idle"),
            EndState::InHead { bytes } => write!(f, "in the head: {} so far", Bytes(*bytes)),
            EndState::InBody { so_far, framing } => match framing.body {
                Body::Length(length) => {
                    write!(f, "in the body: {} of {} (Content-Length)", count(*so_far), Bytes(length))
                }
                body => write!(f, "in the body: {} so far ({body})", Bytes(*so_far)),
            },
            EndState::Waiting { request } => write!(f, "waiting for the response to {request}"),
            EndState::Receiving { request } => write!(f, "receiving the response to {request}"),
            EndState::Answering { request } => write!(f, "has not answered {request} yet"),
            EndState::NotFollowed { skipped: 0 } => f.write_str("not followed until the next message"),
            EndState::NotFollowed { skipped } => {
                write!(f, "not followed until the next message: {} skipped", Bytes(*skipped))
            }
            EndState::Tunnel(protocol) => write!(f, "carries {protocol}"),
            EndState::Closed => f.write_str("closed"),
            EndState::CutOff { so_far, framing: None } => {
                write!(f, "closed in a head, after {}", Bytes(*so_far))
            }
            EndState::CutOff { so_far, framing: Some(framing) } => match framing.body {
                Body::Length(length) => {
                    write!(f, "closed in a body, after {} of {}", count(*so_far), Bytes(length))
                }
                body => write!(f, "closed in a body, after {} ({body})", Bytes(*so_far)),
            },
        }
    }
}
