//! The types of blocks, by number (pcapng §4 and Appendix A): which are read, and which Wireshark numbers as frames.
//! Tested in `tests/pcapng.rs`.

pub(super) const SECTION_HEADER: u32 = 0x0a0d_0d0a;
pub(super) const INTERFACE: u32 = 1;
pub(super) const OBSOLETE_PACKET: u32 = 2;
pub(super) const SIMPLE_PACKET: u32 = 3;
pub(super) const STATISTICS: u32 = 5;
pub(super) const ENHANCED_PACKET: u32 = 6;
pub(super) const SECRETS: u32 = 10;

/// Whether blocks of this type are read. The others are skipped.
pub(super) fn is_read(kind: u32) -> bool {
    matches!(
        kind,
        SECTION_HEADER | INTERFACE | OBSOLETE_PACKET | SIMPLE_PACKET | STATISTICS | ENHANCED_PACKET | SECRETS
    )
}

/// Blocks that are not frames and are numbered by Wireshark as if they were: systemd journal entries, custom blocks
/// (§4.8), and the events of sysdig. So say tshark 4.0 and the test `block_numbers`.
const NUMBERED: [u32; 6] = [9, 0x0bad, 0x4000_0bad, 0x0204, 0x0216, 0x0221];

/// Whether a block of this type, which is not read here, takes a frame's number.
pub(super) fn is_numbered(kind: u32) -> bool {
    NUMBERED.contains(&kind)
}
