//! The trace of a run: what was sent and received, when, and the secrets that open it.
//!
//! Everything that happens lands here as packets, and every view is drawn from here and from nothing else. The networks
//! hold clones of one [`Trace`] and add to it. At the end it is a [`Capture`], the same that Wireshark opens: each of
//! its interfaces says whether its packets were seen, framed in made-up headers, or lost.
//!
//! Tested in `tests/read.rs`: what a run wrote is read again.

mod beside;
mod windows;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use barewire_internet::tap::{Passing, Seen, Tap};
use barewire_packet::capture::{Capture, Frame, Interface, Origin, linktype};
use barewire_packet::link::Way;
use barewire_tcp::Variables;
use barewire_tls13::{KeyLog, Ledger, SharedLedger};

use beside::Beside;
use windows::Windows;

/// What a trace holds at the most, in bytes of packets: 1 GiB. A run that would pass it fails.
const MOST_BYTES: usize = 1 << 30;

/// A growing capture, shared by all who have something to add to it.
#[derive(Debug, Clone)]
pub struct Trace {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug)]
struct Inner {
    /// The host at which packets are seen.
    name: String,
    capture: Capture,
    bytes: usize,
    /// Packets that found the trace full.
    dropped: usize,
    /// What our TCP decided by as a table, if it is to be kept.
    windows: Option<Windows>,
    /// The same beside the packets, if it is to be said there.
    beside: Option<Beside>,
    /// The ledgers of TLS connections, if they are to be kept.
    ledgers: Option<Vec<SharedLedger>>,
    /// The last packet that the host itself sent or received, by its place in the capture.
    last_seen: Option<usize>,
    /// One moment on both clocks: packets are stamped with the wall clock.
    epoch: (Instant, Duration),
}

impl Trace {
    /// An empty trace of a host called `name`, on which the moment `now` reads `wall_clock`.
    pub fn new(name: &str, now: Instant, wall_clock: SystemTime) -> Trace {
        let since_1970 = wall_clock.duration_since(UNIX_EPOCH).unwrap_or_default();
        let inner = Inner {
            name: name.to_owned(),
            capture: Capture::default(),
            bytes: 0,
            dropped: 0,
            windows: None,
            beside: None,
            ledgers: None,
            last_seen: None,
            epoch: (now, since_1970),
        };
        Trace { inner: Arc::new(Mutex::new(inner)) }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A thread that panicked while it added a packet has left a capture that is still whole.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds an IP packet that the host sent or received at `now`. An empty `comment` means that there is none.
    pub fn seen(&self, now: Instant, way: Way, packet: &[u8], comment: &str) {
        let place = Place { origin: Origin::Seen, at: None, way: Some(way) };
        let mut inner = self.lock();
        inner.last_seen = inner.add(place, now, packet, comment);
    }

    /// Adds what a kernel socket carried at `now`, framed in an IP packet that nobody saw.
    pub fn made_up(&self, now: Instant, packet: &[u8]) {
        self.lock().add(Place { origin: Origin::MadeUp, at: None, way: None }, now, packet, "");
    }

    /// Adds an IP packet that the simulated network lost at `now`.
    pub fn lost(&self, now: Instant, packet: &[u8]) {
        self.lock().add(Place { origin: Origin::Lost, at: None, way: None }, now, packet, "");
    }

    /// A capture point of a simulated internet, which adds to this trace under its own name.
    pub fn point(&self) -> Box<dyn Tap> {
        Box::new(self.clone())
    }

    /// The host whose packets are seen here without a name of their own.
    pub fn name(&self) -> String {
        self.lock().name.clone()
    }

    /// How many packets it holds.
    pub fn frames(&self) -> u64 {
        self.lock().capture.frames.len() as u64
    }

    /// Adds a comment to the last packet.
    pub fn comment(&self, text: &str) {
        if let Some(last) = self.lock().capture.frames.last_mut() {
            add_comment(last, text);
        }
    }

    /// From now on the variables of our TCP are kept as a table.
    pub fn keep_variables(&self) {
        self.lock().windows.get_or_insert_default();
    }

    /// From now on the windows of our TCP are written beside its packets ([`crate::story::Windows`]).
    pub fn write_windows(&self) {
        self.lock().beside.get_or_insert_default();
    }

    /// Whether the variables of our TCP are wanted.
    pub fn wants_variables(&self) -> bool {
        let inner = self.lock();
        inner.windows.is_some() || inner.beside.is_some()
    }

    /// The variables of a connection at `now`.
    pub fn variables(&self, now: Instant, variables: &Variables) {
        let mut inner = self.lock();
        // As in the ladder: since the first packet.
        let stamp = inner.wall_clock(now);
        let time = stamp.saturating_sub(inner.capture.frames.first().map_or(stamp, |first| first.time));
        if let Some(windows) = &mut inner.windows {
            windows.add(time, variables);
        }
        inner.say_windows(now, variables);
    }

    /// The variables that were kept, as a table: RFC 4180, a row for each change.
    pub fn csv(&self) -> String {
        self.lock().windows.as_ref().map(Windows::csv).unwrap_or_default()
    }

    /// How many packets were left out because the trace was full.
    pub fn dropped(&self) -> usize {
        self.lock().dropped
    }

    /// Takes out what has been seen until `now`; the trace goes on from nothing.
    pub fn take(&self, now: Instant) -> Capture {
        let mut inner = self.lock();
        (inner.bytes, inner.last_seen) = (0, None);
        inner.capture.end = Some(inner.wall_clock(now));
        std::mem::take(&mut inner.capture)
    }

    /// What has been seen until `now`. The trace keeps it and goes on.
    pub fn copy(&self, now: Instant) -> Capture {
        let inner = self.lock();
        Capture { end: Some(inner.wall_clock(now)), ..inner.capture.clone() }
    }

    /// From now on each TLS connection has a ledger. They hold more secrets than a key log, and no capture has them.
    pub fn keep_ledgers(&self) {
        self.lock().ledgers.get_or_insert_default();
    }

    /// A ledger for the next TLS connection, if ledgers are kept.
    pub fn ledger(&self) -> Option<SharedLedger> {
        let ledger = SharedLedger::default();
        self.lock().ledgers.as_mut()?.push(ledger.clone());
        Some(ledger)
    }

    /// The ledgers of all connections that came as far as a ServerHello.
    pub fn ledgers(&self) -> Vec<Ledger> {
        let copy = |ledger: &SharedLedger| ledger.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let ledgers = self.lock().ledgers.iter().flatten().map(copy).collect::<Vec<_>>();
        ledgers.into_iter().filter(|ledger| ledger.suite().is_some()).collect()
    }

    /// A key log that adds to this trace's secrets.
    pub fn key_log(&self) -> Box<dyn KeyLog> {
        Box::new(self.clone())
    }
}

impl Inner {
    /// Adds a packet, and says at which place of the capture. `None`: it found the trace full.
    fn add(&mut self, place: Place<'_>, now: Instant, packet: &[u8], comment: &str) -> Option<usize> {
        if self.bytes + packet.len() > MOST_BYTES {
            self.dropped += 1;
            return None;
        }
        self.bytes += packet.len();
        let frame = Frame {
            number: self.capture.frames.len() as u64 + 1,
            interface: self.interface(&place),
            time: self.wall_clock(now),
            bytes: packet.to_vec(),
            original_len: packet.len() as u32,
            way: place.way,
            comment: (!comment.is_empty()).then(|| comment.to_owned()),
        };
        self.capture.frames.push(frame);
        Some(self.capture.frames.len() - 1)
    }

    /// Writes the windows of a connection beside the packet that has just passed.
    fn say_windows(&mut self, now: Instant, variables: &Variables) {
        let wall_clock = self.wall_clock(now);
        let (Some(beside), Some(last)) = (&mut self.beside, self.last_seen) else { return };
        // After a timer the last packet is an older one.
        let Some(frame) = self.capture.frames.get_mut(last).filter(|frame| frame.time == wall_clock) else {
            return;
        };
        if let Some(comment) = beside.comment(&frame.bytes, variables) {
            self.bytes += comment.len();
            add_comment(frame, &comment);
        }
    }

    /// The interface for packets of this place and origin, added with the first of them.
    fn interface(&mut self, place: &Place<'_>) -> u32 {
        let (origin, name) = (place.origin, place.at.unwrap_or(&self.name));
        let interfaces = &mut self.capture.interfaces;
        let known = interfaces.iter().position(|known| known.origin == origin && known.name == name);
        let index = known.unwrap_or_else(|| {
            interfaces.push(Interface { link_type: linktype::RAW, name: name.to_owned(), origin });
            interfaces.len() - 1
        });
        index as u32
    }

    fn wall_clock(&self, now: Instant) -> Duration {
        let (instant, wall) = self.epoch;
        wall + now.saturating_duration_since(instant)
    }
}

/// Says more beside a packet, after what is said already.
fn add_comment(frame: &mut Frame, text: &str) {
    let known = frame.comment.take().map(|known| known + "; ").unwrap_or_default();
    frame.comment = Some(known + text);
}

/// Where a packet was seen, and what it did there.
struct Place<'a> {
    origin: Origin,
    /// The capture point. `None`: the host that the trace is of.
    at: Option<&'a str>,
    way: Option<Way>,
}

impl Tap for Trace {
    fn packet(&mut self, passing: &Passing<'_>) {
        let (origin, way) = match passing.what {
            Seen::Passes(way) => (Origin::Seen, Some(way)),
            Seen::Lost => (Origin::Lost, None),
        };
        let comment = passing.note.map(ToString::to_string).unwrap_or_default();
        let place = Place { origin, at: Some(passing.place), way };
        self.lock().add(place, passing.now, passing.packet, &comment);
    }
}

impl KeyLog for Trace {
    fn log(&mut self, line: &str) {
        let secrets = &mut self.lock().capture.secrets;
        if secrets.is_empty() {
            secrets.push(String::new());
        }
        if let Some(text) = secrets.first_mut() {
            text.push_str(line.trim_end());
            text.push('\n');
        }
    }
}
