//! The UDP header (RFC 768): enough to carry DNS over the same links as TCP.
//!
//! Tested in `tests/headers.rs`, against pnet_packet.

use std::net::{IpAddr, SocketAddr};

use barewire_dissect::{Parsed, Refused, describe, field, field_as, finish, group, refuse};
use byteorder::{BigEndian, WriteBytesExt};
use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::be_u16;

use crate::checksum::{Verdict, pseudo_header, verify};
use crate::ip;
use crate::reason::Reason;

/// The protocol number of UDP in an IP header.
pub const PROTOCOL: u8 = 17;
/// The header's length, in bytes.
pub const HEADER_LENGTH: usize = 8;

/// A UDP datagram.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Datagram<'a> {
    /// The sender's port.
    pub source_port: u16,
    /// The receiver's port.
    pub destination_port: u16,
    /// Of header and payload, in bytes.
    pub length: u16,
    /// The checksum as it stands on the wire; 0 means none.
    pub checksum: u16,
    /// The payload.
    pub payload: &'a [u8],
    /// Bytes of the IP payload after the datagram.
    pub surplus: &'a [u8],
}

impl<'a> Datagram<'a> {
    /// Reads a datagram: UDP header and payload, without the IP header.
    ///
    /// # Errors
    /// [`Refused`]: too short, or a length that does not fit.
    pub fn parse(bytes: &'a [u8]) -> Result<Datagram<'a>, Refused<Reason>> {
        finish("UDP datagram", bytes, datagram(bytes)).map(|(datagram, _)| datagram)
    }

    /// Reads what a capture has of a datagram; `missing` bytes of it were not captured. The header must be there.
    ///
    /// # Errors
    /// [`Refused`]: too short, or a length that does not fit.
    pub fn parse_captured(bytes: &'a [u8], missing: usize) -> Result<Datagram<'a>, Refused<Reason>> {
        if missing == 0 {
            return Datagram::parse(bytes);
        }
        let (datagram, payload) = finish("UDP datagram", bytes, header(bytes))?;
        Ok(Datagram { payload, ..datagram })
    }

    /// Judges the checksum; `bytes` are the datagram's, as received.
    pub fn verify(&self, source: IpAddr, destination: IpAddr, bytes: &[u8]) -> Verdict {
        if self.checksum == 0 && source.is_ipv4() {
            return Verdict::Absent;
        }
        let bytes = bytes.get(..usize::from(self.length)).unwrap_or(bytes);
        verify(pseudo_header(source, destination, PROTOCOL, bytes.len()), bytes, self.checksum)
    }

    /// Writes the datagram with every field as it stands.
    pub fn write(&self, out: &mut Vec<u8>) {
        // Writing to a Vec cannot fail.
        for field in [self.source_port, self.destination_port, self.length, self.checksum] {
            let _ = out.write_u16::<BigEndian>(field);
        }
        out.extend_from_slice(self.payload);
        out.extend_from_slice(self.surplus);
    }
}

/// Reads a datagram, naming its fields.
///
/// # Errors
/// [`Reason`], at the byte where reading stopped.
pub fn datagram(input: &[u8]) -> Parsed<'_, Datagram<'_>, Reason> {
    let (rest, mut datagram) = group("UDP", "RFC 768", header).parse(input)?;
    let says = usize::from(datagram.length);
    if says < HEADER_LENGTH || says > input.len() {
        return refuse(
            input.get(4..).unwrap_or_default(),
            Reason::DatagramLength { says, there: input.len() },
        );
    }
    let (payload, surplus) = rest.split_at(says - HEADER_LENGTH);
    if !payload.is_empty() {
        field("payload", "", take(payload.len())).parse(payload)?;
    }
    if !surplus.is_empty() {
        field("surplus", "after the datagram", take(surplus.len())).parse(surplus)?;
    }
    (datagram.payload, datagram.surplus) = (payload, surplus);
    Ok((&input[input.len()..], datagram))
}

fn header(input: &[u8]) -> Parsed<'_, Datagram<'_>, Reason> {
    let (rest, source_port) = field("source port", "", be_u16).parse(input)?;
    let (rest, destination_port) = field("destination port", "53 is DNS", be_u16).parse(rest)?;
    let (rest, length) = field("length", "of header and payload", be_u16).parse(rest)?;
    let (rest, checksum) =
        field_as("checksum", "over pseudo-header, header and payload", be_u16, |sum| format!("0x{sum:04x}"))
            .parse(rest)?;
    describe(|| format!("{source_port} → {destination_port}"));
    Ok((rest, Datagram { source_port, destination_port, length, checksum, payload: &[], surplus: &[] }))
}

/// Makes a whole IP packet around a UDP payload. Both addresses must be of one family; the payload is cut at the
/// 65,507 bytes that an IPv4 packet can carry.
pub fn ip_packet(source: SocketAddr, destination: SocketAddr, payload: &[u8]) -> Vec<u8> {
    let payload = payload.get(..65_507).unwrap_or(payload);
    let length = HEADER_LENGTH + payload.len();
    let mut datagram = Datagram {
        source_port: source.port(),
        destination_port: destination.port(),
        length: length as u16,
        checksum: 0,
        payload,
        surplus: &[],
    };
    let mut bytes = Vec::with_capacity(length);
    datagram.write(&mut bytes);
    let mut sum = pseudo_header(source.ip(), destination.ip(), PROTOCOL, length);
    sum.add(&bytes);
    // Zero would mean "no checksum"; its other form, all ones, sums to the same (RFC 768).
    datagram.checksum = if sum.checksum() == 0 { 0xffff } else { sum.checksum() };
    let mut packet = Vec::with_capacity(ip::header_length(source.ip()) + length);
    ip::write_header(source.ip(), destination.ip(), PROTOCOL, length, &mut packet);
    datagram.write(&mut packet);
    packet
}
