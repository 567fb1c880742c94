//! What an experiment breaks: a packet is lost, held back or changed, or a port is closed, in a run that is the same as
//! before up to there.
//!
//! A packet is named by the number that its frame has in the capture. With the same seed a run is the same packets at
//! the same times, so the number means the same packet as in the run before, as long as nothing earlier was broken.
//! Frames are counted at capture points: a packet that a host sent is broken on its way, and one that was to be
//! received is broken just before. Tested in `tests/breakage.rs`.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use barewire_internet::tamper::{Tamper, Tampering};
use barewire_packet::link::Way;

use crate::trace::Trace;

/// What is broken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Breakage {
    /// What is done to which frames.
    pub packets: Vec<(u64, Deed)>,
    /// Ports that nobody listens on, each with the name or the address of its host.
    pub closed: Vec<(String, u16)>,
}

/// What is done to a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// It is lost.
    Drop,
    /// It arrives so much later.
    Delay(Duration),
    /// This bit of its IP packet is inverted; bit 0 is the highest one of the first byte.
    Flip(usize),
}

/// The hand that breaks packets. Clones are the same one, at several nodes.
#[derive(Debug, Clone)]
pub struct Hand {
    trace: Trace,
    /// What is not done yet.
    wanted: Arc<Mutex<Vec<(u64, Deed)>>>,
    /// What cannot be done, in sentences.
    failed: Arc<Mutex<Vec<String>>>,
}

impl Hand {
    /// A hand that breaks these packets, by their numbers in this trace.
    pub(super) fn new(trace: Trace, wanted: Vec<(u64, Deed)>) -> Hand {
        Hand { trace, wanted: Arc::new(Mutex::new(wanted)), failed: Arc::default() }
    }

    fn wanted(&self) -> MutexGuard<'_, Vec<(u64, Deed)>> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn failed(&self) -> MutexGuard<'_, Vec<String>> {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether there is anything to break.
    pub(super) fn is_idle(&self) -> bool {
        self.wanted().is_empty()
    }

    /// What was not done so far, and why not.
    pub(crate) fn undone(&self) -> Vec<String> {
        let mut undone = self.failed().clone();
        let mut numbers: Vec<u64> = self.wanted().iter().map(|(number, _)| *number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let nobody =
            |number| format!("no packet was frame {number}, so nothing was done to it; -v shows the numbers");
        undone.extend(numbers.into_iter().map(nobody));
        undone
    }
}

impl Tamper for Hand {
    fn packet(&mut self, way: Way, unread: usize, packet: &[u8]) -> Tampering {
        let frames = self.trace.frames();
        // What was sent is in the trace already; what is received comes after those that wait to be read.
        let number = if way == Way::Sent { frames } else { frames + unread as u64 + 1 };
        let mut done = Tampering::default();
        let mut words = Vec::new();
        self.wanted().retain(|(wanted, deed)| {
            if *wanted != number {
                return true;
            }
            match *deed {
                Deed::Drop => done.drop = true,
                Deed::Delay(by) => {
                    done.delay = Some(done.delay.unwrap_or_default().saturating_add(by));
                    words.push(format!("held back by {} ms, as asked", by.as_millis()));
                }
                Deed::Flip(bit) if bit >= 8 * packet.len() => {
                    let last = (8 * packet.len()).saturating_sub(1);
                    let says = format!("frame {number} has no bit {bit}: its bits are 0 to {last}");
                    self.failed().push(says);
                }
                Deed::Flip(bit) => {
                    done.flip.push(bit);
                    words.push(format!("bit {bit} was inverted on the way, as asked"));
                }
            }
            false
        });
        // What is received is not in the trace yet; the receiver's own note says what it thinks of it.
        if way == Way::Sent && !words.is_empty() {
            self.trace.comment(&words.join("; "));
        }
        done
    }
}
