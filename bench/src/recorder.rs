//! What a name costs when nobody listens: the same parser with a name around each field, and without.
//!
//! The message has 100 names: ten groups of nine numbers of 16 bits, read one after the other as a header is. Both
//! parsers are written in the same way. They are compiled in this crate, as each layer's parsers are in theirs, so they
//! inline what another crate can inline.
//!
//! `with_names` and `without_names` are never inlined, so that callgrind can count their instructions one by one;
//! README.md has the command. The program also records once, before it measures. Otherwise the linker would find out
//! that nobody ever listens, and remove the question.

use std::hint::black_box;

use barewire_dissect::{field, group, record};
use nom::number::complete::be_u16;
use nom::{IResult, Parser};

use crate::measure::{Comparison, Unit, repeat};

/// How many names the message has: each group is one, and so is each number in it.
const NAMES: u64 = 100;
const GROUPS: usize = 10;
const TIMES: u64 = 100_000;

type Nine = [u16; 9];
type Message = [Nine; GROUPS];

pub(crate) fn compare(rounds: usize) -> Vec<Comparison> {
    let bytes = message();
    check(&bytes);
    let time = |parse: fn(&[u8]) -> IResult<&[u8], Message>| {
        repeat(TIMES, || _ = black_box(parse(black_box(&bytes)))) / NAMES as f64
    };
    let what = format!("Names, one of {NAMES} in a message");
    vec![Comparison::run(
        what,
        "the same parser without names",
        Unit::Hundredths,
        rounds,
        || time(with_names),
        || time(without_names),
    )]
}

/// Numbers that differ, so that no two of them can be mixed up.
fn message() -> Vec<u8> {
    (0..GROUPS as u16 * 9).flat_map(|number| (number * 257 + 1).to_be_bytes()).collect()
}

/// Both read the same, and refuse a message that is cut at the same byte. The first has as many names as we say.
fn check(bytes: &[u8]) {
    let (groups, tree) = record(bytes, || with_names(bytes));
    assert_eq!(groups.map(|(_, groups)| groups[9][8]), Ok(89 * 257 + 1));
    assert_eq!(tree.walk().count() as u64, NAMES);
    for end in 0..=bytes.len() {
        assert_eq!(with_names(&bytes[..end]), without_names(&bytes[..end]), "cut at byte {end}");
    }
}

#[inline(never)]
fn with_names(bytes: &[u8]) -> IResult<&[u8], Message> {
    groups(bytes, |input| group("nine", "numbers", named_nine).parse(input))
}

#[inline(never)]
fn without_names(bytes: &[u8]) -> IResult<&[u8], Message> {
    groups(bytes, nine)
}

/// Reads one group after the other with `read`.
fn groups<'a>(
    mut input: &'a [u8],
    read: impl Fn(&'a [u8]) -> IResult<&'a [u8], Nine>,
) -> IResult<&'a [u8], Message> {
    let mut groups = [[0; 9]; GROUPS];
    for group in &mut groups {
        (input, *group) = read(input)?;
    }
    Ok((input, groups))
}

fn named_nine(input: &[u8]) -> IResult<&[u8], Nine> {
    let (input, a) = field("a", "the first", be_u16).parse(input)?;
    let (input, b) = field("b", "the second", be_u16).parse(input)?;
    let (input, c) = field("c", "the third", be_u16).parse(input)?;
    let (input, d) = field("d", "the fourth", be_u16).parse(input)?;
    let (input, e) = field("e", "the fifth", be_u16).parse(input)?;
    let (input, f) = field("f", "the sixth", be_u16).parse(input)?;
    let (input, g) = field("g", "the seventh", be_u16).parse(input)?;
    let (input, h) = field("h", "the eighth", be_u16).parse(input)?;
    let (input, i) = field("i", "the ninth", be_u16).parse(input)?;
    Ok((input, [a, b, c, d, e, f, g, h, i]))
}

fn nine(input: &[u8]) -> IResult<&[u8], Nine> {
    let (input, a) = be_u16(input)?;
    let (input, b) = be_u16(input)?;
    let (input, c) = be_u16(input)?;
    let (input, d) = be_u16(input)?;
    let (input, e) = be_u16(input)?;
    let (input, f) = be_u16(input)?;
    let (input, g) = be_u16(input)?;
    let (input, h) = be_u16(input)?;
    let (input, i) = be_u16(input)?;
    Ok((input, [a, b, c, d, e, f, g, h, i]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_read_the_same() {
        check(&message());
    }
}
