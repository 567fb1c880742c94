//! What a check tells while it runs: lines for the report, the seed, and packets.
//!
//! A student's code may panic, never end, or end the process. So nothing is kept for later: each thing is one line on
//! standard output, written before the student's code runs. The process that started the check puts the lines together.
//! A line that is not for the report begins with [`MARK`]:
//!
//! ```text
//!    1. read a message whose answer has a pointer    for the report: a step, or a student's print
//!  ␁seed 1                                           something is drawn at random, from this seed
//!  ␁packet 1 datagram c 3039818000010001...          what went over the wire in step 1
//!  ␁secret CLIENT_TRAFFIC_SECRET_0 9f4c... 72a1...   a line of a key log: it opens packets
//!  ␁forget                                           the last exchange went well, as one of many
//!  ␁passed                                           the check came to its end, and all was right
//! ```
//!
//! Tested below, and in `tests/course/captures.rs` with checks that fail.

use std::fmt;

use barewire_dissect::Direction::{self, ToClient, ToServer};

use crate::hex;
use crate::wire::{Packet, Sent};

/// Before a line that is not for the report. Nobody prints it by chance.
const MARK: char = '\u{1}';

/// One thing that a check tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Told {
    /// A line for the report.
    Line(String),
    /// Something in this check is drawn at random, from this seed.
    Seed(u64),
    /// A packet that the student's code gets, or sends.
    Packet(Packet),
    /// A line of a key log: with it the packets of a TLS connection can be opened.
    Secret(String),
    /// The packets of the last exchange are not kept.
    Forget,
    /// The check came to its end, and all was right. A process that ends without it was ended by the student's code.
    Passed,
}

/// All that a check told.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Record {
    /// The steps, and what the student's code printed.
    pub(crate) report: String,
    pub(crate) seed: Option<u64>,
    pub(crate) packets: Vec<Packet>,
    /// The lines of the key log.
    pub(crate) secrets: Vec<String>,
    pub(crate) passed: bool,
}

impl Record {
    /// Puts together what a process printed, up to its end.
    pub(crate) fn of(output: &str) -> Record {
        let mut record = Record::default();
        for line in output.lines() {
            // A student's `print!` may stand in front of the mark.
            match line.split_once(MARK).and_then(|(before, told)| Some((before, parse(told)?))) {
                None => record.add(Told::Line(line.to_owned())),
                Some((before, told)) => {
                    record.report.push_str(before);
                    record.add(told);
                }
            }
        }
        record
    }

    pub(crate) fn add(&mut self, told: Told) {
        match told {
            Told::Line(line) => self.report += &format!("{line}\n"),
            Told::Seed(seed) => self.seed = Some(seed),
            Told::Packet(packet) => self.packets.push(packet),
            Told::Secret(line) => self.secrets.push(line),
            Told::Passed => self.passed = true,
            Told::Forget => {
                let begins = |packet: &Packet| !matches!(packet.sent, Sent::Bytes { .. });
                let begin = self.packets.iter().rposition(begins).unwrap_or_default();
                self.packets.truncate(begin);
            }
        }
    }
}

/// What stands after the mark.
fn parse(text: &str) -> Option<Told> {
    let words: Vec<&str> = text.split(' ').collect();
    match words[..] {
        ["seed", seed] => Some(Told::Seed(seed.parse().ok()?)),
        ["forget"] => Some(Told::Forget),
        ["passed"] => Some(Told::Passed),
        ["secret", label, random, secret] => Some(Told::Secret(format!("{label} {random} {secret}"))),
        ["packet", step, ref sent @ ..] => {
            Some(Told::Packet(Packet { step: step.parse().ok()?, sent: sent_of(sent)? }))
        }
        _ => None,
    }
}

fn sent_of(words: &[&str]) -> Option<Sent> {
    match *words {
        ["connect", port] => Some(Sent::Connect { port: port.parse().ok()? }),
        ["datagram", way, bytes] => Some(Sent::Datagram { way: way_of(way)?, bytes: hex::read(bytes)? }),
        ["bytes", way, at, acknowledged, is_around, bytes] => Some(Sent::Bytes {
            way: way_of(way)?,
            at: at.parse().ok()?,
            acknowledged: acknowledged.parse().ok()?,
            is_around: is_around.parse().ok()?,
            bytes: hex::read(bytes)?,
        }),
        _ => None,
    }
}

/// The two ways, and what each is called in a line.
const WAYS: [(&str, Direction); 2] = [("s", ToServer), ("c", ToClient)];

fn way_of(text: &str) -> Option<Direction> {
    WAYS.iter().find(|(name, _)| *name == text).map(|(_, way)| *way)
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Told::Line(line) => f.write_str(line),
            Told::Seed(seed) => write!(f, "{MARK}seed {seed}"),
            Told::Forget => write!(f, "{MARK}forget"),
            Told::Passed => write!(f, "{MARK}passed"),
            Told::Secret(line) => write!(f, "{MARK}secret {line}"),
            Told::Packet(Packet { step, sent }) => {
                write!(f, "{MARK}packet {step} ")?;
                write_sent(f, sent)
            }
        }
    }
}

fn write_sent(f: &mut fmt::Formatter<'_>, sent: &Sent) -> fmt::Result {
    let name = |way: &Direction| WAYS[way.index()].0;
    let bytes = match sent {
        Sent::Connect { port } => return write!(f, "connect {port}"),
        Sent::Datagram { way, bytes } => {
            write!(f, "datagram {} ", name(way))?;
            bytes
        }
        Sent::Bytes { way, at, acknowledged, is_around, bytes } => {
            write!(f, "bytes {} {at} {acknowledged} {is_around} ", name(way))?;
            bytes
        }
    };
    f.write_str(&hex::written(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(sent: Sent) -> Told {
        Told::Packet(Packet { step: 7, sent })
    }

    fn bytes(way: Direction, at: u32, bytes: &[u8]) -> Told {
        packet(Sent::Bytes { way, at, acknowledged: 9, is_around: at == 0, bytes: bytes.to_vec() })
    }

    #[test]
    fn what_is_told_is_read_back() {
        let all = [
            Told::Seed(u64::MAX),
            Told::Forget,
            Told::Passed,
            Told::Secret("EXPORTER_SECRET 00 ff".to_owned()),
            packet(Sent::Connect { port: 443 }),
            packet(Sent::Datagram { way: ToClient, bytes: vec![0, 1, 0xfe, 0xff] }),
            bytes(ToServer, 0, b"abc"),
            bytes(ToClient, u32::MAX, b""),
        ];
        for told in all {
            let line = told.to_string();
            assert_eq!(line.strip_prefix(MARK).and_then(parse), Some(told), "{line:?}");
        }
    }

    /// A student's code prints, with and without a line end; one line looks like ours and is not.
    #[test]
    fn what_else_is_printed_stays_in_the_report() {
        let output = format!("  1. do it\nhere {}\n{MARK}packet x\nthere\nno end", Told::Seed(3));
        let record = Record::of(&output);
        assert_eq!(record.report, format!("  1. do it\nhere {MARK}packet x\nthere\nno end\n"));
        assert_eq!((record.seed, record.packets.len()), (Some(3), 0));
    }

    /// A process that was killed leaves half a line.
    #[test]
    fn a_packet_that_was_not_told_to_its_end_is_not_a_packet() {
        let line = bytes(ToServer, 12, b"abc").to_string();
        let words = line.rfind(' ').expect("a space");
        assert_eq!(Record::of(&line).packets.len(), 1);
        assert_eq!(Record::of(&line[..words]).packets.len(), 0);
        assert_eq!(Record::of(&line[..line.len() - 1]).packets.len(), 0, "half a byte");
    }

    #[test]
    fn the_last_exchange_is_forgotten_and_no_other() {
        let (connect, first) = (packet(Sent::Connect { port: 80 }), bytes(ToServer, 1, b"a"));
        let second = bytes(ToServer, 2, b"b");
        let mut record = Record::default();
        for told in [&connect, &first, &connect, &first, &second, &Told::Forget] {
            record.add(told.clone());
        }
        let kept: Vec<Told> = record.packets.into_iter().map(Told::Packet).collect();
        assert_eq!(kept, [connect, first]);
    }
}
