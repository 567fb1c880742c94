//! What can be wrong with a certificate, and which alert says so (RFC 8446 §6.2). Tested in `tests/certificates.rs`.

use std::fmt;

use barewire_dissect::Lesson;

use crate::alert::AlertDescription;

/// What is wrong with a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateProblem {
    /// Its time of validity is over.
    Expired,
    /// Its time of validity has not begun.
    NotYetValid,
    /// It is for another name.
    WrongName,
    /// No trusted authority signed it.
    UnknownIssuer,
    /// Anything else; [`CertificateError::says`] tells what.
    OtherCertificate,
}

/// A certificate that is not acceptable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateError {
    /// What is wrong, as a kind.
    pub problem: CertificateProblem,
    /// What is wrong, in words.
    pub says: String,
    /// The rule.
    pub rule: &'static str,
}

impl CertificateError {
    pub(crate) fn new(
        problem: CertificateProblem,
        rule: &'static str,
        says: impl Into<String>,
    ) -> CertificateError {
        CertificateError { problem, says: says.into(), rule }
    }

    /// The alert that answers it (RFC 8446 §6.2).
    pub fn alert(&self) -> AlertDescription {
        match self.problem {
            CertificateProblem::Expired | CertificateProblem::NotYetValid => {
                AlertDescription::CERTIFICATE_EXPIRED
            }
            CertificateProblem::UnknownIssuer => AlertDescription::UNKNOWN_CA,
            CertificateProblem::WrongName | CertificateProblem::OtherCertificate => {
                AlertDescription::BAD_CERTIFICATE
            }
        }
    }
}

impl fmt::Display for CertificateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.says, self.rule)
    }
}

impl std::error::Error for CertificateError {}

impl Lesson for CertificateError {
    fn offset(&self) -> usize {
        0
    }
    fn rule(&self) -> &'static str {
        self.rule
    }
}
