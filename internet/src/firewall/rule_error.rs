//! Why a rule cannot be read: the word, its place, and what could stand there.

use std::fmt;

use super::words;
use crate::tracking::State;

/// A rule that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleError {
    /// The line, from 1 on.
    pub line: usize,
    /// The column of the word, in bytes, from 1 on.
    pub column: usize,
    /// What is wrong there.
    pub why: WrongRule,
}

/// What is wrong with a rule. Each has the word that was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WrongRule {
    /// The word has no meaning where it stands.
    UnknownWord(String),
    /// The word needs another one after it, and the line is over.
    NothingAfter(String),
    /// The line has no action.
    NoAction,
    /// Something follows the action.
    AfterAction(String),
    /// The condition stands twice in one rule.
    Twice(String),
    /// Not an address or a prefix.
    NotAPrefix(String),
    /// Not ports.
    NotPorts(String),
    /// Not the number of a protocol.
    NotAProtocol(String),
    /// Not TCP flags.
    NotFlags(String),
    /// Not states.
    NotStates(String),
    /// The condition is about a protocol that the rule does not name.
    NeedsProtocol(&'static str, &'static str),
    /// A line after the one with the default.
    AfterDefault,
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.why)
    }
}

impl fmt::Display for WrongRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WrongRule::UnknownWord(word) => write!(f, "{word:?} is neither a condition nor an action"),
            WrongRule::NothingAfter(word) => {
                write!(f, "{word:?} needs a word after it, and the line is over")
            }
            WrongRule::NoAction => f.write_str("the rule has no action: accept, drop or reject"),
            WrongRule::AfterAction(word) => write!(f, "{word:?} follows the action, which must be the last"),
            WrongRule::Twice(word) => write!(f, "{word:?} stands twice in this rule"),
            WrongRule::NotAPrefix(word) => {
                write!(f, "{word:?} is not an address or a prefix such as 192.168.1.0/24")
            }
            WrongRule::NotPorts(word) => write!(f, "{word:?} is not ports such as 443 or 80,1024-2047"),
            WrongRule::NotAProtocol(word) => write!(f, "{word:?} is not a protocol number from 0 to 255"),
            WrongRule::NotFlags(word) => {
                let names = words::FLAGS.map(|(name, _)| name).join(", ");
                write!(f, "{word:?} is not TCP flags such as syn,!ack: {names}")
            }
            WrongRule::NotStates(word) => {
                let names = State::NAMES.map(|(_, name)| name).join(", ");
                write!(f, "{word:?} is not states such as new,established: {names}")
            }
            WrongRule::NeedsProtocol(condition, protocol) => {
                write!(f, "{condition:?} is for {protocol}, and the rule is not about that")
            }
            WrongRule::AfterDefault => f.write_str("the line with the default must be the last"),
        }
    }
}

impl std::error::Error for RuleError {}
