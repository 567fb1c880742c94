//! QNAME minimisation: a server is told the labels that it needs, and no more (RFC 9156).
//!
//! ```text
//!   looking for A? www.example.test
//!   a server of .               A? test                 one label more than its zone
//!   a server of test            A? example.test
//!   a server of example.test    A? www.example.test     the full name
//! ```
//!
//! The first labels are added one by one. A name with many labels would cost a question for each of them, so after
//! [`ONE_BY_ONE`] questions the labels that are left are shared out among the questions that are left (RFC 9156 §2.3).
//! Tested in `tests/resolver`.

use crate::name::Name;

/// So many questions add one label each (MINIMISE_ONE_LAB of RFC 9156 §2.3).
const ONE_BY_ONE: u32 = 4;

/// Which part of the name is sent next.
#[derive(Debug, Clone)]
pub(super) struct Minimiser {
    /// The full name is sent.
    full: bool,
    /// How many shortened names were sent for this name.
    sent: u32,
    most: u32,
    /// So many labels of the name are known to exist, from the right.
    known: usize,
}

impl Minimiser {
    pub(super) fn new(on: bool, most: u32) -> Minimiser {
        Minimiser { full: !on, sent: 0, most, known: 0 }
    }

    /// From now on the full name is sent.
    pub(super) fn give_up(&mut self) {
        self.full = true;
    }

    /// This name, which is a part of the whole, exists.
    pub(super) fn exists(&mut self, name: &Name) {
        self.known = self.known.max(name.labels().count());
    }

    /// A shortened name was sent.
    pub(super) fn count(&mut self) {
        self.sent = self.sent.saturating_add(1);
    }

    /// The shortened name to send to a server of `zone`; `None` if it is time for the full one.
    pub(super) fn next(&self, zone: &Name, name: &Name) -> Option<Name> {
        if self.full {
            return None;
        }
        // book: minimise
        let all = name.labels().count();
        let known = self.known.max(zone.labels().count());
        let left = all.checked_sub(known)?;
        let more = match self.most.checked_sub(self.sent) {
            None | Some(0) => return None,
            Some(_) if self.sent < ONE_BY_ONE => 1,
            Some(questions) => left.div_ceil(questions as usize).max(1),
        };
        let skipped = left.checked_sub(more).filter(|skipped| *skipped > 0)?;
        name.ancestors().nth(skipped)
        // book: end
    }
}
