//! Verdicts on certificates that other clients accept, or that webpki names with a word: what is said about them, and
//! what is wrong with the signature in CertificateVerify when it is not the signature.

mod common;

use std::time::Duration;

use barewire_tls13::handshake::{Certificate, CertificateEntry, CertificateVerify};
use barewire_tls13::{AlertDescription, Error, Trust, Verified};
use common::forger::Forger;
use common::{Identity, NAME, Pair};
use rcgen::{
    CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose, PublicKeyData,
};

fn ed25519() -> KeyPair {
    KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap()
}

fn leaf(change: impl FnOnce(&mut CertificateParams)) -> Identity {
    Identity::of_key(ed25519(), change)
}

/// What the client says to this server, and its alert.
fn says(identity: &Identity, name: &str) -> (String, Option<AlertDescription>) {
    let mut config = identity.client();
    config.server_name = name.to_owned();
    let error = Pair::new(config, identity.server()).run().unwrap_err();
    (error.to_string(), error.alert())
}

/// A certificate that signed itself, for [`NAME`], with CA:TRUE or without.
fn self_signed(authority: bool) -> Identity {
    let key = ed25519();
    let mut leaf = CertificateParams::new(vec![NAME.to_owned()]).unwrap();
    leaf.not_before = rcgen::date_time_ymd(2026, 1, 1);
    leaf.not_after = rcgen::date_time_ymd(2027, 1, 1);
    leaf.distinguished_name = rcgen::DistinguishedName::new();
    leaf.distinguished_name.push(DnType::CommonName, "My Own");
    if authority {
        leaf.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    }
    let certificate = leaf.self_signed(&key).unwrap();
    Identity {
        ca_pem: certificate.pem(),
        certificate_pem: certificate.pem(),
        key_pem: key.serialize_pem(),
        chain: vec![certificate.der().clone()],
        key: key.serialize_der(),
    }
}

/// `openssl req -x509` makes such certificates, and curl takes them with `--cacert`.
#[test]
fn the_servers_own_authority_certificate_is_pinned() {
    let identity = self_signed(true);
    let summary = Pair::new(identity.client(), identity.server()).handshake();
    assert_eq!(summary.verified, Verified::Pinned { subject: "CN=My Own".to_owned() });
    assert_eq!(
        summary.verified.to_string(),
        "verified: the certificate of CN=My Own is itself among those trusted (pinned)"
    );
}

#[test]
fn a_pinned_certificate_still_has_a_name_and_a_date() {
    let identity = self_signed(true);
    let (error, alert) = says(&identity, "another.example.test");
    assert_eq!(error, format!("the certificate names {NAME}, not another.example.test; RFC 9525 §6"));
    assert_eq!(alert, Some(AlertDescription::BAD_CERTIFICATE));
    for (days, wanted) in [(-200i64, "is valid from 2026-01-01"), (300, "expired on 2027-01-01")] {
        let mut config = identity.client();
        let by = Duration::from_secs(days.unsigned_abs() * 86_400);
        config.wall_clock = if days < 0 { config.wall_clock - by } else { config.wall_clock + by };
        let error = Pair::new(config, identity.server()).run().unwrap_err();
        assert!(error.to_string().contains(wanted), "{error}");
        assert_eq!(error.alert(), Some(AlertDescription::CERTIFICATE_EXPIRED));
    }
}

/// Another authority certificate of the same name and key type is not the one that is pinned.
#[test]
fn only_the_very_certificate_is_pinned() {
    let (identity, other) = (self_signed(true), self_signed(true));
    let mut config = identity.client();
    config.trust = other.trust();
    let error = Pair::new(config, identity.server()).run().unwrap_err();
    let says = error.to_string();
    assert!(
        says.contains("when exactly this certificate is among those it is told to trust (--cacert)"),
        "{says}"
    );
}

#[test]
fn key_usage_has_to_allow_signatures() {
    let bent = |usages: &[KeyUsagePurpose]| {
        let usages = usages.to_vec();
        leaf(|leaf| leaf.key_usages = usages)
    };
    let identity = bent(&[KeyUsagePurpose::KeyEncipherment]);
    let (error, alert) = says(&identity, NAME);
    assert!(error.starts_with("the certificate has a keyUsage without digitalSignature"), "{error}");
    assert!(error.ends_with("; RFC 8446 §4.4.2.2"), "{error}");
    assert_eq!(alert, Some(AlertDescription::BAD_CERTIFICATE));
    let mut config = identity.client();
    config.check_key_usage = false;
    Pair::new(config, identity.server()).handshake();
    for fine in [&[][..], &[KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyEncipherment]] {
        let identity = bent(fine);
        Pair::new(identity.client(), identity.server()).handshake();
    }
}

#[test]
fn an_address_in_a_dns_name_does_not_count() {
    let identity = leaf(|leaf| {
        let name = "127.0.0.1".try_into().unwrap();
        leaf.subject_alt_names = vec![rcgen::SanType::DnsName(name)];
    });
    let (error, alert) = says(&identity, "127.0.0.1");
    assert_eq!(
        error,
        "the certificate has 127.0.0.1 as a dNSName, and not as an iPAddress: a client that wants the address \
         127.0.0.1 looks only there; RFC 9525 §6"
    );
    assert_eq!(alert, Some(AlertDescription::BAD_CERTIFICATE));
}

#[test]
fn a_use_that_is_not_a_servers() {
    let identity = leaf(|leaf| leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth]);
    let (error, _) = says(&identity, NAME);
    assert_eq!(
        error,
        "extendedKeyUsage of the certificate names clientAuth, and not serverAuth: it is not meant for a server; \
         RFC 5280 §4.2.1.12"
    );
}

#[test]
fn an_unknown_critical_extension() {
    let identity = leaf(|leaf| {
        let mut extension = rcgen::CustomExtension::from_oid_content(&[1, 2, 3, 4], vec![5, 0]);
        extension.set_criticality(true);
        leaf.custom_extensions = vec![extension];
    });
    // rustls would not even show it.
    let shown = shown(&leaf(|_| ()), &identity.chain[0], identity.trust(), 0x0807, &[0; 64]);
    let error = shown.to_string();
    assert!(error.contains("marked critical, and that this client does not know; RFC 5280 §4.2"), "{error}");
}

#[test]
fn a_certificate_signed_with_md5_is_named() {
    let identity = Identity::rsa_authority();
    let mut der = identity.chain[0].to_vec();
    let sha256 = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11];
    for at in 0..der.len() - 9 {
        if der[at..].starts_with(&sha256) {
            der[at + 8] = 4;
        }
    }
    let error = shown(&identity, &der, identity.trust(), 0x0807, &[0; 64]);
    assert_eq!(
        error.to_string(),
        "a certificate of the chain is signed with md5WithRSAEncryption, which this client does not accept; \
         RFC 8446 §4.4.2.4"
    );
}

/// Shows a certificate, and a signature that claims to be by its key.
fn shown(identity: &Identity, der: &[u8], trust: Trust, scheme: u16, signature: &[u8]) -> Error {
    let mut config = identity.client();
    config.trust = trust;
    let mut forger = Forger::new(identity, config);
    forger.flight(2).unwrap();
    let entry = CertificateEntry { der, extensions: Vec::new() };
    let certificate = Certificate { request_context: &[], entries: vec![entry] }.to_bytes();
    forger
        .say(&certificate)
        .and_then(|()| forger.say(&CertificateVerify { scheme, signature }.to_bytes()))
        .unwrap_err()
}

/// A key of which only the public half is there.
struct Public(Vec<u8>, &'static rcgen::SignatureAlgorithm);

impl PublicKeyData for Public {
    fn der_bytes(&self) -> &[u8] {
        &self.0
    }
    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        self.1
    }
}

/// A certificate for the key, which nobody is asked to trust.
fn certificate_of(key: &impl PublicKeyData) -> Vec<u8> {
    let issuer = rcgen::Issuer::new(CertificateParams::default(), ed25519());
    CertificateParams::new(vec![NAME.to_owned()]).unwrap().signed_by(key, &issuer).unwrap().der().to_vec()
}

#[test]
fn a_key_too_short_is_not_called_a_wrong_signature() {
    // RSAPublicKey in DER (RFC 8017 §A.1.1): a modulus of 1024 bits, and 65,537.
    let modulus = [&[0x02, 0x81, 0x81, 0x00][..], &[0xc5; 128]].concat();
    let key = [&[0x30, 0x81, 0x89][..], &modulus, &[0x02, 0x03, 0x01, 0x00, 0x01]].concat();
    let der = certificate_of(&Public(key, &rcgen::PKCS_RSA_SHA256));
    let identity = leaf(|_| ());
    let error = shown(&identity, &der, Trust::Nothing, 0x0804, &[7; 128]);
    let says = error.to_string();
    let wanted = "the certificate's key is RSA 1024 bits: this client checks signatures of RSA keys of 2048 to 8192 bits";
    assert!(says.starts_with(wanted), "{says}");
    assert_eq!(error.alert(), Some(AlertDescription::UNSUPPORTED_CERTIFICATE));
}

#[test]
fn a_scheme_of_another_key_is_named() {
    let identity = leaf(|_| ());
    let p384 = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384).unwrap();
    let rsa = Identity::rsa();
    for (der, scheme, wanted) in [
        (&identity.chain[0][..], 0x0403, "ecdsa_secp256r1_sha256, but the certificate's key is Ed25519"),
        (&identity.chain[0][..], 0x0804, "rsa_pss_rsae_sha256, but the certificate's key is Ed25519"),
        (
            &certificate_of(&p384)[..],
            0x0403,
            "ecdsa_secp256r1_sha256, but the certificate's key is ECDSA P-384",
        ),
        (&rsa.chain[0][..], 0x0807, "ed25519, but the certificate's key is RSA 2048 bits"),
    ] {
        let error = shown(&identity, der, Trust::Nothing, scheme, &[1; 64]);
        assert!(
            error.to_string().contains(&format!("signed with {wanted}, which does not sign so")),
            "{error}"
        );
        assert_eq!(error.alert(), Some(AlertDescription::ILLEGAL_PARAMETER));
    }
}

#[test]
fn a_right_scheme_with_a_wrong_signature_is_a_wrong_signature() {
    let identity = leaf(|_| ());
    let rsa = Identity::rsa();
    for (der, scheme) in [(&identity.chain[0][..], 0x0807), (&rsa.chain[0][..], 0x0804)] {
        let error = shown(&identity, der, Trust::Nothing, scheme, &[1; 64]);
        assert!(error.to_string().contains("does not fit the certificate's key"), "{error}");
        assert_eq!(error.alert(), Some(AlertDescription::DECRYPT_ERROR));
    }
}

#[test]
fn p521_is_said_to_be_missing() {
    let identity = leaf(|_| ());
    let error = shown(&identity, &identity.chain[0], Trust::Nothing, 0x0603, &[1; 64]);
    assert!(
        error.to_string().contains("ecdsa_secp521r1_sha512, which was not offered for it: ring"),
        "{error}"
    );
    assert_eq!(error.alert(), Some(AlertDescription::ILLEGAL_PARAMETER));
}
