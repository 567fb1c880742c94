//! What scan prints: the states of ports; many that are closed, or silent, in one row.

use std::net::IpAddr;

use crate::commands::output::style;
use crate::commands::probing::Place;
use crate::probe::scan::{Because, Config, Finding, State, Summary, Target};
use crate::views::{count, milliseconds, paragraph, several};

/// The first lines.
pub(super) fn head(hosts: &[(String, Target)], config: &Config, place: &Place) -> String {
    let ports = several(config.ports.len() as u64, "port");
    let guard = match (place.guarded.first(), place.is_toy()) {
        (Some(port), _) => format!("; a guard keeps the kernel away from our port {port}"),
        (None, false) => "; the kernel hears the answers too, and resets what it does not know".to_owned(),
        (None, true) => String::new(),
    };
    let hosts = several(hosts.len() as u64, "host");
    paragraph(&format!("SYN scan: {ports} of {hosts}, over {}{guard}", place.about), 0, style().width)
}

/// More closed ports than this are told in one row.
const MANY: usize = 6;

/// The hosts with their ports.
pub(super) fn rows(hosts: &[(String, Target)], found: &mut [Finding], width: usize) -> String {
    found.sort_by_key(|finding| (finding.host, finding.port));
    let mut out = String::new();
    for (name, target) in hosts {
        let address = target.destination;
        let title = match name.parse::<IpAddr>() {
            Ok(_) => format!("\n{address}\n"),
            Err(_) => format!("\n{name} ({address})\n"),
        };
        out.push_str(&title);
        let of_host: Vec<&Finding> = found.iter().filter(|finding| finding.host == address).collect();
        for group in groups(&of_host) {
            out.push_str(&paragraph(&row(&group), 2, width));
        }
    }
    out
}

/// Ports that are told in one row: each open one alone, many closed ones together, and so those that are silent.
fn groups<'a>(of_host: &[&'a Finding]) -> Vec<Vec<&'a Finding>> {
    let kind = |finding: &Finding| (finding.state, finding.because);
    // There may be all 65,535 ports, but there are few kinds of answers.
    let mut kinds: Vec<Vec<&Finding>> = Vec::new();
    for finding in of_host {
        match kinds.iter_mut().find(|group| group.first().is_some_and(|first| kind(first) == kind(finding))) {
            Some(group) => group.push(finding),
            None => kinds.push(vec![finding]),
        }
    }
    let is_told_together = |group: &Vec<&Finding>| {
        group.len() > MANY && group.first().is_some_and(|first| first.state != State::Open)
    };
    let (many, few): (Vec<_>, Vec<_>) = kinds.into_iter().partition(is_told_together);
    let mut few = few.concat();
    few.sort_by_key(|finding| finding.port);
    few.into_iter().map(|finding| vec![finding]).chain(many).collect()
}

fn row(group: &[&Finding]) -> String {
    let Some(first) = group.first() else { return String::new() };
    let (state, because) = (state(first.state), because(first.because));
    if let [Finding { port, time, .. }] = group {
        let ms = time.map(|time| format!(", {} ms", milliseconds(time))).unwrap_or_default();
        return format!("{port:>5}  {state:8}  {because}{ms}");
    }
    let ports = ranges(group.iter().map(|finding| finding.port));
    format!("{}  {state}  {because}: {ports}", several(group.len() as u64, "port"))
}

/// 21-23, 25, 53
fn ranges(ports: impl Iterator<Item = u16>) -> String {
    let mut ranges: Vec<(u16, u16)> = Vec::new();
    for port in ports {
        match ranges.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(port) => *last = port,
            _ => ranges.push((port, port)),
        }
    }
    let text = |(first, last): &(u16, u16)| match first == last {
        true => first.to_string(),
        false => format!("{first}-{last}"),
    };
    ranges.iter().map(text).collect::<Vec<_>>().join(", ")
}

pub(super) fn state(state: State) -> &'static str {
    match state {
        State::Open => "open",
        State::Closed => "closed",
        State::Filtered => "filtered",
    }
}

/// What a state is concluded from, with the rule.
pub(super) fn because(because: Because) -> String {
    match because {
        Because::SynAck => "SYN-ACK (RFC 9293 §3.10.7.2)".to_owned(),
        Because::Reset => "RST (RFC 9293 §3.10.7.1)".to_owned(),
        Because::Error { from, kind } => format!("{} from {from} ({})", kind.name(), kind.rule()),
        Because::Silence => "silence".to_owned(),
    }
}

/// The last lines.
pub(super) fn summary(summary: &Summary, all: usize, config: &Config) -> String {
    let mut out = format!(
        "\n{} open, {} closed, {} filtered; {} and {} of ours in {:.1} s\n",
        count(summary.open),
        count(summary.closed),
        count(summary.filtered),
        several(summary.probes, "SYN"),
        several(summary.resets, "reset"),
        summary.duration().as_secs_f64()
    );
    let unknown = (all as u64).saturating_sub(summary.known());
    if unknown > 0 {
        out.push_str(&format!("{} not known: the scan was ended before\n", several(unknown, "port")));
    }
    if summary.filtered > 0 {
        let tries = several(u64::from(config.retries) + 1, "SYN");
        out.push_str(&format!("silence: no answer to {tries}; a firewall drops them, or all were lost\n"));
    }
    out
}
