//! Naming what a parser reads: [`field`] for a value, [`group`] or [`grouped`] for a structure, [`bits`] for
//! flags inside a value, [`computed`] for what is not on the wire.
//!
//! Each takes a parser and gives one back that reads the same bytes and returns the same value,
//! so a name can be put around any part of a parser without changing what it does.
//!
//! Decide before you name: a field that was read stays in the tree even when its parser then
//! fails, because the fields read before an error are part of the lesson. So put no field inside
//! an `alt` that may take its choice back; look at the byte, choose, then name.
//!
//! Tested in `tests/tree.rs`, and with threads in `tests/recording.rs`.

use nom::{Emit, IResult, Mode, OutputM, OutputMode, PResult, Parser};

use crate::recorder;
use crate::show::Show;
use crate::tree::Kind;

/// Names the bytes that `parser` reads, and shows its value with [`Show`].
///
/// ```
/// use barewire_dissect::{field, record};
/// use nom::{IResult, Parser, number::complete::be_u16};
///
/// fn port(input: &[u8]) -> IResult<&[u8], u16> {
///     field("source port", "the sender's end of the connection", be_u16).parse(input)
/// }
///
/// let bytes = [0x01, 0xbb];
/// let (result, tree) = record(&bytes, || port(&bytes));
/// assert_eq!(result, Ok((&[][..], 443)));
/// assert_eq!(tree.nodes[0].name, "source port");
/// assert_eq!(tree.nodes[0].value.as_deref(), Some("443"));
/// assert_eq!(tree.nodes[0].range, 0..2);
/// ```
#[inline]
pub fn field<'a, P>(
    name: &'static str,
    comment: &'static str,
    parser: P,
) -> impl Parser<&'a [u8], Output = P::Output, Error = P::Error>
where
    P: Parser<&'a [u8]>,
    P::Output: Show,
{
    field_as(name, comment, parser, Show::show)
}

/// Names the bytes that `parser` reads, and shows its value with `show`: for a number that reads
/// better in hex, or as the name of what it stands for.
#[inline]
pub fn field_as<'a, P>(
    name: &'static str,
    comment: &'static str,
    parser: P,
    show: impl Fn(&P::Output) -> String + Copy,
) -> impl Parser<&'a [u8], Output = P::Output, Error = P::Error>
where
    P: Parser<&'a [u8]>,
{
    let end = move |rest: &'a [u8], value| close_with_value(rest, value, show);
    Named { name, comment, parser, end }
}

/// Names a structure: the fields that `parser` reads become the children of one node.
///
/// A group has no value of its own until [`describe`] gives it one.
#[inline]
pub fn group<'a, P>(
    name: &'static str,
    comment: &'static str,
    parser: P,
) -> impl Parser<&'a [u8], Output = P::Output, Error = P::Error>
where
    P: Parser<&'a [u8]>,
{
    let end = |rest: &'a [u8], value| {
        recorder::close(rest);
        value
    };
    Named { name, comment, parser, end }
}

/// The same as [`group`] for a function that is called at once, and once only: so it may change what it captures.
/// It is also quicker where the value is large: nom moves the result of a closure once more.
///
/// ```
/// use barewire_dissect::{field, grouped, record};
/// use nom::{IResult, Parser, number::complete::u8};
///
/// fn version(input: &[u8]) -> IResult<&[u8], (u8, u8)> {
///     grouped("version", "", input, |input| {
///         let (input, major) = field("major", "", u8).parse(input)?;
///         let (input, minor) = field("minor", "", u8).parse(input)?;
///         Ok((input, (major, minor)))
///     })
/// }
///
/// let bytes = [3, 4];
/// let (result, tree) = record(&bytes, || version(&bytes));
/// assert_eq!(result, Ok((&[][..], (3, 4))));
/// assert_eq!((tree.nodes[0].name, tree.nodes[0].children.len()), ("version", 2));
/// ```
#[inline(always)]
pub fn grouped<'a, T, E>(
    name: &'static str,
    comment: &'static str,
    input: &'a [u8],
    read: impl FnOnce(&'a [u8]) -> IResult<&'a [u8], T, E>,
) -> IResult<&'a [u8], T, E> {
    if recorder::somebody_listens() {
        recorder::open(name, comment, input);
    }
    let parsed = read(input);
    // Looked at where it lies: a large result is written once, and not moved.
    if recorder::somebody_listens() {
        recorder::end(rest_of(&parsed), None);
    }
    parsed
}

/// The same with a value: what was read, shown with `show`.
///
/// For a large value it is quicker than [`describe`] inside `read`, because the value is looked at where it stays.
///
/// ```
/// use barewire_dissect::{field, grouped_as, record};
/// use nom::{IResult, Parser, number::complete::u8};
///
/// fn version(input: &[u8]) -> IResult<&[u8], (u8, u8)> {
///     grouped_as("version", "", input, |(major, minor)| format!("{major}.{minor}"), |input| {
///         let (input, major) = field("major", "", u8).parse(input)?;
///         let (input, minor) = field("minor", "", u8).parse(input)?;
///         Ok((input, (major, minor)))
///     })
/// }
///
/// let bytes = [3, 4];
/// let (result, tree) = record(&bytes, || version(&bytes));
/// assert!(result.is_ok());
/// assert_eq!(tree.nodes[0].value.as_deref(), Some("3.4"));
/// ```
#[inline(always)]
pub fn grouped_as<'a, T, E>(
    name: &'static str,
    comment: &'static str,
    input: &'a [u8],
    show: impl Fn(&T) -> String,
    read: impl FnOnce(&'a [u8]) -> IResult<&'a [u8], T, E>,
) -> IResult<&'a [u8], T, E> {
    if recorder::somebody_listens() {
        recorder::open(name, comment, input);
    }
    let parsed = read(input);
    if recorder::somebody_listens() {
        end_with_value(&parsed, show);
    }
    parsed
}

/// Closes a group with its value, which is shown only if this thread is the one that listens.
#[cold]
#[inline(never)]
fn end_with_value<T, E>(parsed: &IResult<&[u8], T, E>, show: impl Fn(&T) -> String) {
    if recorder::listening() {
        let value = parsed.as_ref().ok().map(|(_, value)| show(value));
        recorder::end(rest_of(parsed), value);
    }
}

/// Where the parser stopped; `None` if it failed.
fn rest_of<'a, T, E>(parsed: &IResult<&'a [u8], T, E>) -> Option<&'a [u8]> {
    parsed.as_ref().ok().map(|(rest, _)| *rest)
}

/// A parser with a name. A type and not a closure, because nom rewraps the result of every closure it calls.
struct Named<P, E> {
    name: &'static str,
    comment: &'static str,
    parser: P,
    /// Closes the node where the rest of the input starts, and gives the value back.
    end: E,
}

impl<'a, P, E> Parser<&'a [u8]> for Named<P, E>
where
    P: Parser<&'a [u8]>,
    E: Fn(&'a [u8], P::Output) -> P::Output,
{
    type Output = P::Output;
    type Error = P::Error;

    /// Three rules keep this free when nobody listens; the head of `recorder.rs` says what each of them saved.
    /// Only the count of recordings is looked at. It is looked at again after the parser, so that there is one call
    /// of the parser to inline. And the value goes through `end` and comes back, so that it can stay in a register.
    #[inline(always)]
    fn process<M: OutputMode>(&mut self, input: &'a [u8]) -> PResult<M, &'a [u8], P::Output, P::Error> {
        if recorder::somebody_listens() {
            recorder::open(self.name, self.comment, input);
        }
        match self.parser.process::<OutputM<Emit, M::Error, M::Incomplete>>(input) {
            Ok((rest, value)) => {
                let value = if recorder::somebody_listens() { (self.end)(rest, value) } else { value };
                Ok((rest, M::Output::bind(|| value)))
            }
            Err(error) => {
                if recorder::somebody_listens() {
                    recorder::close_failed();
                }
                Err(error)
            }
        }
    }
}

/// Closes the node with its value, which is shown only if this thread is the one that listens.
#[cold]
#[inline(never)]
fn close_with_value<T>(rest: &[u8], value: T, show: impl Fn(&T) -> String) -> T {
    if recorder::listening() {
        recorder::close_with(rest, show(&value));
    }
    value
}

/// Notes some bits of the field that is being read: `width` bits from bit `first`, where bit 0 is
/// the most significant bit of the field's first byte, as RFCs draw them.
#[inline]
pub fn bits(name: &'static str, comment: &'static str, first: u32, width: u32, value: impl Show) {
    if recorder::listening() {
        recorder::note(name, comment, value.show(), Kind::Bits { first, width });
    }
}

/// Notes a value that follows from the bytes but is not one of them. Views mark it, as Wireshark
/// does with brackets.
#[inline]
pub fn computed(name: &'static str, comment: &'static str, value: impl FnOnce() -> String) {
    if recorder::listening() {
        recorder::note(name, comment, value(), Kind::Computed);
    }
}

/// Gives the [`group`] that is being read a value: its summary in one line.
#[inline]
pub fn describe(value: impl FnOnce() -> String) {
    if recorder::listening() {
        recorder::set_value(value());
    }
}
