//! The reset that tells the sender of a TCP segment that there is no such connection (RFC 9293 §3.10.7.1).

use byteorder::{BigEndian, ByteOrder};

use super::{TCP, Transit};
use crate::checksum::pseudo_header;
use crate::ip;

/// The packet with the reset that answers a TCP segment, as the segment's receiver would send it. `None`: it is not
/// TCP, or a reset itself, which is never answered.
pub fn reset(packet: &Transit) -> Option<Vec<u8>> {
    let flags = packet.tcp_flags().filter(|flags| !flags.rst())?;
    let segment = packet.payload().get(..20).map(|_| packet.payload())?;
    let header = 4 * usize::from(segment[12] >> 4);
    let length = segment.len().checked_sub(header)? as u32 + u32::from(flags.syn()) + u32::from(flags.fin());
    let (seq, ack) = (BigEndian::read_u32(&segment[4..]), BigEndian::read_u32(&segment[8..]));
    let mut answer = [0; 20];
    answer[..2].copy_from_slice(&segment[2..4]);
    answer[2..4].copy_from_slice(&segment[..2]);
    // Where the segment acknowledges something, the reset is where its sender expects the next byte; otherwise it
    // acknowledges the segment.
    if flags.ack() {
        BigEndian::write_u32(&mut answer[4..], ack);
        answer[13] = 0x04;
    } else {
        BigEndian::write_u32(&mut answer[8..], seq.wrapping_add(length));
        answer[13] = 0x14;
    }
    answer[12] = 5 << 4;
    let (source, destination) = (packet.destination(), packet.source());
    let mut sum = pseudo_header(source, destination, TCP, answer.len());
    sum.add(&answer);
    BigEndian::write_u16(&mut answer[16..], sum.checksum());
    let mut out = Vec::with_capacity(ip::header_length(source) + answer.len());
    ip::write_header(source, destination, TCP, answer.len(), &mut out);
    out.extend(answer);
    Some(out)
}
