//! What is said about a certificate, and whether it is believed: each verdict with its own kind and sentence.

mod common;

use std::sync::Arc;

use barewire_dissect::Lesson;
use barewire_tls13::{
    AlertDescription, CertificateFacts, CertificateProblem, Config, Error, Group, Trust, Verified, utc,
};
use common::{Identity, NAME, Pair, wall_clock};
use rcgen::{CertificateParams, DnType, KeyPair};
use rustls::ServerConfig;

fn ed25519() -> KeyPair {
    KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap()
}

#[track_caller]
fn refused(identity: &Identity, config: Config, problem: CertificateProblem, says: &str) {
    let mut pair = Pair::new(config, identity.server());
    let error = pair.run().unwrap_err();
    assert_eq!(error.to_string(), says);
    let Error::Certificate(certificate) = &error else { panic!("{error:?}") };
    assert_eq!(certificate.problem, problem);
    assert!(certificate.rule().starts_with("RFC "));
    assert!(pair.client.summary().is_none());
    // The server is told, by an alert that it can decrypt.
    let _ = pair.run();
    let told = pair.server.process_new_packets().unwrap_err().to_string();
    assert!(told.contains("received fatal alert"), "{told}");
}

#[test]
fn expired() {
    let identity = Identity::of_key(ed25519(), |leaf| {
        leaf.not_before = rcgen::date_time_ymd(2019, 2, 1);
        leaf.not_after = rcgen::date_time_ymd(2020, 2, 1);
    });
    let says = "the certificate of www.example.test expired on 2020-02-01 00:00:00 UTC, \
                now is 2026-06-01 00:00:00 UTC; RFC 5280 §4.1.2.5";
    refused(&identity, identity.client(), CertificateProblem::Expired, says);
}

#[test]
fn not_yet_valid() {
    let identity = Identity::of_key(ed25519(), |leaf| leaf.not_before = rcgen::date_time_ymd(2026, 7, 1));
    let says = "the certificate of www.example.test is valid from 2026-07-01 00:00:00 UTC on, \
                now is 2026-06-01 00:00:00 UTC; RFC 5280 §4.1.2.5";
    refused(&identity, identity.client(), CertificateProblem::NotYetValid, says);
}

#[test]
fn wrong_name() {
    let identity = Identity::of_key(ed25519(), |leaf| {
        leaf.subject_alt_names = names(&["mail.example.test"]).subject_alt_names;
    });
    let says = "the certificate names mail.example.test, not www.example.test; RFC 9525 §6";
    refused(&identity, identity.client(), CertificateProblem::WrongName, says);
}

#[test]
fn no_name_but_a_subject() {
    let identity = Identity::of_key(ed25519(), |leaf| {
        leaf.subject_alt_names.clear();
        leaf.distinguished_name = rcgen::DistinguishedName::new();
        leaf.distinguished_name.push(DnType::CommonName, NAME);
    });
    let says = "the certificate has no names: www.example.test has to stand in its subjectAltName. The subject, \
                CN=www.example.test, does not count, though some clients accept it; RFC 9525 §6";
    refused(&identity, identity.client(), CertificateProblem::WrongName, says);
}

fn names(names: &[&str]) -> CertificateParams {
    CertificateParams::new(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()).unwrap()
}

#[test]
fn unknown_issuer() {
    let (identity, other) = (Identity::new(&rcgen::PKCS_ED25519), Identity::new(&rcgen::PKCS_ED25519));
    let mut config = identity.client();
    config.trust = Trust::MozillaRoots;
    let says = "no path from the certificate to a trust anchor: the server sent 1 certificate, the first was issued \
                by CN=Test Root CA, and nobody trusted signed any of them; RFC 5280 §6.1";
    refused(&identity, config, CertificateProblem::UnknownIssuer, says);
    // Another authority of the same name: its signature does not fit.
    let mut config = identity.client();
    config.trust = other.trust();
    let error = Pair::new(config, identity.server()).run().unwrap_err();
    assert!(matches!(error, Error::Certificate(_)), "{error:?}");
}

fn self_signed() -> Identity {
    let key = ed25519();
    let mut leaf = names(&[NAME]);
    leaf.distinguished_name = rcgen::DistinguishedName::new();
    leaf.distinguished_name.push(DnType::CommonName, NAME);
    let certificate = leaf.self_signed(&key).unwrap();
    Identity {
        ca_pem: certificate.pem(),
        chain: vec![certificate.der().clone()],
        key: key.serialize_der(),
        certificate_pem: certificate.pem(),
        key_pem: key.serialize_pem(),
    }
}

#[test]
fn self_signed_is_refused_unless_it_is_trusted_itself() {
    let identity = self_signed();
    let mut config = identity.client();
    config.trust = Trust::MozillaRoots;
    let says = "the certificate signed itself (CN=www.example.test), and it is not among those trusted; RFC 5280 §6.1";
    refused(&identity, config, CertificateProblem::UnknownIssuer, says);
    let summary = Pair::new(identity.client(), identity.server()).handshake();
    assert_eq!(summary.verified, Verified::Yes { anchor: format!("CN={NAME}") });
}

#[test]
fn an_authority_is_not_a_server() {
    let identity = Identity::of_key(ed25519(), |leaf| {
        leaf.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained)
    });
    let says = "the certificate belongs to an authority (CA:TRUE): it may sign others, but a server may not use it as \
                its own. Some clients accept it when it signed itself and is trusted; so does this one, when exactly \
                this certificate is among those it is told to trust (--cacert); RFC 5280 §4.2.1.9";
    refused(&identity, identity.client(), CertificateProblem::OtherCertificate, says);
}

#[test]
fn checking_nothing_is_never_called_verified() {
    let identity = self_signed();
    let mut config = identity.client();
    config.trust = Trust::Nothing;
    config.server_name = "another.example.test".to_owned();
    let summary = Pair::new(config, identity.server()).handshake();
    assert_eq!(summary.verified, Verified::SkippedByRequest);
    assert!(summary.verified.to_string().starts_with("NOT verified"), "{}", summary.verified);
}

#[test]
fn an_address_is_looked_for_in_the_certificate_and_not_sent_as_a_name() {
    let identity = Identity::of_key(ed25519(), |leaf| {
        leaf.subject_alt_names = names(&["127.0.0.1", "::1"]).subject_alt_names;
    });
    for address in ["127.0.0.1", "::1"] {
        let mut config = identity.client();
        config.server_name = address.to_owned();
        let mut pair = Pair::new(config, identity.server());
        assert_eq!(pair.handshake().chain[0].names, ["127.0.0.1", "::1"]);
        assert_eq!(pair.server.server_name(), None);
    }
    let mut config = identity.client();
    config.server_name = "127.0.0.2".to_owned();
    let says = "the certificate names 127.0.0.1, ::1, not 127.0.0.2; RFC 9525 §6";
    refused(&identity, config, CertificateProblem::WrongName, says);
}

#[test]
fn a_name_is_sent_without_its_final_dot() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    let mut config = identity.client();
    config.server_name = format!("{NAME}.");
    let mut pair = Pair::new(config, identity.server());
    pair.handshake();
    assert_eq!(pair.server.server_name(), Some(NAME));
}

/// How to spoil a configuration, and what is said about it.
type ConfigCase = (fn(&mut Config), &'static str);

#[test]
fn configurations_that_cannot_work_say_so() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    let cases: [ConfigCase; 14] = [
        (|c| c.server_name = "not a name".to_owned(), "neither a DNS name nor an IP address"),
        (|c| c.trust = Trust::Pem(Vec::new()), "holds no certificate"),
        (|c| c.trust = Trust::Pem(b"-----BEGIN CERTIFICATE-----\n!\n".to_vec()), "is broken"),
        (|c| c.suites.clear(), "cipher suites"),
        (|c| c.groups.clear(), "groups"),
        (|c| c.signature_schemes.clear(), "no signature schemes are offered"),
        (|c| c.groups.push(Group::X25519), "of the groups, number 3 has been offered before"),
        (|c| c.key_shares = vec![Group::X25519; 2], "key_shares names a group twice"),
        (|c| c.key_shares = vec![Group::Secp384r1], "one that groups does not have"),
        (|c| c.key_shares = vec![Group::Secp256r1, Group::X25519], "has another order"),
        (|c| c.suites.push(c.suites[0]), "of the cipher suites, number 4 has been offered before"),
        (|c| c.signature_schemes = vec![c.signature_schemes[0]; 2], "of the signature schemes, number 2"),
        (|c| c.alpn = vec![Vec::new()], "1 to 255 bytes"),
        (|c| c.alpn = vec![vec![b'x'; 256]], "1 to 255 bytes"),
    ];
    for (spoil, says) in cases {
        let mut config = identity.client();
        spoil(&mut config);
        let error =
            barewire_tls13::Client::new(std::time::Instant::now(), config, &mut common::rng()).unwrap_err();
        assert!(matches!(&error, Error::Config(text) if text.contains(says)), "{says}: {error:?}");
        assert_eq!(error.alert(), None);
    }
}

#[test]
fn anchors_that_were_read_once_serve_many_connections() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    let (pem, read) = (identity.trust(), identity.trust().read().unwrap());
    assert!(matches!(read, Trust::Anchors(_)), "{read:?}");
    for _ in 0..2 {
        let mut config = identity.client();
        config.trust = read.clone();
        let verified = Pair::new(config, identity.server()).handshake().verified.clone();
        assert_eq!(verified, Verified::Yes { anchor: "CN=Test Root CA".to_owned() });
    }
    let mut config = identity.client();
    config.trust = read.clone();
    let stranger = Identity::new(&rcgen::PKCS_ED25519);
    let error = Pair::new(config, stranger.server()).run().unwrap_err();
    assert!(error.to_string().contains("another key of the same name"), "{error}");
    // To a session it is the same trust.
    assert_eq!(read.fingerprint(), pem.fingerprint());
    assert_eq!(read.clone().read().unwrap().fingerprint(), pem.fingerprint());
    assert!(matches!(Trust::Nothing.read(), Ok(Trust::Nothing)));
    let error = Trust::Pem(Vec::new()).read().unwrap_err();
    assert!(matches!(&error, Error::Config(says) if says.contains("holds no certificate")), "{error:?}");
}

#[test]
fn the_system_store_can_be_asked() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    let mut config = identity.client();
    config.trust = Trust::System;
    // Either the system has no store and says so, or it has one that does not know our root.
    match barewire_tls13::Client::new(std::time::Instant::now(), config, &mut common::rng()) {
        Err(error) => assert!(error.to_string().contains("this system's store"), "{error}"),
        Ok(_) => {
            let mut config = identity.client();
            config.trust = Trust::System;
            let error = Pair::new(config, identity.server()).run().unwrap_err();
            assert_eq!(error.alert(), Some(AlertDescription::UNKNOWN_CA), "{error}");
        }
    }
}

#[test]
fn a_server_without_tls13_is_named() {
    let identity = Identity::new(&rcgen::PKCS_ECDSA_P256_SHA256);
    let server = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS12])
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(identity.chain.clone(), identity.private_key())
        .unwrap();
    let error = Pair::new(identity.client(), server).run().unwrap_err();
    let Error::ProtocolVersion(version) = &error else { panic!("{error:?}") };
    assert_eq!(version.offered, None);
    assert!(error.to_string().contains("protocol_version (70): it speaks only older versions"), "{error}");
}

#[test]
fn facts_of_a_certificate() {
    let identity = Identity::of_key(ed25519(), |leaf| {
        leaf.serial_number = Some(vec![1, 2, 3].into());
        leaf.distinguished_name = rcgen::DistinguishedName::new();
        leaf.distinguished_name.push(DnType::CommonName, "A Server");
    });
    let facts = CertificateFacts::read(&identity.chain[0]).unwrap();
    assert_eq!((facts.subject.as_str(), facts.issuer.as_str()), ("CN=A Server", "CN=Test Root CA"));
    assert_eq!(facts.serial, "01:02:03");
    assert_eq!(facts.valid_from(), "2026-01-01 00:00:00 UTC");
    assert_eq!(facts.valid_until(), "2027-01-01 00:00:00 UTC");
    assert_eq!(facts.length, identity.chain[0].len());
    assert!(CertificateFacts::read(&identity.chain[0][1..]).is_err());
    assert!(CertificateFacts::read(&[&identity.chain[0], &[0][..]].concat()).is_err());
}

#[test]
fn seconds_become_dates() {
    // Checked with `date -u -d @N`.
    for (seconds, says) in [
        (0, "1970-01-01 00:00:00 UTC"),
        (951_782_400, "2000-02-29 00:00:00 UTC"),
        (1_709_251_199, "2024-02-29 23:59:59 UTC"),
        (4_107_542_400, "2100-03-01 00:00:00 UTC"),
        (-1, "1969-12-31 23:59:59 UTC"),
    ] {
        assert_eq!(utc(seconds), says);
    }
    assert_eq!(utc(1_780_272_000), "2026-06-01 00:00:00 UTC");
    assert_eq!(wall_clock().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs(), 1_780_272_000);
}
