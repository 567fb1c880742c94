//! The lines of ping.

use std::time::Duration;

use crate::probe::ping::{Config, Event, Question, Reply, ReplyKind};

/// The first line.
pub(super) fn head(host: &str, config: &Config, about: &str) -> String {
    let Config { destination, size, .. } = config;
    let how = match config.question {
        Question::Echo => {
            let header = if destination.is_ipv4() { 28 } else { 48 };
            format!("{size}({}) bytes of data", size + header)
        }
        Question::Syn(port) => format!("a SYN to port {port}"),
        Question::Datagram(port) => format!("{size} bytes of data to UDP port {port}"),
    };
    format!("PING {host} ({destination}) {how}\nover {about}\n")
}

/// The line of an event.
pub(super) fn row(event: &Event, config: &Config) -> String {
    match event {
        Event::Reply(reply) => reply_row(reply, config),
        Event::Error { from, number, kind, mtu } => {
            let mtu = mtu.map(|mtu| format!(", the next wire takes {mtu} bytes")).unwrap_or_default();
            format!("From {from} icmp_seq={number}: {}{mtu} ({})\n", kind.name(), kind.rule())
        }
        Event::Changed { from, number, at } => {
            format!("From {from} icmp_seq={number}: byte {at} of the data is not what was sent\n")
        }
        Event::TooLarge { number, length, mtu } => format!(
            "icmp_seq={number} was not sent: {length} bytes must stay whole; the first wire takes {mtu}\n"
        ),
    }
}

fn reply_row(reply: &Reply, config: &Config) -> String {
    let Reply { from, number, length, hops_left, .. } = reply;
    let what = match (reply.kind, config.question) {
        (ReplyKind::Echo, _) => format!("{length} bytes from {from}:"),
        (ReplyKind::SynAck, Question::Syn(port)) => format!("SYN-ACK from {from}: port {port} is open,"),
        (ReplyKind::Reset, Question::Syn(port)) => format!("RST from {from}: port {port} is closed,"),
        (ReplyKind::PortUnreachable, _) => format!("port unreachable from {from}:"),
        _ => format!("{length} bytes of UDP from {from}:"),
    };
    let mut row = format!("{what} icmp_seq={number} ttl={hops_left} time={} ms", time(reply.time));
    if config.question != Question::Echo {
        row = row.replace("icmp_seq", "seq");
    }
    for (is_so, mark) in [(reply.is_duplicate, " (DUP!)"), (reply.is_late, " (late)")] {
        row.push_str(if is_so { mark } else { "" });
    }
    row + "\n"
}

/// As iputils prints it: three digits that mean something.
fn time(time: Duration) -> String {
    let ms = time.as_secs_f64() * 1000.0;
    match ms {
        100.0.. => format!("{ms:.0}"),
        10.0.. => format!("{ms:.1}"),
        1.0.. => format!("{ms:.2}"),
        _ => format!("{ms:.3}"),
    }
}
