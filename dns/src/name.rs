//! Domain names: a list of labels, each up to 63 bytes, that ends at the root (RFC 1035 §3.1).
//!
//! A [`Name`] holds the form that it has on the wire without compression: before each label a byte with
//! its length, and at the end a zero byte for the root. Labels are bytes, not text. ASCII letters are
//! equal in both cases (RFC 4343), and keep the case they came in.
//!
//! ```text
//!    w w w . e x a m p l e . t e s t          the text form, name/text.rs
//!   03w w w07e x a m p l e04t e s t00         as a Name holds it
//!   03w w w[c0 10]                            on the wire, where a pointer to byte 16
//!                                             is the rest: name/wire.rs
//! ```
//!
//! Left out: IDNA. A name outside ASCII must be given as A-labels, `xn--...`.
//! Tested in `tests/names.rs`.

mod text;
mod wire;

use std::fmt;
use std::hash::{Hash, Hasher};

/// The longest name, in bytes on the wire (RFC 1035 §2.3.4).
pub const MAX_NAME: usize = 255;
/// The longest label (RFC 1035 §2.3.4).
pub const MAX_LABEL: usize = 63;

/// A domain name. Equality and hash ignore the case of ASCII letters.
///
/// ```
/// use barewire_dns::Name;
/// let name = Name::parse_text("www.Example.test")?;
/// assert_eq!(name, Name::parse_text("WWW.example.TEST.")?);
/// assert_eq!(name.to_string(), "www.Example.test");
/// assert_eq!(name.as_wire(), b"\x03www\x07Example\x04test\0");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Name {
    /// Labels with their lengths, and the root's zero. Always whole and at most [`MAX_NAME`] bytes.
    wire: Box<[u8]>,
}

impl Name {
    /// The root, the name without labels.
    pub fn root() -> Name {
        Name { wire: Box::new([0]) }
    }

    /// The name as on the wire without compression, 1 to 255 bytes.
    pub fn as_wire(&self) -> &[u8] {
        &self.wire
    }

    /// Whether this is the root.
    pub fn is_root(&self) -> bool {
        self.wire.len() == 1
    }

    /// The labels from left to right, without the empty label of the root.
    pub fn labels(&self) -> impl Iterator<Item = &[u8]> {
        let mut rest = self.as_wire();
        std::iter::from_fn(move || {
            let (label, after) = split_label(rest)?;
            rest = after;
            Some(label)
        })
    }

    /// The name without its leftmost label. The root has no parent.
    pub fn parent(&self) -> Option<Name> {
        let (_, rest) = split_label(&self.wire)?;
        Some(Name { wire: rest.into() })
    }

    /// Whether this name is `zone` or lies below it.
    ///
    /// ```
    /// use barewire_dns::Name;
    /// let www = Name::parse_text("www.example.test")?;
    /// assert!(www.is_within(&Name::parse_text("EXAMPLE.test")?));
    /// assert!(!www.is_within(&Name::parse_text("ample.test")?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn is_within(&self, zone: &Name) -> bool {
        let mut rest = self.as_wire();
        loop {
            if rest.len() == zone.wire.len() {
                return rest.eq_ignore_ascii_case(&zone.wire);
            }
            match split_label(rest) {
                Some((_, after)) => rest = after,
                None => return false,
            }
        }
    }

    /// Whether both names are the same in every byte, also in the case of letters.
    pub fn same_case_as(&self, other: &Name) -> bool {
        self.wire == other.wire
    }
}

/// The first label of an uncompressed name and what follows it; `None` at the root.
pub(crate) fn split_label(wire: &[u8]) -> Option<(&[u8], &[u8])> {
    match wire.split_first() {
        None | Some((0, _)) => None,
        Some((&length, rest)) => rest.split_at_checked(length.into()),
    }
}

// The bytes that hold lengths are compared as if they were letters. That is safe: a length is at most 63, and the first
// letter, `A`, is 65.
impl PartialEq for Name {
    fn eq(&self, other: &Name) -> bool {
        self.wire.eq_ignore_ascii_case(&other.wire)
    }
}

impl Eq for Name {}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for byte in &self.wire {
            state.write_u8(byte.to_ascii_lowercase());
        }
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Name({self})")
    }
}
