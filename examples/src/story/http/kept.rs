//! What is kept of all exchanges of a capture, and how much of it at the most.

use barewire_dissect::Direction;

use super::{Borders, Content, HttpExchange, Place};

/// Exchanges that are kept.
const MOST: usize = 10_000;
/// Bytes of content that are kept of one message.
const OF_ONE: usize = 1 << 20;
/// Bytes of content that are kept of all messages.
const OF_ALL: usize = 64 << 20;

/// The exchanges of a capture.
#[derive(Debug, Default)]
pub(in crate::story) struct Collectors {
    pub(in crate::story) all: Vec<HttpExchange>,
    /// Bytes of content that are kept.
    kept: usize,
}

impl Collectors {
    /// Adds an exchange. None where there are too many.
    pub(super) fn add(&mut self, exchange: HttpExchange) -> Option<usize> {
        (self.all.len() < MOST).then(|| {
            self.all.push(exchange);
            self.all.len() - 1
        })
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

    /// A message has no end.
    pub(super) fn cut(&mut self, index: usize, direction: Direction, borders: Borders, on_the_wire: u64) {
        if let Some(content) = self.content(index, direction) {
            (content.borders, content.on_the_wire) = (borders, on_the_wire);
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
