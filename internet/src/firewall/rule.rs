//! One rule: what it asks of a packet, and what becomes of a packet that has it all.

use std::fmt;
use std::ops::RangeInclusive;

use barewire_packet::icmp;
use barewire_packet::transit::{TCP, Transit};
use barewire_packet::udp;

use super::action::Action;
use crate::prefix::Prefix;
use crate::tracking::State;

/// Which protocol a rule is about. ICMP is that of the packet's own version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    Tcp,
    Udp,
    Icmp,
    Number(u8),
}

/// A rule. Its text is any number of conditions, in any order, then the action:
///
/// | words | what must be so |
/// |---|---|
/// | `in client-home` | the packet came in by this wire |
/// | `out home-isp` | it is about to leave by this wire |
/// | `from 192.168.1.0/24`, `to 2001:db8::80` | source and destination |
/// | `tcp`, `udp`, `icmp`, `protocol 47` | what it carries; `icmp` is that of either version |
/// | `tcp 443`, `udp 53,1024-2047` | and its destination port |
/// | `source-port 53` | its source port |
/// | `icmp echo-request`, `icmp 13` | and the type of the message |
/// | `flags syn,!ack` | these TCP flags are set, and are not set |
/// | `state new,established` | one of these [states](State) |
///
/// The action is `accept`, `drop`, `reject` (ICMP "port unreachable"), `reject prohibited` or `reject reset`.
///
/// ```
/// use barewire_internet::firewall::Rule;
///
/// let rule: Rule = "from 192.168.1.0/24 to 203.0.113.80 tcp 443 accept".parse()?;
/// assert_eq!(rule.to_string(), "from 192.168.1.0/24 to 203.0.113.80 tcp 443 accept");
/// let wrong = "tcp https accept".parse::<Rule>().unwrap_err().to_string();
/// assert_eq!(wrong, "line 1, column 5: \"https\" is neither a condition nor an action");
/// # Ok::<(), barewire_internet::firewall::RuleError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The conditions as they were written.
    pub(super) conditions: String,
    pub(super) comes_in: Option<String>,
    pub(super) leaves: Option<String>,
    pub(super) from: Option<Prefix>,
    pub(super) to: Option<Prefix>,
    pub(super) protocol: Option<Protocol>,
    /// The type of an ICMP message in version 4 and in version 6, where there is one.
    pub(super) icmp: Option<(Option<u8>, Option<u8>)>,
    pub(super) ports: Vec<RangeInclusive<u16>>,
    pub(super) source_ports: Vec<RangeInclusive<u16>>,
    /// The bits of the flags that are looked at, and how they must be.
    pub(super) flags: Option<(u8, u8)>,
    pub(super) states: Vec<State>,
    pub(super) action: Action,
}

/// What a rule is asked about.
pub(super) struct Subject<'a> {
    pub(super) packet: &'a Transit,
    /// The wires by which the packet came and will leave.
    pub(super) comes_in: &'a str,
    pub(super) leaves: &'a str,
    pub(super) state: Option<State>,
}

impl Rule {
    /// The rule that matches every packet.
    pub fn always(action: Action) -> Rule {
        Rule {
            conditions: String::new(),
            comes_in: None,
            leaves: None,
            from: None,
            to: None,
            protocol: None,
            icmp: None,
            ports: Vec::new(),
            source_ports: Vec::new(),
            flags: None,
            states: Vec::new(),
            action,
        }
    }

    /// What becomes of a packet that matches.
    pub fn action(&self) -> Action {
        self.action
    }

    pub(super) fn asks_for_state(&self) -> bool {
        !self.states.is_empty()
    }

    /// Whether a packet has all that the rule asks for. What a packet does not have never matches: a fragment after the
    /// first has no ports.
    pub(super) fn matches(&self, subject: &Subject<'_>) -> bool {
        let Subject { packet, comes_in, leaves, state } = subject;
        self.comes_in.as_ref().is_none_or(|wire| wire == comes_in)
            && self.leaves.as_ref().is_none_or(|wire| wire == leaves)
            && self.from.is_none_or(|prefix| prefix.contains(packet.source()))
            && self.to.is_none_or(|prefix| prefix.contains(packet.destination()))
            && self.protocol.is_none_or(|protocol| protocol.is_of(packet))
            && self.matches_ports(packet)
            && self.icmp.is_none_or(|kinds| kind_is(kinds, packet))
            && self.flags.is_none_or(|flags| flags_are(flags, packet))
            && (self.states.is_empty() || state.is_some_and(|state| self.states.contains(&state)))
    }

    fn matches_ports(&self, packet: &Transit) -> bool {
        if self.ports.is_empty() && self.source_ports.is_empty() {
            return true;
        }
        let has = |ranges: &Vec<RangeInclusive<u16>>, port| {
            ranges.is_empty() || ranges.iter().any(|range| range.contains(&port))
        };
        packet.flow().is_some_and(|flow| {
            has(&self.ports, flow.destination.port()) && has(&self.source_ports, flow.source.port())
        })
    }
}

impl fmt::Display for Rule {
    /// As it was written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let space = if self.conditions.is_empty() { "" } else { " " };
        write!(f, "{}{space}{}", self.conditions, self.action)
    }
}

impl Protocol {
    fn is_of(self, packet: &Transit) -> bool {
        match self {
            Protocol::Tcp => packet.protocol() == TCP,
            Protocol::Udp => packet.protocol() == udp::PROTOCOL,
            Protocol::Icmp if packet.source().is_ipv4() => packet.protocol() == icmp::PROTOCOL,
            Protocol::Icmp => packet.protocol() == icmp::PROTOCOL_V6,
            Protocol::Number(number) => packet.protocol() == number,
        }
    }
}

fn kind_is((v4, v6): (Option<u8>, Option<u8>), packet: &Transit) -> bool {
    let wanted = if packet.source().is_ipv4() { v4 } else { v6 };
    let kind = packet.starts().then(|| packet.payload().first().copied()).flatten();
    kind.is_some() && kind == wanted
}

fn flags_are((looked_at, set): (u8, u8), packet: &Transit) -> bool {
    packet.tcp_flags().is_some_and(|flags| flags.0 & looked_at == set)
}
