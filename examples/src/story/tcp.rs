//! TCP: the segments of each connection, put in order, and what is spoken over the stream.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use barewire_dissect::Direction;
use barewire_packet::capture::Origin;
use barewire_packet::checksum::Verdict;
use barewire_tcp::observe::{self, NoteKind, Observer, Seen};
use barewire_tcp::{Segment, State};
use barewire_tls13::Ledger;

use super::conversation::{Conversation, Outcome, Transport};
use super::http::{self, Collectors, HttpExchange, Place};
use super::key_log::KeyLog;
use super::message::{Layer, Message, Numbers, Says};
use super::note::Note;
use super::passing::{Passing, cut_header, word};
use super::row::{ConversationId, Row};
use super::said::{Keep, Said};
use super::state::Ends;
use super::table::Table;
use super::upper::{Upper, first_bytes_go};

/// The TCP connections seen so far.
pub(super) struct Connections {
    observer: Observer,
    /// By the observer's number, which is tshark's `tcp.stream`.
    all: Vec<Connection>,
    keys: KeyLog,
    keep: Keep,
    keep_ends: bool,
    exchanges: Collectors,
    /// The ledgers of TLS, by the number of the connection.
    ledgers: BTreeMap<usize, Ledger>,
    /// Rows are not kept any more: what is spoken is recognised, and not followed.
    only_count: bool,
}

/// What the story adds to a connection of the observer's.
struct Connection {
    id: ConversationId,
    /// What is spoken over it, from its first bytes until both ends have closed.
    upper: Option<Box<Upper>>,
    /// The exchanges of HTTP that go on, where they are kept.
    http: Option<Box<http::Connection>>,
    /// Both ends have closed, or one has reset it. Bytes that come all the same are counted and not followed.
    over: bool,
    /// Whether the first bytes of its stream told who the client is.
    told: bool,
    /// Which directions have ended.
    ended: [bool; 2],
}

impl Connections {
    pub(super) fn new(keep: Keep, keep_ends: bool) -> Connections {
        Connections {
            observer: Observer::default(),
            all: Vec::new(),
            keys: KeyLog::default(),
            keep,
            keep_ends,
            exchanges: Collectors::default(),
            ledgers: BTreeMap::new(),
            only_count: false,
        }
    }

    /// Adds TLS secrets, for the connections that begin from now on.
    pub(super) fn secrets(&mut self, lines: &str) {
        self.keys.add(lines);
    }

    /// How many streams are followed now.
    pub(super) fn followed(&self) -> usize {
        self.all.iter().filter(|connection| connection.upper.is_some()).count()
    }

    /// From here on there are no rows: connections are counted, and what is spoken is only recognised.
    pub(super) fn read_no_further(&mut self) {
        self.only_count = true;
    }

    /// A segment goes by.
    pub(super) fn see(&mut self, passing: &Passing<'_>, row: Row, table: &mut Table) -> Row {
        let (segment, missing) = match Segment::parse_captured(passing.payload, passing.missing) {
            Ok(parsed) => parsed,
            Err(_) if passing.missing > 0 => return word(row, Layer::Tcp, &cut_header(passing.payload)),
            Err(refused) => return word(row, Layer::Tcp, &refused.to_string()),
        };
        let source = SocketAddr::new(passing.source, segment.source_port);
        let destination = SocketAddr::new(passing.destination, segment.destination_port);
        // What was lost reached nobody: it is drawn, and takes no part in the connection.
        if passing.origin == Origin::Lost {
            return self.lost(row, &segment, [source, destination], table);
        }
        if passing.copy {
            return self.copy(passing, row, &segment, [source, destination], table);
        }
        let verdict = match passing.missing {
            0 => segment.verify(passing.source, passing.destination, passing.payload),
            _ => Verdict::Correct,
        };
        let (frame, time) = (passing.frame, passing.time);
        let (from, to) = (passing.source, passing.destination);
        let mut seen = self.observer.segment(frame, time, from, to, &segment, missing, verdict);
        let id = self.conversation(&seen, [source, destination], passing, table);
        self.ask_first_bytes(&mut seen);
        self.follow_client(seen.connection, id, table);
        let row = self.row(passing, row, &seen, id, table);
        if let Some(connection) = self.all.get_mut(seen.connection) {
            connection.close(&seen, &mut self.exchanges);
        }
        row
    }

    /// Where no SYN was seen, the first bytes of the stream may tell who the client is.
    fn ask_first_bytes(&mut self, seen: &mut Seen<'_>) {
        let Some(goes) = self.first_bytes_go(seen) else { return };
        if let Some(connection) = self.all.get_mut(seen.connection) {
            connection.told = true;
        }
        if goes != seen.direction {
            self.observer.turn_round(seen.connection);
            seen.direction = goes;
            seen.chunks.iter_mut().for_each(|chunk| chunk.direction = chunk.direction.reversed());
            seen.ends.swap(0, 1);
        }
    }

    /// The observer may learn late who the client is: the SYN can come after other segments. What was read of the
    /// stream until then was read the wrong way round.
    fn follow_client(&mut self, connection: usize, id: ConversationId, table: &mut Table) {
        let client = self.observer.connections().get(connection).map(|one| one.client);
        let Some(conversation) = table.get_mut(id).filter(|one| Some(one.ends[0]) != client) else { return };
        conversation.turn_round();
        if let Some(connection) = self.all.get_mut(connection) {
            (connection.upper, connection.http) = (None, None);
        }
    }

    /// The conversation of a segment, begun with its first one.
    fn conversation(
        &mut self,
        seen: &Seen<'_>,
        [source, destination]: [SocketAddr; 2],
        passing: &Passing<'_>,
        table: &mut Table,
    ) -> ConversationId {
        if let Some(connection) = self.all.get(seen.connection) {
            return connection.id;
        }
        let ends = match seen.direction {
            Direction::ToServer => [source, destination],
            Direction::ToClient => [destination, source],
        };
        let id = table.begin(Transport::Tcp, seen.connection, ends, passing.time);
        self.all.push(Connection {
            id,
            upper: None,
            http: None,
            over: false,
            told: false,
            ended: [false; 2],
        });
        id
    }

    /// Which way the first bytes of a stream go, where no SYN was seen and they tell.
    fn first_bytes_go(&self, seen: &Seen<'_>) -> Option<Direction> {
        let known = self.observer.connections().get(seen.connection).is_some_and(|one| one.client_known);
        let begun = self.all.get(seen.connection).is_some_and(|one| one.over || one.upper.is_some());
        let first = seen.chunks.first().filter(|_| !known && !begun)?;
        first_bytes_go(&first.bytes)
    }

    fn row(
        &mut self,
        passing: &Passing<'_>,
        row: Row,
        seen: &Seen<'_>,
        id: ConversationId,
        table: &mut Table,
    ) -> Row {
        let mut said = self.upper(seen);
        self.ledgers.extend(said.ledger.take().map(|ledger| (seen.connection, *ledger)));
        self.hear(seen, &mut said, Place { frame: passing.frame, time: passing.time });
        let numbers = Numbers { flags: seen.flags, seq: seen.seq, ack: seen.ack, window: seen.window };
        // The end of a message is worth a line where bytes made it, as the last chunk does.
        let says_nothing = said.messages.iter().all(Message::is_silent);
        if says_nothing && (seen.length == 0 || said.messages.is_empty()) || numbers.signals() {
            said.messages.push(Message::clear(Says::Segment(numbers)));
        }
        let upper = self.all.get(seen.connection).and_then(|one| one.upper.as_deref());
        let mut row = Row {
            conversation: Some(id),
            messages: said.messages,
            segment: Some(numbers),
            parts: said.parts,
            payload: seen.length,
            notes: seen.notes.iter().cloned().map(Note::Tcp).collect(),
            ends: self.keep_ends.then(|| Box::new(ends(seen, upper))),
            ..row
        };
        let Some(conversation) = table.get_mut(id) else { return row };
        let way = seen.direction.index();
        conversation.count(way, passing.time, passing.on_the_wire);
        conversation.retransmissions[way] += u64::from(repeats(seen));
        if let Some(upper) = upper {
            conversation.spoken = upper.spoken();
        }
        place(&mut row, conversation, seen.direction);
        row
    }

    /// What the bytes say that the segment put in order.
    fn upper(&mut self, seen: &Seen<'_>) -> Said {
        let mut said = Said::new(self.keep);
        let Some(connection) = self.all.get_mut(seen.connection) else { return said };
        if self.only_count && connection.upper.as_ref().is_some_and(|upper| upper.is_recognised()) {
            return said;
        }
        for chunk in &seen.chunks {
            if connection.over {
                said.say(false, Says::Bytes(Layer::Tcp, chunk.bytes.len() as u64));
                continue;
            }
            let upper = connection.upper.get_or_insert_with(|| Box::new(Upper::over_tcp()));
            upper.see(chunk.direction, chunk.offset, &chunk.bytes, &self.keys, &mut said);
        }
        let Some(upper) = &mut connection.upper else { return said };
        for note in &seen.notes {
            if let observe::Note::Gap { direction, offset, bytes, .. } = note {
                upper.gap(*direction, offset + bytes, &mut said);
            }
        }
        for direction in Direction::BOTH {
            let way = direction.index();
            let ends_now = self.observer.has_ended(seen.connection, direction) && !connection.ended[way];
            connection.ended[way] |= ends_now;
            if ends_now {
                upper.ended(direction, &mut said);
            }
        }
        // What came before, and whole, is not a part of anything now.
        let again = seen.chunks.is_empty() && repeats(seen);
        if seen.length > 0 && said.messages.is_empty() && !again {
            let part = |layer| Message { encrypted: layer == Layer::Tls, says: Says::Part(layer) };
            said.messages.extend(upper.part().map(part));
        }
        said.without_small_talk();
        said
    }

    /// Hands what HTTP said to its exchanges.
    fn hear(&mut self, seen: &Seen<'_>, said: &mut Said, place: Place) {
        let heard = std::mem::take(&mut said.heard);
        let Some(connection) = self.all.get_mut(seen.connection).filter(|_| self.keep.http) else { return };
        let http = connection.http.get_or_insert_default();
        for chunk in &seen.chunks {
            http.segment(chunk.direction, chunk.offset, chunk.bytes.len(), chunk.frame);
        }
        http.hear(connection.id, heard, place, &mut self.exchanges);
    }

    /// The exchanges of HTTP, in the order of their requests.
    pub(super) fn exchanges(&mut self) -> Vec<HttpExchange> {
        for http in self.all.iter_mut().filter_map(|connection| connection.http.as_mut()) {
            http.finish(&mut self.exchanges);
        }
        std::mem::take(&mut self.exchanges.all)
    }

    /// The ledgers of TLS, by the number of the connection.
    pub(super) fn ledgers(&mut self) -> BTreeMap<usize, Ledger> {
        std::mem::take(&mut self.ledgers)
    }

    /// A segment that was lost on the way.
    fn lost(&self, row: Row, segment: &Segment<'_>, ends: [SocketAddr; 2], table: &mut Table) -> Row {
        let (row, _) = self.aside(row, segment, ends, table);
        if let Some(conversation) = row.conversation.and_then(|id| table.get_mut(id)) {
            conversation.lost += 1;
        }
        row
    }

    /// A segment that was seen before, in another place: its frame is counted.
    fn copy(
        &self,
        passing: &Passing<'_>,
        row: Row,
        segment: &Segment<'_>,
        ends: [SocketAddr; 2],
        table: &mut Table,
    ) -> Row {
        let (mut row, way) = self.aside(row, segment, ends, table);
        row.payload += passing.missing;
        if let Some(conversation) = row.conversation.and_then(|id| table.get_mut(id)) {
            conversation.count(way, passing.time, passing.on_the_wire);
            conversation.copies += 1;
        }
        row
    }

    /// A segment that takes no part in its connection: its numbers, the connection, if that is known, and which way it
    /// goes: 0 to the server, 1 to the client.
    fn aside(&self, row: Row, segment: &Segment<'_>, ends: [SocketAddr; 2], table: &Table) -> (Row, usize) {
        let found = self.observer.numbers(ends[0].ip(), ends[1].ip(), segment);
        let id = found.and_then(|found| Some(self.all.get(found.connection)?.id));
        let direction = found.map_or(Direction::ToServer, |found| found.direction);
        let (seq, ack, window) =
            found.map_or((0, 0, segment.window.into()), |one| (one.seq, one.ack, one.window));
        let numbers = Numbers { flags: segment.flags, seq, ack, window };
        let mut row = Row {
            conversation: id,
            messages: vec![Message::clear(Says::Segment(numbers))],
            segment: Some(numbers),
            payload: segment.payload.len(),
            ..row
        };
        if let Some(conversation) = id.and_then(|id| table.get(id)) {
            place(&mut row, conversation, direction);
        }
        (row, direction.index())
    }

    /// How each connection ended.
    pub(super) fn outcomes(&self, conversations: &mut [Conversation]) {
        for (one, connection) in self.all.iter().zip(self.observer.connections()) {
            if let Some(conversation) = conversations.get_mut(one.id.0) {
                conversation.outcome = Outcome::Tcp(connection.outcome());
                conversation.client_known = connection.client_known || one.told;
            }
        }
    }
}

impl Connection {
    /// Forgets what is spoken once both ends are in a state in which nothing more is sent.
    fn close(&mut self, seen: &Seen<'_>, exchanges: &mut Collectors) {
        self.over |= seen.ends.iter().all(|end| matches!(end.state, State::Closed | State::TimeWait));
        if self.over {
            self.upper = None;
            if let Some(mut http) = self.http.take() {
                http.finish(exchanges);
            }
        }
    }
}

/// Whether the segment brings what was sent before.
fn repeats(seen: &Seen<'_>) -> bool {
    seen.notes.iter().any(|note| note.kind() == NoteKind::Retransmission)
}

fn ends(seen: &Seen<'_>, upper: Option<&Upper>) -> Ends {
    let mut ends = Ends { tcp: Some(seen.ends), ..Ends::default() };
    if let Some(upper) = upper {
        upper.ends(&mut ends);
    }
    ends
}

/// Puts the hosts of a conversation at the ends of a row.
fn place(row: &mut Row, conversation: &Conversation, direction: Direction) {
    let way = direction.index();
    [row.from, row.to] = [conversation.hosts[way], conversation.hosts[1 - way]];
}
