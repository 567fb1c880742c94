//! The Internet checksum (RFC 1071), and what a received one can turn out to be.
//!
//! A sum of 16-bit words in ones' complement: carries that leave at the top come back in at the bottom. Such a sum
//! may be taken in wider words, and in either byte order, as long as the result is folded (RFC 1071 §2); that is
//! why [`Sum`] adds four bytes at a time and folds once, at the end. It adds eight such words side by side, because
//! compilers turn that loop into one without waits: it takes three quarters of the time of the loop over single words.
//!
//! TCP and UDP sum over a pseudo-header too (RFC 9293 §3.1, RFC 8200 §8.1), so that a segment that strays to
//! the wrong address is noticed. A host that leaves the work to its network card hands on packets in which only the
//! pseudo-header has been summed: [`Verdict::Unfinished`], which is what one sees of a neighbour on the same machine.
//!
//! Tested in `tests/headers.rs`, against the RFC's example, pnet_packet and a sum done word by word.

use std::fmt;
use std::net::IpAddr;

/// A ones' complement sum under way.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sum {
    /// The words so far, two at a time, in the machine's own byte order, carries kept above.
    words: u64,
    /// Whether the bytes so far were odd in number, so that the next one is the low half of a word.
    odd: bool,
}

impl Sum {
    /// Adds `bytes`, as if they followed those added before.
    #[inline]
    pub fn add(&mut self, bytes: &[u8]) {
        let (mut bytes, mut sum) = (bytes, 0u64);
        if self.odd
            && let Some((first, rest)) = bytes.split_first()
        {
            sum += u64::from(u16::from_ne_bytes([0, *first]));
            bytes = rest;
            self.odd = false;
        }
        let (rows, rest) = bytes.as_chunks::<{ 4 * COLUMNS }>();
        let (words, rest) = rest.as_chunks::<4>();
        sum += add_rows(rows) + words.iter().map(|word| u64::from(u32::from_ne_bytes(*word))).sum::<u64>();
        let last = match *rest {
            [] => [0; 4],
            [a] => [a, 0, 0, 0],
            [a, b] => [a, b, 0, 0],
            [a, b, c, ..] => [a, b, c, 0],
        };
        sum += u64::from(u32::from_ne_bytes(last));
        self.odd ^= rest.len() % 2 == 1;
        self.words = halve(self.words) + halve(sum);
    }

    /// Adds four bytes that are at hand as a number: the first of them is the most significant. A header summed so need
    /// not be in memory yet.
    #[inline]
    pub fn add_word(&mut self, word: u32) {
        if self.odd {
            return self.add(&word.to_be_bytes());
        }
        self.words = halve(self.words) + u64::from(word.to_be());
    }

    /// The sum in 16 bits, not complemented.
    #[inline]
    pub fn folded(self) -> u16 {
        u16::from_be_bytes(fold(self.words).to_ne_bytes())
    }

    /// What goes into a checksum field: the complement of the sum.
    #[inline]
    pub fn checksum(self) -> u16 {
        !self.folded()
    }
}

/// How many words [`Sum::add`] adds side by side.
const COLUMNS: usize = 8;

/// Adds words, eight side by side.
fn add_rows(rows: &[[u8; 4 * COLUMNS]]) -> u64 {
    let mut columns = [0; COLUMNS];
    for row in rows {
        for (column, sum) in columns.iter_mut().enumerate() {
            let [a, b, c, d] = [0, 1, 2, 3].map(|at| row[4 * column + at]);
            *sum += u64::from(u32::from_ne_bytes([a, b, c, d]));
        }
    }
    columns.iter().sum()
}

/// Adds the upper half to the lower, so that there is room above again.
#[inline]
fn halve(words: u64) -> u64 {
    (words >> 32) + (words & 0xffff_ffff)
}

#[inline]
fn fold(words: u64) -> u16 {
    let mut words = halve(words);
    words = (words >> 16) + (words & 0xffff);
    words = (words >> 16) + (words & 0xffff);
    words = (words >> 16) + (words & 0xffff);
    words as u16
}

/// The checksum of `bytes`, whose own checksum field must be zero.
pub fn checksum(bytes: &[u8]) -> u16 {
    let mut sum = Sum::default();
    sum.add(bytes);
    sum.checksum()
}

// book: pseudo-header
/// The sum over the pseudo-header: addresses, protocol number, and the length of header and payload.
///
/// A pseudo-header has one address family; between two families the sum is only over what is given.
#[inline]
pub fn pseudo_header(source: IpAddr, destination: IpAddr, protocol: u8, length: usize) -> Sum {
    let mut sum = Sum::default();
    for address in [source, destination] {
        match address {
            IpAddr::V4(address) => sum.add_word(address.to_bits()),
            IpAddr::V6(address) => sum.add(&address.octets()),
        }
    }
    // Leading zeros do not change a sum: IPv4 has two bytes for each of these, IPv6 has four.
    sum.add_word(protocol.into());
    sum.add_word(length as u32);
    sum
}
// book: end

/// What a received checksum turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The sum over everything is right.
    Correct,
    /// Only the pseudo-header has been summed: the packet never left the machine, or was caught before its network
    /// card, which finishes the sum, had seen it.
    Unfinished,
    /// The field is zero, which in UDP over IPv4 means that there is none (RFC 768).
    Absent,
    /// The sum is wrong: some byte is not what was sent.
    Wrong {
        /// What the field says.
        found: u16,
        /// What it should say.
        wanted: u16,
    },
}

/// How a host notes a packet that it took with an [`Unfinished`](Verdict::Unfinished) checksum.
pub const UNFINISHED_NOTE: &str = "checksum offloaded, not yet computed";

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Verdict::Correct => f.write_str("correct"),
            Verdict::Unfinished => f.write_str("offloaded, not yet computed: the pseudo-header's sum only"),
            Verdict::Absent => f.write_str("none sent"),
            Verdict::Wrong { found, wanted } => write!(f, "wrong: 0x{found:04x}, should be 0x{wanted:04x}"),
        }
    }
}

/// Judges the checksum field `found` of `bytes` (header and payload, the field included as received).
#[inline]
pub fn verify(pseudo_header: Sum, bytes: &[u8], found: u16) -> Verdict {
    let mut sum = pseudo_header;
    sum.add(bytes);
    // A sum that includes its own complement is all ones.
    if sum.folded() == 0xffff {
        return Verdict::Correct;
    }
    // exercise: wire01
    // instead: Verdict::Wrong { found, wanted: !found }
    if found == pseudo_header.folded() {
        return Verdict::Unfinished;
    }
    // Taking the field out of the sum is adding its complement.
    let mut without = sum;
    without.odd = false;
    without.add(&(!found).to_be_bytes());
    Verdict::Wrong { found, wanted: without.checksum() }
    // exercise: end
}
