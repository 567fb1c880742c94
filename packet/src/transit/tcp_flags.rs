//! The flags of a TCP segment (RFC 9293 §3.1), as far as a box in the middle follows a connection by them.

/// The byte with the flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TcpFlags(pub u8);

impl TcpFlags {
    /// The sender has said all.
    pub fn fin(self) -> bool {
        self.0 & 0x01 != 0
    }

    /// The connection opens.
    pub fn syn(self) -> bool {
        self.0 & 0x02 != 0
    }

    /// The connection is over at once.
    pub fn rst(self) -> bool {
        self.0 & 0x04 != 0
    }

    /// The acknowledgment number counts.
    pub fn ack(self) -> bool {
        self.0 & 0x10 != 0
    }

    /// The first segment of a connection: SYN without ACK.
    pub fn opens(self) -> bool {
        self.syn() && !self.ack()
    }
}
