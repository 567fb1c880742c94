//! Names on the wire: labels, and pointers to a name that stood earlier in the message (RFC 1035 §4.1.4).
//!
//! Two rules limit the work that a hostile message can cause. A pointer must lead to a byte before the piece of name
//! that it ends: each step goes towards byte 0, so no loop can be built. And a name may go through at most 127
//! pointers, as many as it can have labels: so a name costs at most 127 steps, also in a message full of pointers.
//!
//! Tested in `tests/hostile.rs` and `tests/message.rs`.

use barewire_dissect::{
    Bits, Located, Parsed, Word, describe, field_as, group, offset_of, refuse, unrecorded,
};
use nom::Parser;
use nom::number::complete::{be_u16, u8};

use super::Name;
use super::storage::Builder;
use crate::reason::Reason;
use crate::text::escape::write_label;

/// The most pointers that one name may go through.
const MAX_POINTERS: usize = 127;

impl Name {
    /// Reads the name at the start of `input`, which is a part of `message`. Pointers count from the start of
    /// `message`. The input that is left begins after the name's own bytes: after its first pointer, if it has one.
    pub(crate) fn parse<'a>(
        name: &'static str,
        comment: &'static str,
        message: &'a [u8],
        input: &'a [u8],
    ) -> Parsed<'a, Name, Reason> {
        group(name, comment, |input| {
            let mut labels = Labels::new();
            let (rest, pointer) = labels.read_piece(message, input)?;
            if let Some(pointer) = pointer {
                // The tree names those bytes where they stand, so they are not recorded a second time.
                unrecorded(|| labels.follow(message, pointer))?;
            }
            let name = labels.into_name();
            describe(|| name.to_string());
            Ok((rest, name))
        })
        .parse(input)
    }

    /// The same for a name that must not be compressed, because others copy the data it stands in as it is
    /// (RFC 3597 §4).
    pub(crate) fn parse_whole<'a>(
        name: &'static str,
        comment: &'static str,
        message: &'a [u8],
        input: &'a [u8],
    ) -> Parsed<'a, Name, Reason> {
        group(name, comment, |input| {
            let mut labels = Labels::new();
            let (rest, pointer) = labels.read_piece(message, input)?;
            if let Some(pointer) = pointer {
                return refuse(pointer.at, Reason::PointerInData);
            }
            let name = labels.into_name();
            describe(|| name.to_string());
            Ok((rest, name))
        })
        .parse(input)
    }
}

/// A pointer: where it stands, and where it leads.
struct Pointer<'a> {
    at: &'a [u8],
    target: usize,
}

/// The labels read so far.
struct Labels {
    name: Builder,
}

impl Labels {
    fn new() -> Labels {
        Labels { name: Builder::new() }
    }

    // book: read-piece
    /// Reads labels up to the root (then nothing is left to do) or up to a pointer.
    fn read_piece<'a>(
        &mut self,
        message: &'a [u8],
        start: &'a [u8],
    ) -> Parsed<'a, Option<Pointer<'a>>, Reason> {
        let mut input = start;
        loop {
            match input.first() {
                Some(0) => {
                    let (rest, _) = field_as("root", "ends the name", u8, |_| ".".into()).parse(input)?;
                    return Ok((rest, None));
                }
                Some(0xc0..) => {
                    let (rest, target) = pointer(input)?;
                    if target >= offset_of(message, start) {
                        return refuse(input, Reason::PointerNotBackward { to: target });
                    }
                    return Ok((rest, Some(Pointer { at: input, target })));
                }
                Some(&byte @ 0x40..) => return refuse(input, Reason::LabelType { byte }),
                _ => input = self.read_label(input)?.0,
            }
        }
    }

    // book: end
    // book: follow
    /// Follows pointers to the end of the name.
    fn follow<'a>(
        &mut self,
        message: &'a [u8],
        mut pointer: Pointer<'a>,
    ) -> Result<(), nom::Err<Located<'a, Reason>>> {
        // exercise: dns01
        // instead: Ok(())
        for _ in 0..MAX_POINTERS {
            let target = message.get(pointer.target..).unwrap_or_default();
            let (_, next) = self.read_piece(message, target)?;
            let Some(next) = next else { return Ok(()) };
            pointer = next;
        }
        refuse(pointer.at, Reason::PointerChain).map(|_: (_, ())| ())
        // exercise: end
    }

    // book: end
    /// Reads one label and keeps it.
    fn read_label<'a>(&mut self, input: &'a [u8]) -> Parsed<'a, (), Reason> {
        let (rest, label) =
            field_as("label", "its length, then as many bytes", label, |label| label_text(label))
                .parse(input)?;
        match self.name.push(label) {
            Ok(()) => Ok((rest, ())),
            Err(_) => refuse(input, Reason::NameTooLong),
        }
    }

    fn into_name(self) -> Name {
        Name { wire: self.name.finish() }
    }
}

/// The two bytes of a pointer. Its tag tells it from a label, whose length is at most 63.
static POINTER: Word<2> = Word::new([
    Bits::new("tag", 2, "11: a pointer, not a length").shown(|tag| format!("{tag:02b}")),
    Bits::new("offset", 14, "from the first byte of the message"),
]);

fn pointer(input: &[u8]) -> Parsed<'_, usize, Reason> {
    let two_bytes = be_u16.map(|word| {
        let [_, target] = POINTER.split(word.into());
        describe(|| format!("to byte {target}"));
        target as usize
    });
    group("pointer", "the rest of the name stands at an earlier byte", two_bytes).parse(input)
}

/// A label: a byte that counts, then as many bytes.
fn label(input: &[u8]) -> Parsed<'_, &[u8], Reason> {
    match input.split_first().and_then(|(&length, rest)| rest.split_at_checked(length.into())) {
        Some((label, rest)) => Ok((rest, label)),
        None => refuse(input, Reason::EndsEarly),
    }
}

/// The label as RFC 1035 §4.1.4 draws it: `3 www`.
fn label_text(label: &[u8]) -> String {
    let mut text = format!("{} ", label.len());
    // Writing to a String cannot fail.
    let _ = write_label(&mut text, label);
    text
}
