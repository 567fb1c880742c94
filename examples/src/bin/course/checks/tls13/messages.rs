//! tls04: handshake messages out of records, cut and joined in every way (RFC 8446 §5.1).

use barewire_dissect::Direction::ToClient;
use barewire_tls13::handshake::{HandshakeType, Joiner, MAX_MESSAGE};
use barewire_tls13::record::{ContentType, RecordHeader};
use rand_core::Rng;

use super::hex;
use crate::steps::{Failed, Steps};

const RULE: &str = "RFC 8446 §5.1";
const HEADER: &str = "RFC 8446 §4";
const LONG: &str = "this client's own limit: 128 KiB";

/// EncryptedExtensions and Finished of the server, RFC 8448 §3.
const EXTENSIONS: &str = "080000240022000a00140012001d00170018001901000101010201030104001c0002400100000000";
const FINISHED: &str = "140000209b9b141d906337fbd2cbdce71df4deda4ab42c309572cb7fffee5454b78f0718";
/// A message without a body: EndOfEarlyData.
const EMPTY: &str = "05000000";

/// tls04: the messages that records hold.
pub(crate) fn messages(steps: &mut Steps) -> Result<(), Failed> {
    let [extensions, finished, empty] = [EXTENSIONS, FINISHED, EMPTY].map(hex);
    let mut joiner = Joiner::default();
    steps.step("RFC 8448 §3: one record holds a message of 40 bytes and a message of 36 bytes");
    steps.connect(443);
    record(steps, &mut joiner, &[&extensions[..], &finished].concat());
    equal_next(steps, &mut joiner, Some(&extensions))?;
    equal_next(steps, &mut joiner, Some(&finished))?;
    equal_next(steps, &mut joiner, None)?;

    steps.step("a message in three records: 2 bytes of its header, then up to the last byte, then that byte");
    for (from, to, wanted) in [(0, 2, None), (2, 39, None), (39, 40, Some(&extensions))] {
        record(steps, &mut joiner, &extensions[from..to]);
        equal_next(steps, &mut joiner, wanted)?;
    }
    steps.equal("bytes that wait", 0, joiner.waiting(), RULE)?;

    steps.step("a message without a body, and the first 10 bytes of the next; then the rest");
    record(steps, &mut joiner, &[&empty[..], &finished[..10]].concat());
    equal_next(steps, &mut joiner, Some(&empty))?;
    equal_next(steps, &mut joiner, None)?;
    steps.equal("bytes that wait", 10, joiner.waiting(), RULE)?;
    record(steps, &mut joiner, &finished[10..]);
    equal_next(steps, &mut joiner, Some(&finished))?;
    equal_next(steps, &mut joiner, None)?;

    anywhere(steps, &[&extensions[..], &finished, &empty, &extensions, &empty, &empty, &finished])?;
    lengths(steps)
}

/// The same messages, however they are cut.
fn anywhere(steps: &mut Steps, messages: &[&[u8]]) -> Result<(), Failed> {
    steps.step("100 times seven messages in a row, cut at random into records of 1 to 60 bytes");
    let mut rng = steps.rng();
    for _ in 0..100 {
        let (mut joiner, mut got) = (Joiner::default(), Vec::new());
        let bytes = messages.concat();
        let mut rest = &bytes[..];
        steps.connect(443);
        while !rest.is_empty() {
            let (content, after) = rest.split_at((rng.next_u32() as usize % 60 + 1).min(rest.len()));
            rest = after;
            record(steps, &mut joiner, content);
            while let Ok(Some(message)) = joiner.next_message() {
                got.push(message);
            }
        }
        if got != messages {
            let lengths = |length: &mut dyn Iterator<Item = usize>| {
                length.map(|length| length.to_string()).collect::<Vec<_>>().join(", ")
            };
            let wanted = lengths(&mut messages.iter().map(|message| message.len()));
            let seen = lengths(&mut got.iter().map(Vec::len));
            steps.equal("the lengths of the messages", wanted, seen, RULE)?;
            steps.equal("their bytes", bytes, got.concat(), RULE)?;
        }
        steps.forget();
    }
    steps.equal("all of them came out as they went in", true, true, RULE)
}

/// What a header may announce.
fn lengths(steps: &mut Steps) -> Result<(), Failed> {
    let header = |length: usize| [&[11], &(length as u32).to_be_bytes()[1..]].concat();
    for (length, wanted) in [
        (MAX_MESSAGE, "nothing yet".to_owned()),
        (MAX_MESSAGE + 1, "too long".to_owned()),
        (0xff_ffff, "too long".to_owned()),
    ] {
        steps.step(format!("the header of a Certificate of {length} bytes, and nothing else"));
        steps.connect(443);
        let mut joiner = Joiner::default();
        record(steps, &mut joiner, &header(length));
        let got = match joiner.next_message() {
            Ok(None) => "nothing yet".to_owned(),
            Ok(Some(message)) => format!("a message of {} bytes", message.len()),
            Err(long) if (long.kind, long.length) == (HandshakeType::CERTIFICATE, length) => {
                "too long".to_owned()
            }
            Err(long) => format!("too long, but {} of {} bytes", long.kind, long.length),
        };
        steps.equal("what comes out", wanted, got, if length > MAX_MESSAGE { LONG } else { HEADER })?;
    }
    Ok(())
}

/// Gives the joiner the content of one record, and keeps the record.
fn record(steps: &mut Steps, joiner: &mut Joiner, content: &[u8]) {
    let content_type = ContentType::HANDSHAKE;
    let header = RecordHeader { content_type, legacy_version: 0x0303, length: content.len() };
    steps.send(ToClient, &[&header.to_bytes()[..], content].concat());
    joiner.push(content);
}

fn equal_next(steps: &mut Steps, joiner: &mut Joiner, wanted: Option<&Vec<u8>>) -> Result<(), Failed> {
    let got = match joiner.next_message() {
        Ok(message) => message,
        Err(long) => {
            let says = format!("too long: {} bytes", long.length);
            return steps.equal("the next message", "no refusal".to_owned(), says, LONG);
        }
    };
    match (wanted, got) {
        (Some(wanted), Some(got)) => steps.equal("the next message", wanted.clone(), got, RULE),
        (wanted, got) => {
            let said = |message: Option<&Vec<u8>>| match message {
                Some(message) => format!("a message of {} bytes", message.len()),
                None => "none that is whole".to_owned(),
            };
            steps.equal("the next message", said(wanted), said(got.as_ref()), RULE)
        }
    }
}
