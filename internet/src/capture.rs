//! Capture points: what passes them becomes one capture file, with an interface each.
//!
//! Packets are seen as `tcpdump` on the node sees them: sent ones when the node gives them to the wire, before they
//! wait in its queue, and received ones when the last bit is there. Lost packets stand on interfaces of their own,
//! which bear the name of the wire or of the node where they ended: only a simulated internet has them.
//!
//! Tested in `tests/capture.rs`, also against tshark.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use barewire_packet::capture::{Capture, Frame, Interface, Origin, linktype};
use barewire_packet::link::Way;

use crate::tap::{Passing, Seen, Tap};

/// What a recording holds at the most, in bytes of packets and of what belongs to each: 1 GiB. Packets that find it
/// full are counted.
const MOST_BYTES: usize = 1 << 30;

/// A growing capture. Clones are the same one.
#[derive(Debug, Clone)]
pub struct Recording {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug)]
struct Inner {
    capture: Capture,
    /// Where the interface of each place stands in the capture.
    interfaces: HashMap<(bool, String), u32>,
    bytes: usize,
    dropped: u64,
    /// One moment on both clocks: packets are stamped with the time since 1970.
    epoch: (Instant, Duration),
}

impl Recording {
    /// An empty recording. The moment `start` reads `since_1970` on the wall clock.
    pub fn new(start: Instant, since_1970: Duration) -> Recording {
        let (capture, interfaces) = (Capture::default(), HashMap::new());
        let inner = Inner { capture, interfaces, bytes: 0, dropped: 0, epoch: (start, since_1970) };
        Recording { inner: Arc::new(Mutex::new(inner)) }
    }

    /// A capture point that records into it: for [`World::tap`](crate::World::tap) and
    /// [`World::tap_losses`](crate::World::tap_losses).
    pub fn point(&self) -> Box<dyn Tap> {
        Box::new(self.clone())
    }

    /// How many packets were left out because the recording was full.
    pub fn dropped(&self) -> u64 {
        self.lock().dropped
    }

    /// Takes out what has been seen until `now`; the recording goes on from nothing.
    pub fn take(&self, now: Instant) -> Capture {
        let mut inner = self.lock();
        inner.bytes = 0;
        inner.interfaces.clear();
        inner.capture.end = Some(inner.wall_clock(now));
        std::mem::take(&mut inner.capture)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tap for Recording {
    fn packet(&mut self, passing: &Passing<'_>) {
        self.lock().add(passing);
    }
}

impl Inner {
    fn add(&mut self, passing: &Passing<'_>) {
        let comment = passing.note.map(ToString::to_string);
        let size = passing.packet.len() + comment.as_ref().map_or(0, String::len) + size_of::<Frame>();
        if self.bytes + size > MOST_BYTES {
            self.dropped += 1;
            return;
        }
        self.bytes += size;
        let (origin, way): (Origin, Option<Way>) = match passing.what {
            Seen::Passes(way) => (Origin::Seen, Some(way)),
            Seen::Lost => (Origin::Lost, None),
        };
        let frame = Frame {
            number: self.capture.frames.len() as u64 + 1,
            interface: self.interface(origin, passing.place),
            time: self.wall_clock(passing.now),
            bytes: passing.packet.to_vec(),
            original_len: passing.packet.len() as u32,
            way,
            comment,
        };
        self.capture.frames.push(frame);
    }

    /// The interface of this place, added with its first packet.
    fn interface(&mut self, origin: Origin, name: &str) -> u32 {
        let place = (origin == Origin::Lost, name.to_owned());
        if let Some(index) = self.interfaces.get(&place) {
            return *index;
        }
        let index = self.capture.interfaces.len() as u32;
        let interface = Interface { link_type: linktype::RAW, name: name.to_owned(), origin };
        self.capture.interfaces.push(interface);
        self.interfaces.insert(place, index);
        index
    }

    fn wall_clock(&self, now: Instant) -> Duration {
        let (instant, wall) = self.epoch;
        wall + now.saturating_duration_since(instant)
    }
}
