//! Whether a request may be sent again by itself, without anybody who asked for it.
//!
//! ```text
//!                                                  idempotent    any other method
//!   no byte of the request left                       again           again
//!   some left, on a kept connection, no answer        again           not again
//!   some left, on a new connection, no answer         not again       not again
//!   a byte of an answer came                          not again       not again
//! ```
//!
//! RFC 9110 §9.2.2: a client does not repeat a request whose method is not idempotent, unless it knows that the server
//! has not acted on it. It knows that where no byte left. A server may close an idle connection at the moment at which
//! a request is on its way (RFC 9112 §9.3.1): so the second row. The repetition goes over a new connection, and it is
//! the only one ("a client SHOULD NOT automatically retry a failed automatic retry").
//!
//! All repetitions draw from one [`Budget`], also those that somebody asked for
//! ([`Retries`](crate::fetch::Retries)): a server that is down must not get
//! many times the requests that it got when it was up.
//!
//! Tested in `tests/pool.rs`.

use std::fmt;

/// How far an exchange came before it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reached {
    /// No byte of the request left.
    NotSent,
    /// Some bytes left, and none of an answer came.
    Unanswered,
    /// A byte of an answer came.
    Answered,
}

/// Whether a request is sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is: no byte of it left.
    NotSent,
    /// It is: the server closed a kept connection, and doing this twice is the same as doing it once.
    Idempotent,
    /// It is not: the server may have done what the request asks for.
    MayBeDone,
    /// It is not: a new connection was closed as well, or another failure would follow.
    NotTheConnection,
    /// It is not: the server has begun to answer.
    Answered,
}

/// The table in the head of this file.
pub fn verdict(method: &str, reached: Reached, kept: bool) -> Verdict {
    match (reached, kept) {
        (Reached::NotSent, _) => Verdict::NotSent,
        (Reached::Unanswered, true) if is_idempotent(method) => Verdict::Idempotent,
        (Reached::Unanswered, true) => Verdict::MayBeDone,
        (Reached::Unanswered, false) => Verdict::NotTheConnection,
        (Reached::Answered, _) => Verdict::Answered,
    }
}

/// Whether doing it twice is meant to be the same as doing it once (RFC 9110 §9.2.2). Of a method that is not known
/// nobody can tell.
pub fn is_idempotent(method: &str) -> bool {
    matches!(method, "GET" | "HEAD" | "OPTIONS" | "TRACE" | "PUT" | "DELETE")
}

impl Verdict {
    /// Whether it is sent again.
    pub fn again(self) -> bool {
        matches!(self, Verdict::NotSent | Verdict::Idempotent)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Verdict::NotSent => "sent again over a new connection: no byte of the request had left",
            Verdict::Idempotent => {
                "sent again over a new connection: the server closed the kept one without an answer, and the method \
                 is idempotent (RFC 9112 §9.3.1)"
            }
            Verdict::MayBeDone => {
                "not sent again: the server may have acted on it, and the method is not idempotent (RFC 9110 §9.2.2)"
            }
            Verdict::NotTheConnection => "not sent again: the connection was a new one",
            Verdict::Answered => "not sent again: the server had begun to answer",
        })
    }
}

/// The settings of a [`Budget`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Config {
    /// Repetitions that may be drawn before anything is earned, and the most that can be saved up. 10.
    pub most: u32,
    /// So many exchanges that went well earn one more. 10: at most a tenth more requests in the long run.
    pub earned_by: u32,
}

impl Default for Config {
    fn default() -> Config {
        Config { most: 10, earned_by: 10 }
    }
}

/// How many repetitions are left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget {
    config: Config,
    left: u32,
    /// Exchanges that went well since one was last earned.
    well: u32,
}

impl Budget {
    /// A full budget.
    pub fn new(config: Config) -> Budget {
        Budget { config, left: config.most, well: 0 }
    }

    /// An exchange went well.
    pub fn went_well(&mut self) {
        self.well += 1;
        if self.well >= self.config.earned_by.max(1) {
            self.well = 0;
            self.left = (self.left + 1).min(self.config.most);
        }
    }

    /// Takes one repetition out. False: none is left.
    pub fn draw(&mut self) -> bool {
        let some = self.left > 0;
        self.left = self.left.saturating_sub(1);
        some
    }
}
