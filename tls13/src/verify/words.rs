//! webpki's verdicts as sentences, each with its rule. Those that need the certificate's names and dates are made in
//! `verify.rs`. Tested in `verify/words/tests.rs`.

use webpki::Error as E;
use x509_parser::asn1_rs::Oid;
use x509_parser::prelude::FromDer;

const PATH: &str = "RFC 5280 §6.1";

/// The rule, and what is wrong.
pub(super) fn in_words(error: &E) -> (&'static str, String) {
    if let Some((rule, says)) = fixed(error) {
        return (rule, says.to_owned());
    }
    match error {
        E::UnsupportedSignatureAlgorithmContext(context) => {
            let name = algorithm_name(&context.signature_algorithm_id);
            (
                "RFC 8446 §4.4.2.4",
                format!(
                    "a certificate of the chain is signed with {name}, which this client does not accept"
                ),
            )
        }
        E::UnsupportedSignatureAlgorithmForPublicKeyContext(context) => {
            let (name, key) = (
                algorithm_name(&context.signature_algorithm_id),
                algorithm_name(&context.public_key_algorithm_id),
            );
            let says = format!(
                "a certificate of the chain is signed with {name}, but the key of its issuer is of the kind {key}: \
                 this client does not accept the two together"
            );
            ("RFC 5280 §4.1.1.2", says)
        }
        E::RequiredEkuNotFoundContext(context) => {
            let present: Vec<String> = context.present.iter().map(|oid| usage_name(oid)).collect();
            let says = format!(
                "extendedKeyUsage of the certificate names {}, and not serverAuth: it is not meant for a server",
                present.join(", ")
            );
            ("RFC 5280 §4.2.1.12", says)
        }
        _ => (
            PATH,
            "the certificate chain is not acceptable, for a reason that this client has no words for"
                .to_owned(),
        ),
    }
}

/// The verdicts that carry nothing to be told.
fn fixed(error: &E) -> Option<(&'static str, &'static str)> {
    const REISSUE: &str = "RFC 5280 §4.1";
    const CRL: &str = "RFC 5280 §5";
    const LIMITS: &str = "RFC 5280 §6.1";
    let row = match error {
        E::BadDer => (REISSUE, "a certificate of the chain is not valid DER"),
        E::BadDerTime => (
            "RFC 5280 §4.1.2.5",
            "a date in a certificate of the chain is not written as it has to be: UTCTime or GeneralizedTime, in UTC, \
             with seconds. Some clients accept that; the certificate has to be issued again",
        ),
        E::TrailingData(_) => {
            (REISSUE, "there are bytes after the end of a structure in a certificate of the chain")
        }
        E::InvalidSerialNumber => {
            ("RFC 5280 §4.1.2.2", "a serial number in the chain is not a positive number of at most 20 bytes")
        }
        E::InvalidCertValidity => (
            "RFC 5280 §4.1.2.5",
            "a certificate of the chain is valid until a time that is before its beginning",
        ),
        E::UnsupportedCertVersion => (
            "RFC 5280 §4.1.2.1",
            "a certificate of the chain is of X.509 version 1 or 2: only version 3 has the extensions that say what \
             it is for. Some clients accept it; make it anew with version 3",
        ),
        E::MalformedExtensions => {
            ("RFC 5280 §4.2", "the extensions of a certificate in the chain cannot be read")
        }
        E::ExtensionValueInvalid => {
            ("RFC 5280 §4.2", "an extension of a certificate in the chain is there twice, or cannot be read")
        }
        E::UnsupportedCriticalExtension => (
            "RFC 5280 §4.2",
            "a certificate of the chain has an extension that is marked critical, and that this client does not know",
        ),
        E::CaUsedAsEndEntity => (
            "RFC 5280 §4.2.1.9",
            "the certificate belongs to an authority (CA:TRUE): it may sign others, but a server may not use it as its \
             own. Some clients accept it when it signed itself and is trusted; so does this one, when exactly this \
             certificate is among those it is told to trust (--cacert)",
        ),
        E::EndEntityUsedAsCa => (
            "RFC 5280 §4.2.1.9",
            "a certificate in the chain signed another, but does not belong to an authority (CA:TRUE is missing)",
        ),
        E::PathLenConstraintViolated => (
            "RFC 5280 §4.2.1.9",
            "the chain is longer than pathLenConstraint of one of its authorities allows",
        ),
        E::NameConstraintViolation => (
            "RFC 5280 §4.2.1.10",
            "an authority in the chain may not sign for this name: its name constraints do not allow it",
        ),
        E::MalformedNameConstraint | E::InvalidNetworkMaskConstraint => {
            ("RFC 5280 §4.2.1.10", "the name constraints of an authority in the chain cannot be read")
        }
        E::MaximumNameConstraintComparisonsExceeded => {
            (LIMITS, "the chain has more name constraints than this client compares")
        }
        E::MaximumPathBuildCallsExceeded | E::MaximumSignatureChecksExceeded => (
            LIMITS,
            "the server sent so many certificates that fit each other that this client gave up looking for a path",
        ),
        E::MaximumPathDepthExceeded => (LIMITS, "the chain is longer than this client follows"),
        E::EmptyEkuExtension => (
            "RFC 5280 §4.2.1.12",
            "extendedKeyUsage of a certificate in the chain is empty: it has to name a use",
        ),
        E::InvalidSignatureForPublicKey => (
            PATH,
            "a certificate names an issuer that is known, but its signature is not by that issuer's key: another key \
             of the same name, or a changed certificate",
        ),
        E::SignatureAlgorithmMismatch => (
            "RFC 5280 §4.1.1.2",
            "a certificate of the chain names two different signature algorithms, inside and outside of what is signed",
        ),
        E::MalformedDnsIdentifier => ("RFC 9525 §6.3", "a DNS name in the certificate cannot be one"),
        E::UnsupportedNameType => {
            ("RFC 5280 §4.2.1.6", "a name in the certificate is of a kind this client cannot compare")
        }
        E::CertDistrusted => (PATH, "a certificate of the chain is expressly distrusted"),
        E::CertRevoked => ("RFC 5280 §5", "a certificate of the chain was revoked by its issuer"),
        E::UnknownRevocationStatus => (CRL, "nobody can say whether a certificate of the chain was revoked"),
        E::CrlExpired { .. } => (CRL, "a revocation list is too old"),
        E::InvalidCrlNumber | E::InvalidCrlSignatureForPublicKey | E::IssuerNotCrlSigner => {
            (CRL, "a revocation list is not by the issuer of the certificate, or broken")
        }
        E::UnsupportedCrlIssuingDistributionPoint
        | E::UnsupportedCrlVersion
        | E::UnsupportedDeltaCrl
        | E::UnsupportedIndirectCrl
        | E::UnsupportedRevocationReason
        | E::UnsupportedRevocationReasonsPartitioning
        | E::UnsupportedCrlSignatureAlgorithmContext(_)
        | E::UnsupportedCrlSignatureAlgorithmForPublicKeyContext(_) => {
            (CRL, "a revocation list is of a form that this client cannot read")
        }
        _ => return None,
    };
    Some(row)
}

/// The name of an algorithm, from an AlgorithmIdentifier in DER without the SEQUENCE around it.
fn algorithm_name(der: &[u8]) -> String {
    let Ok((_, oid)) = Oid::from_der(der) else { return "an unreadable algorithm".to_owned() };
    let number = oid.to_id_string();
    let name = match number.as_str() {
        "1.2.840.113549.1.1.1" => "rsaEncryption",
        "1.2.840.113549.1.1.2" => "md2WithRSAEncryption",
        "1.2.840.113549.1.1.4" => "md5WithRSAEncryption",
        "1.2.840.113549.1.1.5" => "sha1WithRSAEncryption",
        "1.2.840.113549.1.1.10" => "RSASSA-PSS",
        "1.2.840.113549.1.1.11" => "sha256WithRSAEncryption",
        "1.2.840.113549.1.1.12" => "sha384WithRSAEncryption",
        "1.2.840.113549.1.1.13" => "sha512WithRSAEncryption",
        "1.2.840.113549.1.1.14" => "sha224WithRSAEncryption",
        "1.2.840.10040.4.3" => "dsa-with-sha1",
        "1.2.840.10045.2.1" => "ecPublicKey",
        "1.2.840.10045.4.1" => "ecdsa-with-SHA1",
        "1.2.840.10045.4.3.1" => "ecdsa-with-SHA224",
        "1.2.840.10045.4.3.2" => "ecdsa-with-SHA256",
        "1.2.840.10045.4.3.3" => "ecdsa-with-SHA384",
        "1.2.840.10045.4.3.4" => "ecdsa-with-SHA512",
        "1.3.101.112" => "Ed25519",
        "1.3.101.113" => "Ed448",
        "2.16.840.1.101.3.4.3.17" => "ML-DSA-44",
        "2.16.840.1.101.3.4.3.18" => "ML-DSA-65",
        "2.16.840.1.101.3.4.3.19" => "ML-DSA-87",
        _ => return format!("the algorithm {number}"),
    };
    name.to_owned()
}

/// The name of a use in extendedKeyUsage (RFC 5280 §4.2.1.12), from its numbers.
fn usage_name(oid: &[usize]) -> String {
    let last = match oid {
        [1, 3, 6, 1, 5, 5, 7, 3, last] => *last,
        _ => 0,
    };
    match last {
        1 => "serverAuth".to_owned(),
        2 => "clientAuth".to_owned(),
        3 => "codeSigning".to_owned(),
        4 => "emailProtection".to_owned(),
        8 => "timeStamping".to_owned(),
        9 => "OCSPSigning".to_owned(),
        _ => oid.iter().map(ToString::to_string).collect::<Vec<_>>().join("."),
    }
}

#[cfg(test)]
mod tests;
