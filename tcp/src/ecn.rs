//! Explicit congestion notification: a router marks a packet instead of dropping it (RFC 3168).
//!
//! ```text
//!      sender of the text     router          receiver of the text
//!          │                     │                     │
//!          │  new text, ECT(0)   │                     │
//!          │ ───────────────────▶│  its queue grows    │
//!          │                     │  the same, CE       │
//!          │                     │ ───────────────────▶│ a mark has come
//!          │                                 ACK, ECE  │
//!          │◀──────────────────────────────────────────│ on every ACK from now on
//!   the window shrinks, once                           │
//!   for all marks of a window                          │
//!          │  new text, ECT(0), CWR                    │
//!          │ ─────────────────────────────────────────▶│ the sender has heard: no ECE any more
//! ```
//!
//! ECT and CE are codepoints of the IP header ([`Codepoint`]), ECE and CWR flags of the
//! TCP header. Both ends agree in their SYNs (§6.1.1):
//!
//! | segment | ECE | CWR | it says |
//! |---|---|---|---|
//! | SYN | 1 | 1 | shall we use ECN? |
//! | SYN-ACK | 1 | 0 | yes. A peer that copies bits it does not know answers 1 1, and that means no (§6.1.1.2) |
//! | any other SYN or SYN-ACK | | | no |
//!
//! | part | file |
//! |---|---|
//! | what was agreed, and what a receiver echoes | here |
//! | what a sender does about an echo | `sender/reduction.rs` |
//! | how much the window shrinks | [`crate::congestion`], each controller |
//!
//! Not marked and never marked: SYNs (§6.1.1), ACKs without text (§6.1.4), retransmissions (§6.1.5), probes of a window
//! (§6.1.6). Left out: to try again without ECN after a reset (§6.1.1.1); ECT(1) and the nonce; a gentler answer to a
//! mark than to a loss (RFC 8511); marks of single packets (RFC 9768); ECN in a SYN cookie.
//!
//! Tested in `tests/ecn.rs`, and against the kernel's packets in `tests/replay`.

use barewire_packet::ip::Codepoint;

use crate::message::Kind;
use crate::segment::{Flags, Segment};

/// Whether a connection uses marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Ecn {
    /// Packets cannot be marked, and a peer that asks hears no.
    Off,
    /// If the peer asks. This is Linux's default, too.
    #[default]
    Answer,
    /// Our SYN asks. One that has to be sent again does not: perhaps a firewall has dropped the first for its flags
    /// (RFC 3168 §6.1.1.1).
    Offer,
}

/// What the SYNs of both ends say about ECN: RFC 3168 §6.1.1.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Handshake {
    wanted: Ecn,
    sent: Syns,
    received: Syns,
}

/// Which kinds of SYN and SYN-ACK have gone one way. Both, where the first was lost or late.
#[derive(Debug, Clone, Copy, Default)]
struct Syns {
    /// "ECN-setup": it says yes.
    setup: bool,
    /// "Non-ECN-setup": it says no.
    plain: bool,
}

impl Syns {
    fn note(&mut self, flags: Flags) {
        // A SYN that says yes has both flags, a SYN-ACK only ECE.
        let says_yes = flags.has(Flags::ECE) && flags.has(Flags::CWR) != flags.ack();
        self.setup |= says_yes;
        self.plain |= !says_yes;
    }
}

impl Handshake {
    /// Before any SYN.
    pub(crate) fn new(wanted: Ecn) -> Handshake {
        Handshake { wanted, sent: Syns::default(), received: Syns::default() }
    }

    /// ECE and CWR of our SYN or, if it `answers` one, of our SYN-ACK.
    pub(crate) fn flags_of_syn(&self, answers: bool, kind: Kind) -> Flags {
        let agrees = self.received.setup && !self.received.plain && !self.sent.plain;
        match self.wanted {
            Ecn::Answer | Ecn::Offer if answers && agrees => Flags::ECE,
            Ecn::Offer if !answers && kind == Kind::New => Flags::ECE | Flags::CWR,
            _ => Flags::default(),
        }
    }

    /// A SYN or SYN-ACK of ours has left.
    pub(crate) fn syn_sent(&mut self, flags: Flags) {
        self.sent.note(flags);
    }

    /// A SYN or SYN-ACK of the peer's has arrived.
    pub(crate) fn syn_received(&mut self, flags: Flags) {
        self.received.note(flags);
    }

    /// Whether our packets may say that they can be marked: nobody has ever said no.
    pub(crate) fn is_agreed(&self) -> bool {
        self.sent.setup && !self.sent.plain && self.received.setup && !self.received.plain
    }

    /// Whether marks that arrive have to be echoed. The peer may have heard only our first SYN, which said yes.
    pub(crate) fn has_to_echo(&self) -> bool {
        self.sent.setup && !self.received.plain
    }
}

/// The receiver's part: it echoes a mark in every ACK until the sender says that it has heard (RFC 3168 §6.1.3).
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Echo {
    is_on: bool,
}

impl Echo {
    /// A segment has arrived that lies in the window. Marks of others do not count, since anybody can send those
    /// (§6.1.5); neither do marks of bare ACKs (§6.1.4).
    pub(crate) fn take(&mut self, segment: &Segment<'_>, codepoint: Codepoint) {
        if segment.flags.has(Flags::CWR) && !segment.flags.syn() {
            self.is_on = false;
        }
        if codepoint == Codepoint::Ce && !segment.payload.is_empty() {
            self.is_on = true;
        }
    }

    /// What every segment that acknowledges carries.
    pub(crate) fn flags(&self) -> Flags {
        if self.is_on { Flags::ECE } else { Flags::default() }
    }
}
