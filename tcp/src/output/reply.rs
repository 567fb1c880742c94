//! Packets on their way out: one of a connection's stream, or a reset that answers another segment.

use std::net::SocketAddr;

use barewire_packet::checksum::pseudo_header;
use barewire_packet::ip::{self, Codepoint, Treatment};

use crate::config::Config;
use crate::note::{ResetReason, SentNote};
use crate::options::{Options, Timestamps};
use crate::segment::{Flags, HEADER_LENGTH, PROTOCOL, Segment};
use crate::seq::SeqNumber;

/// A packet to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transmit {
    /// The whole IP packet.
    pub packet: Vec<u8>,
    /// What there is to say about it. Mostly nothing.
    pub note: Option<SentNote>,
}

/// A segment that answers another and carries nothing: a reset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) seq: SeqNumber,
    pub(crate) ack: Option<SeqNumber>,
    pub(crate) flags: Flags,
    /// Whether it belongs to a connection, and carries the timestamps that were agreed on (RFC 7323 §3.2).
    pub(crate) agreed: bool,
    pub(crate) reason: ResetReason,
}

impl Reply {
    /// A reset with the number `seq`, which acknowledges nothing.
    pub(crate) fn reset(seq: SeqNumber, reason: ResetReason) -> Reply {
        Reply { seq, ack: None, flags: Flags::RST, agreed: false, reason }
    }

    /// The reply as a packet. The timestamps are those that were agreed on, if they were.
    pub(crate) fn into_packet(
        self,
        config: &Config,
        local: SocketAddr,
        remote: SocketAddr,
        timestamps: Option<Timestamps>,
    ) -> Transmit {
        let timestamps = timestamps.filter(|_| self.agreed);
        let segment = Segment {
            seq: self.seq,
            ack: self.ack.unwrap_or_default(),
            flags: self.flags,
            options: Options { timestamps, ..Options::default() },
            ..Segment::empty(local.port(), remote.port())
        };
        let packet = in_ip(local, remote, config.treatment(Codepoint::NotEct), &segment, (&[], &[]));
        Transmit { packet, note: Some(SentNote::Reset(self.reason)) }
    }
}

/// Puts a segment and its text into an IP packet.
pub(crate) fn in_ip(
    local: SocketAddr,
    remote: SocketAddr,
    treatment: Treatment,
    segment: &Segment<'_>,
    text: (&[u8], &[u8]),
) -> Vec<u8> {
    let header = ip::header_length(local.ip());
    let length = HEADER_LENGTH + segment.options.length() + text.0.len() + text.1.len();
    let mut packet = Vec::with_capacity(header + length);
    ip::write_header_treated(local.ip(), remote.ip(), PROTOCOL, treatment, length, &mut packet);
    segment.compose(text, |length| pseudo_header(local.ip(), remote.ip(), PROTOCOL, length), &mut packet);
    packet
}
