//! The path takes smaller packets than we send: an ICMP error says so (RFC 1191, RFC 8201), or nothing comes back from
//! a black hole (RFC 4821 §7.7). What is too large goes out again in smaller pieces, and the window does not shrink for
//! it: nothing was lost to congestion (RFC 1191 §6.4).
//!
//! Ten minutes later the path may be a wider one. A single segment of new text, as large as the peer takes, finds out
//! (RFC 4821 §7.5, RFC 8201 §4):
//!
//! ```text
//!    ├─ 1248 ─┼──── 1448 ────┼─ 1248 ─┤     acknowledged: from now on all are so large
//!               the probe                   lost, or too large: again in pieces, and the window
//!                                           stays, if nothing else was lost (§7.6.2)
//! ```
//!
//! Left out: sizes in between, which RFC 4821 §7.3 would look for. Tested in `tests/icmp.rs`.

use std::time::{Duration, Instant};

use crate::flight::LostBy;
use crate::message::SenderMessage;
use crate::sender::{PathMtu, Sender};
use crate::seq::SeqNumber;

/// So long after the path was found to be narrow it is looked at again (RFC 4821 §7.3, RFC 8201 §4).
const LOOK_AGAIN: Duration = Duration::from_secs(600);

/// The sizes to try where a router does not say its MTU: those of the links of old (RFC 1191 §7, table 7-1).
const PLATEAUS: [u32; 10] = [32_000, 17_914, 8166, 4352, 2002, 1492, 1006, 508, 296, 68];

/// Packets of this size pass almost everywhere (RFC 4821 §7.2), over IPv6 everywhere (RFC 8200 §5). They are tried
/// where packets larger than [`SUSPECT_MTU`] vanish. `[IPv4, IPv6]`.
const BLACK_HOLE_MTU: [u32; 2] = [1024, 1280];
const SUSPECT_MTU: u32 = 1280;

/// What is tried where they vanish, too. The RFC halves, and goes on to 68. No other part of this crate believes in
/// less than 552 (`arrives/icmp.rs`).
const NARROW_BLACK_HOLE_MTU: u32 = 552;

/// After so many timeouts in a row a path may be a black hole for large segments, if none has ever arrived.
const BLACK_HOLE_TIMEOUTS: u32 = 2;

/// After so many it may have become one since. A path that loses one packet in five reaches 2 soon, and this seldom.
const NEW_BLACK_HOLE_TIMEOUTS: u32 = 8;

/// After so many more the path may be narrower still.
const MORE_TIMEOUTS: u32 = 4;

impl Sender {
    /// A link on the way takes packets of `mtu` bytes; 0 where it does not say. No path takes less than `least`. Gives
    /// the MTU that is assumed from now on, if that is news.
    pub(crate) fn path_is_narrower(&mut self, mtu: u32, least: u32) -> Option<u32> {
        let headers = self.headers;
        let opening = self.largest_opening();
        let now = opening.unwrap_or(self.snd.mss) + headers;
        if self.probe_is_too_large(mtu) {
            // §7.6.2. What the path is known to take, it still takes.
            return None;
        }
        let plateau = || PLATEAUS.into_iter().find(|plateau| *plateau < now).unwrap_or(least);
        let mtu = if mtu == 0 { plateau() } else { mtu }.max(least);
        if mtu >= now {
            return None;
        }
        match opening {
            Some(_) => self.opening_is_too_large(mtu - headers),
            None => self.shrink_segments(mtu - headers),
        }
        Some(mtu)
    }

    /// The timer ran out again for a large segment: perhaps the path drops such packets in silence (RFC 4821 §7.7).
    pub(super) fn look_for_black_hole(&mut self) {
        let length = self.flight.front().map_or(0, |first| first.length());
        let has_passed = length <= self.largest_delivered;
        let enough = if has_passed { NEW_BLACK_HOLE_TIMEOUTS } else { BLACK_HOLE_TIMEOUTS };
        let is_ipv6 = self.headers > 40;
        let (suspect, mtu) = match self.recovery.timeouts {
            timeouts if timeouts == enough => (SUSPECT_MTU, BLACK_HOLE_MTU[usize::from(is_ipv6)]),
            timeouts if timeouts == enough + MORE_TIMEOUTS && !is_ipv6 => {
                (NARROW_BLACK_HOLE_MTU, NARROW_BLACK_HOLE_MTU)
            }
            _ => return,
        };
        if length + self.headers > suspect {
            self.shrink_segments(mtu - self.headers);
        }
    }

    /// Both ends have said how large segments may be. What an ICMP error has said of the SYN before still holds.
    pub(super) fn path_is_agreed_on(&mut self, mss: u32) {
        let path = self.path_mtu.agreed.map_or(mss, |_| self.snd.mss);
        self.path_mtu.agreed = (path < mss).then_some(mss);
        self.snd.mss = path.min(mss);
    }

    fn shrink_segments(&mut self, mss: u32) {
        self.path_mtu.agreed.get_or_insert(self.snd.mss);
        // What was to be found out is answered.
        (self.path_mtu.look_again, self.path_mtu.probe) = (None, None);
        // An ICMP error may have said less before.
        self.snd.mss = self.snd.mss.min(mss);
        let smss = self.smss();
        self.largest_delivered = self.largest_delivered.min(smss);
        self.controller.on_segment_size(smss);
        if self.flight.lose(LostBy::TooLarge, |segment| segment.length() > smss) > 0 {
            // Cut anew from the first byte on. Each one cut by itself would leave a small rest after each piece.
            self.flight.join_lost(LostBy::TooLarge);
            self.recovery.first_leaves = true;
        }
    }
}

/// Looking for a wider path: RFC 4821 §7.3 to §7.6.
impl Sender {
    /// Something is about to be sent: the ten minutes begin, if they do not run yet.
    pub(super) fn note_narrow_path(&mut self, now: Instant) {
        if self.path_mtu.agreed.is_some() {
            self.path_mtu.look_again.get_or_insert(now + LOOK_AGAIN);
        }
    }

    /// The largest segment to send now, options included. It is larger than the path is known to take where a probe is
    /// due, and there is text to fill it (§7.4).
    pub(crate) fn segment_size(&self, now: Instant) -> u32 {
        let size = self.path_mtu.agreed.filter(|agreed| {
            let is_quiet =
                self.flight.lost() == 0 && self.flight.delivered() == 0 && !self.recovery.tail.is_due;
            let may_leave = self.window_beyond(self.snd.nxt).min(self.congestion_allows());
            let fits = self.unsent() >= *agreed as usize && may_leave >= *agreed;
            let is_due = self.path_mtu.look_again.is_some_and(|due| due <= now);
            is_due && self.path_mtu.probe.is_none() && is_quiet && fits
        });
        size.unwrap_or(self.snd.mss)
    }

    /// New text has left. If it is larger than the path is known to take, it is the probe.
    pub(super) fn note_probe(&mut self, now: Instant, message: &SenderMessage) {
        if self.path_mtu.agreed.is_some() && message.length as u32 > self.smss() {
            self.path_mtu.probe = Some((message.seq, message.end()));
            self.path_mtu.look_again = Some(now + LOOK_AGAIN);
        }
    }

    /// Everything before SND.UNA has arrived. If the probe has, as a whole, the path takes segments of its size
    /// (§7.6.1).
    pub(super) fn look_for_wider_path(&mut self) {
        if self.path_mtu.probe.is_none_or(|(_, end)| self.snd.una.before(end)) {
            return;
        }
        self.path_mtu.probe = None;
        let arrived_whole = self.largest_delivered > self.smss();
        if let Some(agreed) = self.path_mtu.agreed.filter(|_| arrived_whole) {
            self.path_mtu = PathMtu::default();
            self.snd.mss = agreed;
            self.controller.on_segment_size(self.smss());
        }
    }

    /// Of `lost` bytes those that are not the probe's. It goes out again in pieces, and is not taken for congestion
    /// where nothing else is lost (§7.6.2).
    pub(super) fn without_probe(&mut self, lost: u32) -> u32 {
        let Some((first, end)) = self.path_mtu.probe else { return lost };
        let is_lost =
            self.flight.first_lost().is_some_and(|(segment, _)| segment.first == first && segment.end == end);
        if !is_lost || lost != end.since(first) {
            return lost;
        }
        self.path_mtu.probe = None;
        self.probe_is_lost(first);
        0
    }

    /// Whether an ICMP error is about the probe.
    fn probe_is_too_large(&mut self, mtu: u32) -> bool {
        let known = self.snd.mss + self.headers;
        let tried = self.path_mtu.agreed.unwrap_or_default() + self.headers;
        let about_probe = mtu == 0 || (known..tried).contains(&mtu);
        let probe = self.path_mtu.probe.take_if(|_| about_probe);
        if let Some((first, _)) = probe {
            self.probe_is_lost(first);
        }
        probe.is_some()
    }

    fn probe_is_lost(&mut self, first: SeqNumber) {
        self.flight.lose_at(first, LostBy::TooLarge);
        self.recovery.first_leaves = true;
    }
}
