//! What is kept of all exchanges of a capture, and how much of it at the most.

use barewire_dissect::Direction;

use super::{Borders, Content, HttpExchange, Place};

/// Exchanges that are kept.
const MOST: usize = 10_000;
/// Bytes of content that are kept of one message.
const OF_ONE: usize = 1 << 20;
/// Bytes of content that are kept of all messages.
const OF_ALL: usize = 64 << 20;
/// Bytes of heads and trailers that are kept, as they are on the wire.
const HEADS: u64 = 16 << 20;
/// Stretches of rulers that are kept.
const STRETCHES: usize = 500_000;

/// The exchanges of a capture.
#[derive(Debug, Default)]
pub(in crate::story) struct Collectors {
    pub(in crate::story) all: Vec<HttpExchange>,
    /// Bytes of content that are kept.
    kept: usize,
    /// Bytes of heads that are kept.
    heads: u64,
    /// Stretches that are kept.
    stretches: usize,
}

impl Collectors {
    /// Adds an exchange whose first head has so many bytes. None where there are too many.
    pub(super) fn add(&mut self, exchange: HttpExchange, head: u64) -> Option<usize> {
        (self.all.len() < MOST && self.has_room(head)).then(|| {
            self.all.push(exchange);
            self.all.len() - 1
        })
    }

    /// Whether a head of so many bytes can be kept. It is counted.
    pub(super) fn has_room(&mut self, head: u64) -> bool {
        let has_room = self.heads + head <= HEADS;
        self.heads += if has_room { head } else { 0 };
        has_room
    }

    /// Keeps content that goes from `from` to `until`, as much as there is room for.
    pub(super) fn keep(&mut self, index: usize, direction: Direction, bytes: &[u8], from: u64, until: u64) {
        let room = OF_ALL.saturating_sub(self.kept);
        let Some(content) = self.content(index, direction) else { return };
        // Content after a hole in what is kept would stand in the wrong place.
        let fits = content.kept.len() as u64 == from;
        let room = if fits { room.min(OF_ONE.saturating_sub(content.kept.len())) } else { 0 };
        let bytes = &bytes[..bytes.len().min(room)];
        content.kept.extend_from_slice(bytes);
        content.length = until;
        self.kept += bytes.len();
    }

    /// Bytes of a message came here; `last`: the last ones.
    pub(super) fn came(&mut self, index: usize, direction: Direction, place: Place, last: bool) {
        let Some(exchange) = self.all.get_mut(index) else { return };
        let places = match direction {
            Direction::ToServer => exchange.request.as_mut().map(|one| (&mut one.latest, &mut one.last)),
            Direction::ToClient => exchange.response.as_mut().map(|one| (&mut one.latest, &mut one.last)),
        };
        if let Some((latest, end)) = places {
            *latest = place;
            *end = last.then_some(place);
        }
    }

    /// The borders of a message, and the bytes of its body, are known.
    pub(super) fn measured(
        &mut self,
        index: usize,
        direction: Direction,
        borders: Borders,
        on_the_wire: u64,
    ) {
        let rulers = [&borders.chunks, &borders.records, &borders.segments];
        let stretches: usize = rulers.into_iter().flatten().map(|ruler| ruler.stretches.len()).sum();
        let has_room = self.stretches + stretches <= STRETCHES;
        let Some(content) = self.content(index, direction) else { return };
        content.on_the_wire = on_the_wire;
        if has_room {
            content.borders = borders;
            self.stretches += stretches;
        }
    }

    pub(super) fn content(&mut self, index: usize, direction: Direction) -> Option<&mut Content> {
        self.all.get_mut(index)?.content(direction)
    }
}

impl HttpExchange {
    pub(super) fn content(&mut self, direction: Direction) -> Option<&mut Content> {
        match direction {
            Direction::ToServer => self.request.as_mut().map(|one| &mut one.content),
            Direction::ToClient => self.response.as_mut().map(|one| &mut one.content),
        }
    }
}
