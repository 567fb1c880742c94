//! About how much memory the messages and parts of a row take, so that a reader can keep its bound.
//!
//! Counted are the bytes that come from the capture: a message takes a small multiple of those that it was read from.

use barewire_http1::Headers;
use barewire_http1::observe::What;
use barewire_tls13::observe::{Inner, Seen};

use super::message::{Message, Says};
use super::note::Note;
use super::part::Part;
use super::row::Row;

/// A message or a field with nothing in it.
const EACH: usize = 128;

impl Row {
    /// The bytes that it holds beside itself.
    pub(super) fn weight(&self) -> usize {
        let messages = self.messages.iter().map(|message| EACH + of_message(message));
        let parts = self.parts.iter().map(of_part);
        let notes = self.notes.iter().map(|note| if let Note::Comment(text) = note { text.len() } else { 0 });
        messages.chain(parts).chain(notes).sum()
    }
}

fn of_message(message: &Message) -> usize {
    match &message.says {
        Says::Word(_, text) | Says::Dns { summary: text, .. } => text.len(),
        // The facts of a certificate are as long as the certificate.
        Says::Handshake(message) => 2 * message.bytes.len(),
        Says::Http(what) => match &**what {
            What::RequestHead(request) => request.target.len() + of_headers(&request.headers),
            What::ResponseHead { head, .. } => head.reason.len() + of_headers(&head.headers),
            What::Trailers(headers) => of_headers(headers),
            _ => 0,
        },
        _ => 0,
    }
}

fn of_headers(headers: &Headers) -> usize {
    headers.iter().map(|field| EACH + field.name.len() + field.value.len()).sum()
}

fn of_part(part: &Part) -> usize {
    match part {
        Part::Frame(_, bytes) | Part::Dns(bytes) | Part::HttpHead(_, bytes) | Part::Plain(_, bytes) => {
            bytes.len()
        }
        Part::Undone(_, about, bytes) => about.len() + bytes.len(),
        Part::Record(seen) | Part::Opened(seen) => of_record(seen),
    }
}

fn of_record(seen: &Seen) -> usize {
    let messages: usize = seen.messages.iter().map(|message| EACH + 2 * message.bytes.len()).sum();
    let opened = if let Inner::Opened { plaintext, .. } = &seen.inner { plaintext.len() } else { 0 };
    seen.bytes.len() + opened + messages
}
