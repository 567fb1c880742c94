//! Is this certificate chain trusted, for this name, at this time? (RFC 8446 §4.4.2.4, RFC 5280 §6, RFC 9525)
//!
//! rustls-webpki looks for a path from the server's certificate to a trust anchor. This module says which anchors are
//! trusted, and puts webpki's verdict in words. It alone decides what counts as verified: [`Verified::Yes`] is made
//! in one place, after the chain and the name have both passed. Left out: revocation (OCSP, CRLs). Tested in
//! `tests/certificates.rs`.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName, TrustAnchor, UnixTime};

use crate::certificate::{CertificateError, CertificateFacts, CertificateProblem, anchor_name, utc};
use crate::error::Error;

/// Which authorities may say who a server is.
#[derive(Debug, Clone)]
pub enum Trust {
    /// The trust anchors of Mozilla's program, as compiled into `webpki-roots`.
    MozillaRoots,
    /// The trust anchors of this system.
    System,
    /// The certificates of a PEM file, given as its content.
    Pem(Vec<u8>),
    /// None: every certificate is accepted, and [`Verified`] says so. The server still has to prove that it holds the
    /// certificate's key.
    Nothing,
}

/// Whether the chain was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verified {
    /// It was: the chain leads to a trust anchor, is valid now, and is for the server's name.
    Yes {
        /// The subject of the trust anchor.
        anchor: String,
    },
    /// Nobody checked, because the configuration said [`Trust::Nothing`].
    SkippedByRequest,
}

impl fmt::Display for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Verified::Yes { anchor } => write!(f, "verified: the chain leads to {anchor}"),
            Verified::SkippedByRequest => {
                f.write_str("NOT verified: checking the certificate was turned off")
            }
        }
    }
}

/// Checks chains against one set of trust anchors, for one name, at one time.
#[derive(Debug)]
pub(crate) struct Verifier {
    /// `None`: [`Trust::Nothing`].
    anchors: Option<Vec<TrustAnchor<'static>>>,
    name: ServerName<'static>,
    now: UnixTime,
}

impl Verifier {
    pub(crate) fn new(
        trust: &Trust,
        name: ServerName<'static>,
        wall_clock: SystemTime,
    ) -> Result<Verifier, Error> {
        let since_1970 = wall_clock.duration_since(UNIX_EPOCH).unwrap_or_default();
        Ok(Verifier { anchors: anchors(trust)?, name, now: UnixTime::since_unix_epoch(since_1970) })
    }

    /// The verdict on a chain, the server's own certificate first.
    pub(crate) fn verify(&self, chain: &[&[u8]]) -> Result<Verified, CertificateError> {
        let Some(anchors) = &self.anchors else { return Ok(Verified::SkippedByRequest) };
        let [leaf, others @ ..] = chain else {
            return Err(CertificateError::new(
                CertificateProblem::OtherCertificate,
                "RFC 8446 §4.4.2",
                "the server sent no certificate",
            ));
        };
        let facts = CertificateFacts::read(leaf)?;
        let der = CertificateDer::from(*leaf);
        let others: Vec<CertificateDer<'_>> = others.iter().map(|&der| CertificateDer::from(der)).collect();
        let put = |error| self.in_words(error, &facts, chain.len());
        let certificate = webpki::EndEntityCert::try_from(&der).map_err(put)?;
        let path = certificate
            .verify_for_usage(
                webpki::ALL_VERIFICATION_ALGS,
                anchors,
                &others,
                self.now,
                webpki::KeyUsage::server_auth(),
                None,
                None,
            )
            .map_err(put)?;
        certificate.verify_is_valid_for_subject_name(&self.name).map_err(put)?;
        Ok(Verified::Yes { anchor: anchor_name(&path.anchor().subject) })
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
            webpki::Error::CertNotValidForName(_) => {
                let says = format!("the certificate names {}, not {}", named(facts), self.name.to_str());
                (WrongName, "RFC 9525 §6", says)
            }
            webpki::Error::UnknownIssuer => (UnknownIssuer, "RFC 5280 §6.1", no_path(facts, chain)),
            webpki::Error::CaUsedAsEndEntity => {
                let says = "the certificate belongs to an authority (CA:TRUE): it may sign others, but a server may \
                            not use it as its own";
                (OtherCertificate, "RFC 5280 §4.2.1.9", says.to_owned())
            }
            other => (
                OtherCertificate,
                "RFC 5280 §6.1",
                format!("the certificate chain is not acceptable: {other}"),
            ),
        };
        CertificateError::new(problem, rule, says)
    }
}

fn whose(facts: &CertificateFacts, is_leaf: bool) -> String {
    let whose = if is_leaf { "the certificate of" } else { "a certificate above that of" };
    format!("{whose} {}", facts.name())
}

fn named(facts: &CertificateFacts) -> String {
    if facts.names.is_empty() {
        return format!("no name (its subject is {}, which does not count)", facts.subject);
    }
    facts.names.join(", ")
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

fn anchors(trust: &Trust) -> Result<Option<Vec<TrustAnchor<'static>>>, Error> {
    let from = |ders: &mut dyn Iterator<Item = CertificateDer<'_>>| -> Vec<TrustAnchor<'static>> {
        ders.filter_map(|der| webpki::anchor_from_trusted_cert(&der).map(|anchor| anchor.to_owned()).ok())
            .collect()
    };
    let anchors = match trust {
        Trust::Nothing => return Ok(None),
        Trust::MozillaRoots => webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        Trust::System => from(&mut of_system().into_iter()),
        Trust::Pem(bytes) => from(&mut pem_certificates(bytes)?.into_iter()),
    };
    if anchors.is_empty() {
        let says = match trust {
            Trust::Pem(_) => "the PEM file with the trust anchors holds no certificate that can be one",
            _ => "this system's store of trust anchors is empty or cannot be read",
        };
        return Err(Error::Config(says.to_owned()));
    }
    Ok(Some(anchors))
}

/// The certificates that this system trusts.
#[cfg(not(target_family = "wasm"))]
fn of_system() -> Vec<CertificateDer<'static>> {
    rustls_native_certs::load_native_certs().certs
}

/// WebAssembly runs in a sandbox that trusts nobody.
#[cfg(target_family = "wasm")]
fn of_system() -> Vec<CertificateDer<'static>> {
    Vec::new()
}

fn pem_certificates(bytes: &[u8]) -> Result<Vec<CertificateDer<'static>>, Error> {
    CertificateDer::pem_slice_iter(bytes)
        .collect::<Result<_, _>>()
        .map_err(|error| Error::Config(format!("the PEM file with the trust anchors is broken: {error}")))
}
