//! EDNS: the bytes of each option, as dig 9.18, nsd 4.6 and unbound 1.17 wrote them or as the RFC lays them out,
//! and what is refused. Where the OPT record stands is in `tests/notes.rs`.

mod judge;
mod wire;

use barewire_dns::{
    ClientSubnet, Edns, EdnsOption, ExtendedError, Message, OptionCode, Rcode, RecordType, ZoneVersion,
};
use wire::{hex, message, name, refused};

const CLIENT: [u8; 8] = [0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef];

/// Reads a message that others wrote, and writes it again. We compress the same names, so the bytes are the same.
#[track_caller]
fn there_and_back(bytes: &str) -> (Message, Edns) {
    let bytes = hex(bytes);
    let read = Message::parse_strictly(&bytes).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(read.encode().unwrap(), bytes);
    judge::agree("EDNS", &bytes);
    let edns = read.edns.clone().expect("an OPT record");
    (read, edns)
}

/// `dig +nsid +cookie=0123456789abcdef +subnet=192.0.2.77/24 +padding=128 +keepalive +expire +dnssec`
#[test]
fn all_that_dig_asks() {
    let (_, edns) = there_and_back(
        "de8b01200001000000000001076578616d706c650474657374000001000100002904d000008000005700030000
         0008000700011800c00002 000a00080123456789abcdef 00090000 000b0000 000c0030
         00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000
         0000",
    );
    let subnet = ClientSubnet { address: [192, 0, 2, 0].into(), source: 24, scope: 0 };
    assert_eq!(
        edns.options,
        [
            EdnsOption::Nsid(vec![]),
            EdnsOption::ClientSubnet(subnet),
            EdnsOption::Cookie { client: CLIENT, server: vec![] },
            EdnsOption::Expire(None),
            EdnsOption::Keepalive(None),
            EdnsOption::Padding(vec![0; 48]),
        ]
    );
    assert_eq!((edns.udp_size, edns.version, edns.dnssec_ok, edns.reserved), (1232, 0, true, 0));
    assert_eq!(ClientSubnet::new([192, 0, 2, 77].into(), 24), subnet, "the bits after the prefix are zero");
    let texts: Vec<String> = edns.options.iter().map(EdnsOption::to_string).collect();
    let wanted = [
        "NSID",
        "client subnet 192.0.2.0/24/0",
        "cookie 0123456789abcdef",
        "expire",
        "TCP keepalive",
        "padding of 48 bytes",
    ];
    assert_eq!(texts, wanted);
}

/// `dig +subnet=2001:db8::1/56`, `+subnet=0`, and options that dig does not know.
#[test]
fn more_that_dig_asks() {
    let query =
        |rest: &str| format!("ac2601200001000000000001076578616d706c650474657374000001000100002904d0{rest}");
    let (_, edns) = there_and_back(&query("00000000000f0008000b0002380020010db8000000"));
    let subnet = ClientSubnet::new("2001:db8::1".parse().unwrap(), 56);
    assert_eq!(edns.options, [EdnsOption::ClientSubnet(subnet)]);
    assert_eq!(edns.options[0].to_string(), "client subnet 2001:db8::/56/0");
    let (_, edns) = there_and_back(&query("0000000000080008000400010000"));
    assert_eq!(edns.options, [EdnsOption::ClientSubnet(ClientSubnet::new([0, 0, 0, 0].into(), 0))]);
    let (_, edns) = there_and_back(&query("000000000014fde90003c0ffee000e00041234abcd000d000100"));
    assert_eq!(
        edns.options,
        [
            EdnsOption::Other { code: OptionCode(65001), data: vec![0xc0, 0xff, 0xee] },
            EdnsOption::KeyTag(vec![0x1234, 0xabcd]),
            EdnsOption::Chain(name(".")),
        ]
    );
    assert_eq!(edns.options[0].to_string(), "option 65001 c0ffee");
    // `+edns=7`
    assert_eq!(there_and_back(&query("000700000000")).1.version, 7);
    // `+ednsflags=0x4321`; this dig sets the flags below 0x1000 only.
    let (_, edns) = there_and_back(&query("000003210000"));
    assert_eq!((edns.dnssec_ok, edns.reserved), (false, 0x0321));
    // All fifteen, and DO.
    let (_, edns) = there_and_back(&query("0000ffff0000"));
    assert_eq!((edns.dnssec_ok, edns.reserved), (true, 0x7fff));
}

/// nsd with an NSID and cookies: an answer, a refusal with its extended error, and a version it does not have.
#[test]
fn what_nsd_answers() {
    let (_, edns) = there_and_back(
        "029f85000001000100010001076578616d706c6504746573740000010001c00c000100010000012c0004c0000201
         c00c000200010000012c0006036e7331c00c00002904d0000000000030
         000300106e73312e6578616d706c652e74657374
         000a00180123456789abcdef010000006b08389034b72c5d8e736cc4",
    );
    let server = hex("010000006b08389034b72c5d8e736cc4");
    let cookie = EdnsOption::Cookie { client: CLIENT, server };
    assert_eq!(edns.options, [EdnsOption::Nsid(b"ns1.example.test".to_vec()), cookie.clone()]);
    assert_eq!(edns.options[0].to_string(), "NSID \"ns1.example.test\"");
    assert_eq!(cookie.to_string(), "cookie 0123456789abcdef 010000006b08389034b72c5d8e736cc4");

    let (read, edns) = there_and_back(
        "7c6181050001000000000001056f746865720474657374000001000100002904d0000000000036
         000300106e73312e6578616d706c652e74657374
         000a00180123456789abcdef010000006b08389034b72c5d8e736cc4
         000f00020014",
    );
    assert_eq!(read.header.rcode, Rcode::REFUSED);
    assert_eq!(edns.options[2], EdnsOption::ExtendedError(ExtendedError { code: 20, text: vec![] }));
    assert_eq!(edns.options[2].to_string(), "extended error Not Authoritative");

    let (read, _) =
        there_and_back("a00281000001000000000001076578616d706c650474657374000001000100002904d0010000000000");
    assert_eq!(read.header.rcode, Rcode::BADVERS);
}

/// unbound over TCP, asked for an NSID and to keep the connection: 120 s.
#[test]
fn what_unbound_answers() {
    let (_, edns) = there_and_back(
        "b4ed85800001000100000001076578616d706c6504746573740000010001c00c000100010000012c0004c0000201
         00002904d000000000000d 00030003c0ffee 000b000204b0",
    );
    assert_eq!(edns.options, [EdnsOption::Nsid(vec![0xc0, 0xff, 0xee]), EdnsOption::Keepalive(Some(1200))]);
    assert_eq!(edns.options[1].to_string(), "TCP keepalive 120.0 s");
}

/// A query for the root with these options, written out.
fn query(options: &str) -> Vec<u8> {
    let options = hex(options);
    let mut opt = hex("00 0029 04d0 00 00 0000");
    opt.extend((options.len() as u16).to_be_bytes());
    opt.extend(options);
    [message([1, 0, 0, 1], b"\0\0\x01\0\x01"), opt].concat()
}

/// Where the options of [`query`] begin.
const OPTIONS: usize = 12 + 5 + 11;

/// The options that no server above sent, by the layout of their RFC.
#[test]
fn the_other_options() {
    let error = |code, text: &[u8]| EdnsOption::ExtendedError(ExtendedError { code, text: text.to_vec() });
    let zone = |kind, version| EdnsOption::ZoneVersion(Some(ZoneVersion { labels: 2, kind, version }));
    for (bytes, option, text) in [
        // RFC 7314 §3: four bytes, seconds.
        ("0009 0004 00127500", EdnsOption::Expire(Some(1_209_600)), "expire in 1209600 s"),
        // RFC 8914 §2: a code, then text in UTF-8.
        ("000f 0005 0006 626164", error(6, b"bad"), "extended error DNSSEC Bogus: bad"),
        ("000f 0006 0006 62616400", error(6, b"bad\0"), "extended error DNSSEC Bogus: bad"),
        ("000f 0003 ffff 0a", error(65_535, b"\n"), r"extended error error 65535: \n"),
        // RFC 9567 §6 and RFC 7901 §4: a name as on the wire.
        (
            "0012 000c 05 6167656e74 04 74657374 00",
            EdnsOption::ReportChannel(name("agent.test")),
            "report channel agent.test",
        ),
        ("000d 0006 04 74657374 00", EdnsOption::Chain(name("test")), "chain test"),
        // RFC 9660 §2: the labels of the zone's name, a type, and for type 0 the serial.
        ("0013 0006 02 00 00000007", zone(0, vec![0, 0, 0, 7]), "zone version, serial 7"),
        ("0013 0003 02 f6 aa", zone(246, vec![0xaa]), "zone version 246 aa"),
        ("0013 0000", EdnsOption::ZoneVersion(None), "zone version"),
        ("000e 0000", EdnsOption::KeyTag(vec![]), "key tag"),
        ("000c 0000", EdnsOption::Padding(vec![]), "padding of 0 bytes"),
        ("0000 0000", EdnsOption::Other { code: OptionCode(0), data: vec![] }, "option 0 "),
    ] {
        let bytes = query(bytes);
        let read = Message::parse_strictly(&bytes).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(read.edns.as_ref().unwrap().options, [option]);
        assert_eq!(read.edns.as_ref().unwrap().options[0].to_string().trim_end(), text.trim_end());
        assert_eq!(read.encode().unwrap(), bytes, "{text}");
        assert_eq!(barewire_dns::dissect(&bytes).1.check_coverage(), Ok(()), "{text}");
    }
}

/// The option, where in it the fault is, what the refusal says. `@` stands for the place.
const MALFORMED: &[(&str, usize, &str)] = &[
    (
        "000a 0007 01234567",
        4,
        "the 8 bytes of RDATA end inside the field at byte @, which a record of type OPT has by RFC 6891 §6.1.2",
    ),
    (
        "000a 0007 0123456789abcd",
        4,
        "the 7 bytes of EDNS option cookie do not fit its fields at byte @ (RFC 7873 §4)",
    ),
    (
        "000a 0009 0123456789abcdef 00",
        12,
        "COOKIE at byte @: a cookie has 8 bytes of the client, then none or 8 to 32 of the server (RFC 7873 §4)",
    ),
    (
        "0008 0003 0001 18",
        7,
        "the 3 bytes of EDNS option client subnet do not fit its fields at byte @ (RFC 7871 §6)",
    ),
    ("0008 0004 0003 00 00", 4, "FAMILY at byte @: the family is 1 (IPv4) or 2 (IPv6) (RFC 7871 §6)"),
    (
        "0008 0009 0001 21 00 c000020000",
        6,
        "PREFIX-LENGTH at byte @: a prefix has no more bits than the address (RFC 7871 §6)",
    ),
    (
        "0008 0007 0001 18 21 c00002",
        8,
        "PREFIX-LENGTH at byte @: a prefix has no more bits than the address (RFC 7871 §6)",
    ),
    (
        "0008 0006 0001 18 00 c000",
        8,
        "ADDRESS at byte @: the address has as many bytes as the prefix needs, and zero bits after the prefix (RFC 7871 §6)",
    ),
    (
        "0008 0008 0001 18 00 c0000200",
        8,
        "ADDRESS at byte @: the address has as many bytes as the prefix needs, and zero bits after the prefix (RFC 7871 §6)",
    ),
    (
        "0008 0007 0001 17 00 c00003",
        8,
        "ADDRESS at byte @: the address has as many bytes as the prefix needs, and zero bits after the prefix (RFC 7871 §6)",
    ),
    (
        "0009 0003 000000",
        4,
        "the 3 bytes of EDNS option expire do not fit its fields at byte @ (RFC 7314 §3)",
    ),
    (
        "0009 0005 0000000000",
        8,
        "the 5 bytes of EDNS option expire do not fit its fields at byte @ (RFC 7314 §3)",
    ),
    (
        "000b 0001 00",
        4,
        "the 1 byte of EDNS option TCP keepalive does not fit its fields at byte @ (RFC 7828 §3.1)",
    ),
    (
        "000b 0003 000000",
        6,
        "the 3 bytes of EDNS option TCP keepalive do not fit its fields at byte @ (RFC 7828 §3.1)",
    ),
    (
        "000e 0003 000100",
        6,
        "the 3 bytes of EDNS option key tag do not fit its fields at byte @ (RFC 8145 §4.1)",
    ),
    (
        "000f 0001 00",
        4,
        "the 1 byte of EDNS option extended error does not fit its fields at byte @ (RFC 8914 §2)",
    ),
    ("000d 0000", 4, "the 0 bytes of EDNS option chain do not fit its fields at byte @ (RFC 7901 §4)"),
    (
        "0012 0002 01 61",
        6,
        "the 2 bytes of EDNS option report channel do not fit its fields at byte @ (RFC 9567 §6)",
    ),
    (
        "0012 0002 00 00",
        5,
        "the 2 bytes of EDNS option report channel do not fit its fields at byte @ (RFC 9567 §6)",
    ),
    ("0012 0002 c00c", 4, "label pointer at byte @ points to 12"),
    (
        "0013 0001 02",
        5,
        "the 1 byte of EDNS option zone version does not fit its fields at byte @ (RFC 9660 §2)",
    ),
    (
        "000a",
        2,
        "the 2 bytes of RDATA end inside the field at byte @, which a record of type OPT has by RFC 6891 §6.1.2",
    ),
];

#[test]
fn malformed() {
    for (option, at, says) in MALFORMED {
        let error = refused(&query(option));
        let says = says.replace('@', &(OPTIONS + at).to_string());
        assert!(error.to_string().starts_with(&says), "{option}\nwanted {says}\ngot    {error}");
    }
}

/// What would be refused on reading is refused on writing.
#[test]
fn written() {
    let subnet = |source, scope| {
        EdnsOption::ClientSubnet(ClientSubnet { address: [192, 0, 2, 1].into(), source, scope })
    };
    for (option, field) in [
        (EdnsOption::Cookie { client: CLIENT, server: vec![0; 7] }, "COOKIE"),
        (EdnsOption::Cookie { client: CLIENT, server: vec![0; 33] }, "COOKIE"),
        (subnet(33, 0), "PREFIX-LENGTH"),
        (subnet(32, 33), "PREFIX-LENGTH"),
        (subnet(24, 0), "ADDRESS"),
        (EdnsOption::Padding(vec![0; 65_536]), "the message would grow"),
        (
            EdnsOption::Other { code: OptionCode::COOKIE, data: vec![0; 8] },
            "EDNS option cookie at byte 32 is held",
        ),
    ] {
        let mut query = Message::query(1, name("."), RecordType::A);
        query.edns = Some(Edns { options: vec![option.clone()], ..Edns::new(1232) });
        let error = query.encode().expect_err(&option.to_string());
        assert!(error.to_string().starts_with(field), "{option}: {error}");
    }
}

/// RFC 6891 §6.1.3: twelve bits, eight of them in OPT.
#[test]
fn response_codes() {
    let mut reply = Message::query(1, name("."), RecordType::A);
    reply.edns = Some(Edns::new(1232));
    for code in 0..=4095 {
        reply.header.rcode = Rcode(code);
        let bytes = reply.encode().unwrap();
        assert_eq!(u16::from(bytes[3] & 0x0f) | u16::from(bytes[12 + 5 + 5]) << 4, code);
        assert_eq!(Message::parse(&bytes).unwrap().header.rcode, Rcode(code));
    }
    assert_eq!(Rcode(23).name(), "BADCOOKIE");
    reply.edns = None;
    for code in 0..=15 {
        reply.header.rcode = Rcode(code);
        assert_eq!(Message::parse(&reply.encode().unwrap()).unwrap().header.rcode, Rcode(code));
    }
}
