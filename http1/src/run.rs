//! Runs of bytes that fit: names, values, targets. Nearly all of their bytes are plain (letters, hyphens), so eight are
//! read as one number of 64 bits, and one sum compares them all. In each byte it carries into the top bit, or not:
//!
//! ```text
//! word                   48 6f 73 74 2d 49 44 3a      H o s t - I D :
//! small letters          68 6f 73 74 2d 69 64 3a
//! + 0x80 - 'a'           87 8e 92 93 4c 88 83 59      top bit: `a` or more
//! + 0x80 - '{'           6d 74 78 79 32 6e 69 3f      top bit: more than `z`
//! ```
//!
//! So the letters are the bytes that have the first top bit, and not the second one. Tested in `tests/runs.rs`.

const ONES: u64 = 0x0101_0101_0101_0101;
const TOPS: u64 = 0x80 * ONES;

/// What follows the bytes at the start of `input` that fit. `others` sets the top bits of those bytes of a word that
/// are not plain. `fits` knows each byte; it is asked from the first one on that is not plain.
#[inline(always)]
pub(crate) fn after_run(input: &[u8], others: impl Fn(u64) -> u64, fits: impl Fn(u8) -> bool) -> &[u8] {
    let mut rest = input;
    while let Some(word) = rest.first_chunk() {
        let others = others(u64::from_le_bytes(*word)) & TOPS;
        if others != 0 {
            // The first byte of the word is the lowest one of the number.
            rest = &rest[others.trailing_zeros() as usize / 8..];
            break;
        }
        rest = &rest[8..];
    }
    while let [byte, after @ ..] = rest
        && fits(*byte)
    {
        rest = after;
    }
    rest
}

/// Sets the top bits of the bytes that are not from `first` to `last`. A byte outside ASCII gets its bit, too. Its sums
/// may carry into the byte after it, so what follows it is not certain.
#[inline(always)]
pub(crate) fn outside(word: u64, first: u8, last: u8) -> u64 {
    !at_least(word, first) | at_least(word, last + 1)
}

/// Sets the top bits of the ASCII bytes that are `least` or more.
#[inline(always)]
fn at_least(word: u64, least: u8) -> u64 {
    word.wrapping_add(u64::from(0x80 - least) * ONES)
}

/// Makes capital letters small. No other byte becomes a letter.
#[inline(always)]
pub(crate) fn small_letters(word: u64) -> u64 {
    word | (0x20 * ONES)
}
