//! Signature schemes (RFC 8446 §4.2.3), and the one signature of the handshake: CertificateVerify (§4.4.3).
//!
//! The signature proves that the server holds the certificate's private key, *in this connection*: the transcript is
//! signed. In front of it stand 64 spaces and a string, so that no other protocol's signature by the same key can be
//! used here. Left out: P-521 and ML-DSA, which ring does not have. Tested in `tests/loopback.rs` (each key type
//! against rustls) and `tests/hostile.rs`.

use std::ops::RangeInclusive;

use ring::signature;
use x509_parser::oid_registry::{
    OID_EC_P256, OID_KEY_TYPE_EC_PUBLIC_KEY, OID_NIST_EC_P384, OID_PKCS1_RSAENCRYPTION, OID_SIG_ED25519,
};
use x509_parser::public_key::PublicKey;
use x509_parser::x509::SubjectPublicKeyInfo;

/// A signature scheme that this crate accepts in CertificateVerify.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignatureScheme {
    /// ECDSA on P-256 with SHA-256.
    EcdsaSecp256r1Sha256,
    /// ECDSA on P-384 with SHA-384.
    EcdsaSecp384r1Sha384,
    /// Ed25519 (RFC 8032), whose hash is part of it.
    Ed25519,
    /// RSA-PSS with SHA-256.
    RsaPssRsaeSha256,
    /// RSA-PSS with SHA-384.
    RsaPssRsaeSha384,
    /// RSA-PSS with SHA-512.
    RsaPssRsaeSha512,
}

/// RSA PKCS #1 v1.5 with SHA-256, SHA-384, SHA-512. They are offered for signatures inside certificates only (RFC 8446
/// §4.2.3).
pub(crate) const IN_CERTIFICATES_ONLY: [u16; 3] = [0x0401, 0x0501, 0x0601];

/// A scheme that ring does not have: ECDSA on P-521 with SHA-512.
pub(crate) const ECDSA_SECP521R1_SHA512: u16 = 0x0603;

impl SignatureScheme {
    /// Every scheme of this crate, in the order it is offered.
    pub const ALL: [SignatureScheme; 6] = [
        SignatureScheme::EcdsaSecp256r1Sha256,
        SignatureScheme::Ed25519,
        SignatureScheme::RsaPssRsaeSha256,
        SignatureScheme::EcdsaSecp384r1Sha384,
        SignatureScheme::RsaPssRsaeSha384,
        SignatureScheme::RsaPssRsaeSha512,
    ];

    /// The number on the wire.
    pub fn id(self) -> u16 {
        match self {
            SignatureScheme::EcdsaSecp256r1Sha256 => 0x0403,
            SignatureScheme::EcdsaSecp384r1Sha384 => 0x0503,
            SignatureScheme::Ed25519 => 0x0807,
            SignatureScheme::RsaPssRsaeSha256 => 0x0804,
            SignatureScheme::RsaPssRsaeSha384 => 0x0805,
            SignatureScheme::RsaPssRsaeSha512 => 0x0806,
        }
    }

    /// The scheme of that number, if this crate accepts it.
    pub fn from_id(id: u16) -> Option<SignatureScheme> {
        SignatureScheme::ALL.into_iter().find(|scheme| scheme.id() == id)
    }

    /// The name of RFC 8446 §4.2.3.
    pub fn name(self) -> &'static str {
        match self {
            SignatureScheme::EcdsaSecp256r1Sha256 => "ecdsa_secp256r1_sha256",
            SignatureScheme::EcdsaSecp384r1Sha384 => "ecdsa_secp384r1_sha384",
            SignatureScheme::Ed25519 => "ed25519",
            SignatureScheme::RsaPssRsaeSha256 => "rsa_pss_rsae_sha256",
            SignatureScheme::RsaPssRsaeSha384 => "rsa_pss_rsae_sha384",
            SignatureScheme::RsaPssRsaeSha512 => "rsa_pss_rsae_sha512",
        }
    }

    fn algorithm(self) -> &'static dyn signature::VerificationAlgorithm {
        match self {
            SignatureScheme::EcdsaSecp256r1Sha256 => &signature::ECDSA_P256_SHA256_ASN1,
            SignatureScheme::EcdsaSecp384r1Sha384 => &signature::ECDSA_P384_SHA384_ASN1,
            SignatureScheme::Ed25519 => &signature::ED25519,
            SignatureScheme::RsaPssRsaeSha256 => &signature::RSA_PSS_2048_8192_SHA256,
            SignatureScheme::RsaPssRsaeSha384 => &signature::RSA_PSS_2048_8192_SHA384,
            SignatureScheme::RsaPssRsaeSha512 => &signature::RSA_PSS_2048_8192_SHA512,
        }
    }

    /// Whether a key of that kind can sign with this scheme (RFC 8446 §4.2.3). The scheme names the curve, too.
    fn fits(self, key: &SubjectPublicKeyInfo<'_>) -> bool {
        let kind = &key.algorithm.algorithm;
        let curve = || key.algorithm.parameters.as_ref().and_then(|any| any.as_oid().ok());
        match self {
            SignatureScheme::EcdsaSecp256r1Sha256 => {
                *kind == OID_KEY_TYPE_EC_PUBLIC_KEY && curve() == Some(OID_EC_P256)
            }
            SignatureScheme::EcdsaSecp384r1Sha384 => {
                *kind == OID_KEY_TYPE_EC_PUBLIC_KEY && curve() == Some(OID_NIST_EC_P384)
            }
            SignatureScheme::Ed25519 => *kind == OID_SIG_ED25519,
            _ => *kind == OID_PKCS1_RSAENCRYPTION,
        }
    }

    /// Whether `signature` is a signature by `key` over `message` in this scheme, or why nobody can say so.
    pub(crate) fn verify(
        self,
        key: &SubjectPublicKeyInfo<'_>,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureFailure> {
        if !self.fits(key) {
            return Err(SignatureFailure::OtherKey);
        }
        let public = signature::UnparsedPublicKey::new(self.algorithm(), &key.subject_public_key.data);
        public.verify(message, signature).map_err(|_| match rsa_bits(key) {
            Some(bits) if !RSA_BITS.contains(&bits) => SignatureFailure::RsaLength(bits),
            _ => SignatureFailure::Signature,
        })
    }
}

/// The RSA keys that ring checks signatures of, in bits.
const RSA_BITS: RangeInclusive<usize> = 2048..=8192;

/// Why a signature is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignatureFailure {
    /// A key of this kind cannot sign with the scheme.
    OtherKey,
    /// The RSA key has that many bits. ring does not look at its signatures, so nobody knows whether this one is right.
    RsaLength(usize),
    /// It is not the key's signature over these bytes.
    Signature,
}

fn rsa_bits(key: &SubjectPublicKeyInfo<'_>) -> Option<usize> {
    match key.parsed() {
        Ok(PublicKey::RSA(rsa)) => Some(rsa.key_size()),
        _ => None,
    }
}

// book: signed
/// The bytes that a server signs for CertificateVerify (RFC 8446 §4.4.3). `transcript_hash` is the hash of
/// ClientHello..Certificate.
pub fn signed_content(transcript_hash: &[u8]) -> Vec<u8> {
    // exercise: tls07
    // instead: transcript_hash.to_vec()
    let mut content = vec![b' '; 64];
    content.extend_from_slice(b"TLS 1.3, server CertificateVerify\0");
    content.extend_from_slice(transcript_hash);
    content
    // exercise: end
}
// book: end

/// The name of a signature scheme number for people.
pub fn scheme_name(id: u16) -> String {
    let name = match id {
        0x0201 => "rsa_pkcs1_sha1",
        0x0203 => "ecdsa_sha1",
        0x0401 => "rsa_pkcs1_sha256",
        0x0501 => "rsa_pkcs1_sha384",
        0x0601 => "rsa_pkcs1_sha512",
        ECDSA_SECP521R1_SHA512 => "ecdsa_secp521r1_sha512",
        0x0808 => "ed448",
        0x0809 => "rsa_pss_pss_sha256",
        0x080a => "rsa_pss_pss_sha384",
        0x080b => "rsa_pss_pss_sha512",
        0x0904 => "mldsa44",
        0x0905 => "mldsa65",
        0x0906 => "mldsa87",
        _ => match SignatureScheme::from_id(id) {
            Some(scheme) => scheme.name(),
            None => return format!("unknown (0x{id:04x})"),
        },
    };
    name.to_owned()
}
