//! Is this certificate chain trusted, for this name, at this time? (RFC 8446 §4.4.2.4, RFC 5280 §6, RFC 9525)
//!
//! rustls-webpki looks for a path from the server's certificate to a trust anchor. `verify/trust.rs` says which anchors
//! are trusted, and this module puts webpki's verdict in words. It alone decides what counts as verified:
//! [`Verified::Yes`] is made in one place, after the chain and the name have both passed; [`Verified::Pinned`] beside
//! it. `verify/words.rs` has the sentences. Left out: revocation (OCSP, CRLs). Tested in `tests/certificates.rs` and
//! `tests/verdicts.rs`.

mod trust;
mod words;

use std::fmt;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use x509_parser::prelude::X509Certificate;

pub use trust::{Anchors, Trust};

use crate::certificate::{CertificateError, CertificateFacts, CertificateProblem, anchor_name, utc};
use crate::error::Error;
use crate::origin::Origin;
use trust::AnchorSet;

/// Whether it was verified who the server is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verified {
    /// It was: the chain leads to a trust anchor, is valid now, and is for the server's name.
    Yes {
        /// The subject of the trust anchor.
        anchor: String,
    },
    /// It was: the server's own certificate is one of those that the configuration trusts, byte for byte, is valid now,
    /// and is for the server's name. Nobody else vouches for it.
    Pinned {
        /// Its subject.
        subject: String,
    },
    /// Nobody checked, because the configuration said [`Trust::Nothing`].
    SkippedByRequest,
    /// No certificate was shown: the server has the key of an earlier connection, in which it showed one.
    InSession(Arc<Origin>),
    /// No certificate was shown: the server has the key that both sides were given.
    PreSharedKey {
        /// How both sides call the key.
        identity: Vec<u8>,
    },
}

impl Verified {
    /// Whether a chain was verified, in this connection or in the one that its session comes from.
    pub fn is_by_certificate(&self) -> bool {
        match self {
            Verified::Yes { .. } | Verified::Pinned { .. } => true,
            Verified::InSession(origin) => origin.anchor.is_some(),
            Verified::SkippedByRequest | Verified::PreSharedKey { .. } => false,
        }
    }
}

impl fmt::Display for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Verified::Yes { anchor } => write!(f, "verified: the chain leads to {anchor}"),
            Verified::Pinned { subject } => {
                write!(f, "verified: the certificate of {subject} is itself among those trusted (pinned)")
            }
            Verified::SkippedByRequest => {
                f.write_str("NOT verified: checking the certificate was turned off")
            }
            Verified::InSession(origin) => {
                let at = origin.at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs() as i64;
                match &origin.anchor {
                    Some(anchor) => write!(
                        f,
                        "no certificate shown: resumed from a connection of {}, whose chain led to {anchor}",
                        utc(at)
                    ),
                    None => {
                        write!(f, "NOT verified: resumed from a connection of {} without a check", utc(at))
                    }
                }
            }
            Verified::PreSharedKey { identity } => {
                write!(
                    f,
                    "no certificate shown: the server has the key {:?}",
                    identity.escape_ascii().to_string()
                )
            }
        }
    }
}

/// Checks chains against one set of trust anchors, for one name, at one time.
#[derive(Debug)]
pub(crate) struct Verifier {
    /// `None`: [`Trust::Nothing`].
    anchors: Option<Arc<AnchorSet>>,
    name: ServerName<'static>,
    now: UnixTime,
    key_usage: bool,
}

impl Verifier {
    /// `key_usage`: whether a certificate's keyUsage is looked at.
    pub(crate) fn new(
        trust: &Trust,
        name: ServerName<'static>,
        wall_clock: SystemTime,
        key_usage: bool,
    ) -> Result<Verifier, Error> {
        let since_1970 = wall_clock.duration_since(UNIX_EPOCH).unwrap_or_default();
        let now = UnixTime::since_unix_epoch(since_1970);
        Ok(Verifier { anchors: trust.anchors()?, name, now, key_usage })
    }

    /// The verdict on a chain: the server's own certificate with its facts, and `others` that may lead from it to a
    /// trust anchor.
    pub(crate) fn verify(
        &self,
        leaf: &X509Certificate<'_>,
        facts: &CertificateFacts,
        others: &[&[u8]],
    ) -> Result<Verified, CertificateError> {
        let Some(trusted) = &self.anchors else { return Ok(Verified::SkippedByRequest) };
        if self.key_usage && !allows_signatures(leaf) {
            return Err(CertificateError::new(
                CertificateProblem::OtherCertificate,
                "RFC 8446 §4.4.2.2",
                "the certificate has a keyUsage without digitalSignature, so its key may not sign a handshake. Some \
                 clients accept it; `Config::check_key_usage` decides here",
            ));
        }
        let der = CertificateDer::from(leaf.as_raw());
        let put = |error| self.in_words(error, facts, 1 + others.len());
        let others: Vec<CertificateDer<'_>> = others.iter().map(|&der| CertificateDer::from(der)).collect();
        let certificate = webpki::EndEntityCert::try_from(&der).map_err(put)?;
        // book: path
        let path = certificate.verify_for_usage(
            webpki::ALL_VERIFICATION_ALGS,
            &trusted.anchors,
            &others,
            self.now,
            webpki::KeyUsage::server_auth(),
            None,
            None,
        );
        let verified = match path {
            Ok(path) => Verified::Yes { anchor: anchor_name(&path.anchor().subject) },
            // webpki has compared the dates by then, and only afterwards looks whether it is an authority's.
            Err(webpki::Error::CaUsedAsEndEntity) if trusted.pinned.contains(&der) => {
                Verified::Pinned { subject: facts.subject.clone() }
            }
            Err(error) => return Err(put(error)),
        };
        certificate.verify_is_valid_for_subject_name(&self.name).map_err(put)?;
        Ok(verified)
        // book: end
    }

    /// webpki's verdict in words, with the rule.
    fn in_words(&self, error: webpki::Error, facts: &CertificateFacts, chain: usize) -> CertificateError {
        use CertificateProblem::*;
        let now = utc(self.now.as_secs() as i64);
        let (problem, rule, says) = match error {
            webpki::Error::CertExpired { not_after, .. } => {
                let not_after = not_after.as_secs() as i64;
                let whose = whose(facts, not_after == facts.not_after);
                (Expired, "RFC 5280 §4.1.2.5", format!("{whose} expired on {}, now is {now}", utc(not_after)))
            }
            webpki::Error::CertNotValidYet { not_before, .. } => {
                let not_before = not_before.as_secs() as i64;
                let whose = whose(facts, not_before == facts.not_before);
                let says = format!("{whose} is valid from {} on, now is {now}", utc(not_before));
                (NotYetValid, "RFC 5280 §4.1.2.5", says)
            }
            webpki::Error::CertNotValidForName(_) => (WrongName, "RFC 9525 §6", self.other_names(facts)),
            webpki::Error::UnknownIssuer => (UnknownIssuer, "RFC 5280 §6.1", no_path(facts, chain)),
            other => {
                let (rule, says) = words::in_words(&other);
                (OtherCertificate, rule, says)
            }
        };
        CertificateError::new(problem, rule, says)
    }

    /// Which names the certificate has, in the place of the one that it should have.
    fn other_names(&self, facts: &CertificateFacts) -> String {
        let wanted = self.name.to_str();
        if facts.names.is_empty() {
            return format!(
                "the certificate has no names: {wanted} has to stand in its subjectAltName. The subject, {}, does not \
                 count, though some clients accept it",
                facts.subject
            );
        }
        let names = facts.names.join(", ");
        if facts.names.iter().any(|name| *name == wanted) {
            return format!(
                "the certificate has {wanted} as a dNSName, and not as an iPAddress: a client that wants the address \
                 {wanted} looks only there"
            );
        }
        format!("the certificate names {names}, not {wanted}")
    }
}

/// Whether the key may sign: keyUsage is not there, or has digitalSignature (RFC 8446 §4.4.2.2).
fn allows_signatures(certificate: &X509Certificate<'_>) -> bool {
    let usage = certificate.key_usage().ok().flatten();
    usage.is_none_or(|usage| usage.value.digital_signature())
}

fn whose(facts: &CertificateFacts, is_leaf: bool) -> String {
    let whose = if is_leaf { "the certificate of" } else { "a certificate above that of" };
    format!("{whose} {}", facts.name())
}

fn no_path(facts: &CertificateFacts, chain: usize) -> String {
    if facts.issuer == facts.subject {
        return format!(
            "the certificate signed itself ({}), and it is not among those trusted",
            facts.subject
        );
    }
    let count = if chain == 1 { "1 certificate".to_owned() } else { format!("{chain} certificates") };
    format!(
        "no path from the certificate to a trust anchor: the server sent {count}, the first was issued by {}, and \
         nobody trusted signed any of them",
        facts.issuer
    )
}
