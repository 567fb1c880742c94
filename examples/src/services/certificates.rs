//! The toy internet's certification authority, and the certificates of its servers.
//!
//! Keys, serial numbers and dates are fixed and Ed25519 signatures are deterministic, so each
//! certificate is the same bytes on every machine. The keys are for this purpose only: they stand in
//! this file, so everybody has them.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PKCS_ED25519, SerialNumber, date_time_ymd,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::{ServerSessionMemoryCache, StoresServerSessions};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{NamedGroup, ServerConfig, crypto};

/// What every clock in the toy internet reads when a run starts: 2026-01-01 00:00:00 UTC.
const EPOCH: Duration = Duration::from_secs(1_767_225_600);

/// How many bytes of early data a server takes that takes some.
const MOST_EARLY_DATA: u32 = 16_384;

/// What is special about a server's certificate or its TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flavour {
    /// A certificate for the server's own name, in its time, from the authority.
    Honest,
    /// It ran out in 2020.
    Expired,
    /// It names another host.
    WrongName,
    /// An authority signed it that nobody trusts.
    Untrusted,
    /// An authority between the trusted one and the server signed it. The server shows that one's certificate, too.
    LongChain,
    /// The same, but the server forgets to show it.
    ShortChain,
    /// It signed itself, and says that it is an authority, as those that `openssl req -x509` makes.
    SelfSigned,
    /// It is the certificate of the honest server, without its key: anybody who connects to that server can copy it.
    Copied,
    /// A proxy in the middle made it for its own key, and signed it as an authority of its own: the office's.
    Inspected,
    /// The same, but it got the signature of the authority that everybody trusts.
    Misissued,
    /// The server takes no key share but P-256, so it answers with HelloRetryRequest.
    OnlyP256,
    /// It takes early data, and answers it before the client's Finished.
    EarlyData,
    /// It takes early data, and each ticket as often as it comes: so a copy of early data is taken, too (RFC 8446 §8).
    ReusesTickets,
    /// Its tickets allow early data, but it takes no key share but P-256: it asks again, and passes over early data.
    RefusesEarlyData,
}

type Authority = Issuer<'static, KeyPair>;

/// The authority's own certificate, as PEM: what the toy client trusts.
pub fn root_pem() -> Result<String, rcgen::Error> {
    authority_pem("Toy Root CA", 1)
}

/// What a client would have to trust to believe the server called `name`, as PEM: the certificate of its authority, or
/// its own if it signed itself.
pub fn anchor_pem(name: &str, flavour: Flavour) -> Result<String, rcgen::Error> {
    match flavour {
        Flavour::Untrusted => authority_pem("Nobody's CA", 2),
        Flavour::Inspected => authority_pem("Office Proxy CA", 6),
        Flavour::SelfSigned => Ok(certificate(name, flavour)?.pem()),
        _ => root_pem(),
    }
}

/// The certificate that the server called `name` shows.
fn certificate(name: &str, flavour: Flavour) -> Result<Certificate, rcgen::Error> {
    let (params, key) = (leaf(name, flavour)?, key(certified_key(flavour))?);
    match flavour {
        Flavour::Untrusted => params.signed_by(&key, &authority("Nobody's CA", 2)?),
        Flavour::LongChain | Flavour::ShortChain => params.signed_by(&key, &authority("Toy Middle CA", 7)?),
        Flavour::SelfSigned => params.self_signed(&key),
        Flavour::Inspected => params.signed_by(&key, &authority("Office Proxy CA", 6)?),
        _ => params.signed_by(&key, &authority("Toy Root CA", 1)?),
    }
}

/// The seed of the key that stands in a certificate.
fn certified_key(flavour: Flavour) -> u8 {
    if matches!(flavour, Flavour::Inspected | Flavour::Misissued) { 5 } else { 3 }
}

/// The TLS configuration of the server called `name`.
pub fn server_config(name: &str, flavour: Flavour) -> Result<ServerConfig, Box<dyn std::error::Error>> {
    let mut chain = vec![CertificateDer::from(certificate(name, flavour)?)];
    if flavour == Flavour::LongChain {
        let middle = authority_params("Toy Middle CA").signed_by(&key(7)?, &authority("Toy Root CA", 1)?)?;
        chain.push(CertificateDer::from(middle));
    }
    let seed = if flavour == Flavour::Copied { 4 } else { certified_key(flavour) };
    let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(pkcs8(seed)));
    // Unlike `with_single_cert` this takes a certificate of another key.
    let identity = CertifiedKey::new(chain, crypto::ring::sign::any_supported_type(&private)?);
    let mut provider = crypto::ring::default_provider();
    if matches!(flavour, Flavour::OnlyP256 | Flavour::RefusesEarlyData) {
        provider.kx_groups.retain(|group| group.name() == NamedGroup::secp256r1);
    }
    let mut config = ServerConfig::builder_with_details(Arc::new(provider), Arc::new(ToyClock))
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(SingleCertAndKey::from(identity)));
    // Records that fit a segment: a client need not wait for the next one to read the first.
    config.max_fragment_size = Some(1431);
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    if flavour == Flavour::ReusesTickets {
        config.session_storage = Arc::new(Forgetful(ServerSessionMemoryCache::new(256)));
    }
    if matches!(flavour, Flavour::EarlyData | Flavour::RefusesEarlyData | Flavour::ReusesTickets) {
        config.max_early_data_size = MOST_EARLY_DATA;
        config.send_half_rtt_data = true;
    }
    Ok(config)
}

fn leaf(name: &str, flavour: Flavour) -> Result<CertificateParams, rcgen::Error> {
    let subject = if flavour == Flavour::WrongName { "elsewhere.example.test" } else { name };
    let mut params = CertificateParams::new([subject.to_owned()])?;
    params.distinguished_name = common_name(subject);
    params.serial_number = Some(SerialNumber::from(if certified_key(flavour) == 3 { 80 } else { 81 }));
    params.not_before = date_time_ymd(2019, 1, 1);
    params.not_after =
        if flavour == Flavour::Expired { date_time_ymd(2020, 2, 1) } else { date_time_ymd(2036, 1, 1) };
    if flavour == Flavour::SelfSigned {
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    }
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}

fn authority(name: &str, seed: u8) -> Result<Authority, rcgen::Error> {
    Ok(Issuer::new(authority_params(name), key(seed)?))
}

fn authority_pem(name: &str, seed: u8) -> Result<String, rcgen::Error> {
    Ok(authority_params(name).self_signed(&key(seed)?)?.pem())
}

fn authority_params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = common_name(name);
    params.serial_number = Some(SerialNumber::from(1));
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
    params.not_before = date_time_ymd(2015, 1, 1);
    params.not_after = date_time_ymd(2046, 1, 1);
    params
}

fn common_name(name: &str) -> DistinguishedName {
    let mut names = DistinguishedName::new();
    names.push(DnType::CommonName, name);
    names
}

fn key(seed: u8) -> Result<KeyPair, rcgen::Error> {
    KeyPair::from_pkcs8_der_and_sign_algo(&PrivatePkcs8KeyDer::from(pkcs8(seed)), &PKCS_ED25519)
}

/// An Ed25519 private key in PKCS #8 (RFC 8410 §7): a fixed head, then the key's 32 bytes, here
/// all the same.
fn pkcs8(seed: u8) -> Vec<u8> {
    let head =
        [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
    [&head[..], &[seed; 32]].concat()
}

/// A store that does not remember which tickets have been used. Several machines that share their tickets, and do not
/// tell each other what they have seen, are such a store together.
#[derive(Debug)]
struct Forgetful(Arc<ServerSessionMemoryCache>);

impl StoresServerSessions for Forgetful {
    fn put(&self, key: Vec<u8>, value: Vec<u8>) -> bool {
        self.0.put(key, value)
    }

    fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        self.0.get(key)
    }

    fn take(&self, key: &[u8]) -> Option<Vec<u8>> {
        self.0.get(key)
    }

    fn can_cache(&self) -> bool {
        true
    }
}

/// The wall clock of the toy servers. They use it to date session tickets. It stands still, so none grows old.
#[derive(Debug)]
struct ToyClock;

impl rustls::time_provider::TimeProvider for ToyClock {
    fn current_time(&self) -> Option<rustls::pki_types::UnixTime> {
        Some(rustls::pki_types::UnixTime::since_unix_epoch(EPOCH))
    }
}

/// What every clock in the toy internet reads when a run starts.
pub fn epoch() -> SystemTime {
    UNIX_EPOCH + EPOCH
}
