//! The usual slips with the transcript: other bytes than those of RFC 8446 §4.4.1, each with its hash.

use std::fmt;

use ring::digest;

use crate::ledger::{Entry, Ledger};
use crate::suite::Hash;

/// What was hashed in place of the transcript.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Slip {
    /// The transcript without a message.
    Without {
        /// Its number, from 1.
        number: usize,
        /// Its name.
        name: &'static str,
    },
    /// The transcript up to another message.
    Through {
        /// How many messages.
        messages: usize,
        /// The name of the last one.
        name: &'static str,
    },
    /// Two messages in the other order.
    Swapped {
        /// The number of the first one, from 1.
        number: usize,
    },
    /// The headers of the records too.
    RecordHeaders,
    /// The messages without their headers.
    Bodies,
    /// A change_cipher_spec after a message.
    ChangeCipherSpec {
        /// The number of the message, from 1.
        after: usize,
    },
    /// The first ClientHello, where message_hash has to stand after a HelloRetryRequest.
    NoMessageHash,
    /// Nothing of what came before the second ClientHello.
    ForgotRetry,
}

impl fmt::Display for Slip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Slip::Without { number, name } => write!(f, "it without message {number}, {name}"),
            Slip::Through { messages, name } => write!(f, "the first {messages} messages, up to {name}"),
            Slip::Swapped { number } => write!(f, "messages {number} and {} in the other order", number + 1),
            Slip::RecordHeaders => f.write_str("the headers of the records too"),
            Slip::Bodies => f.write_str("the messages without their headers of 4 bytes"),
            Slip::ChangeCipherSpec { after } => write!(f, "a change_cipher_spec after message {after} too"),
            Slip::NoMessageHash => f.write_str(
                "the first ClientHello as it was, where message_hash has to stand after a HelloRetryRequest",
            ),
            Slip::ForgotRetry => f.write_str("only what came from the second ClientHello on"),
        }
    }
}

/// The slip whose hash fits, with the first `length` messages of the ledger.
pub(super) fn find(ledger: &Ledger, length: usize, hash: Hash, fits: impl Fn(&[u8]) -> bool) -> Option<Slip> {
    let candidates = candidates(ledger, length);
    let hashed = |bytes: &[u8]| digest::digest(hash.digest(), bytes);
    candidates.into_iter().find(|(_, bytes)| fits(hashed(bytes).as_ref())).map(|(slip, _)| slip)
}

fn candidates(ledger: &Ledger, length: usize) -> Vec<(Slip, Vec<u8>)> {
    let all = ledger.messages();
    let messages: Vec<&[u8]> = all.iter().take(length).map(|entry| entry.bytes.as_slice()).collect();
    let mut candidates = Vec::new();
    for (index, Entry { name, .. }) in all.iter().enumerate() {
        let number = index + 1;
        if number <= length {
            let without = [&messages[..index], &messages[number..]].concat().concat();
            candidates.push((Slip::Without { number, name }, without));
            let spec = |content: &[u8]| {
                [&messages[..number].concat(), content, &messages[number..].concat()].concat()
            };
            candidates.push((Slip::ChangeCipherSpec { after: number }, spec(&[1])));
            candidates.push((Slip::ChangeCipherSpec { after: number }, spec(&[20, 3, 3, 0, 1, 1])));
        }
        if number < length {
            let mut swapped = messages.clone();
            swapped.swap(index, number);
            candidates.push((Slip::Swapped { number }, swapped.concat()));
        }
        if number != length {
            let through = all.iter().take(number).flat_map(|entry| entry.bytes.clone()).collect();
            candidates.push((Slip::Through { messages: number, name }, through));
        }
    }
    candidates.push((
        Slip::Bodies,
        messages.iter().flat_map(|bytes| &bytes[4.min(bytes.len())..]).copied().collect(),
    ));
    // The first ClientHello may say TLS 1.0 in its record (RFC 8446 §5.1).
    for first in [1, 3] {
        candidates.push((Slip::RecordHeaders, with_record_headers(&messages, first)));
    }
    if let (Some(first), [_, rest @ ..]) = (ledger.first_client_hello(), &messages[..]) {
        candidates.push((Slip::NoMessageHash, [first, &rest.concat()].concat()));
        candidates.push((Slip::ForgotRetry, rest.get(1..).unwrap_or_default().concat()));
    }
    candidates
}

fn with_record_headers(messages: &[&[u8]], first: u8) -> Vec<u8> {
    let mut out = Vec::new();
    for (index, message) in messages.iter().enumerate() {
        let [.., high, low] = message.len().to_be_bytes();
        out.extend([22, 3, if index == 0 { first } else { 3 }, high, low]);
        out.extend_from_slice(message);
    }
    out
}
