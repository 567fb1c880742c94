//! The bytes of a TLS stream, named. The parsers are those that the client uses.
//!
//! [`dissect`] names what anybody on the wire can see of one direction of a stream. Of a record that an observer tells,
//! [`Seen::dissect`](crate::observe::Seen::dissect) names the bytes on the wire, and
//! [`Seen::opened_tree`](crate::observe::Seen::opened_tree) what stood inside, once it was opened.
//!
//! A handshake message is named as one where it is whole in a record, and as fragments where it is split over
//! records. In TLS 1.3 only hellos are in the clear. So the other messages in the clear belong to TLS 1.2 or older,
//! and get a name and no more. Tested in `tests/messages.rs`, `tests/captures.rs` and `tests/older.rs`, with the
//! coverage law.

use barewire_dissect::{Parsed, Refused, Tree, describe, field, finish, group, record, refuse};
use nom::Parser;

use crate::alert::alert;
use crate::clear::{Clues, is_clear};
use crate::handshake::header::{MESSAGE_HEADER, announced};
use crate::handshake::{Joiner, Message, message, older_message};
use crate::reason::{Reason, bytes_in_words};
use crate::record::{ContentType, HEADER, RecordHeader, TLS13, header_of};
use crate::wire::everything;

/// Names all bytes of one direction of a stream, from a record's first byte on.
///
/// # Errors
/// `Refused`, where something is not TLS, or is cut off; the tree holds what was read before.
pub fn dissect(bytes: &[u8]) -> (Result<Vec<RecordHeader>, Refused<Reason>>, Tree) {
    record(bytes, || stream(bytes))
}

/// What has to be known of a record beside its own bytes.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Context {
    /// Its content is encrypted, whether it says so or not.
    pub(crate) sealed: bool,
    /// How many bytes at the start of its content go on with a message that an earlier record began.
    pub(crate) continues: usize,
    /// The version that the connection speaks, if it is known.
    pub(crate) version: Option<u16>,
}

/// Names all bytes of one record as it is on the wire.
pub(crate) fn record_tree(bytes: &[u8], context: Context) -> (Result<(), Refused<Reason>>, Tree) {
    record(bytes, || {
        let (_, rest) = finish("TLS record", bytes, one_record(bytes, context.version, |_, _| context))?;
        all_read("TLS record", bytes, rest)
    })
}

/// Names all bytes of what stood inside an encrypted record of TLS 1.3.
pub(crate) fn content_tree(
    content_type: ContentType,
    bytes: &[u8],
    continues: usize,
) -> (Result<(), Refused<Reason>>, Tree) {
    record(bytes, || {
        let context = Context { continues, version: Some(TLS13), sealed: false };
        let ((), rest) = finish("decrypted record", bytes, content(content_type, bytes, context, message))?;
        all_read("decrypted record", bytes, rest)
    })
}

fn all_read(what: &'static str, bytes: &[u8], rest: &[u8]) -> Result<(), Refused<Reason>> {
    if rest.is_empty() {
        return Ok(());
    }
    let reason = Reason::LeftOver { what: "the record", bytes: rest.len() };
    Err(Refused { what, offset: bytes.len() - rest.len(), reason })
}

fn stream(bytes: &[u8]) -> Result<Vec<RecordHeader>, Refused<Reason>> {
    let (mut headers, mut rest, mut past) = (Vec::new(), bytes, Past::default());
    while !rest.is_empty() {
        let at = bytes.len() - rest.len();
        let parsed = group("record", "", |input| {
            let version = past.version;
            one_record(input, version, |header, fragment| past.context(header, fragment))
        })
        .parse(rest);
        let (header, after) = finish("TLS record", rest, parsed)
            .map_err(|refused| Refused { offset: at + refused.offset, ..refused })?;
        headers.push(header);
        rest = after;
    }
    Ok(headers)
}

/// What the records so far leave for the next one to know.
#[derive(Default)]
struct Past {
    joiner: Joiner,
    /// A change_cipher_spec has passed.
    changed: bool,
    /// What the ServerHello chose, if there was one.
    version: Option<u16>,
}

impl Past {
    /// The context of the next record, which then belongs to the past.
    fn context(&mut self, header: RecordHeader, fragment: &[u8]) -> Context {
        let (version, changed, inside_message) = (self.version, self.changed, !self.joiner.is_empty());
        let clear = is_clear(header.content_type, fragment, Clues { version, changed, inside_message });
        let mut continues = 0;
        match header.content_type {
            ContentType::HANDSHAKE if clear => continues = self.join(fragment),
            ContentType::CHANGE_CIPHER_SPEC => self.changed = true,
            _ => {}
        }
        Context { sealed: !clear, continues, version: self.version }
    }

    fn join(&mut self, fragment: &[u8]) -> usize {
        let continues = self.joiner.push(fragment);
        loop {
            match self.joiner.next_message() {
                Ok(Some(message)) => self.see(&message),
                Ok(None) => return continues,
                Err(_) => self.joiner.pass_over(),
            }
        }
    }

    fn see(&mut self, bytes: &[u8]) {
        if let Ok((_, Message::ServerHello(hello))) = older_message(bytes) {
            self.version = Some(hello.version());
        }
    }
}

fn one_record<'a>(
    input: &'a [u8],
    version: Option<u16>,
    context: impl FnOnce(RecordHeader, &'a [u8]) -> Context,
) -> Parsed<'a, RecordHeader, Reason> {
    let (whole, start) = (input.len(), input);
    let (input, header) = header_of(version)(input)?;
    describe(|| format!("{}, {}", header.content_type.name(), bytes_in_words(header.length)));
    let Some((fragment, after)) = input.split_at_checked(header.length) else {
        let reason = Reason::Overruns { what: "length", says: header.length, left: whole - HEADER };
        return refuse(&start[HEADER - 2..], reason);
    };
    let context = context(header, fragment);
    let (rest, ()) = if context.sealed {
        sealed(fragment, context.version)?
    } else {
        content(header.content_type, fragment, context, older_message)?
    };
    if rest.is_empty() {
        return Ok((after, header));
    }
    refuse(rest, Reason::LeftOver { what: "the record", bytes: rest.len() })
}

fn sealed(fragment: &[u8], version: Option<u16>) -> Parsed<'_, (), Reason> {
    let comment = match version {
        Some(..TLS13) => "content and a proof that nobody changed it, under keys that only the two ends have",
        _ => "content, its type, zeros and a 16-byte tag, under keys that only the two ends have",
    };
    field("encrypted_record", comment, everything).map(|_| ()).parse(fragment)
}

/// Reads content that is not encrypted, or no longer; handshake messages by `one`.
fn content<'a>(
    content_type: ContentType,
    content: &'a [u8],
    context: Context,
    one: fn(&'a [u8]) -> Parsed<'a, Message<'a>, Reason>,
) -> Parsed<'a, (), Reason> {
    match content_type {
        ContentType::HANDSHAKE => handshake(content, context.continues, one),
        ContentType::ALERT => group("alert", "", alert).map(|_| ()).parse(content),
        ContentType::CHANGE_CIPHER_SPEC => {
            let comment = match context.version {
                Some(..TLS13) => "a single 1: the next record of this direction is encrypted",
                _ => "a single 1, for middleboxes; it changes nothing (RFC 8446 §D.4)",
            };
            field("change_cipher_spec", comment, everything).map(|_| ()).parse(content)
        }
        _ => field("data", "the application's", everything).map(|_| ()).parse(content),
    }
}

fn handshake<'a>(
    content: &'a [u8],
    continues: usize,
    one: fn(&'a [u8]) -> Parsed<'a, Message<'a>, Reason>,
) -> Parsed<'a, (), Reason> {
    let (continued, mut input) = content.split_at(continues.min(content.len()));
    if !continued.is_empty() {
        field("fragment", "goes on with the message of the record before", everything).parse(continued)?;
    }
    while !input.is_empty() {
        let whole = announced(input).is_some_and(|(_, length)| MESSAGE_HEADER + length <= input.len());
        input = if whole {
            one(input)?.0
        } else {
            field("fragment", "the start of a message that goes on in the next record", everything)
                .parse(input)?
                .0
        };
    }
    Ok((input, ()))
}
