//! A stage in its place in the chain: with the buffer after it, its counts, and its limit.

use barewire_dissect::Refused;

use super::known::Coding;
use super::reason::Reason;
use super::stage::{ROOM, Stage};
use super::step::Step;

/// A stage, and what came out of it and waits for the next one.
pub(super) struct Link {
    /// What it reads: "gzip data".
    what: &'static str,
    stage: Stage,
    /// Bytes that it took so far.
    taken: u64,
    /// Bytes that came out of it so far.
    made: u64,
    room: Vec<u8>,
    /// What waits in the room.
    start: usize,
    end: usize,
    fault: Option<Refused<Reason>>,
}

impl Link {
    pub(super) fn new(coding: Coding) -> Link {
        Link { what: coding.data(), stage: Stage::new(coding), ..Link::plain() }
    }

    /// A link without a coding.
    pub(super) fn plain() -> Link {
        let room = Vec::new();
        Link { what: "content", stage: Stage::Plain, taken: 0, made: 0, room, start: 0, end: 0, fault: None }
    }

    /// Works on a piece, if the room is empty. `most`: how many bytes may come out of this stage, all in all.
    pub(super) fn step(&mut self, input: &[u8], most: u64) -> Step {
        if self.waits() || self.fault.is_some() || input.is_empty() && self.taken == 0 {
            return Step::default();
        }
        self.room.resize(ROOM, 0);
        let mut step = self.stage.step(input, &mut self.room);
        if let Some(fault) = step.fault.take() {
            self.fault = Some(self.refused(step.taken, fault.back, fault.reason));
        } else if step.taken == 0 && step.made == 0 && !input.is_empty() {
            // No library does this, but a loop without an end is worse than a check.
            self.fault = Some(self.refused(0, 0, Reason::Stuck));
        }
        let room = most.saturating_sub(self.made);
        if step.made as u64 > room {
            step.made = room as usize;
            self.fault = Some(self.refused(step.taken, 0, Reason::TooLong(most)));
        }
        self.taken += step.taken as u64;
        self.made += step.made as u64;
        (self.start, self.end) = (0, step.made);
        step
    }

    fn refused(&self, taken: usize, back: usize, reason: Reason) -> Refused<Reason> {
        let offset = (self.taken as usize).saturating_add(taken).saturating_sub(back);
        Refused { what: self.what, offset, reason }
    }

    /// What came out of it and was not taken yet.
    pub(super) fn waiting(&self) -> &[u8] {
        &self.room[self.start..self.end]
    }

    pub(super) fn waits(&self) -> bool {
        self.start < self.end
    }

    /// The next one took so many bytes.
    pub(super) fn take(&mut self, length: usize) {
        self.start += length;
    }

    /// Moves some of what waits to the start of `out`.
    pub(super) fn read(&mut self, out: &mut [u8]) -> usize {
        let length = (self.end - self.start).min(out.len());
        out[..length].copy_from_slice(&self.waiting()[..length]);
        self.take(length);
        length
    }

    pub(super) fn fault(&self) -> Option<&Refused<Reason>> {
        self.fault.as_ref()
    }

    /// The error of data that ends here, if it must not.
    pub(super) fn ends_early(&self) -> Option<Refused<Reason>> {
        let ends_early = self.taken > 0 && !self.stage.may_end();
        ends_early.then(|| self.refused(0, 0, Reason::EndsEarly))
    }

    pub(super) fn is_raw_deflate(&self) -> bool {
        matches!(&self.stage, Stage::Deflate(zlib) if zlib.is_raw())
    }
}
