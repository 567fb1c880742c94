//! Whom a client trusts: the trust anchors of RFC 5280 §6.1, and where they are read from.
//!
//! A connection reads its anchors when it begins. That costs time: a PEM file is decoded, and a system can have 140 of
//! them. A program with many connections lets [`Trust::read`] do it once, and gives each connection a clone. Tested in
//! `tests/certificates.rs`.

use std::borrow::Cow;
use std::sync::Arc;

use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, TrustAnchor};

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
    /// Anchors that [`Trust::read`] has read. Clones share them.
    Anchors(Anchors),
    /// None: every certificate is accepted, and [`Verified`](super::Verified) says so. The server still has to prove
    /// that it holds the certificate's key.
    Nothing,
}

/// Trust anchors that have been read. Clones share them.
#[derive(Debug, Clone)]
pub struct Anchors {
    set: Arc<AnchorSet>,
    /// That of the trust they were read for.
    fingerprint: [u8; 32],
}

/// What was read.
#[derive(Debug)]
pub(super) struct AnchorSet {
    pub(super) anchors: Cow<'static, [TrustAnchor<'static>]>,
    /// The certificates of a PEM file. A server whose own certificate is one of them needs nobody else to vouch for it.
    pub(super) pinned: Vec<CertificateDer<'static>>,
}

impl Trust {
    /// The same trust with its anchors read, once for all connections that get a clone.
    ///
    /// # Errors
    /// [`Error::Config`] if there are none, or if the PEM file is broken.
    pub fn read(self) -> Result<Trust, Error> {
        Ok(match self.anchors()? {
            Some(set) => Trust::Anchors(Anchors { set, fingerprint: self.fingerprint() }),
            None => Trust::Nothing,
        })
    }

    /// A hash that tells this trust from another one. Sessions keep it.
    pub fn fingerprint(&self) -> [u8; 32] {
        let (kind, bytes): (u8, &[u8]) = match self {
            Trust::MozillaRoots => (0, &[]),
            Trust::System => (1, &[]),
            Trust::Pem(bytes) => (2, bytes),
            Trust::Nothing => (3, &[]),
            Trust::Anchors(anchors) => return anchors.fingerprint,
        };
        let mut context = ring::digest::Context::new(&ring::digest::SHA256);
        context.update(&[kind]);
        context.update(bytes);
        let mut fingerprint = [0; 32];
        fingerprint.copy_from_slice(context.finish().as_ref());
        fingerprint
    }

    /// The anchors, read now unless they were read before. `None`: [`Trust::Nothing`].
    pub(super) fn anchors(&self) -> Result<Option<Arc<AnchorSet>>, Error> {
        let set = match self {
            Trust::Nothing => return Ok(None),
            Trust::Anchors(anchors) => return Ok(Some(anchors.set.clone())),
            Trust::MozillaRoots => {
                AnchorSet { anchors: webpki_roots::TLS_SERVER_ROOTS.into(), pinned: Vec::new() }
            }
            Trust::System => AnchorSet { anchors: usable(&of_system()), pinned: Vec::new() },
            Trust::Pem(bytes) => {
                let pinned = pem_certificates(bytes)?;
                AnchorSet { anchors: usable(&pinned), pinned }
            }
        };
        if set.anchors.is_empty() {
            let says = match self {
                Trust::Pem(_) => "the PEM file with the trust anchors holds no certificate that can be one",
                _ => "this system's store of trust anchors is empty or cannot be read",
            };
            return Err(Error::Config(says.to_owned()));
        }
        Ok(Some(Arc::new(set)))
    }
}

/// The certificates that can be trust anchors.
fn usable(ders: &[CertificateDer<'_>]) -> Cow<'static, [TrustAnchor<'static>]> {
    let anchor = |der| webpki::anchor_from_trusted_cert(der).map(|anchor| anchor.to_owned()).ok();
    ders.iter().filter_map(anchor).collect()
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
