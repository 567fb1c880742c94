//! Reading classic pcap: one header, then packets, all on one interface.
//!
//! Format: <https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-05.html>.

use std::time::Duration;

use barewire_dissect::{Parsed, Refused, finish, refuse};
use nom::bytes::complete::take;
use nom::number::Endianness;
use nom::number::complete::u32;

use super::{Capture, Interface, Packet, Reason};

const MICROSECONDS: u32 = 0xa1b2_c3d4;
const NANOSECONDS: u32 = 0xa1b2_3c4d;

/// Byte order and nanoseconds a tick, from the magic number.
fn format(file: &[u8]) -> Option<(Endianness, u32)> {
    let magic = u32::from_be_bytes(*file.first_chunk()?);
    match (magic, magic.swap_bytes()) {
        (MICROSECONDS, _) => Some((Endianness::Big, 1000)),
        (NANOSECONDS, _) => Some((Endianness::Big, 1)),
        (_, MICROSECONDS) => Some((Endianness::Little, 1000)),
        (_, NANOSECONDS) => Some((Endianness::Little, 1)),
        _ => None,
    }
}

pub(super) fn is_classic(file: &[u8]) -> bool {
    format(file).is_some()
}

pub(super) fn read(file: &[u8]) -> Result<Capture, Refused<Reason>> {
    let mut capture = Capture::default();
    finish("pcap file", file, packets(file, &mut capture))?;
    Ok(capture)
}

fn packets<'a>(file: &'a [u8], capture: &mut Capture) -> Parsed<'a, (), Reason> {
    let Some((order, nanoseconds)) = format(file) else { return refuse(file, Reason::NotACapture) };
    let (rest, _) = take(20usize)(file)?;
    let (mut rest, link_type) = u32(order)(rest)?;
    capture.interfaces.push(Interface { link_type: link_type as u16, name: String::new() });
    while !rest.is_empty() {
        let start = rest;
        let (input, seconds) = u32(order)(start)?;
        let (input, fraction) = u32(order)(input)?;
        let (input, captured) = u32(order)(input)?;
        let (input, original_len) = u32(order)(input)?;
        if captured as usize > input.len() {
            return refuse(start, Reason::PacketLength(captured));
        }
        let (input, bytes) = take(captured)(input)?;
        let time = Duration::from_secs(seconds.into())
            + Duration::from_nanos(u64::from(fraction) * u64::from(nanoseconds));
        capture.packets.push(Packet {
            interface: 0,
            time,
            bytes: bytes.to_vec(),
            original_len,
            comment: None,
        });
        rest = input;
    }
    Ok((rest, ()))
}
