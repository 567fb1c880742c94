//! A rule in words, as it can be read again.

use std::fmt;
use std::ops::RangeInclusive;

use super::action::{Action, With};
use super::rule::{Protocol, Rule};
use super::words;
use crate::prefix::Prefix;

impl Rule {
    /// The conditions in words, without the action.
    pub(super) fn conditions(&self) -> String {
        conditions(self)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.conditions(), action(self.action))
    }
}

/// The action in words.
fn action(action: Action) -> String {
    match action {
        Action::Accept => "accept".to_owned(),
        Action::Drop => "drop".to_owned(),
        Action::Reject(With::NoPort) => "reject".to_owned(),
        Action::Reject(with) => {
            let name = words::WITH.iter().find(|(_, other)| *other == with).map_or("", |(name, _)| name);
            format!("reject {name}")
        }
    }
}

/// The conditions in words: first what, then from where to where. A rule that names no sender says so.
fn conditions(rule: &Rule) -> String {
    let mut words: Vec<String> = Vec::new();
    let states: Vec<String> = rule.states.iter().map(ToString::to_string).collect();
    if !states.is_empty() {
        words.push(format!("state {}", states.join(",")));
    }
    words.extend(rule.protocol.map(|protocol| what(rule, protocol)));
    if !rule.source_ports.is_empty() {
        words.push(format!("source-port {}", ports(&rule.source_ports)));
    }
    words.extend(rule.flags.map(|(looked_at, set)| format!("flags {}", flags(looked_at, set))));
    words.extend(rule.comes_in.as_ref().map(|wire| format!("in {wire}")));
    words.extend(rule.leaves.as_ref().map(|wire| format!("out {wire}")));
    words.push(format!("from {}", place(rule.from)));
    words.extend(rule.to.map(|prefix| format!("to {prefix}")));
    words.join(" ")
}

fn place(prefix: Option<Prefix>) -> String {
    prefix.map_or("anywhere".to_owned(), |prefix| prefix.to_string())
}

/// The protocol, and the ports or the type of message that belong to it.
fn what(rule: &Rule, protocol: Protocol) -> String {
    let name = match protocol {
        Protocol::Tcp => "tcp".to_owned(),
        Protocol::Udp => "udp".to_owned(),
        Protocol::Icmp => "icmp".to_owned(),
        Protocol::Number(number) => format!("protocol {number}"),
    };
    let detail = rule.icmp.map(kind).or((!rule.ports.is_empty()).then(|| ports(&rule.ports)));
    detail.map_or(name.clone(), |detail| format!("{name} {detail}"))
}

fn kind(kinds: (Option<u8>, Option<u8>)) -> String {
    let known = words::ICMP.iter().find(|(_, v4, v6)| (*v4, *v6) == kinds);
    let number = || kinds.0.or(kinds.1).unwrap_or_default().to_string();
    known.map_or_else(number, |(name, ..)| (*name).to_owned())
}

fn ports(ranges: &[RangeInclusive<u16>]) -> String {
    let range = |range: &RangeInclusive<u16>| match (range.start(), range.end()) {
        (start, end) if start == end => start.to_string(),
        (start, end) => format!("{start}-{end}"),
    };
    ranges.iter().map(range).collect::<Vec<_>>().join(",")
}

fn flags(looked_at: u8, set: u8) -> String {
    let named = words::FLAGS.iter().filter(|(_, bit)| looked_at & bit != 0);
    let mark = |bit: u8| if set & bit == 0 { "!" } else { "" };
    named.map(|(name, bit)| format!("{}{name}", mark(*bit))).collect::<Vec<_>>().join(",")
}
