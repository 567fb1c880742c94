//! tls04: handshake messages out of records, cut and joined in every way (RFC 8446 §5.1).

use barewire_dissect::Direction::ToClient;
use barewire_tls13::handshake::{HandshakeType, Joiner, MAX_MESSAGE};
use barewire_tls13::record::{ContentType, RecordHeader};
use rand_core::Rng;

use super::hex;
use crate::steps::{Failed, Shown, Steps};

const RULE: &str = "RFC 8446 §5.1";
const HEADER: &str = "RFC 8446 §4";
const LONG: &str = "this client's own limit: 128 KiB";

/// EncryptedExtensions and Finished of the server, RFC 8448 §3.
const EXTENSIONS: &str = "080000240022000a00140012001d00170018001901000101010201030104001c0002400100000000";
const FINISHED: &str = "140000209b9b141d906337fbd2cbdce71df4deda4ab42c309572cb7fffee5454b78f0718";
/// A message without a body: EndOfEarlyData.
const EMPTY: &str = "05000000";

/// What comes out where no message is whole.
const NONE: &str = "none that is whole";

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

    steps.step("100 times seven messages in a row, cut at random into records of 1 to 60 bytes");
    let mut rng = steps.rng();
    for _ in 0..100 {
        let in_a_row = [&extensions, &finished, &empty, &extensions, &empty, &empty, &finished];
        cut_at_random(steps, &mut rng, &in_a_row)?;
        steps.forget();
    }
    lengths(steps)
}

/// The same messages, in records that end anywhere.
fn cut_at_random(steps: &mut Steps, rng: &mut dyn Rng, messages: &[&Vec<u8>]) -> Result<(), Failed> {
    let bytes: Vec<u8> = messages.iter().copied().flatten().copied().collect();
    let (mut joiner, mut rest, mut expected) = (Joiner::default(), &bytes[..], messages.iter());
    steps.connect(443);
    while !rest.is_empty() {
        let (content, after) = rest.split_at((rng.next_u32() as usize % 60 + 1).min(rest.len()));
        rest = after;
        record(steps, &mut joiner, content);
        loop {
            let got = next(&mut joiner);
            if got == NONE {
                break;
            }
            let wanted = expected.next().map_or(NONE.to_owned(), |message| message.shown());
            if got != wanted {
                return steps.equal("the next message", wanted, got, RULE);
            }
        }
    }
    match expected.next() {
        Some(missing) => steps.equal("the next message", missing.shown(), NONE.to_owned(), RULE),
        None => Ok(()),
    }
}

/// What a header may announce.
fn lengths(steps: &mut Steps) -> Result<(), Failed> {
    let too_long = |length| format!("refused: Certificate (11) of {length} bytes");
    for (length, wanted, rule) in [
        (MAX_MESSAGE, NONE.to_owned(), HEADER),
        (MAX_MESSAGE + 1, too_long(MAX_MESSAGE + 1), LONG),
        (0xff_ffff, too_long(0xff_ffff), LONG),
    ] {
        steps.step(format!("the header of a Certificate of {length} bytes, and nothing else"));
        steps.connect(443);
        let mut joiner = Joiner::default();
        let header = [&[HandshakeType::CERTIFICATE.0], &(length as u32).to_be_bytes()[1..]].concat();
        record(steps, &mut joiner, &header);
        steps.equal("the next message", wanted, next(&mut joiner), rule)?;
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

/// The next message, as a report shows it.
fn next(joiner: &mut Joiner) -> String {
    match joiner.next_message() {
        Ok(message) => message.map_or(NONE.to_owned(), |message| message.shown()),
        Err(long) => format!("refused: {} of {} bytes", long.kind, long.length),
    }
}

fn equal_next(steps: &mut Steps, joiner: &mut Joiner, wanted: Option<&Vec<u8>>) -> Result<(), Failed> {
    let wanted = wanted.map_or(NONE.to_owned(), |message| message.shown());
    steps.equal("the next message", wanted, next(joiner), RULE)
}
