//! SYN cookies: answering a SYN without remembering it (RFC 4987 §3.6 and appendix A).
//!
//! When the backlog of a listener is full, the SYN-ACK carries all there is to know in its own numbers. A peer that is
//! really there brings them back with its ACK, and only then is there a connection. A flood of SYNs costs no memory.
//!
//! ```text
//!    sequence number   │ 5 bits: the minute │ 3 bits: the MSS │ 24 bits: a keyed hash  │
//!    timestamp         │ ... 26 bits of the clock ... │ 1 bit: SACK │ 5 bits: the shift │
//! ```
//!
//! Without timestamps a cookie has no room for window scaling and SACK. Then the connection has neither of them.
//! Left out: ECN in a cookie. Tested in `tests/syn_cookies.rs`.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use ring::hmac;

use crate::isn::IsnGenerator;
use crate::options::{Options, Timestamps};
use crate::segment::Segment;
use crate::seq::SeqNumber;

/// The sizes that fit three bits: the next smaller one of these is used.
const SIZES: [u16; 8] = [536, 1220, 1300, 1360, 1400, 1440, 1460, 8960];

/// How long a minute of the cookies' clock is. A cookie is good in its minute and in the next.
const MINUTE: Duration = Duration::from_secs(64);

/// The low bits of a timestamp that hold options: the shift, or [`NO_SHIFT`], and SACK.
const OPTION_BITS: u32 = 0x3f;
const NO_SHIFT: u32 = 0x1f;
const SACK: u32 = 0x20;

/// Makes cookies and knows its own.
pub(crate) struct SynCookies {
    key: hmac::Key,
    /// When the clock stood at 0.
    epoch: Instant,
    /// When the last cookie was given. Long after that no ACK can bring one back.
    last: Instant,
}

/// What a cookie says about the SYN that it answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Recalled {
    /// Our initial sequence number: the cookie.
    pub(crate) iss: SeqNumber,
    /// The options of the peer's SYN, as far as they had room.
    pub(crate) options: Options,
}

impl SynCookies {
    /// The first cookie is about to be given.
    pub(crate) fn new(now: Instant, isn: &IsnGenerator) -> SynCookies {
        let [a, b] = isn.derived_secret(b"cookies");
        let mut secret = [0; 16];
        secret[..8].copy_from_slice(&a.to_be_bytes());
        secret[8..].copy_from_slice(&b.to_be_bytes());
        SynCookies { key: hmac::Key::new(hmac::HMAC_SHA256, &secret), epoch: now, last: now }
    }

    // book: give
    /// The number with which to answer a SYN.
    pub(crate) fn give(
        &mut self,
        now: Instant,
        local: SocketAddr,
        remote: SocketAddr,
        syn: &Segment<'_>,
    ) -> SeqNumber {
        self.last = now;
        let mss = syn.options.maximum_segment_size.unwrap_or(SIZES[0]);
        let size = SIZES.iter().rposition(|size| *size <= mss).unwrap_or_default() as u32;
        let minute = self.minute(now);
        SeqNumber((minute & 0x1f) << 27 | size << 24 | self.hash(minute, size, local, remote, syn.seq))
    }
    // book: end

    /// What an ACK that belongs to no connection brings back. `None`: it does not hold a cookie of ours, or an old one.
    pub(crate) fn recall(
        &self,
        now: Instant,
        local: SocketAddr,
        remote: SocketAddr,
        ack: &Segment<'_>,
    ) -> Option<Recalled> {
        // exercise: tcp11
        // instead: let _ = (now, local, remote, ack);
        // instead: None // A peer that was answered with a cookie gets a reset.
        if now.saturating_duration_since(self.last) > 2 * MINUTE {
            return None;
        }
        let cookie = ack.ack.back(1);
        let (stamp, size) = (cookie.0 >> 27, cookie.0 >> 24 & 7);
        let minute = self.minute(now);
        let minute = [minute, minute.wrapping_sub(1)].into_iter().find(|minute| minute & 0x1f == stamp)?;
        let hash = self.hash(minute, size, local, remote, ack.seq.back(1));
        (cookie.0 & 0xff_ffff == hash).then(|| Recalled { iss: cookie, options: options(size, ack) })
        // exercise: end
    }

    fn minute(&self, now: Instant) -> u32 {
        (now.saturating_duration_since(self.epoch).as_secs() / MINUTE.as_secs()) as u32
    }

    /// 24 bits over all that a forger would have to guess.
    fn hash(&self, minute: u32, size: u32, local: SocketAddr, remote: SocketAddr, irs: SeqNumber) -> u32 {
        let mut context = hmac::Context::with_key(&self.key);
        for word in [minute, size, irs.0] {
            context.update(&word.to_be_bytes());
        }
        for end in [local, remote] {
            match end.ip() {
                IpAddr::V4(address) => context.update(&address.octets()),
                IpAddr::V6(address) => context.update(&address.octets()),
            }
            context.update(&end.port().to_be_bytes());
        }
        context.sign().as_ref().iter().take(3).fold(0, |value, byte| value << 8 | u32::from(*byte))
    }
}

/// What a cookie can keep of a SYN's options: without timestamps on both sides only the MSS.
pub(crate) fn kept(options: &Options, timestamps: bool) -> Options {
    match options.timestamps.filter(|_| timestamps) {
        Some(_) => *options,
        None => Options { maximum_segment_size: options.maximum_segment_size, ..Options::default() },
    }
}

/// A timestamp that is not later than `clock`, with what the SYN offers in its low bits.
pub(crate) fn stamp(clock: u32, syn: &Options) -> u32 {
    let shift = syn.window_scale.map_or(NO_SHIFT, |shift| u32::from(shift.min(14)));
    let bits = shift | if syn.sack_permitted { SACK } else { 0 };
    let stamp = clock & !OPTION_BITS | bits;
    if stamp > clock { stamp.wrapping_sub(OPTION_BITS + 1) } else { stamp }
}

/// What the peer's SYN had offered, from the size in the cookie and from the timestamp that comes back.
fn options(size: u32, ack: &Segment<'_>) -> Options {
    let maximum_segment_size = SIZES.get(size as usize).copied();
    let Some(timestamps) = ack.options.timestamps else {
        return Options { maximum_segment_size, ..Options::default() };
    };
    let bits = timestamps.echo & OPTION_BITS;
    let shift = bits & NO_SHIFT;
    Options {
        maximum_segment_size,
        sack_permitted: bits & SACK != 0,
        window_scale: (shift != NO_SHIFT).then_some(shift as u8),
        timestamps: Some(Timestamps { value: timestamps.value, echo: 0 }),
        ..Options::default()
    }
}
