//! The owners of records. The records of a set have the same owner, and most servers write it each time as a pointer to
//! the same byte. A pointer that the record before had, or that leads to the name of the question, is not followed
//! again: the name is copied.
//!
//! The copy is what following gives again, because two pointers to one byte lead to the same name. It also goes
//! through as few pointers as before: so the limits of `name/wire.rs` hold. Tested in `tests/owners.rs`.

use barewire_dissect::{Parsed, describe, grouped, listening};

use super::Name;
use super::wire::pointer;
use crate::reason::Reason;

const NAME: &str = "NAME";
const COMMENT: &str = "the owner of the record";

/// Where the first question stands: after the header.
const AFTER_HEADER: usize = 12;

/// The last owner that was a pointer and nothing else.
pub(crate) struct Owner {
    /// Where the pointer leads, counted from the start of the message.
    target: usize,
    name: Name,
}

impl Owner {
    /// Before the first record: as if there had been a pointer to the name of the first question. That name can point
    /// into the header only, so a pointer to it is far from the limit.
    pub(crate) fn asked(question: Option<&Name>) -> Owner {
        match question {
            Some(name) => Owner { target: AFTER_HEADER, name: name.clone() },
            // No pointer leads so far.
            None => Owner { target: usize::MAX, name: Name::root() },
        }
    }

    /// Reads the owner of a record, as [`Name::parse`] does.
    #[inline(always)]
    pub(crate) fn parse<'a>(&mut self, message: &'a [u8], input: &'a [u8]) -> Parsed<'a, Name, Reason> {
        let [high @ 0xc0..=0xff, low, rest @ ..] = input else {
            return Name::parse(NAME, COMMENT, message, input);
        };
        let target = usize::from(high & 0x3f) << 8 | usize::from(*low);
        if target == self.target {
            if listening() {
                name_copied(input, &self.name);
            }
            return Ok((rest, self.name.clone()));
        }
        let (rest, owner) = Name::parse(NAME, COMMENT, message, input)?;
        *self = Owner { target, name: owner.clone() };
        Ok((rest, owner))
    }
}

/// Names the two bytes of an owner that is copied, as [`Name::parse`] names them.
#[cold]
fn name_copied(input: &[u8], owner: &Name) {
    // A pointer was seen here, so this cannot fail.
    let _ = grouped(NAME, COMMENT, input, |input| {
        let (rest, _) = pointer(input)?;
        describe(|| owner.to_string());
        Ok((rest, ()))
    });
}
