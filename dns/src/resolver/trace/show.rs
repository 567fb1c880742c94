//! The sentences of a trace.

use std::fmt;
use std::time::Duration;

use super::decision::{
    Budget, Decision, Held, LeftBehind, Purpose, Query, RefusedBecause, Section, WhyServer,
};
use super::{Step, Trace};
use crate::question::Question;

/// One line a step, deeper steps further to the right.
impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut depths: Vec<usize> = Vec::with_capacity(self.steps.len());
        for step in &self.steps {
            let above = step.parent.and_then(|parent| depths.get(parent));
            let depth = above.map_or(0, |depth| depth + 1);
            depths.push(depth);
            writeln!(f, "{:>9}  {:width$}{step}", millis(step.at), "", width = depth * 2)?;
        }
        match self.left_out {
            0 => Ok(()),
            more => writeln!(f, "{more} more steps"),
        }
    }
}

/// The decision, and how long it took.
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.elapsed {
            Duration::ZERO => write!(f, "{}", self.decision),
            elapsed => write!(f, "{} ({})", self.decision, millis(elapsed)),
        }
    }
}

fn millis(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

struct Asked<'q>(&'q Question);

impl fmt::Display for Asked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}? {}", self.0.rtype.name(), self.0.name)
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Decision::Asked(question) => write!(f, "{}", Asked(question)),
            Decision::Joined(question) => {
                write!(f, "{} is being looked for already: both wait for one answer", Asked(question))
            }
            Decision::CacheHit { name, rtype, held } => {
                write!(f, "in the cache: {name} {} {held}", rtype.name())
            }
            Decision::CacheMiss { name, rtype } => {
                write!(f, "the cache has nothing about {name} {}", rtype.name())
            }
            Decision::Servers { zone, names, addresses, hints } => {
                let whence = if *hints { "of the root hints" } else { "nearest known" };
                let (names, addresses) = (count(names.len(), "server"), count(*addresses, "address"));
                write!(f, "{whence}: zone {zone}, {names}, {addresses}")
            }
            Decision::Query(query) => query.fmt(f),
            Decision::Exchange(event) => event.fmt(f),
            Decision::Taken { name, rtype, records, ttl, section } => {
                let records = count(*records, "record");
                write!(f, "taken from the {section} section: {name} {}, {records}, {ttl} s", rtype.name())
            }
            Decision::Refused { name, rtype, section, why } => {
                write!(f, "refused in the {section} section: {name} {}: {why}", rtype.name())
            }
            Decision::Delegation { from, zone, servers, glue } => {
                let (servers, glue) = (count(servers.len(), "server"), count(*glue, "address"));
                write!(f, "{from} delegates {zone}: {servers}, {glue} with them")
            }
            Decision::Alias { from, to, by } => write!(f, "{from} is an alias of {to} by {}", by.name()),
            Decision::Needs { purpose, question } => write!(f, "needs {}, {purpose}", Asked(question)),
            Decision::CrossedOut { name, address: Some(address), why } => {
                write!(f, "leaves {name} ({address}) behind: it {why}")
            }
            Decision::CrossedOut { name, address: None, why } => write!(f, "leaves {name} behind: it {why}"),
            Decision::FullName { because } => {
                write!(f, "sends the full name from now on, because the server {because} (RFC 9156 §2.3)")
            }
            Decision::Spent(budget, limit) => write!(f, "gives up: {budget}, and the limit is {limit}"),
            Decision::Trust(link) => link.fmt(f),
            Decision::Broken(broken, _) => write!(f, "the chain of trust breaks: {broken}"),
            Decision::Verdict(security) => security.fmt(f),
            Decision::Answered { rcode, sets } => {
                write!(f, "{}, {}", rcode.name(), count(*sets, "record set"))
            }
        }
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Query { server, name, zone, sent, why, .. } = self;
        let shortened = if self.shortened { ", a shortened name," } else { "" };
        write!(f, "{}{shortened} to {name} ({server}) for zone {zone}, {why}", Asked(sent))?;
        match self.reading {
            Some(reading) => write!(f, ": it {reading}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for WhyServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WhyServer::Only => f.write_str("the only one left"),
            WhyServer::Unknown => f.write_str("of unknown speed"),
            WhyServer::Band(count, round_trip) => {
                write!(f, "one of {count} of about the same speed, {}", millis(*round_trip))
            }
            WhyServer::Again => f.write_str("once more, as the others failed"),
        }
    }
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Held::Records(records, ttl) => write!(f, "with {}, {ttl} s left", count(*records, "record")),
            Held::Alias(ttl) => write!(f, "is an alias, {ttl} s left"),
            Held::NoData(ttl) => write!(f, "does not exist at this name, {ttl} s left"),
            Held::NxDomain(ttl) => write!(f, "has no such name, {ttl} s left"),
            Held::Failure(ttl) => write!(f, "failed a short while ago, {ttl} s left"),
            Held::Denied(ttl) => write!(f, "is denied by NSEC of the zone (RFC 8198 §4), {ttl} s left"),
        }
    }
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Section::Answer => "answer",
            Section::Authority => "authority",
            Section::Additional => "additional",
        })
    }
}

impl fmt::Display for RefusedBecause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            RefusedBecause::OutOfZone => "the server has no say in it, because it is outside of its zone",
            RefusedBecause::NotAsked => "nobody asked for it, and no alias leads there",
            RefusedBecause::NoUse => "there is no use for it in such a reply",
            RefusedBecause::OtherClass => "it is of another class than the question",
            RefusedBecause::NotAServer => "the reply does not name this host as a server",
            RefusedBecause::NotOnTheWay => "its zone is not on the way to the name asked for",
            RefusedBecause::TooMany => "there are more of them than anybody needs",
        })
    }
}

/// The text comes after "it".
impl fmt::Display for LeftBehind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LeftBehind::Replied(reading) => reading.fmt(f),
            LeftBehind::NoAddress => f.write_str("has an address that cannot be found out"),
            LeftBehind::NoSuchName => f.write_str("has a name that does not exist"),
            LeftBehind::Bogus => f.write_str("said what cannot be proven"),
            LeftBehind::Circle => f.write_str("would have to be asked for its own address"),
        }
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Purpose::Priming => "the root's servers as the root names them (RFC 9609 §3)",
            Purpose::ServerAddress => "the address of a server",
            Purpose::Chain => "for the chain of trust (RFC 4035 §5)",
        })
    }
}

impl fmt::Display for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Budget::Queries => "too many messages for one question",
            Budget::Targets => "too many server names for one question",
            Budget::TargetsOfZone => "too many server names for one zone",
            Budget::MissingTargets => "too many server names that do not exist",
            Budget::Depth => "lookups within lookups too deep",
            Budget::Aliases => "too many aliases",
            Budget::Referrals => "too many referrals",
            Budget::Tries => "too many tries with the servers of one zone",
            Budget::Time => "too much time, in milliseconds",
            Budget::Tasks => "too many questions at a time",
        })
    }
}

fn count(number: usize, what: &str) -> String {
    match (number, what) {
        (1, _) => format!("1 {what}"),
        (_, "address") => format!("{number} addresses"),
        _ => format!("{number} {what}s"),
    }
}
