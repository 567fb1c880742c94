//! Cipher suites (RFC 8446 §B.4): one AEAD to protect records and one hash for everything else.
//!
//! In TLS 1.3 a suite says no more than that: the key exchange and the signature are negotiated beside it.
//! Left out: the two CCM suites, which few web servers enable. Tested in `tests/loopback.rs`, each against rustls.

use ring::{aead, digest, hmac};

/// A cipher suite that this crate can speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Suite {
    /// TLS_AES_128_GCM_SHA256, which every TLS 1.3 implementation must have (RFC 8446 §9.1).
    Aes128GcmSha256,
    /// TLS_AES_256_GCM_SHA384.
    Aes256GcmSha384,
    /// TLS_CHACHA20_POLY1305_SHA256: as fast without AES in the processor.
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

/// The name of a cipher suite number for people: those of this crate, and what an offer of a
/// browser or a refusal of an old server is likely to hold beside them.
pub fn suite_name(id: u16) -> String {
    let name = match id {
        0x00ff => "TLS_EMPTY_RENEGOTIATION_INFO_SCSV",
        0x1304 => "TLS_AES_128_CCM_SHA256",
        0x1305 => "TLS_AES_128_CCM_8_SHA256",
        0xc02b => "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 (TLS 1.2)",
        0xc02c => "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 (TLS 1.2)",
        0xc02f => "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 (TLS 1.2)",
        0xc030 => "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 (TLS 1.2)",
        0xcca8 => "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256 (TLS 1.2)",
        0xcca9 => "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256 (TLS 1.2)",
        _ => match Suite::from_id(id) {
            Some(suite) => suite.name(),
            None => return format!("0x{id:04x} (TLS 1.2 or older, or unknown)"),
        },
    };
    name.to_owned()
}
