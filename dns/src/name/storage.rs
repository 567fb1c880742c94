//! Where the bytes of a name are kept. Nearly all names are short, so a name has room for [`SHORT`] bytes in itself,
//! and only a longer one takes memory elsewhere. Reading a message then takes no memory for its names.
//!
//! Tested in `tests/names.rs`.

/// The longest name, in bytes on the wire (RFC 1035 §2.3.4).
pub const MAX_NAME: usize = 255;
/// The longest label (RFC 1035 §2.3.4).
pub const MAX_LABEL: usize = 63;

/// The most bytes that stand in the [`Name`](super::Name) itself. With this number a name takes 40 bytes in memory.
const SHORT: usize = 31;

/// The bytes of a whole name: labels with their lengths, and the root's zero. Its tag has eight bytes, so that a name
/// is moved in words. With a tag of one byte it was moved in pieces, and what read them as words had to wait.
#[derive(Clone)]
#[repr(u64)]
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
    /// Twice the room, so that [`SHORT`] bytes can be copied to any place in the first half.
    short: [u8; 2 * SHORT],
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
        Builder { short: [0; 2 * SHORT], length: 0, long: Vec::new() }
    }

    /// How many bytes there are.
    #[inline]
    pub(super) fn length(&self) -> usize {
        self.length
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
        self.push_first(1, &[label.len() as u8]);
        self.push_first(label.len(), label);
        Ok(())
    }

    /// Adds the first `length` of these bytes: labels with their lengths, and perhaps the root's zero. The caller has
    /// seen that a name has room for them.
    #[inline(always)]
    pub(super) fn push_first(&mut self, length: usize, bytes: &[u8]) {
        let room = self.short.get_mut(self.length..).and_then(|room| room.first_chunk_mut::<SHORT>());
        match (bytes.first_chunk::<SHORT>(), room) {
            // A copy of a fixed size is quicker. What it copies too much is written over, or not looked at.
            (Some(bytes), Some(room)) if self.length + length <= SHORT => *room = *bytes,
            _ => self.push_exactly(&bytes[..length]),
        }
        self.length += length;
    }

    /// The same without a byte too much: near the end of a message, and for long names.
    #[cold]
    fn push_exactly(&mut self, piece: &[u8]) {
        let end = self.length + piece.len();
        if end <= SHORT {
            return self.short[self.length..end].copy_from_slice(piece);
        }
        if self.long.is_empty() {
            self.long.reserve(MAX_NAME);
            self.long.extend_from_slice(&self.short[..self.length]);
        }
        self.long.extend_from_slice(piece);
    }

    /// All bytes of the name: what was added, and the root.
    pub(super) fn finish(mut self) -> Storage {
        self.push_first(1, &[0]);
        self.whole()
    }

    /// All bytes of the name: what was added, which ended with the root.
    #[inline(always)]
    pub(super) fn whole(&mut self) -> Storage {
        match self.short.first_chunk() {
            Some(bytes) if self.length <= SHORT => {
                Storage::Short { length: self.length as u8, bytes: *bytes }
            }
            _ => Storage::Long(std::mem::take(&mut self.long).into()),
        }
    }
}
