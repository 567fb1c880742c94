//! Why a message is not taken for the reply (RFC 5452 §9.1).

use std::fmt;

use barewire_dissect::Refused;

use crate::opcode::Opcode;
use crate::question::Question;
use crate::reason::Reason;

/// Why a message is not taken for the reply.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ignored {
    /// It comes from an address and port from which no answer is awaited, or not over this protocol: the server was not
    /// asked, or has answered before, or the question has moved to TCP.
    WrongSource,
    /// Its ID is not the query's.
    WrongId {
        /// The ID it has.
        got: u16,
    },
    /// It is a query itself.
    NotAResponse,
    /// It answers another kind of query.
    WrongOpcode {
        /// The opcode it has.
        got: Opcode,
    },
    /// It answers another question.
    WrongQuestion {
        /// The question it has; `None` if it has none, or several.
        got: Option<Question>,
    },
    /// It repeats the question in other case than it was sent in. That counts with
    /// [`RandomCase::Strict`](super::RandomCase::Strict) only.
    WrongCase,
    /// It has a cookie, and not the one that was sent.
    WrongCookie,
    /// It has no cookie, and the server has sent one before.
    NoCookie,
    /// Its bytes break a rule.
    Malformed(Refused<Reason>),
}

impl fmt::Display for Ignored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ignored::WrongSource => {
                write!(
                    f,
                    "no answer is awaited from there over this protocol; RFC 5452 §9.1 has the address match"
                )
            }
            Ignored::WrongId { got } => {
                write!(f, "its ID {got:#06x} is not the query's; RFC 5452 §9.1 has it match")
            }
            Ignored::NotAResponse => write!(f, "QR is 0, so it is a query; a reply has 1 (RFC 1035 §4.1.1)"),
            Ignored::WrongOpcode { got } => {
                write!(f, "its opcode is {}, not the query's (RFC 1035 §4.1.1)", got.name())
            }
            Ignored::WrongQuestion { got: Some(got) } => write!(
                f,
                "it answers {}? {}, which was not asked; RFC 5452 §9.1 has the question match",
                got.rtype.name(),
                got.name
            ),
            Ignored::WrongQuestion { got: None } => {
                write!(f, "it does not repeat the one question asked; RFC 5452 §9.1 has it match")
            }
            Ignored::WrongCase => {
                write!(f, "it does not repeat the question in the case in which it was sent, as 0x20 wants")
            }
            Ignored::WrongCookie => write!(f, "its cookie is not the query's; RFC 7873 §5.3 has it match"),
            Ignored::NoCookie => {
                write!(f, "it has no cookie, and this server sends one; RFC 7873 §5.3 has it discarded")
            }
            Ignored::Malformed(refused) => refused.fmt(f),
        }
    }
}
