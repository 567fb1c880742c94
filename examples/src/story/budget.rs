//! Where the time of a page went: phases, and the round trips in each.
//!
//! A phase that did not end is part of the budget too, up to the moment at which it was given up, or at which the
//! capture stops: it is the one that the reader asks about.

use std::time::Duration;

use super::Story;
use super::causes::{depths, shortest_round_trip};
use super::conversation::Outcome;
use super::page::Page;
use super::remarks;
use super::row::Row;
use super::sealed::Guess;
use super::step::Step;
use super::unkept::{Unkept, unkept};
use super::wait::Wait;

/// The name of a phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PhaseName {
    /// From the first query to the reply that the connection waited for.
    Dns,
    /// From the first SYN to the SYN-ACK, or to the text that went with the SYN.
    Tcp,
    /// From the CONNECT to a proxy to its answer.
    Tunnel,
    /// From the ClientHello to the Finished that ends the handshake: the client's in TLS 1.3.
    Tls,
    /// From the request to the first byte of the response.
    Wait,
    /// From the first byte of the response to the last one. What comes after 101 is a part of it.
    Transfer,
    /// From the first byte of the client to the last one, where the server sends none and both ends close.
    Upload,
}

impl PhaseName {
    /// The name in at most eight columns.
    pub fn name(self) -> &'static str {
        match self {
            PhaseName::Dns => "DNS",
            PhaseName::Tcp => "TCP",
            PhaseName::Tunnel => "tunnel",
            PhaseName::Tls => "TLS",
            PhaseName::Wait => "wait",
            PhaseName::Transfer => "transfer",
            PhaseName::Upload => "upload",
        }
    }
}

/// One phase of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phase {
    /// Which one.
    pub name: PhaseName,
    /// When it began, since the first frame of the capture.
    pub start: Duration,
    /// When it ended, or was given up.
    pub end: Duration,
    /// The round trips it took.
    pub round_trips: u32,
    /// Whether it came to its end. `false`: it was given up, or the capture stops.
    pub ended: bool,
}

impl Phase {
    /// How long it took.
    pub fn took(&self) -> Duration {
        self.end.saturating_sub(self.start)
    }

    /// Whether a later packet can move its end. The other phases end with the first packet of a kind.
    fn may_go_on(&self) -> bool {
        matches!(self.name, PhaseName::Dns | PhaseName::Transfer)
    }
}

/// The latency budget of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Budget {
    /// The phases that began, in order.
    pub phases: Vec<Phase>,
    /// The shortest round trip of the TCP connection: from the SYN to its answer, or from data to their acknowledgment.
    pub tcp_round_trip: Option<Duration>,
    /// What the wait for the first byte was made of, where it was longer than a round trip.
    pub wait: Option<Wait>,
    /// Whether phases were guessed from the order of records that nobody could open.
    pub guessed: bool,
    /// Whether only the first rows of the page were kept. What may have ended later is not in the budget.
    pub cut: bool,
    /// Whether the phase that did not end may go on: the connection is open, and the capture stops.
    pub open: bool,
    /// When the server sent bytes before the client did, as it greets in FTP.
    pub server_first: Option<Duration>,
    /// Requests of HTTP that have no final response.
    pub unanswered: u32,
    /// Whether the request went as early data first, which the server refused: it went again after the handshake.
    pub early_refused: bool,
    /// Why the connection that carried the page could not carry another request. `None`: it could.
    pub unkept: Option<Unkept>,
}

/// Where each phase begins and ends.
const BOUNDS: [(PhaseName, Step, Step); 6] = [
    (PhaseName::Dns, Step::Query, Step::Reply),
    (PhaseName::Tcp, Step::Syn, Step::SynAck),
    (PhaseName::Tunnel, Step::Connect, Step::Connected),
    (PhaseName::Tls, Step::ClientHello, Step::Finished),
    (PhaseName::Wait, Step::Request, Step::FirstByte),
    (PhaseName::Transfer, Step::FirstByte, Step::LastByte),
];

impl Budget {
    /// Reads the budget of a page from its packets.
    pub fn of(story: &Story, page: &Page) -> Budget {
        Budget::of_rows(
            story,
            page,
            story.rows.iter().filter(|row| page.holds(row) && !row.is_copy()).collect(),
        )
    }

    /// The same from the rows of the page.
    pub(super) fn of_rows(story: &Story, page: &Page, rows: Vec<&Row>) -> Budget {
        let from_client = |row: &Row| story.is_from_client(row);
        let tcp: Vec<&Row> = rows.iter().copied().filter(|row| page.is_tcp(row)).collect();
        let carrier: Vec<&Row> =
            tcp.iter().copied().filter(|row| row.conversation == page.tcp.last().copied()).collect();
        let tcp_round_trip = shortest_round_trip(&tcp, from_client).filter(|_| page.is_answered(story));
        let depths = depths(&rows, from_client);
        let guess = Guess::of(&rows, from_client);
        let reader = PhaseReader { story, page, rows: &rows, depths: &depths, guess };
        let extents = reader.extents();
        let mut phases: Vec<Phase> = extents.iter().filter_map(|extent| reader.phase(extent)).collect();
        let wait = extents.iter().find(|extent| extent.name == PhaseName::Wait);
        let wait = wait.and_then(|wait| Wait::of(story, &rows, [wait.start, wait.end?], tcp_round_trip));
        let early_refused =
            reader.first(Step::Request, 0).is_some_and(|request| reader.again(request) != request);
        let cut = page.is_cut(story);
        if cut {
            phases.pop_if(|last| !last.ended || last.may_go_on());
        }
        let open = phases.last().is_some_and(|last| !last.ended && reader.is_open(last));
        let budget = Budget {
            phases,
            tcp_round_trip,
            wait,
            guessed: guess.is_some(),
            cut,
            open,
            server_first: remarks::server_first(story, &tcp),
            // The one that the server refused is answered where it came again.
            unanswered: remarks::unanswered(story, &tcp).saturating_sub(early_refused.into()),
            early_refused,
            unkept: unkept(story, &carrier),
        };
        // The round trip of the handshake is a part of that wait, and not the server's own time.
        let wait = budget.wait.clone().filter(|_| !budget.is_early_but_late());
        Budget { wait, ..budget }
    }

    /// The phase of this name.
    pub fn phase(&self, name: PhaseName) -> Option<&Phase> {
        self.phases.iter().find(|phase| phase.name == name)
    }

    /// The phase that did not come to its end.
    pub fn unfinished(&self) -> Option<&Phase> {
        self.phases.iter().find(|phase| !phase.ended)
    }

    /// When the first phase began, since the first frame of the capture. In a file whose packets are out of order it
    /// need not be the first one in the list.
    pub fn begin(&self) -> Duration {
        self.phases.iter().map(|phase| phase.start.min(phase.end)).min().unwrap_or_default()
    }

    /// From the first packet of the capture to the last byte of the response, or to the moment of giving up.
    pub fn total(&self) -> Duration {
        self.phases.iter().map(|phase| phase.end).max().unwrap_or_default()
    }

    /// Round trips before the first byte of the response.
    pub fn round_trips_to_first_byte(&self) -> u32 {
        let after = |name| matches!(name, PhaseName::Transfer | PhaseName::Upload);
        let before = self.phases.iter().filter(|phase| !after(phase.name));
        before.map(|phase| phase.round_trips).sum()
    }

    /// Round trips of the same request once more on a connection that was kept. A request and its answer take one at
    /// the least, also where the answer in the capture did not wait for the request, as 408 does not. A wait of early
    /// data that lasted until the handshake was done holds the round trip of the handshake, which is not made again.
    pub fn round_trips_again(&self) -> u32 {
        let of = |name| self.phase(name).map_or(0, |phase: &Phase| phase.round_trips);
        let wait = of(PhaseName::Wait) - u32::from(self.is_early_but_late());
        wait.max(1) + of(PhaseName::Transfer)
    }

    /// Whether the request went with the first bytes of TLS (early data), and its answer came a round trip later.
    pub fn is_early(&self) -> bool {
        self.early_wait().is_some_and(|wait| wait.round_trips == 1)
    }

    /// Whether it went so, and the server answered only when the handshake was done, as it may (RFC 8470 §3).
    pub fn is_early_but_late(&self) -> bool {
        self.early_wait().is_some_and(|wait| wait.round_trips > 1)
    }

    /// The wait for the answer of a request that went with the first bytes of TLS.
    fn early_wait(&self) -> Option<&Phase> {
        let tls = self.phase(PhaseName::Tls).filter(|tls| tls.ended && tls.took().is_zero())?;
        self.phase(PhaseName::Wait).filter(|wait| wait.ended && tls.start == wait.start)
    }

    /// Round trips to the last byte.
    pub fn round_trips(&self) -> u32 {
        self.phases.iter().map(|phase| phase.round_trips).sum()
    }
}

/// Finds phases in the packets of a page.
struct PhaseReader<'a> {
    story: &'a Story,
    page: &'a Page,
    rows: &'a [&'a Row],
    depths: &'a [u32],
    guess: Guess,
}

/// A phase by the indexes of its first and last rows. Without a last one it did not end.
struct Extent {
    name: PhaseName,
    start: usize,
    end: Option<usize>,
}

impl PhaseReader<'_> {
    /// The phases that began, in order.
    fn extents(&self) -> Vec<Extent> {
        let mut extents: Vec<Extent> = Vec::new();
        for bounds in &BOUNDS {
            // No phase begins in front of the one before it.
            let from = extents.last().map_or(0, |before| before.start);
            let Some(mut extent) = self.extent(bounds, from) else { continue };
            if extent.name == PhaseName::Wait {
                extent.start = self.again(extent.start);
            }
            if let Some(before) = extents.last_mut() {
                // A phase whose last packet is not in the capture had ended when the next one began.
                // And what went with the SYN (Fast Open) did not wait for TCP, nor early data for TLS.
                let waited = !matches!(before.name, PhaseName::Tcp | PhaseName::Tls)
                    || before.end.is_some_and(|end| end <= extent.start);
                before.end = before.end.filter(|_| waited).or(Some(extent.start));
            }
            extents.push(extent);
        }
        if let Some(upload) = extents.last_mut().and_then(|last| self.upload(last)) {
            extents.pop();
            extents.push(upload);
        }
        // In the middle of a response there is nothing to add up.
        if extents.first().is_some_and(|first| first.name == PhaseName::Transfer) {
            return Vec::new();
        }
        extents
    }

    /// The request that the server read: early data that it refused was sent again.
    fn again(&self, request: usize) -> usize {
        match self.first(Step::Request, request + 1) {
            Some(next) if self.story.refused_early(&self.rows[request..next]) => next,
            _ => request,
        }
    }

    /// Where a phase begins and ends; `None` if it never began.
    fn extent(&self, &(name, begins, ends): &(PhaseName, Step, Step), from: usize) -> Option<Extent> {
        let start = self.first(begins, from)?;
        let end = match name {
            // Names may be asked for more than once (A, then AAAA): DNS ends with the last reply before the connection.
            PhaseName::Dns => self.last_reply(),
            PhaseName::Transfer => {
                let last = |step| self.rows.iter().rposition(|row| self.takes(row, step));
                let switched = last(Step::Switches);
                let after = switched.and_then(|_| last(Step::ServerBytes));
                last(ends).max(switched).max(after).or(self.guess.at(ends))
            }
            _ => self.first(ends, start),
        };
        Some(Extent { name, start, end: end.filter(|end| *end >= start) })
    }

    /// What the client sent to a server that said nothing and closed in order. It did not wait for an answer.
    fn upload(&self, wait: &Extent) -> Option<Extent> {
        let closed = Outcome::Tcp(barewire_tcp::observe::Outcome::Closed);
        let last = self.page.tcp.last().and_then(|id| self.story.conversations.get(id.0))?;
        let silent = wait.name == PhaseName::Wait && wait.end.is_none() && last.outcome == closed;
        let is_bytes = self.takes(self.rows.get(wait.start)?, Step::ClientBytes);
        let end = self.rows.iter().rposition(|row| self.takes(row, Step::ClientBytes));
        (silent && is_bytes).then_some(Extent { name: PhaseName::Upload, start: wait.start, end })
    }

    /// Whether a phase that did not end may go on after the capture. Where nobody answers, and the file says how long
    /// it was listened, that was the end.
    fn is_open(&self, phase: &Phase) -> bool {
        let silence = matches!(phase.name, PhaseName::Dns | PhaseName::Tcp) && self.story.end.is_some();
        let after = self.rows.iter().skip_while(|row| row.time < phase.start);
        !silence && !after.into_iter().any(|row| self.takes(row, Step::GivesUp))
    }

    fn phase(&self, extent: &Extent) -> Option<Phase> {
        let Extent { name, start, end } = *extent;
        let (last, until) = match end {
            Some(end) => (end, self.rows.get(end)?.time),
            None => self.given_up(start),
        };
        let round_trips = self.depths.get(last)?.saturating_sub(*self.depths.get(start)?);
        Some(Phase { name, start: self.rows.get(start)?.time, end: until, round_trips, ended: end.is_some() })
    }

    /// Whether the row takes this step of the page. A TCP connection that carries DNS has steps of DNS alone.
    fn takes(&self, row: &Row, step: Step) -> bool {
        let of_names = matches!(step, Step::Query | Step::Reply);
        of_names != self.page.is_tcp(row) && self.story.takes(row, step)
    }

    fn first(&self, step: Step, from: usize) -> Option<usize> {
        let found = self.rows.iter().skip(from).position(|row| self.takes(row, step));
        found.map(|index| index + from).or(self.guess.at(step).filter(|at| *at >= from))
    }

    /// The last reply before the first SYN, if no query after it waits for another one.
    fn last_reply(&self) -> Option<usize> {
        let before = self.first(Step::Syn, 0).unwrap_or(self.rows.len());
        let last = |step| self.rows.iter().take(before).rposition(|row| self.takes(row, step));
        let reply = last(Step::Reply)?;
        let waits = before == self.rows.len() && last(Step::Query).is_some_and(|query| query > reply);
        (!waits).then_some(reply)
    }

    /// The last row of a phase that did not end, and when it was given up: with an alert, a FIN or a reset, or else
    /// when the capture ends. A client that has sent its FIN can still wait for an answer, and the reset is one.
    fn given_up(&self, start: usize) -> (usize, Duration) {
        let reset = self.first(Step::Reset, start);
        let gives_up = match self.first(Step::GivesUp, start) {
            Some(first) if self.rows.get(first).is_some_and(|row| self.story.is_from_client(row)) => {
                reset.or(Some(first))
            }
            first => first,
        };
        let last = gives_up.unwrap_or(self.rows.len().saturating_sub(1));
        let at = self.rows.get(last).map_or(Duration::ZERO, |row| row.time);
        match (gives_up, self.story.end) {
            (None, Some(end)) => (last, end.max(at)),
            _ => (last, at),
        }
    }
}
