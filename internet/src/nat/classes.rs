//! Which external ports may stand for which inside ports (RFC 4787 REQ-3a). Tested in `tests/nat`.

use std::ops::RangeInclusive;

/// The ports that may take the place of some others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortClass {
    /// The ports inside.
    pub inside: RangeInclusive<u16>,
    /// The ports outside that may be theirs.
    pub outside: RangeInclusive<u16>,
}

/// RFC 4787 REQ-3a: well-known ports stay well-known.
pub const RFC_CLASSES: &[PortClass] = &[
    PortClass { inside: 0..=1023, outside: 1..=1023 },
    PortClass { inside: 1024..=65535, outside: 1024..=65535 },
];

/// Linux, nf_nat_core.c: three classes.
pub const LINUX_CLASSES: &[PortClass] = &[
    PortClass { inside: 0..=511, outside: 1..=511 },
    PortClass { inside: 512..=1023, outside: 600..=1023 },
    PortClass { inside: 1024..=65535, outside: 1024..=65535 },
];
