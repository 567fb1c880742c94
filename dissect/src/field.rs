//! Naming what a parser reads: [`field`] for a value, [`group`] for a structure, [`bits`] for
//! flags inside a value, [`computed`] for what is not on the wire.
//!
//! Each takes a parser and gives one back that reads the same bytes and returns the same value,
//! so a name can be put around any part of a parser without changing what it does.
//!
//! Decide before you name: a field that was read stays in the tree even when its parser then
//! fails, because the fields read before an error are part of the lesson. So put no field inside
//! an `alt` that may take its choice back; look at the byte, choose, then name.

use nom::{IResult, Mode, OutputMode, PResult, Parser};

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
    show: impl Fn(&P::Output) -> String,
) -> impl Parser<&'a [u8], Output = P::Output, Error = P::Error>
where
    P: Parser<&'a [u8]>,
{
    Named { name, comment, parser, show: move |value: &P::Output| Some(show(value)) }
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
    Named { name, comment, parser, show: |_: &P::Output| None }
}

/// A parser with a name. A type and not a closure, because nom rewraps the result of every closure
/// it calls, and a name should cost nothing when nobody listens.
struct Named<P, S> {
    name: &'static str,
    comment: &'static str,
    parser: P,
    show: S,
}

impl<'a, P, S> Parser<&'a [u8]> for Named<P, S>
where
    P: Parser<&'a [u8]>,
    S: Fn(&P::Output) -> Option<String>,
{
    type Output = P::Output;
    type Error = P::Error;

    #[inline]
    fn process<M: OutputMode>(&mut self, input: &'a [u8]) -> PResult<M, &'a [u8], P::Output, P::Error> {
        if !recorder::listening() {
            return self.parser.process::<M>(input);
        }
        match self.noted(input) {
            Ok((rest, value)) => Ok((rest, M::Output::bind(|| value))),
            Err(nom::Err::Error(error)) => Err(nom::Err::Error(M::Error::bind(|| error))),
            Err(nom::Err::Failure(error)) => Err(nom::Err::Failure(error)),
            Err(nom::Err::Incomplete(needed)) => Err(nom::Err::Incomplete(needed)),
        }
    }
}

impl<P, S> Named<P, S> {
    #[cold]
    fn noted<'a>(&mut self, input: &'a [u8]) -> IResult<&'a [u8], P::Output, P::Error>
    where
        P: Parser<&'a [u8]>,
        S: Fn(&P::Output) -> Option<String>,
    {
        if !recorder::open(self.name, self.comment, input) {
            return recorder::unrecorded(|| self.parser.parse(input));
        }
        let result = self.parser.parse(input);
        match &result {
            Ok((rest, value)) => recorder::close(Some(rest), (self.show)(value)),
            Err(_) => recorder::close(None, None),
        }
        result
    }
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
