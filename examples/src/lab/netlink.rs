//! Messages to the kernel's network configuration (rtnetlink(7)): how they are written. No socket here.
//!
//! A message is a header (length, type, flags, number), a fixed structure that belongs to its type, and attributes:
//! each a length, a type and a value, padded to four bytes; a value can be attributes again. Numbers are in the
//! machine's own byte order, since nothing leaves the machine; addresses are in network order, as everywhere.

pub(super) mod route;

/// The bytes of the header: length, type, flags, sequence number, port.
const HEADER: usize = 16;

/// NLM_F_REQUEST and NLM_F_ACK: a question, and it wants an answer in any case.
const REQUEST: u16 = 0x1 | 0x4;
/// NLM_F_CREATE and NLM_F_EXCL: make it, and say so if it is there already.
pub(super) const CREATE: u16 = 0x400 | 0x200;

/// A message that is being written.
#[derive(Debug)]
pub(super) struct Message {
    bytes: Vec<u8>,
}

impl Message {
    /// A message of this type, with the structure that belongs to it.
    pub(super) fn new(kind: u16, flags: u16, structure: &[u8]) -> Message {
        let mut bytes = vec![0; 4];
        bytes.extend(kind.to_ne_bytes());
        bytes.extend((REQUEST | flags).to_ne_bytes());
        bytes.resize(HEADER, 0);
        bytes.extend(structure);
        Message { bytes }
    }

    /// Adds an attribute.
    pub(super) fn attribute(self, kind: u16, value: &[u8]) -> Message {
        self.nest(kind, |message| message.raw(value))
    }

    /// Adds an attribute with a text, which ends with a zero byte.
    pub(super) fn text(self, kind: u16, value: &str) -> Message {
        self.attribute(kind, &[value.as_bytes(), &[0]].concat())
    }

    /// Adds an attribute whose value `inner` writes.
    pub(super) fn nest(mut self, kind: u16, inner: impl FnOnce(Message) -> Message) -> Message {
        let start = self.bytes.len();
        self.bytes.extend([0; 2]);
        self.bytes.extend(kind.to_ne_bytes());
        let mut message = inner(self);
        let length = (message.bytes.len() - start) as u16;
        message.bytes[start..start + 2].copy_from_slice(&length.to_ne_bytes());
        message.bytes.resize(message.bytes.len().next_multiple_of(4), 0);
        message
    }

    /// Adds bytes that are not an attribute: the structure of a device inside an attribute.
    pub(super) fn raw(mut self, bytes: &[u8]) -> Message {
        self.bytes.extend(bytes);
        self
    }

    /// The message, with its length filled in.
    pub(super) fn finish(mut self) -> Vec<u8> {
        let length = (self.bytes.len() as u32).to_ne_bytes();
        self.bytes[..4].copy_from_slice(&length);
        self.bytes
    }
}

/// What the kernel answers to a message that wants an answer: NLMSG_ERROR with an error number, 0 when it has done it.
pub(super) fn answer(bytes: &[u8]) -> Option<i32> {
    const ERROR: u16 = 2;
    let kind = bytes.get(4..6)?;
    let number = bytes.get(HEADER..HEADER + 4)?;
    (kind == ERROR.to_ne_bytes()).then(|| -i32::from_ne_bytes([number[0], number[1], number[2], number[3]]))
}

/// What follows the header of a message: the structure that belongs to its type, and the attributes.
pub(super) fn structure(bytes: &[u8]) -> Option<&[u8]> {
    bytes.get(HEADER..)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand, after netlink(7) and rtnetlink(7).
    #[test]
    #[cfg(target_endian = "little")]
    fn a_message_has_its_length_and_its_attributes_are_padded() {
        let message =
            Message::new(16, CREATE, &[9; 16]).text(3, "eth0").nest(18, |inner| inner.text(1, "veth"));
        let bytes = message.finish();
        assert_eq!(bytes[..8], [60, 0, 0, 0, 16, 0, 5, 6]);
        assert_eq!(bytes[32..44], [9, 0, 3, 0, b'e', b't', b'h', b'0', 0, 0, 0, 0]);
        assert_eq!(bytes[44..60], [16, 0, 18, 0, 9, 0, 1, 0, b'v', b'e', b't', b'h', 0, 0, 0, 0]);
    }

    #[test]
    fn an_answer_is_an_error_number() {
        let refused = Message::new(2, 0, &(-17_i32).to_ne_bytes()).finish();
        assert_eq!(answer(&refused), Some(17));
        assert_eq!(answer(&refused[..18]), None);
        assert_eq!(answer(&Message::new(16, 0, &[0; 4]).finish()), None);
    }
}
