//! The options at the end of a pcapng block: §3.5.

use barewire_dissect::Parsed;
use nom::bytes::complete::take;
use nom::number::Endianness;
use nom::number::complete::u16;

use super::Reason;

/// The codes that are read and written here. The same number means another thing in another block.
pub(super) mod code {
    pub(in crate::capture) const END: u16 = 0;
    pub(in crate::capture) const COMMENT: u16 = 1;
    pub(in crate::capture) const IF_NAME: u16 = 2;
    pub(in crate::capture) const IF_DESCRIPTION: u16 = 3;
    pub(in crate::capture) const IF_TSRESOL: u16 = 9;
    pub(in crate::capture) const IF_TSOFFSET: u16 = 14;
    pub(in crate::capture) const EPB_FLAGS: u16 = 2;
    pub(in crate::capture) const ISB_ENDTIME: u16 = 3;
    pub(in crate::capture) const ISB_IFRECV: u16 = 4;
    pub(in crate::capture) const ISB_OSDROP: u16 = 7;
}

/// Calls `take_option` with each option. Code, length, value, padding to four bytes; code 0, or the block's end, ends
/// the list.
pub(super) fn each_option<'a>(
    order: Endianness,
    mut input: &'a [u8],
    mut take_option: impl FnMut(u16, &'a [u8]),
) -> Parsed<'a, (), Reason> {
    while !input.is_empty() {
        let (rest, code) = u16(order)(input)?;
        let (rest, length) = u16(order)(rest)?;
        if code == code::END {
            break;
        }
        let (rest, value) = take(length)(rest)?;
        (input, _) = take(padding(length.into()).min(rest.len()))(rest)?;
        take_option(code, value);
    }
    Ok((&[], ()))
}

/// Bytes to the next multiple of four.
pub(super) fn padding(length: usize) -> usize {
    length.wrapping_neg() % 4
}
