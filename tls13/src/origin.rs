//! Where a server showed who it is (RFC 8446 §4.6.1): a resumed connection has no certificate of its own, so it keeps
//! that of the connection where its session began. Tested in `tests/resumption.rs`.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::certificate::CertificateFacts;

/// The connection in which the server showed its certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// When that was.
    pub at: SystemTime,
    /// The server's certificate, in DER.
    pub certificate: Vec<u8>,
    /// When that expires, in seconds since 1970. `None`: it cannot be read.
    pub not_after: Option<i64>,
    /// The trust anchor that its chain led to. `None`: nobody checked, as asked.
    pub anchor: Option<String>,
    /// The hash of the trust that was asked for. Another trust does not take this session.
    pub trust: [u8; 32],
}

impl Origin {
    /// Whether the certificate has not expired. If nobody checked it before, nobody asks now.
    pub(crate) fn is_valid(&self, now: SystemTime) -> bool {
        let now = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs() as i64;
        self.anchor.is_none() || self.not_after.is_some_and(|not_after| now <= not_after)
    }

    /// What the certificate says. `None` if it cannot be read.
    pub fn facts(&self) -> Option<CertificateFacts> {
        CertificateFacts::read(&self.certificate).ok()
    }
}
