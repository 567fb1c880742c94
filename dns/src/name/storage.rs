//! Where the bytes of a name are kept. Nearly all names are short, so a name has room for [`SHORT`] bytes in itself,
//! and only a longer one takes memory elsewhere. Reading a message then takes no memory for its names.
//!
//! Tested in `tests/names.rs`.

/// The longest name, in bytes on the wire (RFC 1035 §2.3.4).
pub const MAX_NAME: usize = 255;
/// The longest label (RFC 1035 §2.3.4).
pub const MAX_LABEL: usize = 63;

/// The most bytes that stand in the [`Name`](super::Name) itself. With this number a name takes 32 bytes in memory.
const SHORT: usize = 30;

/// The bytes of a whole name: labels with their lengths, and the root's zero.
#[derive(Clone)]
pub(super) enum Storage {
    Short { length: u8, bytes: [u8; SHORT] },
    Long(Box<[u8]>),
}

impl Storage {
    #[inline]
    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Storage::Short { length, bytes } => bytes.get(..usize::from(*length)).unwrap_or_default(),
            Storage::Long(bytes) => bytes,
        }
    }
}

/// A name that is put together label by label, from left to right.
pub(super) struct Builder {
    short: [u8; SHORT],
    /// How many bytes there are, in `short` or, once they do not fit there, in `long`.
    length: usize,
    long: Vec<u8>,
}

/// Why a label cannot be added.
pub(super) enum Full {
    /// The label has more than 63 bytes.
    Label,
    /// The name would have more than 255.
    Name,
}

impl Builder {
    #[inline]
    pub(super) fn new() -> Builder {
        Builder { short: [0; SHORT], length: 0, long: Vec::new() }
    }

    /// Adds a label at the end.
    #[inline]
    pub(super) fn push(&mut self, label: &[u8]) -> Result<(), Full> {
        if label.len() > MAX_LABEL {
            return Err(Full::Label);
        }
        let end = self.length + 1 + label.len();
        // One byte stays free for the root.
        if end >= MAX_NAME {
            return Err(Full::Name);
        }
        self.push_piece(&[label.len() as u8]);
        self.push_piece(label);
        Ok(())
    }

    /// Adds bytes of a piece of a name: labels with their lengths. The caller has seen that the name has room for them.
    #[inline]
    pub(super) fn push_piece(&mut self, piece: &[u8]) {
        let end = self.length + piece.len();
        // One byte stays free for the root.
        match self.short.get_mut(self.length..end).filter(|_| end < SHORT) {
            Some(room) => room.copy_from_slice(piece),
            None => self.push_long(piece),
        }
        self.length = end;
    }

    #[cold]
    fn push_long(&mut self, piece: &[u8]) {
        if self.long.is_empty() {
            self.long.reserve(MAX_NAME);
            self.long.extend_from_slice(&self.short[..self.length]);
        }
        self.long.extend_from_slice(piece);
    }

    /// All bytes of the name: what was added, and the root.
    #[inline]
    pub(super) fn finish(mut self) -> Storage {
        if self.long.is_empty() {
            // The byte after the labels is still zero: the root.
            return Storage::Short { length: self.length as u8 + 1, bytes: self.short };
        }
        self.long.push(0);
        Storage::Long(self.long.into())
    }
}
