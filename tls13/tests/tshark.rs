//! Every capture as tshark reads it: the same records, of the same types and lengths, the same handshake messages and
//! the same alerts, in the same order on each direction of each connection. Also where a capture starts in the
//! middle.
//!
//! tshark opens TLS 1.2 too, which the observer does not; so it is shown those captures without their secrets.

#[path = "../../examples/tests/live/need.rs"]
mod need;
#[path = "common/streams.rs"]
mod streams;

use std::path::{Path, PathBuf};
use std::process::Command;

use barewire_dissect::Direction;
use barewire_tls13::observe::Seen;
use barewire_tls13::record::HEADER;

/// One direction of one connection.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Side {
    /// Of each record: the type, that inside where it was opened, and the length of the fragment in bytes.
    records: Vec<(u64, u64)>,
    /// Of each handshake message: type, and length of the body in bytes.
    messages: Vec<(u64, u64)>,
    /// The description of each alert that could be read.
    alerts: Vec<u64>,
}

#[test]
fn tshark_reads_the_same_records_messages_and_alerts() {
    if !need::can_run("tshark_reads_the_same_records_messages_and_alerts", false, &["tshark"]) {
        return;
    }
    let mut messages = 0;
    for (name, capture) in streams::captures() {
        let ours: Vec<[Side; 2]> = streams::observe(&capture)
            .iter()
            .map(|(_, seen)| Direction::BOTH.map(|way| of(seen, way)))
            .collect();
        let theirs = tshark(&name, ours.len());
        for (number, (ours, theirs)) in ours.iter().zip(&theirs).enumerate() {
            for way in Direction::BOTH {
                let (ours, theirs) = (&ours[way.index()], &theirs[way.index()]);
                assert_eq!(ours, theirs, "{name}, connection {number}, {way}: ours is left, tshark's right");
                messages += ours.messages.len();
            }
        }
    }
    assert!(messages > 150, "only {messages} messages were compared");
}

fn of(seen: &[Seen], way: Direction) -> Side {
    let mut side = Side::default();
    for seen in seen.iter().filter(|seen| seen.direction == way) {
        // Of a record that starts before the capture, tshark says no more than "Continuation Data".
        let Some(outer) = seen.content_type else { continue };
        let kind = seen.content().map_or(outer, |(inner, _)| inner);
        side.records.push((kind.0.into(), (seen.bytes.len() - HEADER) as u64));
        let message = |message: &barewire_tls13::observe::Message| {
            (message.kind.0.into(), message.bytes.len() as u64 - 4)
        };
        side.messages.extend(seen.messages.iter().map(message));
        side.alerts.extend(seen.alert.map(|alert| u64::from(alert.description.0)));
    }
    side
}

/// What tshark says of each connection, numbered in the order of their first packets as ours are.
fn tshark(name: &str, connections: usize) -> Vec<[Side; 2]> {
    let file = without_secrets_of_tls12(name);
    let fields = [
        "tcp.stream",
        "ip.src",
        "tls.record.content_type",
        "tls.record.length",
        "tls.handshake.type",
        "tls.handshake.length",
        "tls.alert_message.desc",
    ];
    let mut command = Command::new("tshark");
    command.args(["-Y", "tls", "-T", "fields", "-E", "occurrence=a", "-E", "aggregator=,", "-r"]).arg(&file);
    fields.iter().for_each(|field| {
        command.args(["-e", field]);
    });
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut sides = vec![[Side::default(), Side::default()]; connections];
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let columns: Vec<&str> = line.split('\t').collect();
        let numbers = |column: usize| -> Vec<u64> {
            columns[column].split(',').filter(|n| !n.is_empty()).map(|n| n.parse().unwrap()).collect()
        };
        let way = if columns[1] == "10.91.1.2" { Direction::ToServer } else { Direction::ToClient };
        let side = &mut sides[numbers(0)[0] as usize][way.index()];
        side.records.extend(numbers(2).into_iter().zip(numbers(3)));
        side.messages.extend(numbers(4).into_iter().zip(numbers(5)));
        side.alerts.extend(numbers(6));
    }
    sides
}

/// A capture of TLS 1.2 without its Decryption Secrets Block (pcapng §4.7): a block is a type, its length in bytes,
/// and so on.
fn without_secrets_of_tls12(name: &str) -> PathBuf {
    const DECRYPTION_SECRETS: u32 = 0xa;
    let file = streams::folder().join(name).with_extension("pcapng");
    if !name.contains("tls12") {
        return file;
    }
    let bytes = std::fs::read(&file).unwrap();
    let (mut rest, mut kept) = (&bytes[..], Vec::new());
    while let Some((&[kind, length], _)) = rest.as_chunks::<4>().0.split_first_chunk::<2>() {
        let (block, after) = rest.split_at(u32::from_le_bytes(length) as usize);
        if u32::from_le_bytes(kind) != DECRYPTION_SECRETS {
            kept.extend_from_slice(block);
        }
        rest = after;
    }
    let stripped = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}_without_secrets.pcapng"));
    std::fs::write(&stripped, kept).unwrap();
    stripped
}
