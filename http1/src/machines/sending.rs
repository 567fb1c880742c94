//! The client's sending machine: its table.
//!
#![doc = include_str!("sending.md")]
//!
//! `client/sending.rs` writes requests by it. Tested in `tests/machines.rs` and `tests/client.rs`.

use std::fmt;

use super::table::Table;

/// What a client is sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sending {
    /// Nothing: another request may start.
    Idle,
    /// The body of a request.
    Body,
    /// Nothing yet of a body: it waits for a 100 response (RFC 9110 §10.1.1).
    Held,
    /// The same, and the caller has given all of the body.
    HeldWhole,
    /// Nothing more: the answer came while the body was held, or an earlier one closes the connection.
    Dropped,
}

/// What happens to the sending machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happened {
    /// The caller gives a request without a body.
    Request,
    /// The caller gives a request with a body.
    RequestWithBody,
    /// The caller gives a request whose body waits for 100.
    RequestHeld,
    /// The caller ends the body.
    Finish,
    /// 100 came, or nobody waits for it any more.
    Continue,
    /// The final response came.
    Answered,
    /// The answer to an earlier request closes the connection.
    Closes,
}

/// What is done with the bytes that the caller gives from a transition on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// They go out.
    Send,
    /// They are held.
    Hold,
    /// They go out, and before them what was held.
    Release,
    /// They are dropped, and what was held too.
    Drop,
}

/// All transitions.
pub const TABLE: Table<Sending, Happened, Action> = {
    use {Action::*, Happened::*, Sending::*};
    Table {
        rows: &[
            (Idle, Request, Idle, Send),
            (Idle, RequestWithBody, Body, Send),
            (Idle, RequestHeld, Held, Hold),
            (Body, Finish, Idle, Send),
            (Body, Closes, Dropped, Drop),
            (Held, Finish, HeldWhole, Hold),
            (Held, Continue, Body, Release),
            (Held, Answered, Dropped, Drop),
            (Held, Closes, Dropped, Drop),
            (HeldWhole, Continue, Idle, Release),
            (HeldWhole, Answered, Dropped, Drop),
            (HeldWhole, Closes, Dropped, Drop),
            (Dropped, Finish, Dropped, Drop),
        ],
    }
};

impl fmt::Display for Happened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Happened::Request => "a request without a body",
            Happened::RequestWithBody => "a request with a body",
            Happened::RequestHeld => "a request with Expect: 100-continue",
            Happened::Finish => "the caller ends the body",
            Happened::Continue => "100 comes, or the wait is over",
            Happened::Answered => "the final response comes",
            Happened::Closes => "an earlier answer says close",
        })
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Action::Send => "send what is given",
            Action::Hold => "hold what is given",
            Action::Release => "send what was held",
            Action::Drop => "drop what was held",
        })
    }
}
