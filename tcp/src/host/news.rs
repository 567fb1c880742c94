//! What a host has to tell, until its user takes it.
//!
//! A peer makes a connection readable with each segment, and each ICMP error may be news. A user that takes no events
//! must not fill the memory by that. So of the events that come again and again one of each kind is kept for a
//! connection. The others come once in its life. Tested in `tests/host.rs`.

use std::collections::VecDeque;

use crate::connection::event::SoftError;
use crate::host::event::Event;

/// Which events of a connection wait that come again and again.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Untaken {
    readable: bool,
    writable: bool,
    unanswered: bool,
    icmp: bool,
}

impl Untaken {
    /// The mark of an event that comes again and again.
    fn mark(&mut self, event: &Event) -> Option<&mut bool> {
        match event {
            Event::Readable(_) => Some(&mut self.readable),
            Event::Writable(_) => Some(&mut self.writable),
            Event::SoftError { error: SoftError::Unanswered, .. } => Some(&mut self.unanswered),
            Event::SoftError { error: SoftError::Icmp(_), .. } => Some(&mut self.icmp),
            _ => None,
        }
    }

    /// The user has taken an event.
    pub(super) fn was_taken(&mut self, event: &Event) {
        if let Some(waits) = self.mark(event) {
            *waits = false;
        }
    }

    /// An event is news of its connection. False: one like it waits already.
    fn is_first(&mut self, event: &Event) -> bool {
        self.mark(event).is_none_or(|waits| !std::mem::replace(waits, true))
    }
}

/// The events, oldest first.
#[derive(Debug, Default)]
pub(super) struct News {
    events: VecDeque<Event>,
}

impl News {
    /// Something happened to a connection. `untaken` is what waits of it.
    pub(super) fn tell(&mut self, event: Event, untaken: &mut Untaken) {
        if untaken.is_first(&event) && self.events.back() != Some(&event) {
            self.events.push_back(event);
        }
    }

    /// The oldest.
    pub(super) fn take(&mut self) -> Option<Event> {
        self.events.pop_front()
    }
}
