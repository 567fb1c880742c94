//! The server's answering machine: its table.
//!
#![doc = include_str!("answering.md")]
//!
//! `server/answering.rs` writes responses by it. Tested in `tests/machines.rs` and `tests/server.rs`.

use std::fmt;

use super::table::Table;

/// How far a server is with its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answering {
    /// The server waits for a request.
    Waiting,
    /// A request waits for its answer, or what came instead of one.
    Due,
    /// The body of the answer is sent.
    Body,
    /// The answer is complete.
    Done,
}

/// What happens to the answering machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happened {
    /// The head of a request came.
    Request,
    /// The bytes of the client broke a rule, or were late.
    Broken,
    /// The caller sends 100: it wants the body.
    Continue,
    /// The caller sends another 1xx response.
    Interim,
    /// The caller sends the head of a final response without a body.
    Answer,
    /// The caller sends the head of a final response with a body.
    AnswerWithBody,
    /// The caller ends the body.
    Finish,
    /// The caller goes on to the next request.
    NextCycle,
}

/// What is done at a transition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Nothing more than that.
    Nothing,
    /// The receiving machine reads a body that the client held.
    AskForBody,
    /// What the request said is forgotten, with the content that nobody read.
    Forget,
}

/// All transitions.
pub const TABLE: Table<Answering, Happened, Action> = {
    use {Action::*, Answering::*, Happened::*};
    Table {
        rows: &[
            (Waiting, Request, Due, Nothing),
            (Waiting, Broken, Due, Nothing),
            (Due, Continue, Due, AskForBody),
            (Due, Interim, Due, Nothing),
            (Due, Answer, Done, Nothing),
            (Due, AnswerWithBody, Body, Nothing),
            (Body, Finish, Done, Nothing),
            (Done, NextCycle, Waiting, Forget),
        ],
    }
};

impl fmt::Display for Happened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Happened::Request => "the head of a request comes",
            Happened::Broken => "a request breaks a rule, or is late",
            Happened::Continue => "the caller sends 100",
            Happened::Interim => "the caller sends another 1xx",
            Happened::Answer => "a final head without a body",
            Happened::AnswerWithBody => "a final head with a body",
            Happened::Finish => "the caller ends the body",
            Happened::NextCycle => "the caller goes on",
        })
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Action::Nothing => "",
            Action::AskForBody => "read a body that was held",
            Action::Forget => "forget the request",
        })
    }
}
