//! The path takes smaller packets than we send: an ICMP error says so (RFC 1191, RFC 8201), or nothing comes back from
//! a black hole (RFC 4821 §7.7). What is too large goes out again in smaller pieces, and the window does not shrink for
//! it: nothing was lost to congestion (RFC 1191 §6.4).

use crate::flight::LostBy;
use crate::sender::Sender;

/// The sizes to try where a router does not say its MTU: those of the links of old (RFC 1191 §7.1).
const PLATEAUS: [u32; 10] = [32_000, 17_914, 8166, 4352, 2002, 1492, 1006, 508, 296, 68];

/// Packets of this size pass almost everywhere (RFC 4821 §7.2). They are tried where larger ones than
/// [`SUSPECT_MTU`] vanish: so much every IPv6 link carries (RFC 8200 §5).
const BLACK_HOLE_MTU: u32 = 1024;
const SUSPECT_MTU: u32 = 1280;

/// After so many timeouts in a row a path may be a black hole for large segments, if none has ever arrived.
const BLACK_HOLE_TIMEOUTS: u32 = 2;

/// After so many it may have become one since. A path that loses one packet in five reaches 2 soon, and this seldom.
const NEW_BLACK_HOLE_TIMEOUTS: u32 = 8;

impl Sender {
    /// A link on the way takes packets of `mtu` bytes; 0 where it does not say. No path takes less than `least`. Gives
    /// the MTU that is assumed from now on, if that is news.
    pub(crate) fn path_is_narrower(&mut self, mtu: u32, least: u32) -> Option<u32> {
        let headers = self.headers;
        let now = self.snd.mss + headers;
        let plateau = || PLATEAUS.into_iter().find(|plateau| *plateau < now).unwrap_or(least);
        let mtu = if mtu == 0 { plateau() } else { mtu }.max(least);
        if mtu >= now {
            return None;
        }
        self.shrink_segments(mtu - headers);
        Some(mtu)
    }

    /// The timer ran out again for a large segment: perhaps the path drops such packets in silence.
    pub(super) fn look_for_black_hole(&mut self) {
        let length = self.flight.front().map_or(0, |first| first.length());
        let has_passed = length <= self.largest_delivered;
        let enough = if has_passed { NEW_BLACK_HOLE_TIMEOUTS } else { BLACK_HOLE_TIMEOUTS };
        if self.recovery.timeouts == enough && length + self.headers > SUSPECT_MTU {
            self.shrink_segments(BLACK_HOLE_MTU - self.headers);
        }
    }

    fn shrink_segments(&mut self, mss: u32) {
        // An ICMP error may have said less before.
        self.snd.mss = self.snd.mss.min(mss);
        let smss = self.smss();
        self.largest_delivered = self.largest_delivered.min(smss);
        self.controller.on_segment_size(smss);
        if self.flight.lose(LostBy::TooLarge, |segment| segment.length() > smss) > 0 {
            self.recovery.first_leaves = true;
        }
    }
}
