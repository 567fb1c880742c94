//! The trace of a run: what was sent and received, when, and the secrets that open it.
//!
//! Everything that happens lands here as packets, and every view is drawn from here and from
//! nothing else (DESIGN: a trace is a capture). The networks hold clones of one [`Trace`] and add
//! to it; at the end it is a [`Capture`], the same that Wireshark opens.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use barewire_packet::capture::{Capture, Interface, Packet, linktype};
use barewire_tls13::KeyLog;

/// What a trace holds at the most, in bytes of packets: 1 GiB. A run that would pass it fails.
const MOST_BYTES: usize = 1 << 30;

/// A growing capture, shared by all who have something to add to it.
#[derive(Debug, Clone)]
pub struct Trace {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug)]
struct Inner {
    capture: Capture,
    bytes: usize,
    /// Packets that found the trace full.
    dropped: usize,
    /// One moment on both clocks: packets are stamped with the wall clock.
    epoch: (Instant, Duration),
}

impl Trace {
    /// An empty trace of a host called `name`, on which the moment `now` reads `wall_clock`.
    pub fn new(name: &str, now: Instant, wall_clock: SystemTime) -> Trace {
        let interfaces = vec![Interface { link_type: linktype::RAW, name: name.to_owned() }];
        let capture = Capture { interfaces, ..Capture::default() };
        let since_1970 = wall_clock.duration_since(UNIX_EPOCH).unwrap_or_default();
        Trace {
            inner: Arc::new(Mutex::new(Inner { capture, bytes: 0, dropped: 0, epoch: (now, since_1970) })),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A thread that panicked while it added a packet has left a capture that is still whole.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds an IP packet that was seen at `now`. An empty `comment` is none.
    pub fn packet(&self, now: Instant, bytes: &[u8], comment: &str) {
        let mut inner = self.lock();
        if inner.bytes + bytes.len() > MOST_BYTES {
            inner.dropped += 1;
            return;
        }
        inner.bytes += bytes.len();
        let (instant, wall) = inner.epoch;
        inner.capture.packets.push(Packet {
            interface: 0,
            time: wall + now.saturating_duration_since(instant),
            bytes: bytes.to_vec(),
            original_len: bytes.len() as u32,
            comment: (!comment.is_empty()).then(|| comment.to_owned()),
        });
    }

    /// How many packets were left out because the trace was full.
    pub fn dropped(&self) -> usize {
        self.lock().dropped
    }

    /// Takes out what has been seen; the trace goes on from nothing.
    pub fn take(&self) -> Capture {
        let mut inner = self.lock();
        inner.bytes = 0;
        let interfaces = inner.capture.interfaces.clone();
        std::mem::replace(&mut inner.capture, Capture { interfaces, ..Capture::default() })
    }

    /// A key log that adds to this trace's secrets.
    pub fn key_log(&self) -> Box<dyn KeyLog> {
        Box::new(self.clone())
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
