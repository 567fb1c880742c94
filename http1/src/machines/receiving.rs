//! The receiving machine's table: where in a message a direction of the stream is (RFC 9112 §6, §8, §9).
//!
#![doc = include_str!("receiving.md")]
//!
//! The machine knows no request and no response: its holder decides what a head means ([`Input::Interim`],
//! [`Input::Final`], ...), and says so. `receiving.rs` reads by it. Tested in `tests/machines.rs`.

use std::fmt;

use super::table::Table;

/// Where in a message one direction of a connection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Between two messages. A client has asked for nothing; a server has an answer to finish first.
    Idle,
    /// A head is read.
    Head,
    /// The client keeps its body back until it gets a 100 response (RFC 9110 §10.1.1). Only a server is in this state.
    Held,
    /// A body is read.
    Body,
    /// A request is complete that asks for another protocol. Its answer decides what the next bytes are.
    MaySwitch,
    /// Another protocol is spoken.
    Tunnel,
    /// The stream has ended, or nothing on it counts any more.
    Closed,
    /// The bytes broke a rule, and where the next message begins is not known. Only an observer goes on from here.
    Lost,
}

/// What happens to the receiving machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// A message is expected: a request went out, or an answer is complete.
    Expected,
    /// The head of a 1xx response came.
    Interim,
    /// Another head came.
    Final,
    /// The head of a request came whose client waits for 100.
    FinalHeld,
    /// The first byte of a body that was held came, or it was asked for.
    Wanted,
    /// The body is complete.
    Ended,
    /// The body is complete, and the request asks for another protocol.
    EndedOffer,
    /// 101, or 2xx to CONNECT.
    Switched,
    /// Bytes came that answer no request.
    Unasked,
    /// The stream ends where it may end.
    StreamEnds,
    /// A byte breaks a rule, or the stream ends too early, or time is up.
    Broken,
}

/// What is done with the bytes that come from a transition on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// A new head is read.
    ReadHead,
    /// They begin the body that is waited for.
    Await,
    /// They are a body, as the head framed it.
    ReadBody,
    /// They are kept until the message is answered. A client keeps nothing: between two answers nothing may come.
    Keep,
    /// They are passed on as they are.
    PassOn,
    /// They are dropped.
    Drop,
}

/// All transitions.
pub const TABLE: Table<State, Input, Action> = {
    use {Action::*, Input::*, State::*};
    Table {
        rows: &[
            (Idle, Expected, Head, ReadHead),
            (Idle, Unasked, Closed, Drop),
            (Idle, StreamEnds, Closed, Drop),
            (Idle, Broken, Lost, Drop),
            (Head, Interim, Head, ReadHead),
            (Head, Final, Body, ReadBody),
            (Head, FinalHeld, Held, Await),
            (Head, Switched, Tunnel, PassOn),
            (Head, StreamEnds, Closed, Drop),
            (Head, Broken, Lost, Drop),
            (Held, Wanted, Body, ReadBody),
            (Held, Broken, Lost, Drop),
            (Body, Ended, Idle, Keep),
            (Body, EndedOffer, MaySwitch, Keep),
            (Body, StreamEnds, Closed, Drop),
            (Body, Broken, Lost, Drop),
            (MaySwitch, Expected, Head, ReadHead),
            (MaySwitch, Switched, Tunnel, PassOn),
            (MaySwitch, Broken, Lost, Drop),
            (Tunnel, StreamEnds, Closed, Drop),
            (Lost, Expected, Head, ReadHead),
            (Lost, Switched, Tunnel, PassOn),
            (Lost, StreamEnds, Closed, Drop),
        ],
    }
};

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Input::Expected => "a message is expected",
            Input::Interim => "the head of a 1xx response",
            Input::Final => "the head of any other message",
            Input::FinalHeld => "a head with Expect: 100-continue",
            Input::Wanted => "the body begins, or 100 asks for it",
            Input::Ended => "the end of the body",
            Input::EndedOffer => "the end, after an Upgrade or CONNECT",
            Input::Switched => "101, or 2xx to CONNECT",
            Input::Unasked => "bytes that answer no request",
            Input::StreamEnds => "the stream ends",
            Input::Broken => "a rule is broken, or time is up",
        })
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Action::ReadHead => "read a new head",
            Action::Await => "wait for its first byte",
            Action::ReadBody => "read as framed",
            Action::Keep => "keep what comes",
            Action::PassOn => "pass on what comes",
            Action::Drop => "drop what comes",
        })
    }
}
