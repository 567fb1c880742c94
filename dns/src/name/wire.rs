//! Names on the wire: labels, and pointers to a name that stood earlier in the message (RFC 1035 §4.1.4).
//!
//! Two rules limit the work that a hostile message can cause. A pointer must lead to a byte before the piece of name
//! that it ends: each step goes towards byte 0, so no loop can be built. And a name may go through at most 127
//! pointers, as many as it can have labels: so a name costs at most 127 steps, also in a message full of pointers.
//!
//! Tested in `tests/hostile.rs` and `tests/message.rs`.

use barewire_dissect::{
    Bits, Located, Parsed, Word, describe, field_as, group, grouped, listening, offset_of, refuse,
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
    pub(crate) fn parse<'a>(
        name: &'static str,
        comment: &'static str,
        message: &'a [u8],
        input: &'a [u8],
    ) -> Parsed<'a, Name, Reason> {
        grouped(name, comment, input, |input| {
            let mut labels = Labels::new(message);
            let (rest, pointer) = labels.read_first_piece(input)?;
            if let Some(pointer) = pointer {
                labels.follow(pointer).map_err(|error| runs_over(error, message, pointer))?;
            }
            Ok((rest, labels.whole_name()))
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
        grouped(name, comment, input, |input| {
            let mut labels = Labels::new(message);
            match labels.read_first_piece(input)? {
                (_, Some(pointer)) => refuse(&message[pointer.at..], Reason::PointerInData),
                (rest, None) => Ok((rest, labels.whole_name())),
            }
        })
    }
}

/// The error of a name that a pointer leads to. If that name runs over the end of the message, the pointer is at fault:
/// the message need not be cut.
#[cold]
fn runs_over<'a>(error: Failed<'a>, message: &'a [u8], pointer: Pointer) -> Failed<'a> {
    let Pointer { at, target: to } = pointer;
    error.map(|located| match located.reason {
        Reason::EndsEarly => Located { at: &message[at..], reason: Reason::PointerToNoName { to } },
        reason => Located { reason, ..located },
    })
}

/// A pointer: where it stands, and where it leads. Both count from the start of the message.
#[derive(Clone, Copy)]
struct Pointer {
    at: usize,
    target: usize,
}

/// The labels of a name that is being read.
struct Labels<'a> {
    message: &'a [u8],
    /// Those of the pieces that are complete.
    name: Builder,
}

impl<'a> Labels<'a> {
    #[inline]
    fn new(message: &'a [u8]) -> Labels<'a> {
        Labels { message, name: Builder::new() }
    }

    /// Reads the piece that stands at the name's own place, and names its bytes. Those of the other pieces have their
    /// name where they stand.
    #[inline(always)]
    fn read_first_piece(&mut self, input: &'a [u8]) -> Parsed<'a, Option<Pointer>, Reason> {
        let start = offset_of(self.message, input);
        // The data of a record may end before the message does.
        let limit = start + input.len();
        let piece = self.read_piece(start, limit).map(|(end, pointer)| (&self.message[end..limit], pointer));
        if listening() {
            name_piece(input, &piece);
        }
        piece
    }

    // book: read-piece
    /// Reads labels up to the root (then nothing is left to do) or up to a pointer. All of them must end before
    /// `limit`. Returns where the piece ends.
    #[inline(always)]
    fn read_piece(&mut self, start: usize, limit: usize) -> Result<(usize, Option<Pointer>), Failed<'a>> {
        let bytes = &self.message[..limit];
        // One byte stays free for the root.
        let longest = MAX_NAME - 1 - self.name.length();
        let mut at = start;
        loop {
            match bytes.get(at).copied() {
                Some(0) => {
                    self.keep(start, at + 1);
                    return Ok((at + 1, None));
                }
                Some(length @ 1..=0x3f) if at + usize::from(length) < limit => {
                    let end = at + 1 + usize::from(length);
                    if end - start > longest {
                        return refuse_at(bytes, at, Reason::NameTooLong);
                    }
                    at = end;
                }
                Some(high @ 0xc0..) if at + 1 < limit => {
                    let target = usize::from(high & 0x3f) << 8 | usize::from(bytes[at + 1]);
                    if target >= start {
                        return refuse_at(bytes, at, Reason::PointerNotBackward { to: target });
                    }
                    self.keep(start, at);
                    return Ok((at + 2, Some(Pointer { at, target })));
                }
                Some(byte @ 0x40..=0xbf) => return refuse_at(bytes, at, Reason::LabelType { byte }),
                _ => return refuse_at(bytes, at, Reason::EndsEarly),
            }
        }
    }

    // book: end
    // book: follow
    /// Follows pointers to the end of the name.
    fn follow(&mut self, mut pointer: Pointer) -> Result<(), Failed<'a>> {
        // exercise: dns01
        // instead: Ok(())
        for _ in 0..MAX_POINTERS {
            let (_, next) = self.read_piece(pointer.target, self.message.len())?;
            let Some(next) = next else { return Ok(()) };
            pointer = next;
        }
        refuse_at(self.message, pointer.at, Reason::PointerChain)
        // exercise: end
    }

    // book: end
    /// Keeps the labels between `start` and `end`, and the root if it is there: on the wire they stand as a [`Name`]
    /// holds them.
    #[inline(always)]
    fn keep(&mut self, start: usize, end: usize) {
        if end > start {
            self.name.push_first(end - start, &self.message[start..]);
        }
    }

    #[inline(always)]
    fn whole_name(&mut self) -> Name {
        let name = Name { wire: self.name.whole() };
        describe(|| name.to_string());
        name
    }
}

#[cold]
fn refuse_at<'a, T>(bytes: &'a [u8], at: usize, reason: Reason) -> Result<T, Failed<'a>> {
    refuse(bytes.get(at..).unwrap_or_default(), reason).map(|(_, value)| value)
}

/// Names the bytes of a piece: all that were read, also before an error.
#[cold]
fn name_piece(start: &[u8], piece: &Parsed<'_, Option<Pointer>, Reason>) {
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

pub(super) fn pointer(input: &[u8]) -> Parsed<'_, usize, Reason> {
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
