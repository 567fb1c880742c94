//! The lab's certification authority, made on the spot, and a certificate for a host: its names and its addresses.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::LazyLock;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};

use crate::lab::hosts::Host;
use crate::lab::mounts::AUTHORITY;
use crate::lab::programs::folder;

/// The two files that a TLS server reads.
pub(super) struct Identity {
    pub(super) certificate: PathBuf,
    pub(super) key: PathBuf,
}

/// Makes a certificate for a server at a host that has these names in the DNS. The same authority signs all of a lab.
pub(super) fn make(host: &Host, names: &[String], server: &str) -> io::Result<Identity> {
    let folder = folder(host, &format!("{server}-tls"))?;
    let identity = Identity { certificate: folder.join("certificate.pem"), key: folder.join("key.pem") };
    let (certificate, key) = signed(host, names).map_err(io::Error::other)?;
    fs::write(&identity.certificate, certificate)?;
    fs::write(&identity.key, key)?;
    Ok(identity)
}

fn signed(host: &Host, names: &[String]) -> Result<(String, String), rcgen::Error> {
    let addresses = host.addresses().iter().map(ToString::to_string);
    let all = [host.name().to_string()].into_iter().chain(names.iter().cloned()).chain(addresses);
    let mut params = CertificateParams::new(all.collect::<Vec<_>>())?;
    params.distinguished_name.push(DnType::CommonName, host.name());
    let key = KeyPair::generate()?;
    Ok((params.signed_by(&key, authority()?)?.pem(), key.serialize_pem()))
}

/// The authority; its own certificate is written where the programs of the lab look for whom to trust.
fn authority() -> Result<&'static Issuer<'static, KeyPair>, rcgen::Error> {
    static MADE: LazyLock<Result<Issuer<'static, KeyPair>, rcgen::Error>> = LazyLock::new(make_authority);
    MADE.as_ref().map_err(Clone::clone)
}

fn make_authority() -> Result<Issuer<'static, KeyPair>, rcgen::Error> {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "Lab CA");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let key = KeyPair::generate()?;
    let pem = params.self_signed(&key)?.pem();
    // A lab's own files are in memory. If this cannot be written, programs say that they trust nobody.
    let _ = fs::write(AUTHORITY, pem);
    Ok(Issuer::new(params, key))
}
