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
//! `name/order.rs` sorts names, `name/storage.rs` keeps their bytes, `name/reverse.rs` makes the name of an address.
//!
//! Left out: IDNA. A name outside ASCII must be given as A-labels, `xn--...`.
//! Tested in `tests/names.rs`.

mod order;
mod owner;
mod reverse;
mod storage;
mod text;
mod wire;

use std::fmt;
use std::hash::{Hash, Hasher};

pub(crate) use owner::Owner;
use storage::{Builder, Full, Storage};
pub use storage::{MAX_LABEL, MAX_NAME};
pub use text::WithDot;

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
    wire: Storage,
}

impl Name {
    /// The root, the name without labels.
    pub fn root() -> Name {
        Name { wire: Builder::new().finish() }
    }

    /// The name as on the wire without compression, 1 to 255 bytes.
    pub fn as_wire(&self) -> &[u8] {
        self.wire.bytes()
    }

    /// Whether this is the root.
    pub fn is_root(&self) -> bool {
        self.as_wire().len() == 1
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
        if self.is_root() {
            return None;
        }
        let mut name = Builder::new();
        // What is shorter than a name that fits does fit.
        self.labels().skip(1).try_for_each(|label| name.push(label)).ok()?;
        Some(Name { wire: name.finish() })
    }

    /// The name with one more label on the left; `None` if the label or the name would be too long. An empty label is
    /// too short: only the root is empty.
    ///
    /// ```
    /// use barewire_dns::Name;
    /// let zone = Name::parse_text("example.test")?;
    /// assert_eq!(zone.child(b"www").unwrap().to_string(), "www.example.test");
    /// assert_eq!(zone.child(&[b'x'; 64]), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn child(&self, label: &[u8]) -> Option<Name> {
        if label.is_empty() {
            return None;
        }
        let mut name = Builder::new();
        name.push(label).ok()?;
        name.append(self).ok()?;
        Some(Name { wire: name.finish() })
    }

    /// The name and all names above it, up to the root.
    ///
    /// ```
    /// use barewire_dns::Name;
    /// let name = Name::parse_text("www.example.test")?;
    /// let above: Vec<String> = name.ancestors().map(|name| name.to_string()).collect();
    /// assert_eq!(above, ["www.example.test", "example.test", "test", "."]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn ancestors(&self) -> impl Iterator<Item = Name> {
        std::iter::successors(Some(self.clone()), Name::parent)
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
            if rest.len() == zone.as_wire().len() {
                return rest.eq_ignore_ascii_case(zone.as_wire());
            }
            match split_label(rest) {
                Some((_, after)) => rest = after,
                None => return false,
            }
        }
    }

    /// The name with the case of some letters changed: of those at whose index in [`as_wire`](Name::as_wire) `flipped`
    /// says so.
    pub(crate) fn with_case_flipped(&self, flipped: impl Fn(usize) -> bool) -> Name {
        let mut wire = Builder::new();
        let mut at = 0;
        let labels = self.labels().map(|label| {
            at += 1;
            let flip = |(index, byte): (usize, &u8)| {
                let case = if byte.is_ascii_alphabetic() && flipped(at + index) { 0x20 } else { 0 };
                byte ^ case
            };
            let label: Vec<u8> = label.iter().enumerate().map(flip).collect();
            at += label.len();
            label
        });
        // A name of the same length fits too.
        match labels.collect::<Vec<_>>().iter().try_for_each(|label| wire.push(label)) {
            Ok(()) => Name { wire: wire.finish() },
            Err(_) => self.clone(),
        }
    }

    /// Whether both names are the same in every byte, also in the case of letters.
    pub fn same_case_as(&self, other: &Name) -> bool {
        self.as_wire() == other.as_wire()
    }
}

impl Builder {
    /// Adds all labels of a name.
    fn append(&mut self, name: &Name) -> Result<(), Full> {
        name.labels().try_for_each(|label| self.push(label))
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
        self.as_wire().eq_ignore_ascii_case(other.as_wire())
    }
}

impl Eq for Name {}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for byte in self.as_wire() {
            state.write_u8(byte.to_ascii_lowercase());
        }
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Name({self})")
    }
}
