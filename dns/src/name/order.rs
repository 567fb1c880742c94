//! Names in order (RFC 4034 §6.1): by their labels from right to left, so that a zone stands before what is below it,
//! and neighbours in a zone are neighbours in the order. Letters count as lower case.
//!
//! ```
//! use barewire_dns::Name;
//! // The example of RFC 4034 §6.1.
//! let ordered = ["example", "a.example", "yljkjljk.a.example", "Z.a.example", "zABC.a.EXAMPLE",
//!     "z.example", r"\001.z.example", "*.z.example", r"\200.z.example"];
//! let ordered: Vec<Name> = ordered.iter().map(|text| Name::parse_text(text).unwrap()).collect();
//! assert!(ordered.is_sorted());
//! ```
//!
//! Tested in `tests/names.rs`.

use std::cmp::Ordering;

use super::Name;

impl Ord for Name {
    fn cmp(&self, other: &Name) -> Ordering {
        let (ours, theirs): (Vec<&[u8]>, Vec<&[u8]>) = (self.labels().collect(), other.labels().collect());
        let pairs = ours.iter().rev().zip(theirs.iter().rev());
        let first_difference = pairs.map(|(a, b)| label_order(a, b)).find(|order| order.is_ne());
        first_difference.unwrap_or_else(|| ours.len().cmp(&theirs.len()))
    }
}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Name) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Byte by byte, letters as lower case; a label that is the beginning of another stands before it.
fn label_order(a: &[u8], b: &[u8]) -> Ordering {
    a.iter().map(u8::to_ascii_lowercase).cmp(b.iter().map(u8::to_ascii_lowercase))
}
