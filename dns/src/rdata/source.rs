//! What a type's parser needs beside its own bytes: the message that names may point into, and whether they may.

use barewire_dissect::Parsed;

use crate::name::Name;
use crate::reason::Reason;
use crate::types::Compression;

/// Where the names in a record's data come from.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    /// The whole message. Pointers count from its first byte. `None` for data that stands alone.
    pub(crate) message: Option<&'a [u8]>,
    /// What the type's row says about pointers.
    pub(crate) compression: Compression,
}

impl<'a> Source<'a> {
    /// Reads a name in the data.
    pub(crate) fn name(
        self,
        name: &'static str,
        comment: &'static str,
        input: &'a [u8],
    ) -> Parsed<'a, Name, Reason> {
        match (self.message, self.compression) {
            (None, _) => Name::parse_whole(name, comment, input, input),
            (Some(message), Compression::Never) => Name::parse_whole(name, comment, message, input),
            (Some(message), _) => Name::parse(name, comment, message, input),
        }
    }
}
