//! The key log of a capture, by connection: each TLS observer is given the lines of its own connection.
//!
//! A capture may hold the secrets of many connections. An observer with all of them would cost their number in memory,
//! and all observers together the square of it.

use std::collections::HashMap;
use std::ops::Range;

use barewire_dissect::Direction;

/// The random of a ClientHello: what tells connections apart in a key log.
type Random = [u8; 32];

/// Where the random stands in a stream that begins with a ClientHello: after the headers of record and message, and
/// legacy_version (RFC 8446 §5.1, §4, §4.1.2).
const RANDOM: Range<usize> = 11..43;

/// Lines that are kept for one connection. TLS 1.3 has eight labels.
const MOST_LINES: usize = 16;

/// The lines of all key logs so far.
#[derive(Debug, Default)]
pub(super) struct KeyLog {
    lines: HashMap<Random, Vec<String>>,
    /// How often lines were added.
    additions: u64,
}

impl KeyLog {
    /// Adds lines as SSLKEYLOGFILE has them. Comments and broken lines are passed over.
    pub(super) fn add(&mut self, text: &str) {
        self.additions += 1;
        for line in text.lines() {
            let Some(random) = line.split_ascii_whitespace().nth(1).and_then(random) else { continue };
            let lines = self.lines.entry(random).or_default();
            if lines.len() < MOST_LINES {
                lines.push(format!("{line}\n"));
            }
        }
    }

    fn of(&self, random: &Random) -> Option<String> {
        self.lines.get(random).map(|lines| lines.concat())
    }
}

fn random(hex: &str) -> Option<Random> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let pair = |pair: &[u8]| Some((digit(pair.first()?)? << 4 | digit(pair.get(1)?)?) as u8);
    let bytes = hex.as_bytes().chunks(2).map(pair).collect::<Option<Vec<u8>>>()?;
    bytes.try_into().ok()
}

/// The first bytes of a client, until the random in them is whole.
#[derive(Debug, Default)]
pub(super) struct FirstBytes {
    bytes: Vec<u8>,
    /// The additions to the key log at the last look, once there was one. A log that a client writes while its packets
    /// are read has the secrets after the random.
    looked_at: Option<u64>,
}

impl FirstBytes {
    /// More bytes of the stream. Gives the lines for this connection when the random is whole, and again when the log
    /// has grown.
    pub(super) fn find(&mut self, direction: Direction, bytes: &[u8], keys: &KeyLog) -> Option<String> {
        let first = &mut self.bytes;
        if direction == Direction::ToServer {
            first.extend(bytes.iter().take(RANDOM.end - first.len()));
        }
        let random = first.get(RANDOM)?.first_chunk()?;
        if self.looked_at.replace(keys.additions) == Some(keys.additions) {
            return None;
        }
        keys.of(random)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A client writes its secrets when it has read the ServerHello, long after its own first bytes.
    #[test]
    fn secrets_that_come_after_the_random_are_found() {
        let hello = [&[0x16, 3, 1, 0, 40, 1, 0, 0, 36, 3, 3][..], &[0xAB; 32]].concat();
        let line = |label: &str| format!("{label} {} 11\n", "ab".repeat(32));
        let mut keys = KeyLog::default();
        let mut first = FirstBytes::default();
        assert_eq!(first.find(Direction::ToServer, &hello, &keys), None);
        keys.add(&line("SERVER_HANDSHAKE_TRAFFIC_SECRET"));
        let handshake = first.find(Direction::ToClient, b"ServerHello", &keys);
        assert_eq!(handshake, Some(line("SERVER_HANDSHAKE_TRAFFIC_SECRET")));
        assert_eq!(first.find(Direction::ToClient, b"more", &keys), None, "nothing has changed");
        keys.add(&line("SERVER_TRAFFIC_SECRET_0"));
        let all = first.find(Direction::ToClient, b"Finished", &keys);
        assert_eq!(all, Some(line("SERVER_HANDSHAKE_TRAFFIC_SECRET") + &line("SERVER_TRAFFIC_SECRET_0")));
    }

    #[test]
    fn a_connection_gets_the_secrets_of_its_own_random() {
        let mut hello = vec![0x16, 3, 1, 0, 40, 1, 0, 0, 36, 3, 3];
        hello.extend([0xAB; 32]);
        let ours = format!("CLIENT_TRAFFIC_SECRET_0 {} 11", "AB".repeat(32));
        let mut keys = KeyLog::default();
        keys.add(&format!("# a comment\n{ours}\nCLIENT_TRAFFIC_SECRET_0 {} 22\n", "cd".repeat(32)));
        for cut in [0, 1, 11, 42, 43] {
            let mut first = FirstBytes::default();
            let (start, rest) = hello.split_at(cut);
            assert_eq!(first.find(Direction::ToClient, &hello, &keys), None, "not the client's");
            let found = [start, rest, b"more"].map(|piece| first.find(Direction::ToServer, piece, &keys));
            let wanted = if cut == 43 { 0 } else { 1 };
            for (index, lines) in found.into_iter().enumerate() {
                assert_eq!(
                    lines,
                    (index == wanted).then(|| format!("{ours}\n")),
                    "piece {index}, cut at {cut}"
                );
            }
        }
    }
}
