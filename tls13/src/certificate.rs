//! What a certificate says (RFC 5280 §4.1), for people to read. [`crate::verify`] decides whether to believe it.
//!
//! x509-parser reads the DER; this module keeps what a view shows. Left out: key usage, policies and the other
//! extensions. Tested in `tests/certificates.rs`.

use std::net::{Ipv4Addr, Ipv6Addr};

use x509_parser::extensions::GeneralName;
use x509_parser::oid_registry::{OID_EC_P256, OID_NIST_EC_P384, OID_NIST_EC_P521, OID_SIG_ED25519};
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::public_key::PublicKey;
use x509_parser::x509::{SubjectPublicKeyInfo, X509Name};

mod problem;

pub use problem::{CertificateError, CertificateProblem};

/// The facts of one certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFacts {
    /// The owner of the key: "CN=www.example.test". It may be empty in modern certificates.
    pub subject: String,
    /// The DNS names and IP addresses that the certificate is for (subjectAltName).
    pub names: Vec<String>,
    /// The authority that signed it.
    pub issuer: String,
    /// Valid from, in seconds since 1970.
    pub not_before: i64,
    /// Valid until, in seconds since 1970.
    pub not_after: i64,
    /// The kind of key: "Ed25519", "ECDSA P-256", "RSA 2048 bits".
    pub key: String,
    /// The serial number: "01:02:03".
    pub serial: String,
    /// The length of the certificate, in bytes.
    pub length: usize,
}

impl CertificateFacts {
    /// Reads a certificate in DER.
    pub fn read(der: &[u8]) -> Result<CertificateFacts, CertificateError> {
        Ok(CertificateFacts::of(&parse(der)?, der.len()))
    }

    /// The facts of a certificate that has been parsed, and its length in bytes.
    pub(crate) fn of(certificate: &X509Certificate<'_>, length: usize) -> CertificateFacts {
        let validity = certificate.validity();
        CertificateFacts {
            subject: certificate.subject().to_string(),
            names: names(certificate),
            issuer: certificate.issuer().to_string(),
            not_before: validity.not_before.timestamp(),
            not_after: validity.not_after.timestamp(),
            key: key_kind(certificate.public_key()),
            serial: serial(certificate.raw_serial()),
            length,
        }
    }

    /// A short name for the certificate: its first DNS name, or its subject where it has none.
    pub fn name(&self) -> String {
        self.names.first().unwrap_or(&self.subject).clone()
    }

    /// Valid from, as "2020-02-01 00:00:00 UTC".
    pub fn valid_from(&self) -> String {
        utc(self.not_before)
    }

    /// Valid until, as "2020-02-01 00:00:00 UTC".
    pub fn valid_until(&self) -> String {
        utc(self.not_after)
    }
}

/// Parses a certificate. Bytes after it are refused.
pub(crate) fn parse(der: &[u8]) -> Result<X509Certificate<'_>, CertificateError> {
    let (rest, certificate) = X509Certificate::from_der(der)
        .map_err(|error| broken(format!("the certificate cannot be read: {error}")))?;
    if rest.is_empty() {
        Ok(certificate)
    } else {
        Err(broken("there are bytes after the end of the certificate".to_owned()))
    }
}

/// Parses the public key of a certificate that was parsed before.
pub(crate) fn parse_key(der: &[u8]) -> Result<SubjectPublicKeyInfo<'_>, CertificateError> {
    let key = SubjectPublicKeyInfo::from_der(der)
        .map_err(|error| broken(format!("the key cannot be read: {error}")));
    Ok(key?.1)
}

fn broken(says: String) -> CertificateError {
    CertificateError::new(CertificateProblem::OtherCertificate, "RFC 5280 §4.1", says)
}

/// A serial number as "01:02:03".
fn serial(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(3 * bytes.len());
    for byte in bytes {
        if !text.is_empty() {
            text.push(':');
        }
        text.extend([byte >> 4, byte & 0xf].map(|digit| char::from_digit(digit.into(), 16).unwrap_or('?')));
    }
    text
}

fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(extension)) = certificate.subject_alternative_name() else { return Vec::new() };
    let name = |name: &GeneralName<'_>| match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => address(bytes),
        _ => None,
    };
    extension.value.general_names.iter().filter_map(name).collect()
}

fn address(bytes: &[u8]) -> Option<String> {
    if let Ok(v4) = <[u8; 4]>::try_from(bytes) {
        return Some(Ipv4Addr::from(v4).to_string());
    }
    <[u8; 16]>::try_from(bytes).ok().map(|v6| Ipv6Addr::from(v6).to_string())
}

/// The kind of a key: "Ed25519", "ECDSA P-256", "RSA 2048 bits".
pub(crate) fn key_kind(key: &SubjectPublicKeyInfo<'_>) -> String {
    if key.algorithm.algorithm == OID_SIG_ED25519 {
        return "Ed25519".to_owned();
    }
    match key.parsed() {
        Ok(PublicKey::RSA(rsa)) => format!("RSA {} bits", rsa.key_size()),
        Ok(PublicKey::EC(_)) => {
            let curve = key.algorithm.parameters.as_ref().and_then(|any| any.as_oid().ok());
            match curve {
                Some(oid) if oid == OID_EC_P256 => "ECDSA P-256".to_owned(),
                Some(oid) if oid == OID_NIST_EC_P384 => "ECDSA P-384".to_owned(),
                Some(oid) if oid == OID_NIST_EC_P521 => "ECDSA P-521".to_owned(),
                _ => "ECDSA".to_owned(),
            }
        }
        _ => format!("algorithm {}", key.algorithm.algorithm),
    }
}

/// The name of a trust anchor. webpki keeps the content of the Name without the SEQUENCE around it, which is put back
/// here.
pub(crate) fn anchor_name(content: &[u8]) -> String {
    let mut der = vec![0x30];
    match content.len() {
        short @ 0..=127 => der.push(short as u8),
        long => der.extend_from_slice(&[0x82, (long >> 8) as u8, long as u8]),
    }
    der.extend_from_slice(content);
    name_in_words(&der)
}

/// A Name in DER, as "CN=Test Root CA".
pub(crate) fn name_in_words(der: &[u8]) -> String {
    X509Name::from_der(der).map_or_else(|_| "an unreadable name".to_owned(), |(_, name)| name.to_string())
}

/// Seconds since 1970 as "2020-02-01 00:00:00 UTC", in the proleptic Gregorian calendar.
pub fn utc(seconds: i64) -> String {
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // Let the year start in March: then the leap day is its last day, and 400 years always take 146,097 days.
    let from_march_0000 = days + 719_468;
    let era = from_march_0000.div_euclid(146_097);
    let day_of_era = from_march_0000.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + 400 * era + i64::from(month <= 2);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} UTC")
}
