//! Cipher suites (RFC 8446 §B.4): one AEAD to protect records and one hash for everything else.
//!
//! In TLS 1.3 a suite says no more than that: key exchange and signature are agreed on by extensions.
//! Left out: the two CCM suites, which few web servers use. Tested in `tests/loopback.rs`, each against rustls, and
//! `tests/names.rs`.

use ring::{aead, digest, hmac};

use crate::grease::is_grease;

mod older;

use older::OLDER;

/// A cipher suite that this crate can speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Suite {
    /// TLS_AES_128_GCM_SHA256, which every TLS 1.3 implementation must have (RFC 8446 §9.1).
    Aes128GcmSha256,
    /// TLS_AES_256_GCM_SHA384, with longer keys and a longer hash.
    Aes256GcmSha384,
    /// TLS_CHACHA20_POLY1305_SHA256, which is fast on processors without instructions for AES.
    Chacha20Poly1305Sha256,
}

/// The hash of a suite: it makes the transcript and drives the key schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hash {
    /// SHA-256, 32 bytes.
    Sha256,
    /// SHA-384, 48 bytes.
    Sha384,
}

impl Suite {
    /// Every suite of this crate, in the order it is offered by default.
    pub const ALL: [Suite; 3] =
        [Suite::Aes128GcmSha256, Suite::Aes256GcmSha384, Suite::Chacha20Poly1305Sha256];

    /// The number on the wire.
    pub fn id(self) -> u16 {
        match self {
            Suite::Aes128GcmSha256 => 0x1301,
            Suite::Aes256GcmSha384 => 0x1302,
            Suite::Chacha20Poly1305Sha256 => 0x1303,
        }
    }

    /// The suite of that number, if this crate can speak it.
    pub fn from_id(id: u16) -> Option<Suite> {
        Suite::ALL.into_iter().find(|suite| suite.id() == id)
    }

    /// The name in IANA's registry.
    pub fn name(self) -> &'static str {
        match self {
            Suite::Aes128GcmSha256 => "TLS_AES_128_GCM_SHA256",
            Suite::Aes256GcmSha384 => "TLS_AES_256_GCM_SHA384",
            Suite::Chacha20Poly1305Sha256 => "TLS_CHACHA20_POLY1305_SHA256",
        }
    }

    /// The cipher alone, for a narrow column.
    pub fn cipher(self) -> &'static str {
        match self {
            Suite::Aes128GcmSha256 => "AES-128-GCM",
            Suite::Aes256GcmSha384 => "AES-256-GCM",
            Suite::Chacha20Poly1305Sha256 => "ChaCha20-Poly1305",
        }
    }

    /// The hash of the transcript and the key schedule.
    pub fn hash(self) -> Hash {
        match self {
            Suite::Aes256GcmSha384 => Hash::Sha384,
            Suite::Aes128GcmSha256 | Suite::Chacha20Poly1305Sha256 => Hash::Sha256,
        }
    }

    /// The length of a traffic key, in bytes.
    pub fn key_len(self) -> usize {
        self.aead().key_len()
    }

    /// How many records one key may protect before a KeyUpdate must come: RFC 8446 §5.5 allows
    /// 2^24.5 full records for AES-GCM; ChaCha20-Poly1305 is limited only by the sequence number.
    pub fn records_per_key(self) -> u64 {
        match self {
            Suite::Aes128GcmSha256 | Suite::Aes256GcmSha384 => 1 << 24,
            Suite::Chacha20Poly1305Sha256 => u64::MAX - 1,
        }
    }

    pub(crate) fn aead(self) -> &'static aead::Algorithm {
        match self {
            Suite::Aes128GcmSha256 => &aead::AES_128_GCM,
            Suite::Aes256GcmSha384 => &aead::AES_256_GCM,
            Suite::Chacha20Poly1305Sha256 => &aead::CHACHA20_POLY1305,
        }
    }
}

impl Hash {
    /// The length of the hash, in bytes.
    #[allow(clippy::len_without_is_empty)] // a hash is never empty
    pub fn len(self) -> usize {
        match self {
            Hash::Sha256 => 32,
            Hash::Sha384 => 48,
        }
    }

    pub(crate) fn digest(self) -> &'static digest::Algorithm {
        match self {
            Hash::Sha256 => &digest::SHA256,
            Hash::Sha384 => &digest::SHA384,
        }
    }

    pub(crate) fn hmac(self) -> hmac::Algorithm {
        match self {
            Hash::Sha256 => hmac::HMAC_SHA256,
            Hash::Sha384 => hmac::HMAC_SHA384,
        }
    }
}

/// The name of a cipher suite number for people: that of IANA's registry where this crate knows it.
pub fn suite_name(id: u16) -> String {
    match (Suite::from_id(id), older(id), id) {
        (Some(suite), ..) => suite.name().to_owned(),
        (_, Some((_, name, _)), _) if name.ends_with("_SHA") || name.ends_with("_MD5") => {
            format!("{name} (TLS 1.2 or older)")
        }
        (_, Some((_, name, _)), _) => format!("{name} (TLS 1.2)"),
        (.., 0x00ff) => "TLS_EMPTY_RENEGOTIATION_INFO_SCSV".to_owned(),
        (.., 0x5600) => "TLS_FALLBACK_SCSV".to_owned(),
        (.., 0x1304) => "TLS_AES_128_CCM_SHA256".to_owned(),
        (.., 0x1305) => "TLS_AES_128_CCM_8_SHA256".to_owned(),
        (.., grease) if is_grease(grease) => format!("GREASE (0x{grease:04x})"),
        _ => format!("0x{id:04x} (TLS 1.2 or older, or unknown)"),
    }
}

/// The same for a narrow column: the cipher alone in TLS 1.3 (`AES-128-GCM`), OpenSSL's name for an older suite
/// (`ECDHE-RSA-AES128-GCM-SHA256`), or the number.
pub fn short_suite_name(id: u16) -> String {
    match (Suite::from_id(id), older(id)) {
        (Some(suite), _) => suite.cipher().to_owned(),
        (_, Some((_, _, short))) => (*short).to_owned(),
        _ => format!("suite 0x{id:04x}"),
    }
}

fn older(id: u16) -> Option<&'static (u16, &'static str, &'static str)> {
    OLDER.iter().find(|row| row.0 == id)
}
