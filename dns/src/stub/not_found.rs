//! Why a name has no addresses. The sentence is about the name that was typed.
//!
//! Tested in `tests/lookup.rs`.

use std::fmt;

use super::error::Error;
use super::special::{Special, SpecialAnswer};
use crate::name::Name;
use crate::question::Question;

/// Why a name has no addresses.
#[derive(Debug, Clone, PartialEq)]
pub struct NotFound {
    /// The name that was typed.
    pub typed: Name,
    /// The rule that forbids to ask for it in the DNS, if there is one.
    pub special: Option<Special>,
    /// The questions and how each ended, in order. Empty if nobody was asked.
    pub tried: Vec<Tried>,
}

/// A question that was asked in vain.
#[derive(Debug, Clone, PartialEq)]
pub struct Tried {
    /// The question.
    pub question: Question,
    /// How it ended.
    pub error: Error,
}

impl NotFound {
    /// The first question that nobody could answer. Without one, servers said that there is nothing to find.
    pub fn failure(&self) -> Option<&Tried> {
        self.tried.iter().find(|tried| !tried.error.is_negative())
    }

    /// The first question about a name that exists without such a record.
    fn without_data(&self) -> Option<&Tried> {
        self.tried.iter().find(|tried| matches!(tried.error, Error::NoData { .. }))
    }

    /// The question whose end the sentence tells.
    fn told(&self) -> Option<&Tried> {
        self.failure().or_else(|| self.without_data()).or_else(|| self.tried.last())
    }

    /// Whether time ran out.
    pub fn is_timeout(&self) -> bool {
        self.failure().is_some_and(|tried| tried.error.is_timeout())
    }

    /// The rule that makes it a failure: an RFC and its section.
    pub fn rule(&self) -> &'static str {
        match self.special {
            Some(special) => special.rule,
            None => self.told().map_or(Error::NoServers.rule(), |tried| tried.error.rule()),
        }
    }

    /// The names that were tried, each once.
    fn names(&self) -> Vec<&Name> {
        let mut names: Vec<&Name> = self.tried.iter().map(|tried| &tried.question.name).collect();
        names.dedup();
        names
    }

    /// The types of record that one name was asked for: `A`, or `neither A nor AAAA`.
    fn types(&self, name: &Name) -> String {
        let of_name = self.tried.iter().filter(|tried| tried.question.name == *name);
        let types: Vec<String> = of_name.map(|tried| tried.question.rtype.name()).collect();
        match &types[..] {
            [one] => format!("no {one}"),
            types => format!("neither {}", types.join(" nor ")),
        }
    }
}

impl std::error::Error for NotFound {}

impl fmt::Display for NotFound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let typed = &self.typed;
        if let Some(Special { label, answer, rule }) = self.special {
            return match answer {
                SpecialAnswer::NotInDns(why) => {
                    write!(f, "{typed} is not asked for in the DNS, as it ends in .{label}: {why} ({rule})")
                }
                SpecialAnswer::Loopback => {
                    write!(f, "{typed} is this host, which has no such record ({rule})")
                }
            };
        }
        let Some(told) = self.told() else { return Error::NoServers.fmt(f) };
        let (names, name) = (self.names(), &told.question.name);
        match &told.error {
            Error::NoData { canonical, .. } => {
                let rule = told.error.rule();
                write!(f, "{canonical} exists, but has {} records; {rule}", self.types(name))?;
                if **canonical != *typed {
                    write!(f, "; it was looked up for {typed}")?;
                }
                Ok(())
            }
            // One name and one sentence: the error tells it all.
            error if names[..] == [typed] => error.fmt(f),
            Error::NoSuchName { server, .. } => {
                let others = names.iter().filter(|name| **name != typed);
                let others: Vec<String> = others.map(ToString::to_string).collect();
                write!(f, "{typed} does not exist, and with the search list neither does ")?;
                write!(f, "{}: {server} answered NXDOMAIN ({})", others.join(", "), told.error.rule())
            }
            error if name == typed => error.fmt(f),
            error => write!(f, "{typed} was looked up as {name}: {error}"),
        }
    }
}
