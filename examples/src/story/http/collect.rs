//! Which answer belongs to which request: HTTP/1.1 answers in order (RFC 9112 §9.3.2).

use std::collections::VecDeque;

use barewire_dissect::Direction;
use barewire_http1::observe::{Asked, Lost, What as Told};
use barewire_http1::{Framing, Request, Response};

use super::body::Layout;
use super::borders::Carriers;
use super::heard::{Heard, Piece, What};
use super::kept::Collectors;
use super::{Borders, Content, HttpExchange, HttpMessage, Place};
use crate::story::row::ConversationId;

/// What is going on in one connection.
#[derive(Debug, Default)]
pub(in crate::story) struct Connection {
    /// The connection itself, and the tunnels in it.
    streams: Vec<Stream>,
    /// Segments are of TCP, and so of all of them.
    segments: [Vec<(u64, u64, u64)>; 2],
}

#[derive(Debug, Default)]
struct Stream {
    sides: [Side; 2],
    /// Exchanges without a final response, the oldest first. `None`: one that cannot be read.
    waiting: VecDeque<Option<usize>>,
}

/// One direction.
#[derive(Debug, Default)]
struct Side {
    carriers: Carriers,
    /// Where the first bytes of the next message came.
    begun: Option<Place>,
    /// The message that goes on: its exchange, and where its content stands.
    open: Option<(usize, Layout)>,
    /// The piece that is read now.
    piece: Option<Piece>,
    /// Where the piece that came last ends in the stream of HTTP.
    end: u64,
}

impl Connection {
    /// A segment with new bytes, in order.
    pub(in crate::story) fn segment(&mut self, direction: Direction, start: u64, length: usize, frame: u64) {
        self.segments[direction.index()].push((start, length as u64, frame));
    }

    /// Nothing more is heard of the connection.
    pub(in crate::story) fn finish(&mut self, all: &mut Collectors) {
        for stream in &mut self.streams {
            for direction in Direction::BOTH {
                if let Some((index, borders, length)) = stream.sides[direction.index()].cut() {
                    all.measured(index, direction, borders, length);
                }
            }
        }
    }

    /// What came of a packet.
    pub(in crate::story) fn hear(
        &mut self,
        id: ConversationId,
        heard: Vec<Heard>,
        place: Place,
        all: &mut Collectors,
    ) {
        let depths = heard.iter().map(|one| one.depth + 1).max().unwrap_or(1);
        if self.streams.len() < depths {
            self.streams.resize_with(depths, Stream::default);
        }
        for direction in Direction::BOTH {
            for (start, length, frame) in self.segments[direction.index()].drain(..) {
                for stream in &mut self.streams {
                    stream.sides[direction.index()].carriers.segment(start, length, frame);
                }
            }
        }
        for one in heard {
            let Some(stream) = self.streams.get_mut(one.depth) else { continue };
            match one.what {
                What::Piece(piece) => stream.piece(piece, place),
                What::Seen(seen) => {
                    let mut step = Step { stream, id, encrypted: one.encrypted, place, all };
                    step.told(seen.direction, seen.range.start..seen.range.end, seen.what);
                }
            }
        }
        // A connection may stay open for long: its last bytes are not kept for so long.
        for side in self.streams.iter_mut().flat_map(|stream| &mut stream.sides) {
            side.piece = None;
        }
    }
}

impl Side {
    /// The message that goes on has no end: its exchange, its borders so far, and its bytes.
    fn cut(&mut self) -> Option<(usize, Borders, u64)> {
        let (index, layout) = self.open.take()?;
        let end = self.end.max(layout.start);
        Some((index, self.carriers.borders(&layout, end), end - layout.start))
    }
}

impl Stream {
    fn piece(&mut self, piece: Piece, place: Place) {
        let side = &mut self.sides[piece.direction.index()];
        if side.open.is_none() {
            side.begun.get_or_insert(place);
        }
        if let Some((_, layout)) = &mut side.open {
            layout.see(piece.offset, &piece.bytes);
        }
        side.carriers.piece(&piece);
        side.end = piece.offset.saturating_add(piece.bytes.len() as u64);
        side.piece = Some(piece);
    }
}

/// One thing that the observer told of a stream.
struct Step<'a> {
    stream: &'a mut Stream,
    id: ConversationId,
    encrypted: bool,
    place: Place,
    all: &'a mut Collectors,
}

impl Step<'_> {
    fn side(&mut self, direction: Direction) -> &mut Side {
        &mut self.stream.sides[direction.index()]
    }

    fn told(&mut self, direction: Direction, range: std::ops::Range<u64>, what: Told) {
        match what {
            Told::RequestHead(request) => self.request(request, range),
            Told::ResponseHead { head, framing, to } => self.response(head, framing, &to, range),
            Told::Body { length, so_far } => self.body(direction, range, length, so_far),
            Told::Trailers(trailers) if self.all.has_room(range.end - range.start) => {
                self.content(direction, |content| content.trailers = trailers);
            }
            Told::Trailers(_) => {}
            Told::End { content, missing } => self.end(direction, range.start, content, missing),
            Told::Tunnel(protocol) => {
                let open = self.side(Direction::ToClient).open.take();
                if let Some(exchange) = open.and_then(|(index, _)| self.all.all.get_mut(index)) {
                    exchange.tunnel = Some(protocol);
                }
            }
            Told::Lost(Lost::Gap { inside: true, .. }) => {}
            Told::Lost(_) => self.lost(direction),
            Told::TunnelBytes { .. } | Told::Skipped { .. } => {}
        }
    }

    /// The observer lost its place: what goes on is cut, and a request that has not begun is one that cannot be read.
    fn lost(&mut self, direction: Direction) {
        let side = self.side(direction);
        side.begun = None;
        match side.cut() {
            Some((index, borders, length)) => self.all.measured(index, direction, borders, length),
            None if direction == Direction::ToServer => self.stream.waiting.push_back(None),
            None => {}
        }
    }

    fn request(&mut self, head: Request, range: std::ops::Range<u64>) {
        let framing = Framing::of_request(&head, true).ok();
        let message = self.message(Direction::ToServer, head, framing, &range);
        let (conversation, encrypted) = (self.id, self.encrypted);
        let head = range.end - range.start;
        let (interim, request, response, tunnel) = (Vec::new(), Some(message), None, None);
        let exchange = HttpExchange { conversation, encrypted, request, interim, response, tunnel };
        let index = self.all.add(exchange, head);
        self.stream.waiting.push_back(index);
        self.open(Direction::ToServer, index, framing, range.end);
    }

    fn response(
        &mut self,
        head: Response,
        framing: Option<Framing>,
        to: &Asked,
        range: std::ops::Range<u64>,
    ) {
        let interim = head.is_informational() && head.status != 101;
        let answers =
            matches!(to, Asked::Method(_) | Asked::Unreadable).then(|| self.stream.waiting.front().copied());
        if !interim && answers.is_some() {
            self.stream.waiting.pop_front();
        }
        let known = answers.flatten().flatten();
        let message = self.message(Direction::ToClient, head, framing, &range);
        let index = known.or_else(|| {
            let (conversation, encrypted) = (self.id, self.encrypted);
            let (interim, request, response, tunnel) = (Vec::new(), None, None, None);
            self.all.add(HttpExchange { conversation, encrypted, request, interim, response, tunnel }, 0)
        });
        let index = index.filter(|_| self.all.has_room(range.end - range.start));
        let Some(exchange) = index.and_then(|index| self.all.all.get_mut(index)) else { return };
        if interim {
            exchange.interim.push((message.head, message.first));
            self.side(Direction::ToClient).begun = None;
            return;
        }
        exchange.response = Some(message);
        self.open(Direction::ToClient, index, framing, range.end);
    }

    fn message<Head>(
        &mut self,
        direction: Direction,
        head: Head,
        framing: Option<Framing>,
        range: &std::ops::Range<u64>,
    ) -> HttpMessage<Head> {
        let place = self.place;
        let first = self.side(direction).begun.take().unwrap_or(place);
        HttpMessage {
            head,
            head_bytes: range.end - range.start,
            first,
            head_done: place,
            latest: place,
            last: None,
            framing,
            content: Content::default(),
        }
    }

    /// The body of a message begins.
    fn open(&mut self, direction: Direction, index: Option<usize>, framing: Option<Framing>, start: u64) {
        let Some(index) = index else { return };
        let side = self.side(direction);
        side.carriers.forget_before(start);
        let mut layout = Layout::new(start, framing.map(|framing| framing.body));
        if let Some(piece) = &side.piece {
            let skip = usize::try_from(start.saturating_sub(piece.offset)).unwrap_or(usize::MAX);
            layout.see(start, piece.bytes.get(skip..).unwrap_or_default());
        }
        side.open = Some((index, layout));
    }

    fn content(&mut self, direction: Direction, change: impl FnOnce(&mut Content)) {
        let Some((index, _)) = &self.side(direction).open else { return };
        let index = *index;
        if let Some(content) = self.all.content(index, direction) {
            change(content);
        }
    }

    fn body(&mut self, direction: Direction, range: std::ops::Range<u64>, length: u64, so_far: u64) {
        let side = &self.stream.sides[direction.index()];
        // Bytes that are not all of them content, the layout alone could tell apart.
        let is_content = range.end - range.start == length;
        let bytes = side.piece.as_ref().filter(|_| is_content).and_then(|piece| {
            let start = usize::try_from(range.start.checked_sub(piece.offset)?).ok()?;
            piece.bytes.get(start..start.checked_add(usize::try_from(length).ok()?)?)
        });
        let Some((index, _)) = &side.open else { return };
        self.all.keep(*index, direction, bytes.unwrap_or_default(), so_far.saturating_sub(length), so_far);
        self.all.came(*index, direction, self.place, false);
    }

    fn end(&mut self, direction: Direction, at: u64, length: u64, missing: u64) {
        let place = self.place;
        let side = self.side(direction);
        let Some((index, layout)) = side.open.take() else { return };
        let borders = side.carriers.borders(&layout, at);
        side.carriers.forget_before(at);
        let goes_on = side.piece.as_ref().is_some_and(|piece| piece.offset + piece.bytes.len() as u64 > at);
        side.begun = goes_on.then_some(place);
        let Some(exchange) = self.all.all.get_mut(index) else { return };
        let on_the_wire = at.saturating_sub(layout.start);
        if let Some(content) = exchange.content(direction) {
            (content.length, content.missing) = (length, missing);
        }
        self.all.measured(index, direction, borders, on_the_wire);
        self.all.came(index, direction, place, true);
    }
}
