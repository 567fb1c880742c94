//! Where a packet of ours is another than the recorded one. Tested in `tests/replay.rs`.

use std::fmt;

use crate::ip::IpPacket;

/// A packet of ours that is another than the recorded one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Difference {
    /// Which packet of ours it is, from 1.
    pub packet: usize,
    /// The frame of the capture that it was compared with; `None` if the capture has no such packet.
    pub frame: Option<u64>,
    /// The first byte that differs, from the IP header on.
    pub offset: usize,
    /// What we sent there, and what was sent then; `None` where the packet had ended.
    pub bytes: (Option<u8>, Option<u8>),
    /// Where the payload of IP begins in our packet.
    payload: usize,
}

impl Difference {
    /// The first difference, if there is one. `recorded` is a frame's number and its packet.
    pub(super) fn between(packet: usize, ours: &[u8], recorded: Option<(u64, &[u8])>) -> Option<Difference> {
        let payload =
            IpPacket::parse(ours).map_or(0, |read| ours.len() - read.trailer.len() - read.payload.len());
        let Some((frame, recorded)) = recorded else {
            return Some(Difference {
                packet,
                frame: None,
                offset: 0,
                bytes: (ours.first().copied(), None),
                payload,
            });
        };
        let longest = ours.len().max(recorded.len());
        let offset = (0..longest).find(|at| ours.get(*at) != recorded.get(*at))?;
        let bytes = (ours.get(offset).copied(), recorded.get(offset).copied());
        Some(Difference { packet, frame: Some(frame), offset, bytes, payload })
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Difference { packet, frame, offset, bytes, payload } = self;
        let Some(frame) = frame else {
            return write!(f, "our packet {packet} is one more than were sent then");
        };
        write!(f, "our packet {packet} differs from frame {frame} in byte {offset} ")?;
        match offset.checked_sub(*payload) {
            Some(inside) => write!(f, "(payload of IP, byte {inside}): ")?,
            None => f.write_str("(IP header): ")?,
        }
        match bytes {
            (Some(ours), Some(then)) => write!(f, "0x{ours:02x}, and not 0x{then:02x}"),
            (Some(_), None) => f.write_str("it is longer"),
            (None, _) => f.write_str("it is shorter"),
        }
    }
}
