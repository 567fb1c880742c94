//! The words of a rule: tables that its reader and its writer share.

use std::ops::RangeInclusive;

use super::rule::{Action, Protocol, Rule, With};
use crate::prefix::Prefix;

/// The types of ICMP messages that have a name in a rule: in version 4, and in version 6.
pub(super) const ICMP: [(&str, Option<u8>, Option<u8>); 8] = [
    ("echo-request", Some(8), Some(128)),
    ("echo-reply", Some(0), Some(129)),
    ("unreachable", Some(3), Some(1)),
    ("too-big", None, Some(2)),
    ("time-exceeded", Some(11), Some(3)),
    ("parameter-problem", Some(12), Some(4)),
    ("redirect", Some(5), Some(137)),
    ("timestamp", Some(13), None),
];

/// The TCP flags (RFC 9293 §3.1), each with its bit.
pub(super) const FLAGS: [(&str, u8); 8] = [
    ("fin", 0x01),
    ("syn", 0x02),
    ("rst", 0x04),
    ("psh", 0x08),
    ("ack", 0x10),
    ("urg", 0x20),
    ("ece", 0x40),
    ("cwr", 0x80),
];

/// What can follow `reject`. The first one need not be said.
pub(super) const WITH: [(&str, With); 3] =
    [("no-port", With::NoPort), ("prohibited", With::Prohibited), ("reset", With::Reset)];

/// The action in words.
pub(super) fn action(action: Action) -> String {
    match action {
        Action::Accept => "accept".to_owned(),
        Action::Drop => "drop".to_owned(),
        Action::Reject(With::NoPort) => "reject".to_owned(),
        Action::Reject(with) => {
            let name = WITH.iter().find(|(_, other)| *other == with).map_or("", |(name, _)| name);
            format!("reject {name}")
        }
    }
}

/// The conditions in words: first what, then from where to where. A rule that names no sender says so.
pub(super) fn conditions(rule: &Rule) -> String {
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
    let known = ICMP.iter().find(|(_, v4, v6)| (*v4, *v6) == kinds);
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
    let named = FLAGS.iter().filter(|(_, bit)| looked_at & bit != 0);
    let mark = |bit: u8| if set & bit == 0 { "!" } else { "" };
    named.map(|(name, bit)| format!("{}{name}", mark(*bit))).collect::<Vec<_>>().join(",")
}
