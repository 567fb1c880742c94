//! A body with codings, and what it is without them.
//!
//! It is undone when its message is complete, and forgotten at once: a decoder can need megabytes, and a capture can
//! hold any number of messages that never end. Left out: bodies that are longer than what is held here, or that the
//! capture has only in part. Tested in `tests/compressed.rs`.

use barewire_dissect::Direction;
use barewire_http1::coding::{Config, undo};
use barewire_http1::observe::{Seen, What};

use crate::story::message::{NotUndone, Says, Undone};
use crate::story::part::Part;
use crate::story::said::Said;

/// How many coded bytes of one message are held.
const HELD: usize = 128 << 10;
/// How many bytes may come out of them.
const CONTENT: u64 = 8 << 20;

/// The bodies of both directions.
#[derive(Default)]
pub(super) struct Coded([Option<Body>; 2]);

/// A body with codings, as far as it has come.
struct Body {
    codings: Vec<String>,
    bytes: Vec<u8>,
}

impl Coded {
    /// Something of HTTP was seen in `bytes`, which stand at `offset` of their stream. At the end of a message with
    /// codings, says what it came to.
    pub(super) fn see(&mut self, seen: &Seen, offset: u64, bytes: &[u8], encrypted: bool, said: &mut Said) {
        let slot = &mut self.0[seen.direction.index()];
        match &seen.what {
            What::RequestHead(request) => *slot = Body::of(request.headers.list("Content-Encoding")),
            What::ResponseHead { head, .. } => {
                let mut codings = head.headers.list("Content-Encoding");
                codings.extend(head.transfer_codings());
                *slot = Body::of(codings);
            }
            What::Body { .. } => {
                let Some(body) = slot else { return };
                let range = seen.range.start.checked_sub(offset).zip(seen.range.end.checked_sub(offset));
                let piece = range.and_then(|(start, end)| bytes.get(start as usize..end as usize));
                body.bytes.extend(piece.unwrap_or_default().iter().take(HELD + 1 - body.bytes.len()));
            }
            What::End { content, .. } => {
                if let Some(body) = slot.take().filter(|_| *content > 0) {
                    body.end(seen.direction, *content, encrypted, said);
                }
            }
            _ => {}
        }
    }
}

impl Body {
    fn of(mut codings: Vec<String>) -> Option<Body> {
        codings.retain(|coding| !coding.eq_ignore_ascii_case("identity"));
        (!codings.is_empty()).then(|| Body { codings, bytes: Vec::new() })
    }

    /// The message is complete: it had so many bytes of content.
    fn end(self, direction: Direction, length: u64, encrypted: bool, said: &mut Said) {
        let content = match self.bytes.len() as u64 {
            held if held > HELD as u64 => Err(NotUndone::TooLong(HELD)),
            held if held < length => Err(NotUndone::Missing(length - held)),
            _ => self.undo(),
        };
        let undone = Undone {
            codings: self.codings.join(", "),
            coded: length,
            content: content.as_ref().map(|content| content.len() as u64).map_err(Clone::clone),
        };
        if let Ok(content) = content {
            said.keep_undone(|| Part::Undone(direction, undone.to_string(), content));
        }
        said.say(encrypted, Says::Undone(Box::new(undone)));
    }

    fn undo(&self) -> Result<Vec<u8>, NotUndone> {
        let config = Config { content: CONTENT, ..Config::default() };
        undo(&self.codings, &self.bytes, config).map_err(NotUndone::Refused)
    }
}
