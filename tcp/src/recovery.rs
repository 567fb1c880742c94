//! Noticing that something was lost, and repairing it. Each file here is one mechanism, and can be read alone.
//!
//! | file | asks | RFC |
//! |---|---|---|
//! | [`newreno`] | what do duplicate ACKs say, where the peer has no SACK? | 5681, 6582 |
//! | [`sack`] | which segments do SACK's blocks show as lost, and what came twice? | 2018, 2883, 6675 |
//! | [`rack`] | what was sent so long before something that has arrived that it must be lost? | 8985 §6 |
//! | [`tlp`] | nothing has come back: was the last segment lost? | 8985 §7 |
//! | [`prr`] | how much may leave while losses are repaired? | 6937 |
//! | [`frto`] | did the timer run out too early? (without timestamps) | 5682 |
//! | [`undo`] | was it a false alarm? | 3522, 3708 |
//!
//! ```text
//!         a segment is found lost                 the timer
//!    NONE ──────────────────────▶ FAST RECOVERY ───────────▶ AFTER TIMEOUT ◀── the timer ── NONE
//!     ▲                                │ everything sent before it is acknowledged │
//!     └────────────────────────────────┴───────────────────────────────────────────┘
//!                                        or it was a false alarm
//! ```
//!
//! They mark the records of the [`Flight`](crate::flight::Flight). When to send is for the sender, and how large the
//! window is afterwards for its [controller](crate::congestion). Tested in `tests/recovery.rs` step by step, and
//! through `tests/streams.rs` over lossy paths.

pub mod frto;
pub mod newreno;
pub mod prr;
pub mod rack;
pub mod sack;
pub mod tlp;
pub mod undo;

use std::time::Duration;

use crate::congestion::controller::Repair;
use crate::recovery::frto::Frto;
use crate::recovery::newreno::DuplicateAcks;
use crate::recovery::prr::Prr;
use crate::recovery::rack::Rack;
use crate::recovery::tlp::TailProbe;
use crate::recovery::undo::Undo;
use crate::seq::SeqNumber;

/// What loss recovery remembers of a connection.
#[derive(Debug, Clone)]
pub struct Recovery {
    /// What it is busy with.
    pub repair: Repair,
    /// `recover`: the repair ends when everything before this number is acknowledged (RFC 6582 §3, RFC 6675 §5).
    pub recover: SeqNumber,
    /// How often in a row the timer has run out.
    pub timeouts: u32,
    /// The count of the timer that ran out last, and how long it had been running.
    pub ran_out: (u32, Duration),
    /// The first retransmission of a repair leaves at once, whatever the windows say.
    pub first_leaves: bool,
    /// Duplicate ACKs, for a peer without SACK.
    pub duplicates: DuplicateAcks,
    /// Losses by time.
    pub rack: Rack,
    /// The probe of the tail.
    pub tail: TailProbe,
    /// How much may leave during fast recovery.
    pub prr: Prr,
    /// Whether the timer was too quick.
    pub frto: Frto,
    /// Whether the last reduction was for nothing.
    pub undo: Undo,
}

impl Recovery {
    /// Nothing was sent yet, so nothing is lost.
    pub(crate) fn new(iss: SeqNumber) -> Recovery {
        Recovery {
            repair: Repair::None,
            recover: iss,
            timeouts: 0,
            ran_out: (0, Duration::ZERO),
            first_leaves: false,
            duplicates: DuplicateAcks::default(),
            rack: Rack::default(),
            tail: TailProbe::default(),
            prr: Prr::default(),
            frto: Frto::default(),
            undo: Undo::default(),
        }
    }

    /// A repair begins. It ends when everything before `recover` is acknowledged.
    pub(crate) fn begin(&mut self, repair: Repair, recover: SeqNumber) {
        self.repair = repair;
        self.recover = recover;
        self.first_leaves = true;
        self.tail.cancel();
    }

    /// The repair is over.
    pub(crate) fn end(&mut self) {
        self.repair = Repair::None;
        self.first_leaves = false;
        self.frto = Frto::default();
        self.rack.repair_ended();
    }
}
