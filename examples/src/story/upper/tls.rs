//! TLS over a stream: records, opened where the key log has their keys, and the plain stream inside.
//!
//! Tested below and in `tests/read.rs`.

use barewire_dissect::Direction;
use barewire_tls13::AlertDescription;
use barewire_tls13::observe::{self, Inner, Observer, Seen};
use barewire_tls13::record::{ContentType, HEADER};

use super::plain::Plain;
use crate::story::conversation::{Application, Spoken};
use crate::story::http::{Carried, Record};
use crate::story::key_log::{FirstBytes, KeyLog};
use crate::story::message::{Layer, Says};
use crate::story::part::Part;
use crate::story::said::Said;
use crate::story::state::Ends;

/// TLS over one connection.
pub(super) struct TlsStream {
    observer: Observer,
    first: FirstBytes,
    inside: Plain,
    /// Where TLS was first seen in each direction of the stream below: not at 0 in a capture that begins in the middle.
    starts: [Option<u64>; 2],
    /// Plain bytes seen in each direction.
    offsets: [u64; 2],
}

impl TlsStream {
    /// A connection of which nothing was seen yet.
    pub(super) fn new() -> TlsStream {
        let (observer, first) = (Observer::new(), FirstBytes::default());
        TlsStream { observer, first, inside: Plain::over(Layer::Tls), starts: [None; 2], offsets: [0; 2] }
    }

    pub(super) fn see(
        &mut self,
        direction: Direction,
        offset: u64,
        bytes: &[u8],
        keys: &KeyLog,
        said: &mut Said,
    ) {
        if let Some(lines) = self.first.find(direction, bytes, keys) {
            self.observer.add_key_log(&lines);
        }
        if said.keeps_ledgers() {
            self.observer.keep_ledger();
        }
        let start = *self.starts[direction.index()].get_or_insert(offset);
        for seen in self.observer.receive(direction, offset.saturating_sub(start), bytes) {
            self.record(&seen, said);
        }
        said.ledger = self.observer.ledger().map(Box::new);
    }

    fn record(&mut self, seen: &Seen, said: &mut Said) {
        said.keep(|| Part::Record(Box::new(seen.clone())));
        let encrypted = seen.is_encrypted();
        if let Inner::Sealed { why } = &seen.inner {
            let (length, why, repeats) = (seen.bytes.len(), why.clone(), seen.repeats);
            return said.say(true, Says::Sealed { length, why, repeats });
        }
        let Some((content_type, content)) = seen.content() else { return };
        if encrypted {
            said.keep(|| Part::Opened(Box::new(seen.clone())));
        }
        match content_type {
            ContentType::APPLICATION_DATA => self.application_data(seen, content, said),
            ContentType::CHANGE_CIPHER_SPEC => said.say(encrypted, Says::ChangeCipherSpec),
            _ => {}
        }
        for message in &seen.messages {
            said.say(encrypted, Says::Handshake(Box::new(message.clone())));
        }
        if let Some(alert) = &seen.alert {
            said.say(encrypted, Says::Alert(alert.description));
            if alert.description == AlertDescription::CLOSE_NOTIFY {
                self.inside.ended(seen.direction, said);
            }
        }
    }

    fn application_data(&mut self, seen: &Seen, content: &[u8], said: &mut Said) {
        let direction = seen.direction;
        if let Some(protocol) = self.observer.alpn() {
            self.inside.agreed(protocol);
        }
        let offset = &mut self.offsets[direction.index()];
        let start = *offset;
        *offset += content.len() as u64;
        let around = said.carried;
        said.carried = self.carried(seen, content, around);
        self.inside.see(direction, start, content, said);
        said.carried = around;
    }

    /// Where the record of this content stands on TCP.
    fn carried(&self, seen: &Seen, content: &[u8], around: Carried) -> Carried {
        if around != Carried::Plain {
            return Carried::Buried;
        }
        let start = self.starts[seen.direction.index()].unwrap_or_default().saturating_add(seen.range.start);
        let length = seen.bytes.len();
        let added = length.saturating_sub(HEADER + content.len());
        // TLS 1.2 writes a nonce of 8 bytes before what GCM encrypts, and a tag of 16 after it.
        let nonce = if seen.version == Some(0x0303) && added >= 24 { 8 } else { 0 };
        Carried::Record(Record { start, length: length as u64, before: (HEADER + nonce) as u64 })
    }

    /// The stream below ended. What TLS itself ended before, its close_notify has said.
    pub(super) fn ended(&mut self, direction: Direction, said: &mut Said) {
        self.inside.ended(direction, said);
    }

    pub(super) fn spoken(&self) -> Spoken {
        let by_name = self.observer.alpn().and_then(|name| match name {
            b"h2" => Some(Application::Http2),
            b"http/1.1" | b"http/1.0" => Some(Application::Http1),
            b"dot" => Some(Application::Dns),
            _ => None,
        });
        let application = self.inside.application().or(by_name);
        let tls = Some(self.observer.version().unwrap_or(0));
        Spoken { tls, application, then: self.inside.switched() }
    }

    pub(super) fn ends(&self, ends: &mut Ends) {
        ends.tls = Some(self.observer.states());
        let in_use = self.observer.secrets().into_iter();
        ends.secrets = in_use.map(|(label, secret)| (label, secret.clone())).collect();
        self.inside.ends(ends);
    }
}

/// Whether a stream begins like TLS.
pub(super) fn looks_like(first: &[u8]) -> bool {
    observe::looks_like_tls(first)
}

/// A ClientHello goes to the server, a ServerHello to the client.
pub(super) fn first_bytes_go(bytes: &[u8]) -> Option<Direction> {
    match (looks_like(bytes), bytes.get(5)) {
        (true, Some(1)) if bytes.first() == Some(&22) => Some(Direction::ToServer),
        (true, Some(2)) if bytes.first() == Some(&22) => Some(Direction::ToClient),
        _ => None,
    }
}
