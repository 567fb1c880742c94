//! Names on the wire: labels, and pointers to a name that stood earlier in the message (RFC 1035 §4.1.4).
//!
//! Two rules limit the work that a hostile message can cause. A pointer must lead to a byte before the piece of name
//! that it ends: each step goes towards byte 0, so no loop can be built. And a name may go through at most 127
//! pointers, as many as it can have labels: so a name costs at most 127 steps, also in a message full of pointers.
//!
//! Tested in `tests/hostile.rs` and `tests/message.rs`.

use barewire_dissect::{
    Bits, Located, Parsed, Word, describe, field_as, group, listening, offset_of, refuse,
};
use nom::Parser;
use nom::number::complete::{be_u16, u8};

use super::Name;
use super::storage::{Builder, MAX_NAME};
use crate::reason::Reason;
use crate::text::escape::write_label;

/// The most pointers that one name may go through.
const MAX_POINTERS: usize = 127;

/// An error, and the bytes where it is.
type Failed<'a> = nom::Err<Located<'a, Reason>>;

impl Name {
    /// Reads the name at the start of `input`, which is a part of `message`. Pointers count from the start of
    /// `message`. The input that is left begins after the name's own bytes: after its first pointer, if it has one.
    #[inline]
    pub(crate) fn parse<'a>(
        name: &'static str,
        comment: &'static str,
        message: &'a [u8],
        input: &'a [u8],
    ) -> Parsed<'a, Name, Reason> {
        read(name, comment, message, input, |labels, pointer| {
            let (at, to) = (pointer.at, pointer.target);
            labels.follow(message, pointer).map_err(|error| runs_over(error, at, to))
        })
    }

    /// The same for a name that must not be compressed, because others copy the data it stands in as it is
    /// (RFC 3597 §4).
    pub(crate) fn parse_whole<'a>(
        name: &'static str,
        comment: &'static str,
        message: &'a [u8],
        input: &'a [u8],
    ) -> Parsed<'a, Name, Reason> {
        read(name, comment, message, input, |_, pointer| {
            refuse(pointer.at, Reason::PointerInData).map(|_: (_, ())| ())
        })
    }
}

/// Reads a name, and hands its pointer, if it ends in one, to `at_pointer`.
#[inline(always)]
fn read<'a>(
    name: &'static str,
    comment: &'static str,
    message: &'a [u8],
    input: &'a [u8],
    at_pointer: impl Fn(&mut Labels, Pointer<'a>) -> Result<(), Failed<'a>>,
) -> Parsed<'a, Name, Reason> {
    group(name, comment, |input| {
        let mut labels = Labels::new();
        let (rest, pointer) = labels.read_first_piece(message, input)?;
        if let Some(pointer) = pointer {
            at_pointer(&mut labels, pointer)?;
        }
        let name = labels.into_name();
        describe(|| name.to_string());
        Ok((rest, name))
    })
    .parse(input)
}

/// The error of a name that a pointer leads to. If that name runs over the end of the message, the pointer is at fault:
/// the message need not be cut.
#[cold]
fn runs_over<'a>(
    error: nom::Err<Located<'a, Reason>>,
    at: &'a [u8],
    to: usize,
) -> nom::Err<Located<'a, Reason>> {
    error.map(|located| match located.reason {
        Reason::EndsEarly => Located { at, reason: Reason::PointerToNoName { to } },
        reason => Located { reason, ..located },
    })
}

/// A pointer: where it stands, and where it leads.
struct Pointer<'a> {
    at: &'a [u8],
    target: usize,
}

/// The labels read so far.
struct Labels {
    /// Those of the pieces that are complete.
    name: Builder,
    /// How many bytes all of them take, also those of the piece that is being read.
    length: usize,
}

impl Labels {
    #[inline]
    fn new() -> Labels {
        Labels { name: Builder::new(), length: 0 }
    }

    /// Reads the piece that stands at the name's own place, and names its bytes. Those of the other pieces have their
    /// name where they stand.
    #[inline]
    fn read_first_piece<'a>(
        &mut self,
        message: &'a [u8],
        start: &'a [u8],
    ) -> Parsed<'a, Option<Pointer<'a>>, Reason> {
        let piece = self.read_piece(message, start);
        if listening() {
            name_piece(start, &piece);
        }
        piece
    }

    // book: read-piece
    /// Reads labels up to the root (then nothing is left to do) or up to a pointer.
    #[inline(always)]
    fn read_piece<'a>(
        &mut self,
        message: &'a [u8],
        start: &'a [u8],
    ) -> Parsed<'a, Option<Pointer<'a>>, Reason> {
        let mut input = start;
        loop {
            match input {
                [0, rest @ ..] => {
                    self.keep(start, input);
                    return Ok((rest, None));
                }
                [high @ 0xc0..=0xff, low, rest @ ..] => {
                    let target = usize::from(high & 0x3f) << 8 | usize::from(*low);
                    if target >= offset_of(message, start) {
                        return refuse(input, Reason::PointerNotBackward { to: target });
                    }
                    self.keep(start, input);
                    return Ok((rest, Some(Pointer { at: input, target })));
                }
                [byte @ 0x40..=0xbf, ..] => return refuse(input, Reason::LabelType { byte: *byte }),
                [length, rest @ ..] if rest.len() >= usize::from(*length) => {
                    self.length += 1 + usize::from(*length);
                    // One byte stays free for the root.
                    if self.length >= MAX_NAME {
                        return refuse(input, Reason::NameTooLong);
                    }
                    input = &rest[usize::from(*length)..];
                }
                _ => return refuse(input, Reason::EndsEarly),
            }
        }
    }

    // book: end
    // book: follow
    /// Follows pointers to the end of the name.
    fn follow<'a>(&mut self, message: &'a [u8], mut pointer: Pointer<'a>) -> Result<(), Failed<'a>> {
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
    /// Keeps the labels between `start` and `end`: on the wire they stand as a [`Name`] holds them.
    #[inline(always)]
    fn keep(&mut self, start: &[u8], end: &[u8]) {
        self.name.push_piece(&start[..start.len() - end.len()]);
    }

    #[inline]
    fn into_name(self) -> Name {
        Name { wire: self.name.finish() }
    }
}

/// Names the bytes of a piece: all that were read, also before an error.
#[cold]
fn name_piece(start: &[u8], piece: &Parsed<'_, Option<Pointer<'_>>, Reason>) {
    let end = match piece {
        Ok((rest, _)) => rest,
        Err(nom::Err::Error(error) | nom::Err::Failure(error)) => error.at,
        Err(nom::Err::Incomplete(_)) => start,
    };
    let mut input = start;
    while input.len() > end.len() {
        let named = match input.first() {
            Some(0) => {
                field_as("root", "ends the name", u8, |_| ".".into()).parse(input).map(|(rest, _)| rest)
            }
            Some(0xc0..) => pointer(input).map(|(rest, _)| rest),
            _ => field_as("label", "its length, then as many bytes", label, |label| label_text(label))
                .parse(input)
                .map(|(rest, _)| rest),
        };
        match named {
            Ok(rest) => input = rest,
            // It was read before, so this does not happen; a loop ends all the same.
            Err(_) => return,
        }
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
