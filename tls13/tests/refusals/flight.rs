//! EncryptedExtensions and CertificateRequest (RFC 8446 §4.3), Certificate, CertificateVerify and Finished (§4.4), and
//! the order of all of them (§4).

use barewire_tls13::AlertDescription as A;
use barewire_tls13::extensions::Extension;
use barewire_tls13::handshake::{
    Certificate, CertificateEntry, CertificateRequest, CertificateVerify, EncryptedExtensions, Finished,
    KeyUpdate,
};
use barewire_tls13::{Error, SignatureScheme, Trust};

use super::{Case, all_refused, fault, forger, forger_for};
use crate::common::Identity;
use crate::common::forger::Forger;

/// Says the server's certificate, with extensions in its entry.
pub(crate) fn certificate_with(forger: &mut Forger, extensions: &[&Extension<'_>]) -> Result<(), Error> {
    forger.flight(2)?;
    let der = forger.chain().to_vec();
    let extensions = extensions.iter().map(|extension| (*extension).clone()).collect();
    let entry = CertificateEntry { der: &der, extensions };
    forger.say(&Certificate { request_context: &[], entries: vec![entry] }.to_bytes())
}

fn request(forger: &mut Forger, context: &[u8], extensions: Vec<Extension<'_>>) -> Result<(), Error> {
    forger.flight(2)?;
    forger.say(&CertificateRequest { request_context: context, extensions }.to_bytes())
}

fn schemes() -> Extension<'static> {
    Extension::SignatureAlgorithms(vec![0x0807])
}

/// The start of the flight, then a message out of its order.
fn after(
    forger: &mut Forger,
    messages: usize,
    message: impl FnOnce(&Forger) -> Vec<u8>,
) -> Result<(), Error> {
    forger.flight(messages)?;
    let message = message(forger);
    forger.say(&message)
}

#[test]
fn rfc8446_s4_messages_out_of_order() {
    const CASES: &[Case] = &[
        ("Certificate", "before EncryptedExtensions", A::UNEXPECTED_MESSAGE, |f| {
            after(f, 1, Forger::certificate)
        }),
        ("CertificateVerify", "before EncryptedExtensions", A::UNEXPECTED_MESSAGE, |f| {
            after(f, 1, Forger::certificate_verify)
        }),
        ("Finished", "before EncryptedExtensions", A::UNEXPECTED_MESSAGE, |f| after(f, 1, Forger::finished)),
        ("CertificateVerify", "before Certificate", A::UNEXPECTED_MESSAGE, |f| {
            after(f, 2, Forger::certificate_verify)
        }),
        ("Finished", "before Certificate", A::UNEXPECTED_MESSAGE, |f| after(f, 2, Forger::finished)),
        ("Finished", "before CertificateVerify", A::UNEXPECTED_MESSAGE, |f| after(f, 3, Forger::finished)),
        ("EncryptedExtensions", "twice", A::UNEXPECTED_MESSAGE, |f| {
            after(f, 2, |f| f.encrypted_extensions(Vec::new()))
        }),
        ("Certificate", "twice", A::UNEXPECTED_MESSAGE, |f| after(f, 3, Forger::certificate)),
        ("CertificateVerify", "twice", A::UNEXPECTED_MESSAGE, |f| after(f, 4, Forger::certificate_verify)),
        ("CertificateRequest", "after Certificate", A::UNEXPECTED_MESSAGE, |f| {
            after(f, 3, |_| {
                CertificateRequest { request_context: &[], extensions: vec![schemes()] }.to_bytes()
            })
        }),
        ("CertificateRequest", "twice", A::UNEXPECTED_MESSAGE, |f| {
            request(f, &[], vec![schemes()])?;
            f.say(&CertificateRequest { request_context: &[], extensions: vec![schemes()] }.to_bytes())
        }),
        ("ServerHello", "encrypted, after the first", A::UNEXPECTED_MESSAGE, |f| {
            let mut hello = Vec::new();
            f.hello(|h| hello = h.hello.to_bytes())?;
            f.say(&hello)
        }),
        ("ClientHello", "from the server", A::UNEXPECTED_MESSAGE, |f| {
            let hello = f.client_hello.clone();
            f.plain(barewire_tls13::record::ContentType::HANDSHAKE, &hello)
        }),
        ("HelloRequest", "in the handshake", A::UNEXPECTED_MESSAGE, |f| after(f, 2, |_| vec![0, 0, 0, 0])),
        ("ServerHelloDone, of TLS 1.2", "in the handshake", A::UNEXPECTED_MESSAGE, |f| {
            after(f, 2, |_| vec![14, 0, 0, 0])
        }),
        ("message_hash", "on the wire", A::UNEXPECTED_MESSAGE, |f| after(f, 1, |_| vec![254, 0, 0, 1, 0])),
        ("a message of type 99", "in the handshake", A::UNEXPECTED_MESSAGE, |f| {
            after(f, 1, |_| vec![99, 0, 0, 0])
        }),
        ("NewSessionTicket", "before Finished", A::UNEXPECTED_MESSAGE, |f| {
            after(f, 4, |_| vec![4, 0, 0, 14, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 7, 0, 0])
        }),
    ];
    all_refused(CASES);
}

#[test]
fn rfc8446_s4_5_end_of_early_data_from_the_server() {
    const CASES: &[Case] = &[
        ("EndOfEarlyData", "before Finished", A::UNEXPECTED_MESSAGE, |f| after(f, 4, |_| vec![5, 0, 0, 0])),
        ("EndOfEarlyData", "after Finished", A::UNEXPECTED_MESSAGE, |f| after(f, 5, |_| vec![5, 0, 0, 0])),
    ];
    all_refused(CASES);
}

#[test]
fn rfc8446_s4_6_3_key_update_before_finished() {
    const CASES: &[Case] = &[
        ("KeyUpdate", "before EncryptedExtensions", A::UNEXPECTED_MESSAGE, |f| {
            after(f, 1, |_| KeyUpdate { requested: false }.to_bytes())
        }),
        ("KeyUpdate", "before Finished", A::UNEXPECTED_MESSAGE, |f| {
            after(f, 4, |_| KeyUpdate { requested: true }.to_bytes())
        }),
    ];
    all_refused(CASES);
}

#[test]
fn rfc8446_s4_3_1_encrypted_extensions() {
    const CASES: &[Case] = &[
        ("EncryptedExtensions", "key_share", A::ILLEGAL_PARAMETER, |f| {
            after(f, 1, |f| f.encrypted_extensions(vec![Extension::Other { id: 51, data: &[] }]))
        }),
        ("EncryptedExtensions", "supported_versions", A::ILLEGAL_PARAMETER, |f| {
            after(f, 1, |f| f.encrypted_extensions(vec![Extension::SelectedVersion(0x0304)]))
        }),
        ("EncryptedExtensions", "a server_name with content", A::DECODE_ERROR, |f| {
            after(f, 1, |f| f.encrypted_extensions(vec![Extension::Other { id: 0, data: &[0] }]))
        }),
        ("EncryptedExtensions", "no group in supported_groups", A::DECODE_ERROR, |f| {
            after(f, 1, |f| f.encrypted_extensions(vec![Extension::Other { id: 10, data: &[0, 0] }]))
        }),
        ("EncryptedExtensions", "bytes after the extensions", A::DECODE_ERROR, |f| {
            after(f, 1, |_| vec![8, 0, 0, 3, 0, 0, 0])
        }),
        ("EncryptedExtensions", "two protocols", A::ILLEGAL_PARAMETER, |f| {
            after(f, 1, |f| f.encrypted_extensions(vec![Extension::Alpn(vec![b"h2", b"http/1.1"])]))
        }),
        ("EncryptedExtensions", "a protocol not offered", A::ILLEGAL_PARAMETER, |f| {
            after(f, 1, |f| f.encrypted_extensions(vec![Extension::Alpn(vec![b"h3"])]))
        }),
        ("EncryptedExtensions", "an empty protocol", A::DECODE_ERROR, |f| {
            after(f, 1, |f| f.encrypted_extensions(vec![Extension::Other { id: 16, data: &[0, 1, 0] }]))
        }),
    ];
    all_refused(CASES);
    // What belongs there is taken: an empty server_name, groups, one protocol that was offered.
    let mut forger = forger();
    forger.flight(1).unwrap();
    let fine = vec![
        Extension::ServerName(None),
        Extension::SupportedGroups(vec![0x1d]),
        Extension::Alpn(vec![b"h2"]),
    ];
    forger.say(&EncryptedExtensions { extensions: fine }.to_bytes()).unwrap();
}

#[test]
fn rfc8446_s4_3_2_certificate_request() {
    const CASES: &[Case] = &[
        ("CertificateRequest", "a context", A::ILLEGAL_PARAMETER, |f| request(f, &[1], vec![schemes()])),
        ("CertificateRequest", "without signature_algorithms", A::MISSING_EXTENSION, |f| {
            request(f, &[], Vec::new())
        }),
        ("CertificateRequest", "no scheme in signature_algorithms", A::DECODE_ERROR, |f| {
            request(f, &[], vec![Extension::Other { id: 13, data: &[0, 0] }])
        }),
        ("CertificateRequest", "half a scheme", A::DECODE_ERROR, |f| {
            request(f, &[], vec![Extension::Other { id: 13, data: &[0, 3, 8, 7, 8] }])
        }),
        ("CertificateRequest", "no name in certificate_authorities", A::DECODE_ERROR, |f| {
            request(f, &[], vec![schemes(), Extension::CertificateAuthorities(Vec::new())])
        }),
        ("CertificateRequest", "an empty name in certificate_authorities", A::DECODE_ERROR, |f| {
            request(f, &[], vec![schemes(), Extension::CertificateAuthorities(vec![b"", b"x"])])
        }),
    ];
    all_refused(CASES);
    // A name that is there is taken, whatever it says.
    request(&mut forger(), &[], vec![schemes(), Extension::CertificateAuthorities(vec![&[0x30, 0], b"x"])])
        .unwrap();
}

#[test]
fn rfc8446_s4_4_2_certificate() {
    const CASES: &[Case] = &[
        ("Certificate", "no certificate in it", A::DECODE_ERROR, |f| {
            after(f, 2, |_| Certificate { request_context: &[], entries: Vec::new() }.to_bytes())
        }),
        ("Certificate", "a context", A::ILLEGAL_PARAMETER, |f| {
            after(f, 2, |f| {
                let entry = CertificateEntry { der: f.chain(), extensions: Vec::new() };
                Certificate { request_context: &[1], entries: vec![entry] }.to_bytes()
            })
        }),
        ("Certificate", "an empty entry", A::DECODE_ERROR, |f| after(f, 2, |_| certificate(&[]))),
        ("Certificate", "an entry that is not DER", A::BAD_CERTIFICATE, |f| {
            after(f, 2, |_| certificate(&[0x30, 3, 1]))
        }),
        ("Certificate", "cut by a byte", A::BAD_CERTIFICATE, |f| {
            after(f, 2, |f| certificate(&f.chain()[..f.chain().len() - 1]))
        }),
        ("Certificate", "a byte after the certificate", A::BAD_CERTIFICATE, |f| {
            after(f, 2, |f| certificate(&[f.chain(), &[0]].concat()))
        }),
        ("Certificate", "a list that ends inside an entry", A::DECODE_ERROR, |f| {
            after(f, 2, |_| vec![11, 0, 0, 8, 0, 0, 0, 4, 0, 0, 9, 1])
        }),
    ];
    all_refused(CASES);
}

fn certificate(der: &[u8]) -> Vec<u8> {
    let entry = CertificateEntry { der, extensions: Vec::new() };
    Certificate { request_context: &[], entries: vec![entry] }.to_bytes()
}

#[test]
fn rfc8446_s4_4_2_4_a_chain_that_is_not_trusted() {
    let mut forger = forger_for(|config| config.trust = Trust::MozillaRoots);
    let result = forger.flight(3);
    assert_eq!(fault(&mut forger, result, A::UNKNOWN_CA), None);
    let mut forger = forger_for(|config| config.wall_clock += std::time::Duration::from_secs(400 * 86_400));
    let result = forger.flight(3);
    assert_eq!(fault(&mut forger, result, A::CERTIFICATE_EXPIRED), None);
    let mut forger = forger_for(|config| config.server_name = "another.example.test".to_owned());
    let result = forger.flight(3);
    assert_eq!(fault(&mut forger, result, A::BAD_CERTIFICATE), None);
}

/// A certificate whose signature says md5WithRSAEncryption. It cannot be right, but it is refused before anybody looks.
#[test]
fn rfc8446_s4_4_2_4_a_certificate_signed_with_md5() {
    const SHA256_WITH_RSA: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11];
    const MD5_WITH_RSA: u8 = 4;
    let identity = Identity::rsa_authority();
    let mut der = identity.chain[0].to_vec();
    let places: Vec<usize> = (0..der.len()).filter(|&at| der[at..].starts_with(&SHA256_WITH_RSA)).collect();
    assert_eq!(places.len(), 2, "the algorithm stands twice in a certificate (RFC 5280 §4.1.1.2)");
    places.iter().for_each(|at| der[at + 8] = MD5_WITH_RSA);
    let mut forger = Forger::new(&identity, identity.client());
    forger.flight(2).unwrap();
    let result = forger.say(&certificate(&der));
    assert_eq!(fault(&mut forger, result, A::BAD_CERTIFICATE), None);
    // With the algorithm that it was signed with, it is fine.
    let mut forger = Forger::new(&identity, identity.client());
    forger.handshake().unwrap();
}

/// CertificateVerify with another scheme, or another signature.
fn signed(forger: &mut Forger, scheme: u16, signature: &[u8]) -> Result<(), Error> {
    forger.flight(3)?;
    forger.say(&CertificateVerify { scheme, signature }.to_bytes())
}

#[test]
fn rfc8446_s4_4_3_certificate_verify() {
    const CASES: &[Case] = &[
        ("CertificateVerify", "a wrong signature", A::DECRYPT_ERROR, |f| signed(f, 0x0807, &[1; 64])),
        ("CertificateVerify", "an empty signature", A::DECRYPT_ERROR, |f| signed(f, 0x0807, &[])),
        ("CertificateVerify", "a signature of 63 bytes", A::DECRYPT_ERROR, |f| signed(f, 0x0807, &[1; 63])),
        ("CertificateVerify", "rsa_pkcs1_sha256, for certificates only", A::ILLEGAL_PARAMETER, |f| {
            signed(f, 0x0401, &[1; 64])
        }),
        ("CertificateVerify", "ecdsa_sha1", A::ILLEGAL_PARAMETER, |f| signed(f, 0x0203, &[1; 64])),
        ("CertificateVerify", "ed448, not offered", A::ILLEGAL_PARAMETER, |f| signed(f, 0x0808, &[1; 64])),
        ("CertificateVerify", "over another transcript", A::DECRYPT_ERROR, |f| {
            f.flight(1)?;
            let early = f.certificate_verify();
            f.say(&f.encrypted_extensions(Vec::new()))?;
            f.say(&f.certificate())?;
            f.say(&early)
        }),
        ("CertificateVerify", "a byte after it", A::DECODE_ERROR, |f| {
            after(f, 3, |f| {
                let mut message = f.certificate_verify();
                message.push(0);
                message[3] += 1;
                message
            })
        }),
    ];
    all_refused(CASES);
}

/// A scheme that this crate has, and that the configuration does not offer.
#[test]
fn rfc8446_s4_4_3_a_scheme_that_was_not_offered() {
    let mut forger = forger_for(|config| config.signature_schemes = vec![SignatureScheme::RsaPssRsaeSha256]);
    let result = forger.flight(4);
    assert_eq!(fault(&mut forger, result, A::ILLEGAL_PARAMETER), None);
}

/// A Finished whose value was changed.
fn finished(forger: &mut Forger, change: impl FnOnce(&mut Vec<u8>)) -> Result<(), Error> {
    after(forger, 4, |forger| {
        let mut value = forger.finished()[4..].to_vec();
        change(&mut value);
        Finished { verify_data: &value }.to_bytes()
    })
}

#[test]
fn rfc8446_s4_4_4_finished() {
    const CASES: &[Case] = &[
        ("Finished", "its last bit flipped", A::DECRYPT_ERROR, |f| finished(f, |value| value[31] ^= 1)),
        ("Finished", "its first bit flipped", A::DECRYPT_ERROR, |f| finished(f, |value| value[0] ^= 0x80)),
        ("Finished", "of another transcript", A::DECRYPT_ERROR, |f| {
            f.flight(3)?;
            let early = f.finished();
            f.say(&f.certificate_verify())?;
            f.say(&early)
        }),
        ("Finished", "a byte short", A::DECODE_ERROR, |f| finished(f, |value| value.truncate(31))),
        ("Finished", "a byte long", A::DECODE_ERROR, |f| finished(f, |value| value.push(0))),
        ("Finished", "empty", A::DECODE_ERROR, |f| finished(f, Vec::clear)),
        ("Finished", "as long as SHA-384", A::DECODE_ERROR, |f| finished(f, |value| value.resize(48, 0))),
    ];
    all_refused(CASES);
}
