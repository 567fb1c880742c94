//! The bit fields of a word, as one table that parser, writer and tree read.
//!
//! An RFC draws the flags of a header as a row of boxes. [`Word`] is that row: a name, a width and a comment for each
//! box, from the most significant bit on. The parser takes a word apart with [`Word::split`], which also notes each box
//! for the tree; the writer puts it together with [`Word::join`]. So offsets and masks are written down once, as
//! widths.
//!
//! ```
//! use barewire_dissect::{Bits, Word};
//!
//! // RFC 791 §3.1: |0|DF|MF| fragment offset |
//! static FRAGMENT: Word<4> = Word::new([
//!     Bits::new("reserved", 1, "zero"),
//!     Bits::new("don't fragment", 1, ""),
//!     Bits::new("more fragments", 1, ""),
//!     Bits::new("fragment offset", 13, "in units of 8 bytes"),
//! ]);
//! assert_eq!(FRAGMENT.split(0x4000), [0, 1, 0, 0]);
//! assert_eq!(FRAGMENT.join([0, 0, 1, 185]), 0x20b9);
//! ```
//!
//! Tested in `tests/tree.rs`.

use crate::field::bits;
use crate::recorder;

/// One bit field.
#[derive(Debug, Clone, Copy)]
pub struct Bits {
    /// The RFC's name for it.
    pub name: &'static str,
    /// How many bits it has, 1 to 32.
    pub width: u32,
    /// What it is for, or empty.
    pub comment: &'static str,
    /// How a value is shown.
    pub show: fn(u32) -> String,
}

impl Bits {
    /// A bit field whose value is shown as a number.
    pub const fn new(name: &'static str, width: u32, comment: &'static str) -> Bits {
        Bits { name, width, comment, show: |value| value.to_string() }
    }

    /// The same, shown in another way: the name of a code, say.
    pub const fn shown(self, show: fn(u32) -> String) -> Bits {
        Bits { show, ..self }
    }
}

/// The bit fields of a word of up to 32 bits, from the most significant bit on.
#[derive(Debug, Clone, Copy)]
pub struct Word<const N: usize> {
    fields: [Bits; N],
}

impl<const N: usize> Word<N> {
    /// A word of these fields. Their widths add up to the width of the word.
    pub const fn new(fields: [Bits; N]) -> Word<N> {
        Word { fields }
    }

    /// Takes a word apart: the value of each field. Inside a [`field`](crate::field()) that is being recorded, it also
    /// notes each of them.
    #[inline]
    pub fn split(&self, word: u32) -> [u32; N] {
        let (mut values, mut rest) = ([0; N], u64::from(word));
        // From the right, where the fields that are left begin.
        for (value, field) in values.iter_mut().zip(&self.fields).rev() {
            *value = rest as u32 & mask(field.width);
            rest >>= field.width;
        }
        if recorder::listening() {
            self.note(&values);
        }
        values
    }

    /// Puts a word together again. Of a value that is too large only the bits that fit are taken.
    #[inline]
    pub fn join(&self, values: [u32; N]) -> u32 {
        let together = |word: u64, (field, value): (&Bits, u32)| {
            word << field.width | u64::from(value & mask(field.width))
        };
        self.fields.iter().zip(values).fold(0, together) as u32
    }

    /// The fields, most significant first.
    pub fn fields(&self) -> &[Bits; N] {
        &self.fields
    }

    #[cold]
    fn note(&self, values: &[u32; N]) {
        let mut first = 0;
        for (field, &value) in self.fields.iter().zip(values) {
            bits(field.name, field.comment, first, field.width, (field.show)(value));
            first += field.width;
        }
    }
}

/// `width` ones, at the bottom.
fn mask(width: u32) -> u32 {
    u32::MAX.checked_shr(32 - width).unwrap_or(0)
}
