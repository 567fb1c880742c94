//! Whether a packet waits for room in a full send queue (Linux).
//!
//! One packet waits, in vain perhaps; those after it do not, until a packet has left. A queue can stay full for
//! seconds, when the packets in it wait for neighbors that do not answer. A link that waited for each packet would
//! hear nothing for all that time. Tested below, and with a full queue in `tests/live/raw.rs`.

use std::io;

/// Remembers whether the last wait was in vain.
#[derive(Debug, Default)]
pub(super) struct Patience {
    is_spent: bool,
}

impl Patience {
    /// Whether a full queue has room now. `wait` waits for it, and is called only if no wait was in vain since a packet
    /// left.
    pub(super) fn finds_room(&mut self, wait: impl FnOnce() -> io::Result<bool>) -> io::Result<bool> {
        if self.is_spent {
            return Ok(false);
        }
        let has_room = wait()?;
        self.is_spent = !has_room;
        Ok(has_room)
    }

    /// A packet has left: the next that finds no room waits again.
    pub(super) fn renew(&mut self) {
        self.is_spent = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_a_wait_in_vain_no_packet_waits_until_one_has_left() {
        let (mut patience, mut waits) = (Patience::default(), 0);
        let mut finds_room = |patience: &mut Patience, outcome: bool| {
            let wait = || {
                waits += 1;
                Ok(outcome)
            };
            (patience.finds_room(wait).unwrap(), waits)
        };
        // After a wait that finds room, the next packet may wait too.
        assert_eq!(finds_room(&mut patience, true), (true, 1));
        assert_eq!(finds_room(&mut patience, false), (false, 2));
        for _ in 0..1000 {
            assert_eq!(finds_room(&mut patience, true), (false, 2));
        }
        patience.renew();
        assert_eq!(finds_room(&mut patience, false), (false, 3));
        assert_eq!(finds_room(&mut patience, true), (false, 3));
    }

    #[test]
    fn an_error_of_the_wait_is_told_and_spends_nothing() {
        let mut patience = Patience::default();
        assert!(patience.finds_room(|| Err(io::ErrorKind::Other.into())).is_err());
        assert!(patience.finds_room(|| Ok(true)).unwrap());
    }
}
