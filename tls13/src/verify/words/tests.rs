//! Every verdict that webpki can give is a sentence, and names a rule.

use webpki::{
    DerTypeId, Error as E, KeyUsage, RequiredEkuNotFoundContext, UnsupportedSignatureAlgorithmContext,
    UnsupportedSignatureAlgorithmForPublicKeyContext,
};

use super::in_words;

/// ecdsa-with-SHA1 and id-ecPublicKey, in DER.
const ECDSA_SHA1: [u8; 9] = [6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 1];
const EC_KEY: [u8; 9] = [6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];

/// All of `webpki::Error` but the four that `verify.rs` puts in words itself, and those that are deprecated.
fn all() -> Vec<E> {
    let algorithm = || UnsupportedSignatureAlgorithmContext {
        signature_algorithm_id: ECDSA_SHA1.to_vec(),
        supported_algorithms: Vec::new(),
    };
    let with_key = || UnsupportedSignatureAlgorithmForPublicKeyContext {
        signature_algorithm_id: ECDSA_SHA1.to_vec(),
        public_key_algorithm_id: EC_KEY.to_vec(),
    };
    let time = rustls_pki_types::UnixTime::since_unix_epoch(std::time::Duration::from_secs(1));
    vec![
        E::BadDer,
        E::BadDerTime,
        E::CaUsedAsEndEntity,
        E::CertDistrusted,
        E::CertRevoked,
        E::CrlExpired { time, next_update: time },
        E::EmptyEkuExtension,
        E::EndEntityUsedAsCa,
        E::ExtensionValueInvalid,
        E::InvalidCertValidity,
        E::InvalidCrlNumber,
        E::InvalidNetworkMaskConstraint,
        E::InvalidSerialNumber,
        E::InvalidCrlSignatureForPublicKey,
        E::InvalidSignatureForPublicKey,
        E::IssuerNotCrlSigner,
        E::MalformedDnsIdentifier,
        E::MalformedExtensions,
        E::MalformedNameConstraint,
        E::MaximumNameConstraintComparisonsExceeded,
        E::MaximumPathBuildCallsExceeded,
        E::MaximumPathDepthExceeded,
        E::MaximumSignatureChecksExceeded,
        E::NameConstraintViolation,
        E::PathLenConstraintViolated,
        E::RequiredEkuNotFoundContext(RequiredEkuNotFoundContext {
            required: KeyUsage::server_auth(),
            present: vec![vec![1, 3, 6, 1, 5, 5, 7, 3, 2], vec![1, 2, 3]],
        }),
        E::SignatureAlgorithmMismatch,
        E::TrailingData(DerTypeId::Certificate),
        E::UnknownRevocationStatus,
        E::UnsupportedCertVersion,
        E::UnsupportedCriticalExtension,
        E::UnsupportedCrlIssuingDistributionPoint,
        E::UnsupportedCrlVersion,
        E::UnsupportedDeltaCrl,
        E::UnsupportedIndirectCrl,
        E::UnsupportedNameType,
        E::UnsupportedRevocationReason,
        E::UnsupportedRevocationReasonsPartitioning,
        E::UnsupportedCrlSignatureAlgorithmContext(algorithm()),
        E::UnsupportedSignatureAlgorithmContext(algorithm()),
        E::UnsupportedCrlSignatureAlgorithmForPublicKeyContext(with_key()),
        E::UnsupportedSignatureAlgorithmForPublicKeyContext(with_key()),
    ]
}

#[test]
fn every_verdict_is_a_sentence() {
    for error in all() {
        let (rule, says) = in_words(&error);
        assert!(rule.starts_with("RFC "), "{error}: {rule}");
        assert!(!says.contains("has no words for"), "{error}: {says}");
        assert!(says.split(' ').count() >= 6, "{error}: {says}");
        // No Debug form: no name of a type, no braces.
        let name = error.to_string();
        let name = name.split(['(', ' ']).next().unwrap();
        assert!(!says.contains(name) && !says.contains(['{', '[']), "{error}: {says}");
    }
}

#[test]
fn algorithms_and_uses_have_names() {
    let says = |error: &E| in_words(error).1;
    let all = all();
    let of = |name: &str| says(all.iter().find(|error| error.to_string().starts_with(name)).unwrap());
    assert_eq!(
        of("UnsupportedSignatureAlgorithmContext"),
        "a certificate of the chain is signed with ecdsa-with-SHA1, which this client does not accept"
    );
    assert_eq!(
        of("UnsupportedSignatureAlgorithmForPublicKey"),
        "a certificate of the chain is signed with ecdsa-with-SHA1, but the key of its issuer is of the kind \
         ecPublicKey: this client does not accept the two together"
    );
    assert_eq!(
        of("RequiredEku"),
        "extendedKeyUsage of the certificate names clientAuth, 1.2.3, and not serverAuth: it is not meant for a server"
    );
    // An AlgorithmIdentifier with parameters, and one that nobody has named.
    let with_parameters = [6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 4, 5, 0];
    assert_eq!(super::algorithm_name(&with_parameters), "md5WithRSAEncryption");
    assert_eq!(super::algorithm_name(&[6, 2, 0x2a, 3]), "the algorithm 1.2.3");
    assert_eq!(super::algorithm_name(&[1]), "an unreadable algorithm");
}
