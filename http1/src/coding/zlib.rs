//! The coding deflate (RFC 9110 §8.4.1.2): deflate data in the zlib wrapper of RFC 1950, or, as some servers send it,
//! without a wrapper.
//!
//! ```text
//!   Head: CMF FLG ──▶ Data (deflate) ──▶ Trailer: Adler-32 ──▶ Over
//!     └─ no wrapper ─▶ Data (deflate) ──────────────────────────▲
//! ```
//!
//! Which of the two it is, its first two bytes say: as one number they are a multiple of 31 in the wrapper.

use super::held::Held;
use super::inflate::Inflate;
use super::reason::Reason;
use super::step::Step;

/// Data of the coding deflate being undone.
#[derive(Default)]
pub(super) struct Zlib {
    at: At,
    /// Whether the wrapper is missing.
    raw: bool,
    held: Held,
    inflate: Inflate,
    adler: Adler32,
}

/// The states of the figure.
#[derive(Default, Clone, Copy, PartialEq)]
enum At {
    #[default]
    Head,
    Data,
    Trailer,
    Over,
}

impl Zlib {
    pub(super) fn step(&mut self, input: &[u8], out: &mut [u8]) -> Step {
        match self.at {
            At::Head => self.head(input, out),
            At::Data => self.data(input, out),
            At::Trailer => self.trailer(input),
            At::Over => match input {
                [] => Step::default(),
                [byte, ..] => Step::broken(0, 0, Reason::TrailingByte(*byte)),
            },
        }
    }

    pub(super) fn may_end(&self) -> bool {
        self.at == At::Over
    }

    pub(super) fn is_raw(&self) -> bool {
        self.raw
    }

    fn head(&mut self, input: &[u8], out: &mut [u8]) -> Step {
        let taken = self.held.fill(2, input);
        let [method, flags] = self.held.0[..] else { return Step { taken, ..Step::default() } };
        let is_wrapped = u16::from_be_bytes([method, flags]).is_multiple_of(31);
        if !is_wrapped || method & 0x0f != 8 || method >> 4 > 7 {
            // The two bytes are deflate data.
            (self.at, self.raw) = (At::Data, true);
            let held = std::mem::take(&mut self.held.0);
            return Step { taken, ..self.data(&held, out) };
        }
        if flags & 0x20 != 0 {
            return Step::broken(taken, 1, Reason::ZlibDictionary);
        }
        self.held.0.clear();
        self.at = At::Data;
        Step { taken, ..Step::default() }
    }

    fn data(&mut self, input: &[u8], out: &mut [u8]) -> Step {
        let mut step = self.inflate.step(input, out);
        if !self.raw {
            self.adler.update(&out[..step.made]);
        }
        if !self.inflate.ended() {
            return step;
        }
        self.at = if self.raw { At::Over } else { At::Trailer };
        if step.taken == 0 && step.made == 0 {
            step = self.step(input, out);
        }
        step
    }

    fn trailer(&mut self, input: &[u8]) -> Step {
        let taken = self.held.fill(4, input);
        if self.held.0.len() < 4 {
            return Step { taken, ..Step::default() };
        }
        let (said, is) = (self.held.big_endian(0), self.adler.sum());
        if said != is {
            return Step::broken(taken, 4, Reason::Adler32 { said, is });
        }
        self.at = At::Over;
        Step { taken, ..Step::default() }
    }
}

/// The checksum of RFC 1950 §9: two sums modulo 65521.
struct Adler32 {
    one: u32,
    two: u32,
}

impl Default for Adler32 {
    fn default() -> Adler32 {
        Adler32 { one: 1, two: 0 }
    }
}

impl Adler32 {
    fn update(&mut self, bytes: &[u8]) {
        // So many bytes cannot overflow 32 bits, so the division is done once for all of them.
        for piece in bytes.chunks(5552) {
            for byte in piece {
                self.one += u32::from(*byte);
                self.two += self.one;
            }
            self.one %= 65521;
            self.two %= 65521;
        }
    }

    fn sum(&self) -> u32 {
        self.two << 16 | self.one
    }
}
