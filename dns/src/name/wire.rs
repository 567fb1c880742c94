//! Names on the wire: labels, and pointers to the rest of a name that stood earlier (RFC 1035 §4.1.4).
//!
//! Two rules keep hostile messages short. A pointer must lead to before the start of the piece of
//! name that it ends, so that following it always moves towards byte 0 and no loop can be built. And a
//! name may go through at most 127 pointers, as many as it can have labels, so that a message stuffed
//! with chains of pointers costs at most 127 steps a name.

use barewire_dissect::{bits, describe, field_as, group, refuse, unrecorded};
use nom::Parser;
use nom::combinator::verify;
use nom::number::complete::{be_u16, u8};

use super::text::write_label;
use super::{MAX_NAME, Name};
use crate::error::{Reason, Wire};

/// The most pointers that one name may go through.
const MAX_POINTERS: usize = 127;

impl Name {
    /// Reads the name at the start of `input`, which lies in `message`. Pointers count from the start
    /// of `message`; the input that is left begins behind the name's own bytes, after its first pointer
    /// if it has one.
    pub(crate) fn parse<'a>(
        name: &'static str,
        comment: &'static str,
        message: &'a [u8],
        input: &'a [u8],
    ) -> Wire<'a, Name> {
        group(name, comment, |input| {
            let mut labels = Labels::new();
            let (rest, pointer) = labels.read_piece(message, input)?;
            if let Some(pointer) = pointer {
                // The bytes it leads to were named where they stand.
                unrecorded(|| labels.follow(message, pointer))?;
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

/// The labels read so far, with room for the longest name.
struct Labels {
    wire: [u8; MAX_NAME],
    length: usize,
}

impl Labels {
    fn new() -> Labels {
        Labels { wire: [0; MAX_NAME], length: 0 }
    }

    /// Reads labels up to the root (then nothing is left to do) or up to a pointer.
    fn read_piece<'a>(&mut self, message: &'a [u8], start: &'a [u8]) -> Wire<'a, Option<Pointer<'a>>> {
        let mut input = start;
        loop {
            match input.first() {
                Some(0) => {
                    let (rest, _) = field_as("root", "ends the name", u8, |_| ".".into()).parse(input)?;
                    return Ok((rest, None));
                }
                Some(0xc0..) => {
                    let (rest, target) = pointer(input)?;
                    if target >= offset(message, start) {
                        return refuse(input, Reason::PointerNotBackward { to: target });
                    }
                    return Ok((rest, Some(Pointer { at: input, target })));
                }
                Some(&byte @ 0x40..) => return refuse(input, Reason::LabelType { byte }),
                _ => input = self.read_label(input)?.0,
            }
        }
    }

    /// Follows pointers to the end of the name.
    fn follow<'a>(
        &mut self,
        message: &'a [u8],
        mut pointer: Pointer<'a>,
    ) -> Result<(), nom::Err<barewire_dissect::Located<'a, Reason>>> {
        for _ in 0..MAX_POINTERS {
            let target = message.get(pointer.target..).unwrap_or_default();
            let (_, next) = self.read_piece(message, target)?;
            let Some(next) = next else { return Ok(()) };
            pointer = next;
        }
        refuse(pointer.at, Reason::PointerChain).map(|_: (_, ())| ())
    }

    /// Reads one label and keeps it.
    fn read_label<'a>(&mut self, input: &'a [u8]) -> Wire<'a, ()> {
        let (rest, label) =
            field_as("label", "its length, then as many bytes", label, |label| label_text(label))
                .parse(input)?;
        let end = self.length + 1 + label.len();
        // One byte stays free for the root.
        match self.wire.get_mut(self.length..end).filter(|_| end < MAX_NAME) {
            Some(room) => {
                room[0] = label.len() as u8;
                room[1..].copy_from_slice(label);
                self.length = end;
                Ok((rest, ()))
            }
            None => refuse(input, Reason::NameTooLong),
        }
    }

    fn into_name(self) -> Name {
        // What follows the labels is still zero: the root.
        Name { wire: self.wire[..=self.length].into() }
    }
}

/// A pointer: the bits 11, then an offset of 14 bits from the start of the message.
fn pointer(input: &[u8]) -> Wire<'_, usize> {
    let two_bytes = verify(be_u16, |word| *word >= 0xc000);
    let (rest, target) = group(
        "pointer",
        "the rest of the name stands at an earlier byte",
        two_bytes.map(|word| {
            let target = usize::from(word & 0x3fff);
            describe(|| format!("to byte {target}"));
            bits("tag", "11: a pointer, not a length", 0, 2, "11");
            bits("offset", "from the first byte of the message", 2, 14, target);
            target
        }),
    )
    .parse(input)?;
    Ok((rest, target))
}

/// A label: a byte that counts, then as many bytes.
fn label(input: &[u8]) -> Wire<'_, &[u8]> {
    match input.split_first().and_then(|(&length, rest)| rest.split_at_checked(length.into())) {
        Some((label, rest)) => Ok((rest, label)),
        None => refuse(input, Reason::CutShort),
    }
}

/// The label as RFC 1035 §4.1.4 draws it: `3 www`.
fn label_text(label: &[u8]) -> String {
    let mut text = format!("{} ", label.len());
    // Writing to a String cannot fail.
    let _ = write_label(&mut text, label);
    text
}

/// Where `input` starts in `message`, of which it is a part.
pub(crate) fn offset(message: &[u8], input: &[u8]) -> usize {
    (input.as_ptr() as usize).saturating_sub(message.as_ptr() as usize)
}
