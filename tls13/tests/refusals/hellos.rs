//! ServerHello (RFC 8446 §4.1.3), HelloRetryRequest (§4.1.4), and the extensions in them (§4.2).

use barewire_tls13::AlertDescription as A;
use barewire_tls13::extensions::{Extension, KeyShareEntry, extension_places};
use barewire_tls13::handshake::{EncryptedExtensions, NewSessionTicket};
use barewire_tls13::record::ContentType;
use barewire_tls13::{Group, Suite};

use super::{Case, all_refused, fault, forger, forger_for};
use crate::common::forger::Forger;

const TLS13: Extension<'static> = Extension::SelectedVersion(0x0304);

fn share(group: u16, key_exchange: &'static [u8]) -> Extension<'static> {
    Extension::KeyShare(KeyShareEntry { group, key_exchange })
}

fn other(id: u16, data: &'static [u8]) -> Extension<'static> {
    Extension::Other { id, data }
}

#[test]
fn rfc8446_s4_1_3_server_hello() {
    const CASES: &[Case] = &[
        ("ServerHello", "legacy_version 0x0302", A::ILLEGAL_PARAMETER, |f| {
            f.hello(|h| h.hello.legacy_version = 0x0302)
        }),
        ("ServerHello", "legacy_version 0x0304", A::ILLEGAL_PARAMETER, |f| {
            f.hello(|h| h.hello.legacy_version = 0x0304)
        }),
        ("ServerHello", "another session id", A::ILLEGAL_PARAMETER, |f| {
            f.hello(|h| h.hello.legacy_session_id_echo = &[1; 32])
        }),
        ("ServerHello", "no session id", A::ILLEGAL_PARAMETER, |f| {
            f.hello(|h| h.hello.legacy_session_id_echo = &[])
        }),
        ("ServerHello", "a session id of 33 bytes", A::DECODE_ERROR, |f| {
            f.hello(|h| h.hello.legacy_session_id_echo = &[1; 33])
        }),
        ("ServerHello", "a suite not offered", A::ILLEGAL_PARAMETER, |f| {
            f.hello(|h| h.hello.cipher_suite = 0x1304)
        }),
        ("ServerHello", "a suite of TLS 1.2", A::ILLEGAL_PARAMETER, |f| {
            f.hello(|h| h.hello.cipher_suite = 0xc02f)
        }),
        ("ServerHello", "compression 1", A::ILLEGAL_PARAMETER, |f| {
            f.hello(|h| h.hello.legacy_compression_method = 1)
        }),
        ("ServerHello", "a byte after its end", A::DECODE_ERROR, |f| longer(f, 1)),
        ("ServerHello", "a byte short", A::DECODE_ERROR, |f| longer(f, -1)),
        ("ServerHello", "TLS 1.2", A::PROTOCOL_VERSION, |f| f.hello(|h| h.hello.extensions.clear())),
        ("ServerHello", "TLS 1.1", A::PROTOCOL_VERSION, |f| {
            f.hello(|h| {
                h.hello.extensions.clear();
                h.hello.legacy_version = 0x0302;
            })
        }),
        ("ServerHello", "TLS 1.2 with the mark DOWNGRD 01", A::ILLEGAL_PARAMETER, |f| marked(f, 0x0303, 1)),
        ("ServerHello", "TLS 1.2 with the mark DOWNGRD 00", A::ILLEGAL_PARAMETER, |f| marked(f, 0x0303, 0)),
        ("ServerHello", "TLS 1.1 with the mark DOWNGRD 00", A::ILLEGAL_PARAMETER, |f| marked(f, 0x0302, 0)),
    ];
    all_refused(CASES);
}

/// A suite that this crate has, and that this client was told not to offer.
#[test]
fn rfc8446_s4_1_3_a_known_suite_that_was_not_offered() {
    let mut forger = forger_for(|config| config.suites = vec![Suite::Aes128GcmSha256]);
    let result = forger.hello(|h| h.hello.cipher_suite = Suite::Chacha20Poly1305Sha256.id());
    assert_eq!(fault(&mut forger, result, A::ILLEGAL_PARAMETER), None);
}

/// An older ServerHello whose random ends in a mark of RFC 8446 §4.1.3.
fn marked(forger: &mut Forger, version: u16, mark: u8) -> Result<(), barewire_tls13::Error> {
    forger.hello(|h| {
        h.hello.extensions.clear();
        h.hello.legacy_version = version;
        h.hello.random[24..].copy_from_slice(&[b'D', b'O', b'W', b'N', b'G', b'R', b'D', mark]);
    })
}

/// A ServerHello whose length field counts more bytes than belong to it, or fewer.
fn longer(forger: &mut Forger, by: isize) -> Result<(), barewire_tls13::Error> {
    let mut message = Vec::new();
    let mut honest = super::forger();
    honest.hello(|h| message = h.hello.to_bytes())?;
    message.resize(message.len().saturating_add_signed(by), 0);
    message[3] = message[3].wrapping_add_signed(by as i8);
    forger.plain(ContentType::HANDSHAKE, &message)
}

#[test]
fn rfc8446_sd_5_ssl_3() {
    const CASES: &[Case] = &[
        ("ServerHello", "legacy_version 0x0300, TLS 1.3 selected", A::PROTOCOL_VERSION, |f| {
            f.hello(|h| h.hello.legacy_version = 0x0300)
        }),
        ("ServerHello", "SSL 3.0", A::PROTOCOL_VERSION, |f| {
            f.hello(|h| {
                h.hello.extensions.clear();
                h.hello.legacy_version = 0x0300;
            })
        }),
        ("HelloRetryRequest", "legacy_version 0x0300", A::PROTOCOL_VERSION, |f| {
            f.hello(|h| {
                h.hello.random = barewire_tls13::handshake::HELLO_RETRY_RANDOM;
                h.hello.extensions = vec![TLS13, Extension::Cookie(b"crumbs")];
                h.hello.legacy_version = 0x0300;
            })
        }),
    ];
    all_refused(CASES);
}

#[test]
fn rfc8446_s4_1_4_hello_retry_request() {
    const CASES: &[Case] = &[
        ("HelloRetryRequest", "that changes nothing", A::ILLEGAL_PARAMETER, |f| f.retry(vec![TLS13])),
        ("HelloRetryRequest", "without supported_versions", A::MISSING_EXTENSION, |f| {
            f.retry(vec![Extension::RetryGroup(0x17)])
        }),
        ("HelloRetryRequest", "without extensions", A::MISSING_EXTENSION, |f| f.retry(Vec::new())),
        ("HelloRetryRequest", "that selects TLS 1.2", A::ILLEGAL_PARAMETER, |f| {
            f.retry(vec![Extension::SelectedVersion(0x0303), Extension::RetryGroup(0x17)])
        }),
        ("HelloRetryRequest", "an unknown extension", A::UNSUPPORTED_EXTENSION, |f| {
            f.retry(vec![TLS13, Extension::RetryGroup(0x17), other(0x7a7b, &[])])
        }),
        ("HelloRetryRequest", "an empty cookie", A::DECODE_ERROR, |f| {
            f.retry(vec![TLS13, Extension::Cookie(&[])])
        }),
        ("HelloRetryRequest", "a suite not offered", A::ILLEGAL_PARAMETER, |f| {
            f.hello(|h| {
                h.hello.random = barewire_tls13::handshake::HELLO_RETRY_RANDOM;
                h.hello.extensions = vec![TLS13, Extension::Cookie(b"crumbs")];
                h.hello.cipher_suite = 0x1304;
            })
        }),
        ("HelloRetryRequest", "another session id", A::ILLEGAL_PARAMETER, |f| {
            f.hello(|h| {
                h.hello.random = barewire_tls13::handshake::HELLO_RETRY_RANDOM;
                h.hello.extensions = vec![TLS13, Extension::Cookie(b"crumbs")];
                h.hello.legacy_session_id_echo = &[2; 32];
            })
        }),
        ("HelloRetryRequest", "a second one", A::UNEXPECTED_MESSAGE, |f| {
            f.retry(vec![TLS13, Extension::Cookie(b"crumbs")])?;
            f.retry(vec![TLS13, Extension::RetryGroup(0x17)])
        }),
        ("ServerHello after a retry", "another suite", A::ILLEGAL_PARAMETER, |f| {
            f.retry(vec![TLS13, Extension::Cookie(b"crumbs")])?;
            f.hello(|h| h.hello.cipher_suite = 0x1303)
        }),
        ("ServerHello after a retry", "selects 0x0303", A::ILLEGAL_PARAMETER, |f| {
            f.retry(vec![TLS13, Extension::Cookie(b"crumbs")])?;
            f.hello(|h| h.hello.extensions[0] = Extension::SelectedVersion(0x0303))
        }),
        ("ServerHello after a retry", "TLS 1.2", A::ILLEGAL_PARAMETER, |f| {
            f.retry(vec![TLS13, Extension::Cookie(b"crumbs")])?;
            f.hello(|h| h.hello.extensions.clear())
        }),
    ];
    all_refused(CASES);
}

#[test]
fn rfc8446_s4_2_1_supported_versions() {
    const CASES: &[Case] = &[
        ("ServerHello", "selects 0x0303", A::ILLEGAL_PARAMETER, |f| {
            f.hello(|h| h.hello.extensions[0] = Extension::SelectedVersion(0x0303))
        }),
        ("ServerHello", "selects 0x0305", A::ILLEGAL_PARAMETER, |f| {
            f.hello(|h| h.hello.extensions[0] = Extension::SelectedVersion(0x0305))
        }),
        ("ServerHello", "selects a draft of TLS 1.3", A::ILLEGAL_PARAMETER, |f| {
            f.hello(|h| h.hello.extensions[0] = Extension::SelectedVersion(0x7f1c))
        }),
        ("ServerHello", "a list of versions", A::DECODE_ERROR, |f| {
            f.hello(|h| h.hello.extensions[0] = other(43, &[2, 3, 4]))
        }),
    ];
    all_refused(CASES);
}

#[test]
fn rfc8446_s4_2_8_key_share() {
    const CASES: &[Case] = &[
        ("ServerHello", "no key_share", A::MISSING_EXTENSION, |f| {
            f.hello(|h| drop(h.hello.extensions.pop()))
        }),
        ("ServerHello", "a key in another group", A::ILLEGAL_PARAMETER, |f| {
            f.hello(|h| h.hello.extensions[1] = share(0x17, &[4; 65]))
        }),
        ("ServerHello", "a key in a group not offered", A::ILLEGAL_PARAMETER, |f| {
            f.hello(|h| h.hello.extensions[1] = share(0x1e, &[4; 56]))
        }),
        ("ServerHello", "an empty key", A::DECODE_ERROR, |f| {
            f.hello(|h| h.hello.extensions[1] = share(0x1d, &[]))
        }),
        ("ServerHello", "a key of 31 bytes", A::ILLEGAL_PARAMETER, |f| {
            f.hello(|h| h.hello.extensions[1] = share(0x1d, &[9; 31]))
        }),
        ("ServerHello", "a key of 33 bytes", A::ILLEGAL_PARAMETER, |f| {
            f.hello(|h| h.hello.extensions[1] = share(0x1d, &[9; 33]))
        }),
        ("ServerHello", "the point 0, which makes the secret 0", A::ILLEGAL_PARAMETER, |f| {
            f.hello(|h| h.hello.extensions[1] = share(0x1d, &[0; 32]))
        }),
        ("HelloRetryRequest", "a group whose key it has", A::ILLEGAL_PARAMETER, |f| {
            f.retry(vec![TLS13, Extension::RetryGroup(0x1d)])
        }),
        ("HelloRetryRequest", "a group not offered", A::ILLEGAL_PARAMETER, |f| {
            f.retry(vec![TLS13, Extension::RetryGroup(0x1e)])
        }),
        ("HelloRetryRequest", "a whole key", A::DECODE_ERROR, |f| {
            f.retry(vec![TLS13, share(0x17, &[4; 65])])
        }),
        ("ServerHello after a retry", "a key in the first group", A::ILLEGAL_PARAMETER, |f| {
            f.retry(vec![TLS13, Extension::RetryGroup(0x17)])?;
            f.plain(ContentType::HANDSHAKE, &after_retry(f))
        }),
    ];
    all_refused(CASES);
}

/// A ServerHello with a key in x25519, also if the client's last offer has none.
fn after_retry(forger: &Forger) -> Vec<u8> {
    use barewire_tls13::handshake::{Message, ServerHello};
    let Ok(Message::ClientHello(offer)) = Message::parse(&forger.client_hello) else {
        panic!("no ClientHello")
    };
    let extensions = vec![TLS13, share(0x1d, &[9; 32])];
    let hello = ServerHello {
        legacy_version: 0x0303,
        random: [7; 32],
        legacy_session_id_echo: offer.legacy_session_id,
        cipher_suite: 0x1301,
        legacy_compression_method: 0,
        extensions,
    };
    hello.to_bytes()
}

/// Two shares were sent: the server may choose one of them, and may not ask for them again.
#[test]
fn rfc8446_s4_2_8_a_retry_for_one_of_several_shares() {
    for group in [Group::X25519, Group::Secp256r1] {
        let mut forger = forger_for(|config| config.key_shares = vec![Group::X25519, Group::Secp256r1]);
        let result = forger.retry(vec![TLS13, Extension::RetryGroup(group.id())]);
        assert_eq!(fault(&mut forger, result, A::ILLEGAL_PARAMETER), None, "{group:?}");
    }
    let mut forger = forger_for(|config| config.key_shares = vec![Group::X25519, Group::Secp256r1]);
    let result = forger.hello(|h| h.hello.extensions[1] = share(0x18, &[4; 97]));
    assert!(
        result.as_ref().unwrap_err().to_string().contains("is secp384r1, and we offered x25519, secp256r1"),
        "{result:?}"
    );
    assert_eq!(fault(&mut forger, result, A::ILLEGAL_PARAMETER), None);
}

#[test]
fn rfc8446_s4_2_8_2_points_that_are_not_on_the_curve() {
    // The form byte is not 4; all zeros; x and y of 1.
    for key in [[5; 65], [0; 65], {
        let mut point = [0; 65];
        (point[0], point[32], point[64]) = (4, 1, 1);
        point
    }] {
        let mut forger = forger_for(|config| config.groups = vec![Group::Secp256r1]);
        let key: &'static [u8] = key.to_vec().leak();
        let mut message = after_retry(&forger);
        let at = message.len() - 40;
        message.truncate(at);
        message.extend([0, 51, 0, 69, 0, 0x17, 0, 65]);
        message.extend(key);
        fix_lengths(&mut message);
        let result = forger.plain(ContentType::HANDSHAKE, &message);
        assert_eq!(fault(&mut forger, result, A::ILLEGAL_PARAMETER), None, "{key:02x?}");
    }
}

/// Writes the lengths of a ServerHello with a session id of 32 bytes anew.
fn fix_lengths(message: &mut [u8]) {
    // Before the extensions stand: header 4, version 2, random 32, session id 33, suite 2, compression 1.
    let (whole, block) = (message.len() - 4, message.len() - 76);
    message[2..4].copy_from_slice(&(whole as u16).to_be_bytes());
    message[74..76].copy_from_slice(&(block as u16).to_be_bytes());
}

#[test]
fn rfc8446_s4_2_an_extension_twice() {
    const CASES: &[Case] = &[
        ("ServerHello", "supported_versions twice", A::ILLEGAL_PARAMETER, |f| {
            f.hello(|h| h.hello.extensions.push(TLS13))
        }),
        ("EncryptedExtensions", "supported_groups twice", A::ILLEGAL_PARAMETER, |f| {
            f.flight(1)?;
            let groups = Extension::SupportedGroups(vec![0x1d]);
            f.say(&f.encrypted_extensions(vec![groups.clone(), groups]))
        }),
        ("CertificateRequest", "an unknown extension twice", A::ILLEGAL_PARAMETER, |f| {
            f.flight(2)?;
            f.say(&request(vec![
                Extension::SignatureAlgorithms(vec![0x0807]),
                other(99, &[]),
                other(99, &[]),
            ]))
        }),
        ("NewSessionTicket", "an unknown extension twice", A::ILLEGAL_PARAMETER, |f| {
            f.handshake()?;
            f.sealed(ContentType::HANDSHAKE, &ticket(vec![other(99, &[]), other(99, &[])]))
        }),
    ];
    all_refused(CASES);
}

#[test]
fn rfc8446_s4_2_an_answer_to_nothing() {
    const CASES: &[Case] = &[
        ("ServerHello", "an unknown extension", A::UNSUPPORTED_EXTENSION, |f| {
            f.hello(|h| h.hello.extensions.push(other(0x7a7b, &[])))
        }),
        ("ServerHello", "pre_shared_key, not offered", A::UNSUPPORTED_EXTENSION, |f| {
            f.hello(|h| h.hello.extensions.push(other(41, &[0, 0])))
        }),
        ("ServerHello", "renegotiation_info, of TLS 1.2", A::UNSUPPORTED_EXTENSION, |f| {
            f.hello(|h| h.hello.extensions.push(other(0xff01, &[0])))
        }),
        ("EncryptedExtensions", "an unknown extension", A::UNSUPPORTED_EXTENSION, |f| {
            say_extension(f, other(0x7a7b, &[]))
        }),
        ("EncryptedExtensions", "max_fragment_length, not offered", A::UNSUPPORTED_EXTENSION, |f| {
            say_extension(f, other(1, &[1]))
        }),
        ("EncryptedExtensions", "early_data, not offered", A::UNSUPPORTED_EXTENSION, |f| {
            say_extension(f, other(42, &[]))
        }),
        ("EncryptedExtensions", "session_ticket, of TLS 1.2", A::UNSUPPORTED_EXTENSION, |f| {
            say_extension(f, other(35, &[]))
        }),
        ("Certificate", "status_request, not offered", A::UNSUPPORTED_EXTENSION, |f| {
            super::flight::certificate_with(f, &[&other(5, &[1, 0, 0, 0])])
        }),
        ("Certificate", "an unknown extension", A::UNSUPPORTED_EXTENSION, |f| {
            super::flight::certificate_with(f, &[&other(0x7a7b, &[])])
        }),
    ];
    all_refused(CASES);
}

fn say_extension(forger: &mut Forger, extension: Extension<'_>) -> Result<(), barewire_tls13::Error> {
    forger.flight(1)?;
    forger.say(&EncryptedExtensions { extensions: vec![extension] }.to_bytes())
}

fn request(extensions: Vec<Extension<'_>>) -> Vec<u8> {
    barewire_tls13::handshake::CertificateRequest { request_context: &[], extensions }.to_bytes()
}

fn ticket(extensions: Vec<Extension<'_>>) -> Vec<u8> {
    NewSessionTicket { lifetime: 60, age_add: 1, nonce: &[0], ticket: &[1; 16], extensions }.to_bytes()
}

/// The table of RFC 8446 §4.2, word for word: number, name, and where it may stand.
const TABLE: &[(u16, &str, &str)] = &[
    (0, "server_name", "CH, EE"),
    (1, "max_fragment_length", "CH, EE"),
    (5, "status_request", "CH, CR, CT"),
    (10, "supported_groups", "CH, EE"),
    (13, "signature_algorithms", "CH, CR"),
    (14, "use_srtp", "CH, EE"),
    (15, "heartbeat", "CH, EE"),
    (16, "application_layer_protocol_negotiation", "CH, EE"),
    (18, "signed_certificate_timestamp", "CH, CR, CT"),
    (19, "client_certificate_type", "CH, EE"),
    (20, "server_certificate_type", "CH, EE"),
    (21, "padding", "CH"),
    (51, "key_share", "CH, SH, HRR"),
    (41, "pre_shared_key", "CH, SH"),
    (45, "psk_key_exchange_modes", "CH"),
    (42, "early_data", "CH, EE, NST"),
    (44, "cookie", "CH, HRR"),
    (43, "supported_versions", "CH, SH, HRR"),
    (47, "certificate_authorities", "CH, CR"),
    (48, "oid_filters", "CR"),
    (49, "post_handshake_auth", "CH"),
    (50, "signature_algorithms_cert", "CH, CR"),
];

#[test]
fn rfc8446_s4_2_the_table_of_the_code_is_that_of_the_rfc() {
    use barewire_tls13::extensions::Place::{self, *};
    let short = |place: &Place| match place {
        ClientHello => "CH",
        ServerHello => "SH",
        HelloRetryRequest => "HRR",
        EncryptedExtensions => "EE",
        Certificate => "CT",
        CertificateRequest => "CR",
        NewSessionTicket => "NST",
    };
    for (id, name, wanted) in TABLE {
        let places: Vec<&str> = extension_places(*id).iter().map(short).collect();
        assert_eq!(places.join(", "), *wanted, "{name}");
        assert_eq!(barewire_tls13::extensions::extension_name(*id), *name);
    }
    let others = (0..=u16::MAX).filter(|id| !TABLE.iter().any(|row| row.0 == *id));
    assert_eq!(others.filter(|id| !extension_places(*id).is_empty()).count(), 0);
}

/// Says a message of the place with the extension in it.
fn say_in(
    forger: &mut Forger,
    place: &str,
    extension: &Extension<'static>,
) -> Result<(), barewire_tls13::Error> {
    let extension = extension.clone();
    match place {
        "SH" => forger.hello(|h| h.hello.extensions.push(extension)),
        "HRR" => forger.retry(vec![TLS13, Extension::RetryGroup(0x17), extension]),
        "EE" => say_extension(forger, extension),
        "CT" => super::flight::certificate_with(forger, &[&extension]),
        "CR" => {
            forger.flight(2)?;
            forger.say(&request(vec![extension, Extension::SignatureAlgorithms(vec![0x0807])]))
        }
        _ => {
            forger.handshake()?;
            forger.sealed(ContentType::HANDSHAKE, &ticket(vec![extension]))
        }
    }
}

/// Each extension of the table, in each message that it has no place in.
#[test]
fn rfc8446_s4_2_extensions_where_they_do_not_belong() {
    let (mut faults, mut cases) = (Vec::new(), 0);
    for (id, name, places) in TABLE {
        for place in ["SH", "HRR", "EE", "CT", "CR", "NST"] {
            if places.split(", ").any(|allowed| allowed == place) {
                continue;
            }
            // ALPN is read in a ServerHello, since older servers answer it there: it has to be well-formed.
            let data: &[u8] = if *id == 16 { &[0, 3, 2, b'h', b'2'] } else { &[] };
            let mut forger = forger();
            let result = say_in(&mut forger, place, &other(*id, data));
            cases += 1;
            faults.extend(
                fault(&mut forger, result, A::ILLEGAL_PARAMETER)
                    .map(|why| format!("{name} in {place}: {why}")),
            );
        }
    }
    assert!(faults.is_empty(), "{} of {cases}:\n{}", faults.len(), faults.join("\n"));
    assert_eq!(cases, 108);
}

/// RFC 8446 §4.3.2, §4.6.1: in what the server asks or offers, unknown extensions are ignored.
#[test]
fn rfc8446_s4_2_unknown_extensions_are_ignored_in_questions() {
    for place in ["CR", "NST"] {
        for extension in [other(0x7a7b, &[1, 2, 3]), other(0x1a1a, &[])] {
            let mut forger = forger();
            say_in(&mut forger, place, &extension).unwrap();
        }
    }
}
