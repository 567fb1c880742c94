//! pcapng blocks, byte by byte from the figures of draft-ietf-opsawg-pcapng.

/// Writes numbers in one byte order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Blocks {
    pub(crate) big: bool,
}

impl Blocks {
    pub(crate) fn u16(self, number: u16) -> [u8; 2] {
        if self.big { number.to_be_bytes() } else { number.to_le_bytes() }
    }

    pub(crate) fn u32(self, number: u32) -> [u8; 4] {
        if self.big { number.to_be_bytes() } else { number.to_le_bytes() }
    }

    /// pcapng §3.1: type, length, body, length again.
    pub(crate) fn block(self, kind: u32, words: &[u32], rest: &[u8]) -> Vec<u8> {
        let mut body: Vec<u8> = words.iter().flat_map(|word| self.u32(*word)).collect();
        body.extend(rest);
        body.resize(body.len().next_multiple_of(4), 0);
        let length = self.u32(body.len() as u32 + 12);
        [&self.u32(kind)[..], &length, &body, &length].concat()
    }

    /// §4.1: byte-order magic, version 1.0, no length.
    pub(crate) fn section(self) -> Vec<u8> {
        let version = [self.u16(1), self.u16(0)].concat();
        self.block(0x0a0d_0d0a, &[0x1a2b_3c4d], &[&version[..], &[0xff; 8]].concat())
    }

    /// §4.2: link type, reserved, snap length, options.
    pub(crate) fn interface(self, link_type: u16, snap: u32, options: &[(u16, &[u8])]) -> Vec<u8> {
        let rest = [&self.u16(link_type)[..], &[0, 0], &self.u32(snap), &self.options(options)].concat();
        self.block(1, &[], &rest)
    }

    /// §3.5: code, length, value, padding; the end.
    pub(crate) fn options(self, options: &[(u16, &[u8])]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (code, value) in options {
            bytes.extend([self.u16(*code), self.u16(value.len() as u16)].concat());
            bytes.extend(*value);
            bytes.resize(bytes.len().next_multiple_of(4), 0);
        }
        if !bytes.is_empty() {
            bytes.extend([0; 4]);
        }
        bytes
    }

    /// §4.3: interface, time, captured and original length, bytes, options.
    pub(crate) fn enhanced(
        self,
        interface: u32,
        stamp: u64,
        bytes: &[u8],
        options: &[(u16, &[u8])],
    ) -> Vec<u8> {
        let length = bytes.len() as u32;
        let mut rest = bytes.to_vec();
        rest.resize(rest.len().next_multiple_of(4), 0);
        rest.extend(self.options(options));
        self.block(6, &[interface, (stamp >> 32) as u32, stamp as u32, length, length], &rest)
    }
}
