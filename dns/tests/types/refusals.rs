//! What no type allows: bytes that are refused, each with the place, the sentence and the rule.

use barewire_dns::RecordType;

use crate::wire::{RDATA, hex, one_answer, refused};

/// The type, its data, where in the data it goes wrong, what the refusal says. `@` stands for the place.
const BYTES: &[(RecordType, &str, usize, &str)] = &[
    (
        RecordType::A,
        "c00002",
        0,
        "the 3 bytes of RDATA end inside the field at byte @, which a record of type A has by RFC 1035 §3.4.1",
    ),
    (
        RecordType::A,
        "c000020100",
        4,
        "1 of the 5 bytes of RDATA is left over at byte @; RFC 1035 §3.4.1 gives type A no more fields",
    ),
    (
        RecordType::TXT,
        "",
        0,
        "the 0 bytes of RDATA end inside the field at byte @, which a record of type TXT has by RFC 1035 §3.3.14",
    ),
    (
        RecordType::TXT,
        "05 68656c6c",
        1,
        "the 5 bytes of RDATA end inside the field at byte @, which a record of type TXT has by RFC 1035 §3.3.14",
    ),
    (
        RecordType::LOC,
        "00 33 16 13 89172dd0 70be15f0 009896",
        12,
        "the 15 bytes of RDATA end inside the field at byte @, which a record of type LOC has by RFC 1876 §2",
    ),
    (
        RecordType::LOC,
        "00 a3 16 13 89172dd0 70be15f0 00989680",
        1,
        "SIZE, HORIZ PRE or VERT PRE at byte @: both halves of the byte are from 0 to 9 (RFC 1876 §2)",
    ),
    (
        RecordType::LOC,
        "00 33 16 1a 89172dd0 70be15f0 00989680",
        3,
        "SIZE, HORIZ PRE or VERT PRE at byte @: both halves of the byte are from 0 to 9 (RFC 1876 §2)",
    ),
    (
        RecordType::LOC,
        "00 33 16 13 934fd901 70be15f0 00989680",
        4,
        "LATITUDE or LONGITUDE at byte @: no place is more than 90 degrees from the equator, or 180 from Greenwich (RFC 1876 §3)",
    ),
    (
        RecordType::LOC,
        "00 33 16 13 89172dd0 59604dff 00989680",
        8,
        "LATITUDE or LONGITUDE at byte @: no place is more than 90 degrees from the equator, or 180 from Greenwich (RFC 1876 §3)",
    ),
    (
        RecordType::SRV,
        "0000 0000 00",
        4,
        "the 5 bytes of RDATA end inside the field at byte @, which a record of type SRV has by RFC 2782",
    ),
    (
        RecordType::DS,
        "ec45 05 01",
        4,
        "the 4 bytes of RDATA end inside the field at byte @, which a record of type DS has by RFC 4034 §5.1",
    ),
    (
        RecordType::NSEC,
        "00 00 01 40 00 01 40",
        4,
        "Window Block at byte @: windows stand in ascending order, each once (RFC 4034 §4.1.2)",
    ),
    (
        RecordType::NSEC,
        "00 01 01 40 00 01 40",
        4,
        "Window Block at byte @: windows stand in ascending order, each once (RFC 4034 §4.1.2)",
    ),
    (
        RecordType::NSEC,
        "00 00 00",
        2,
        "Bitmap Length at byte @: a window has 1 to 32 bytes (RFC 4034 §4.1.2)",
    ),
    (
        RecordType::NSEC,
        "00 00 21 400000000000000000000000000000000000000000000000000000000000000001",
        2,
        "Bitmap Length at byte @: a window has 1 to 32 bytes (RFC 4034 §4.1.2)",
    ),
    (
        RecordType::NSEC,
        "00 00 02 4000",
        3,
        "Bitmap at byte @: a window does not end in a byte without a type (RFC 4034 §4.1.2)",
    ),
    (
        RecordType::NSEC,
        "00 00 02 40",
        3,
        "the 4 bytes of RDATA end inside the field at byte @, which a record of type NSEC has by RFC 4034 §4.1",
    ),
    (
        RecordType::CSYNC,
        "00000042 0003 00 04 6000",
        8,
        "the 10 bytes of RDATA end inside the field at byte @, which a record of type CSYNC has by RFC 7477 §2.1",
    ),
    (
        RecordType::NSEC3,
        "01 01 000c 00 00",
        5,
        "Hash Length at byte @: a hash has 1 to 255 bytes (RFC 5155 §3.2)",
    ),
    (
        RecordType::NSEC3PARAM,
        "01 00 000c 04 aabbcc",
        5,
        "the 8 bytes of RDATA end inside the field at byte @, which a record of type NSEC3PARAM has by RFC 5155 §4.2",
    ),
    (
        RecordType::ZONEMD,
        "000007e8 01 01 0102030405060708090a0b",
        6,
        "Digest at byte @: a digest has 12 bytes or more (RFC 8976 §2.2.4)",
    ),
    (RecordType::CAA, "80 00", 1, "Tag at byte @: a tag has 1 to 255 letters and digits (RFC 8659 §4.1)"),
    (
        RecordType::CAA,
        "80 02 612d 62",
        1,
        "Tag at byte @: a tag has 1 to 255 letters and digits (RFC 8659 §4.1)",
    ),
    (
        RecordType::CAA,
        "80 05 6973",
        2,
        "the 4 bytes of RDATA end inside the field at byte @, which a record of type CAA has by RFC 8659 §4.1",
    ),
    (
        RecordType::URI,
        "000a 0001",
        4,
        "the 4 bytes of RDATA end inside the field at byte @, which a record of type URI has by RFC 7553 §4.5",
    ),
    // An ALPN list of three bytes with a protocol of five.
    (
        RecordType::SVCB,
        "0001 00 0001 0003 05 6832",
        8,
        "SvcParamValue at byte @: alpn lists protocols of 1 to 255 bytes, one at least (RFC 9460 §7.1.1)",
    ),
    (
        RecordType::SVCB,
        "0001 00 0001 0001 00",
        7,
        "SvcParamValue at byte @: alpn lists protocols of 1 to 255 bytes, one at least (RFC 9460 §7.1.1)",
    ),
    (
        RecordType::SVCB,
        "0001 00 0001 0000",
        7,
        "SvcParamValue at byte @: alpn lists protocols of 1 to 255 bytes, one at least (RFC 9460 §7.1.1)",
    ),
    (
        RecordType::HTTPS,
        "0001 00 0003 0003 003500",
        9,
        "SvcParamValue at byte @: a port has two bytes (RFC 9460 §7.2)",
    ),
    (
        RecordType::HTTPS,
        "0001 00 0003 0001 35",
        7,
        "SvcParamValue at byte @: a port has two bytes (RFC 9460 §7.2)",
    ),
    (
        RecordType::SVCB,
        "0001 00 0004 0002 0035 0003 0002 0035",
        7,
        "SvcParamValue at byte @: ipv4hint lists addresses of four bytes, one at least (RFC 9460 §7.3)",
    ),
    (
        RecordType::SVCB,
        "0001 00 0006 0000",
        7,
        "SvcParamValue at byte @: ipv6hint lists addresses of sixteen bytes, one at least (RFC 9460 §7.3)",
    ),
    (
        RecordType::SVCB,
        "0001 00 029b 0001 78 0003 0002 0035",
        8,
        "SvcParamKey at byte @: keys stand in ascending order, each once (RFC 9460 §2.2)",
    ),
    (
        RecordType::SVCB,
        "0001 00 0003 0002 0035 0003 0002 0035",
        9,
        "SvcParamKey at byte @: keys stand in ascending order, each once (RFC 9460 §2.2)",
    ),
    (
        RecordType::SVCB,
        "0001 00 0000 0002 0003",
        3,
        "mandatory at byte @: each key that is mandatory must be there (RFC 9460 §8)",
    ),
    (
        RecordType::SVCB,
        "0001 00 0000 0004 0003 0003 0003 0002 0035",
        7,
        "SvcParamValue at byte @: mandatory lists keys in ascending order, each once, and not itself (RFC 9460 §8)",
    ),
    (
        RecordType::SVCB,
        "0001 00 0000 0002 0000",
        7,
        "SvcParamValue at byte @: mandatory lists keys in ascending order, each once, and not itself (RFC 9460 §8)",
    ),
    (RecordType::SVCB, "0001 00 0002 0000", 3, "no-default-alpn at byte @: it needs alpn (RFC 9460 §7.1.1)"),
    (
        RecordType::SVCB,
        "0001 00 0002 0001 00",
        7,
        "SvcParamValue at byte @: no-default-alpn has no value (RFC 9460 §7.1.1)",
    ),
    (
        RecordType::SVCB,
        "0001 00 029b 0005 68",
        7,
        "the 8 bytes of RDATA end inside the field at byte @, which a record of type SVCB has by RFC 9460 §2.2",
    ),
    // Pointers to byte 12, the root.
    (
        RecordType::SVCB,
        "0001 c00c",
        2,
        "label pointer at byte @ in data that others copy as bytes, where it would lead astray; RFC 3597 §4 forbids it",
    ),
    (
        RecordType::HTTPS,
        "0001 01 61 c00c",
        4,
        "label pointer at byte @ in data that others copy as bytes, where it would lead astray; RFC 3597 §4 forbids it",
    ),
    (
        RecordType::RRSIG,
        "0001 05 03 00015180 3e7c8697 3e54f997 0a52 c00c 00",
        18,
        "label pointer at byte @ in data that others copy as bytes, where it would lead astray; RFC 3597 §4 forbids it",
    ),
    (
        RecordType::TSIG,
        "c00c 00005ef1cb40 012c 0000 1234 0000 0000",
        0,
        "label pointer at byte @ in data that others copy as bytes, where it would lead astray; RFC 3597 §4 forbids it",
    ),
];

#[test]
fn each_one() {
    for (rtype, data, at, says) in BYTES {
        let error = refused(&one_answer(*rtype, &hex(data)));
        assert_eq!(error.to_string(), says.replace('@', &(RDATA + at).to_string()), "{rtype} {data}");
    }
}
