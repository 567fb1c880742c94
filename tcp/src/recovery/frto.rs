//! F-RTO: was the retransmission timer too quick? Two ACKs after it tell, also without timestamps (RFC 5682 §3, the
//! version with SACK).
//!
//! ```text
//!    1, 2, 3, 4 are only late              1, 2, 3, 4 are lost
//!    the timer: 1 again                    the timer: 1 again
//!    ACK of 1 ──▶ new text: 5, 6           ACK of 1 ──▶ new text: 5, 6
//!    ACK of 2 ──▶ nobody has sent 2        SACK of 5 ──▶ 2, 3, 4 are not there:
//!      again: it was late, and so              they go out again
//!      were 3 and 4
//! ```
//!
//! New text goes out in the place of what is taken for lost, since its ACK tells more. What is then undone: see
//! [`super::undo`]. With timestamps the first ACK tells already, so F-RTO rests.
//!
//! Left out: the version without SACK (§2), where a duplicate ACK says less. Tested in `tests/frto.rs`.

/// Whether the last timeout is being judged, and how far that is: the steps of RFC 5682 §3.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Frto {
    /// Nothing is to be judged, or that is over.
    #[default]
    Rests,
    /// Step 2: the first segment has gone out again, and its ACK is waited for.
    WaitsForFirst,
    /// Step 3: new text leaves in the place of what is lost, and the ACK of something is waited for.
    WaitsForSecond {
        /// How many new segments may still leave.
        new_segments: u32,
    },
}

/// What an ACK tells of what was sent before the timer ran out, up to the RecoveryPoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Told {
    /// SND.UNA has moved.
    pub(crate) moved: bool,
    /// It acknowledges or reports something that was sent after it.
    pub(crate) later: bool,
    /// It is the first to tell of something that was sent once, and before the timer ran out.
    pub(crate) once: bool,
    /// It carries nothing else, so it may be a duplicate.
    pub(crate) alone: bool,
    /// New text may be sent: there is some, and the peer's window has room.
    pub(crate) has_new_text: bool,
}

impl Frto {
    /// Step 1: the timer ran out. `in_repair`: something was being repaired already, so nothing can be told.
    pub(crate) fn begin(&mut self, in_repair: bool) {
        *self = if in_repair && *self != Frto::WaitsForFirst { Frto::Rests } else { Frto::WaitsForFirst };
    }

    /// Steps 2 and 3: an ACK has come. True: the timer was too quick.
    pub(crate) fn judge(&mut self, told: Told) -> bool {
        let mut was_too_quick = false;
        *self = match *self {
            Frto::WaitsForFirst if !told.moved => Frto::WaitsForFirst,
            // Step 2a, an ACK of everything, ends the repair, and F-RTO with it.
            Frto::WaitsForFirst if !told.has_new_text => Frto::Rests,
            Frto::WaitsForFirst => Frto::WaitsForSecond { new_segments: 2 },
            Frto::WaitsForSecond { .. } if !told.moved && !told.alone => *self,
            Frto::WaitsForSecond { .. } => {
                was_too_quick = told.once && !told.later;
                Frto::Rests
            }
            Frto::Rests => Frto::Rests,
        };
        was_too_quick
    }

    /// Whether what is lost waits, because new text tells more.
    pub(crate) fn holds_back(&self) -> bool {
        matches!(self, Frto::WaitsForSecond { .. })
    }

    /// Whether new text may leave although something is lost.
    pub(crate) fn sends_new_text(&self) -> bool {
        matches!(self, Frto::WaitsForSecond { new_segments: 1.. })
    }

    /// New text has left.
    pub(crate) fn new_text_was_sent(&mut self) {
        if let Frto::WaitsForSecond { new_segments } = self {
            *new_segments = new_segments.saturating_sub(1);
        }
    }
}
