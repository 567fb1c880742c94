//! Groups (RFC 8446 §4.2.7): the mathematical group that both sides' keys belong to.
//!
//! Left out: exchanging keys in P-521 (ring does not have it), X448, finite fields and the post-quantum hybrids. Their
//! names are known, so that an offer can be read. Tested in `tests/loopback.rs` against rustls, and `tests/names.rs`.

use ring::agreement;

use crate::grease::is_grease;

/// A group that this crate can exchange keys in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Group {
    /// x25519 (RFC 7748): 32-byte keys.
    X25519,
    /// secp256r1, also called P-256: 65-byte uncompressed points.
    Secp256r1,
    /// secp384r1, also called P-384: 97-byte uncompressed points. A key of it takes ten times as long as the others.
    Secp384r1,
}

impl Group {
    /// Every group of this crate.
    pub const ALL: [Group; 3] = [Group::X25519, Group::Secp256r1, Group::Secp384r1];
    /// The groups that are offered by default, in this order.
    pub const USUAL: [Group; 2] = [Group::X25519, Group::Secp256r1];

    /// The number on the wire.
    pub fn id(self) -> u16 {
        match self {
            Group::X25519 => 0x001d,
            Group::Secp256r1 => 0x0017,
            Group::Secp384r1 => 0x0018,
        }
    }

    /// The group of that number, if this crate can use it.
    pub fn from_id(id: u16) -> Option<Group> {
        Group::ALL.into_iter().find(|group| group.id() == id)
    }

    /// The name of RFC 8446 §4.2.7.
    pub fn name(self) -> &'static str {
        match self {
            Group::X25519 => "x25519",
            Group::Secp256r1 => "secp256r1",
            Group::Secp384r1 => "secp384r1",
        }
    }

    pub(crate) fn agreement(self) -> &'static agreement::Algorithm {
        match self {
            Group::X25519 => &agreement::X25519,
            Group::Secp256r1 => &agreement::ECDH_P256,
            Group::Secp384r1 => &agreement::ECDH_P384,
        }
    }
}

/// The name of a group number for people.
pub fn group_name(id: u16) -> String {
    let name = match id {
        0x0017 => "secp256r1",
        0x0018 => "secp384r1",
        0x0019 => "secp521r1",
        0x001d => "x25519",
        0x001e => "x448",
        0x0100 => "ffdhe2048",
        0x0101 => "ffdhe3072",
        0x0102 => "ffdhe4096",
        0x0103 => "ffdhe6144",
        0x0104 => "ffdhe8192",
        0x11eb => "SecP256r1MLKEM768",
        0x11ec => "X25519MLKEM768",
        grease if is_grease(grease) => return format!("GREASE (0x{grease:04x})"),
        _ => return format!("unknown (0x{id:04x})"),
    };
    name.to_owned()
}
