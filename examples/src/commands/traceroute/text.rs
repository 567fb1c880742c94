//! The lines of traceroute: one for each hop, and below it in words what has a mark.

use std::net::IpAddr;

use crate::commands::output::style;
use crate::commands::probing::milliseconds;
use crate::probe::traceroute::{Answered, Config, Event, Hop, Method, Outcome, Traceroute, What};
use crate::views::paragraph;

/// The first lines.
pub(super) fn head(host: &str, config: &Config, about: &str) -> String {
    let how = match config.method {
        Method::Udp(port) if config.classic => format!("UDP from port {port} on, a port for each probe"),
        Method::Udp(port) => format!("UDP to port {port}"),
        Method::Icmp => "ICMP echo requests".to_owned(),
        Method::Tcp(port) => format!("SYNs to TCP port {port}"),
    };
    let Config { destination, max_hops, size, .. } = config;
    let how = paragraph(&format!("{how}, over {about}"), 0, style().width);
    format!("traceroute to {host} ({destination}), {max_hops} hops max, {size} byte packets\n{how}")
}

/// The lines of an event.
pub(super) fn event(event: &Event, config: &Config) -> String {
    match event {
        Event::Hop(hop) => hop_lines(hop, config),
        Event::Narrower { hop, from, size } => {
            format!("{hop:2}  F={size}: {from} says that the next wire takes at most {size} bytes\n")
        }
    }
}

fn hop_lines(hop: &Hop, config: &Config) -> String {
    let mut line = format!("{:2}  ", hop.hop);
    let (mut before, mut words): (Option<IpAddr>, Vec<String>) = (None, Vec::new());
    for outcome in &hop.outcomes {
        let Outcome::Answered(answered) = outcome else {
            line.push_str("*  ");
            continue;
        };
        if before != Some(answered.from) {
            line.push_str(&format!("{}  ", answered.from));
            before = Some(answered.from);
        }
        line.push_str(&format!("{:.3} ms  ", milliseconds(answered.time)));
        if let What::Error(kind) = answered.what
            && !kind.mark().is_empty()
        {
            line.push_str(&format!("{}  ", kind.mark()));
        }
        words.extend(in_words(answered, hop, config));
    }
    let mut lines = line.trim_end().to_owned() + "\n";
    words.dedup();
    for words in words {
        lines.push_str(&format!("      {words}\n"));
    }
    lines
}

/// What there is to say beside "time exceeded".
fn in_words(answered: &Answered, hop: &Hop, config: &Config) -> Vec<String> {
    let mut words: Vec<String> = answered.extensions.iter().map(ToString::to_string).collect();
    let is_host = answered.from == config.destination;
    let whose = if is_host { "the host itself".to_owned() } else { answered.from.to_string() };
    let what = match answered.what {
        What::Error(_) if !hop.is_last => return words,
        What::Error(kind) if kind.mark().is_empty() => format!("{whose} says: {}", kind.name()),
        What::Error(kind) => {
            let mtu = answered.mtu.map(|mtu| format!(", at most {mtu} bytes")).unwrap_or_default();
            format!("{}: {whose} says: {}{mtu} ({})", kind.mark(), kind.name(), kind.rule())
        }
        What::EchoReply => format!("{whose} answers: echo reply"),
        What::SynAck => format!("{whose} answers: SYN-ACK, the port is open"),
        What::Reset => format!("{whose} answers: RST, the port is closed"),
    };
    words.push(what);
    words
}

/// The last lines, where there is something to say.
pub(super) fn end(traceroute: &Traceroute, config: &Config, is_there: bool) -> String {
    let mut end = String::new();
    if config.finds_mtu && is_there {
        end.push_str(&format!("packets of {} bytes pass whole\n", traceroute.size()));
    }
    let late = traceroute.counts().late;
    if late > 0 {
        end.push_str(&format!("{late} answers came after the wait, or twice\n"));
    }
    end
}
