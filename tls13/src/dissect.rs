//! The bytes of a TLS stream, named: what runs under [`barewire_dissect::record`].
//!
//! [`dissect_records`] names what anybody on the wire can see; [`dissect_plaintext`] names what stood inside an
//! encrypted record, once [`crate::observe`] or a client has opened it. Both use the parsers that the client
//! uses. A handshake message that is split over records is named as one where it is whole in a record, and as
//! fragments where it is not. Tested in `tests/messages.rs` and `tests/captures.rs`, with the coverage law.

use barewire_dissect::{describe, field, group, refuse};
use nom::Parser;

use crate::alert::alert;
use crate::error::Error;
use crate::handshake::{MESSAGE_HEADER, Message, message, older_message};
use crate::reason::{DecodeError, Reason, parsed};
use crate::record::{ContentType, HEADER, RecordHeader, record_header};
use crate::wire::{Read, everything};

/// Reads one direction of a stream, from a record's first byte on, to its end. Every field is named.
pub fn dissect_records(bytes: &[u8]) -> Result<Vec<RecordHeader>, Error> {
    let (mut headers, mut rest, mut stream) = (Vec::new(), bytes, Stream::default());
    while !rest.is_empty() {
        let at = bytes.len() - rest.len();
        let one = group("record", "", |input| record(input, &mut stream)).parse(rest);
        let (header, after) = parsed("TLS record", rest, one)
            .map_err(|error| DecodeError { offset: at + error.offset, ..error })?;
        headers.push(header);
        rest = after;
    }
    Ok(headers)
}

/// Reads decrypted content of that type, to its end: handshake messages, an alert, data. Every field is named.
pub fn dissect_plaintext(content_type: ContentType, bytes: &[u8]) -> Result<(), Error> {
    parsed("decrypted record", bytes, plaintext(content_type, bytes, &mut Stream::default()))?;
    Ok(())
}

/// What one record leaves for the next to know.
#[derive(Default)]
struct Stream {
    /// How many bytes of a handshake message the next record still has to bring.
    missing: usize,
    /// The first bytes of a message header that is itself split.
    header: Vec<u8>,
    /// A change_cipher_spec has passed.
    changed: bool,
    /// A ServerHello chose TLS 1.2 or older.
    older: bool,
}

impl Stream {
    /// Whether a record is encrypted although it does not say so: TLS 1.2 does that after change_cipher_spec,
    /// where TLS 1.3 has at most the hello that follows a HelloRetryRequest, or an alert, in the clear.
    fn is_older_ciphertext(&self, header: RecordHeader, fragment: &[u8]) -> bool {
        let hello = self.missing > 0 || !self.header.is_empty() || matches!(fragment.first(), Some(1 | 2));
        match header.content_type {
            ContentType::HANDSHAKE => self.changed && !hello,
            ContentType::ALERT => self.changed && fragment.len() != 2,
            _ => false,
        }
    }
}

fn record<'a>(input: &'a [u8], stream: &mut Stream) -> Read<'a, RecordHeader> {
    let whole = input.len();
    let start = input;
    let (input, header) = record_header(input)?;
    describe(|| format!("{}, {} bytes", header.content_type.name(), header.length));
    let Some((fragment, after)) = input.split_at_checked(header.length) else {
        let reason = Reason::Overruns { what: "length", says: header.length, left: whole - HEADER };
        return refuse(&start[HEADER - 2..], reason);
    };
    let encrypted = header.content_type == ContentType::APPLICATION_DATA;
    let (_, ()) = if encrypted || stream.is_older_ciphertext(header, fragment) {
        let comment = "content, its type, zeros and a 16-byte tag, under keys that only the two ends have";
        field("encrypted_record", comment, everything).map(|_| ()).parse(fragment)?
    } else {
        plaintext(header.content_type, fragment, stream)?
    };
    Ok((after, header))
}

fn plaintext<'a>(content_type: ContentType, content: &'a [u8], stream: &mut Stream) -> Read<'a, ()> {
    let (rest, ()) = match content_type {
        ContentType::HANDSHAKE => handshake(content, stream)?,
        ContentType::ALERT => group("alert", "", alert).map(|_| ()).parse(content)?,
        ContentType::CHANGE_CIPHER_SPEC => {
            stream.changed = true;
            let comment = "a single 1, for middleboxes; it changes nothing (RFC 8446 §D.4)";
            field("change_cipher_spec", comment, everything).map(|_| ()).parse(content)?
        }
        _ => field("data", "the application's", everything).map(|_| ()).parse(content)?,
    };
    if rest.is_empty() {
        return Ok((rest, ()));
    }
    refuse(rest, Reason::LeftOver { what: "the record", bytes: rest.len() })
}

fn handshake<'a>(content: &'a [u8], stream: &mut Stream) -> Read<'a, ()> {
    stream.complete_header(content);
    let (continued, mut input) = content.split_at(content.len().min(stream.missing));
    stream.missing -= continued.len();
    if !continued.is_empty() {
        field("fragment", "goes on with the message of the record before", everything).parse(continued)?;
    }
    while !input.is_empty() {
        match announced(input) {
            Some(length) if length <= input.len() => {
                let (rest, read) = if stream.older { older_message(input)? } else { message(input)? };
                stream.older |= matches!(&read, Message::ServerHello(hello) if hello.version() < 0x0304);
                input = rest;
                continue;
            }
            Some(length) => stream.missing = length - input.len(),
            None => stream.header.extend_from_slice(input),
        }
        let comment = "the start of a message that goes on in the next record";
        input = field("fragment", comment, everything).parse(input)?.0;
    }
    Ok((input, ()))
}

/// How long the message at the start of `input` is, header included, if its header is there.
fn announced(input: &[u8]) -> Option<usize> {
    let &[_, a, b, c] = input.first_chunk::<MESSAGE_HEADER>()?;
    Some(MESSAGE_HEADER + (usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c)))
}

impl Stream {
    /// If a message header was split: what it announces, once it is whole.
    fn complete_header(&mut self, content: &[u8]) {
        if self.header.is_empty() {
            return;
        }
        let had = self.header.len();
        self.header.extend(content.iter().take(MESSAGE_HEADER - had));
        match announced(&self.header) {
            Some(length) => self.missing = length - had,
            None => self.missing = content.len(),
        }
        if self.header.len() == MESSAGE_HEADER {
            self.header.clear();
        }
    }
}
