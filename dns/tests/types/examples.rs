//! What the RFCs show of the other types.

use barewire_dns::{Record, RecordType};

use crate::there_and_back;
use crate::wire::hex;

/// The type, its text in the RFC, its bytes.
const EXAMPLES: &[(RecordType, &str, &str)] = &[
    // RFC 1183 §1, §2.2 and §3.3
    (RecordType::AFSDB, "1 bigbird.toaster.com.", "0001 07 62696762697264 07 746f6173746572 03 636f6d 00"),
    (
        RecordType::RP,
        "louie.trantor.umd.edu. LAM1.people.umd.edu.",
        "05 6c6f756965 07 7472616e746f72 03 756d64 03 656475 00
         04 4c414d31 06 70656f706c65 03 756d64 03 656475 00",
    ),
    (RecordType::RT, "2 Relay.Prime.COM.", "0002 05 52656c6179 05 5072696d65 03 434f4d 00"),
    // RFC 1876 §4
    (RecordType::LOC, "42 21 54 N 71 06 18 W -24m 30m", "00 33 16 13 89172dd0 70be15f0 00988d20"),
    (
        RecordType::LOC,
        "42 21 43.952 N 71 5 6.344 W (\n -24m 1m 200m )",
        "00 12 24 13 89170690 70bf2dd8 00988d20",
    ),
    (RecordType::LOC, "52 14 05 N 00 08 50 E 10m", "00 12 16 13 8b3556c8 80081650 00989a68"),
    (RecordType::LOC, "32 7 19 S 116 2 25 E 10m", "00 12 16 13 791b7d28 98e64868 00989a68"),
    (
        RecordType::LOC,
        "42 21 28.764 N 71 00 51.617 W (\n -44m 2000m )",
        "00 25 16 13 8916cb3c 70c310df 00988550",
    ),
    // RFC 2782, "Example"
    (
        RecordType::SRV,
        "0 1 9 old-slow-box.example.com.",
        "0000 0001 0009 0c 6f6c642d736c6f772d626f78 07 6578616d706c65 03 636f6d 00",
    ),
    (RecordType::SRV, "0 0 0 .", "0000 0000 0000 00"),
    // RFC 3403 §6.1 and §6.2; the first has backslashes, which a master file has twice.
    (
        RecordType::NAPTR,
        r#"100   10   ""    ""  "!^urn:cid:.+@([^\\.]+\\.)(.*)$!\\2!i"    ."#,
        "0064 000a 00 00 21 215e75726e3a6369643a2e2b40285b5e5c2e5d2b5c2e29282e2a2924215c322169 00",
    ),
    (
        RecordType::NAPTR,
        r#"100  50  "a"    "z3950+N2L+N2C"     ""   cidserver.example.com."#,
        "0064 0032 01 61 0d 7a333935302b4e324c2b4e3243 00 09 636964736572766572 07 6578616d706c65 03 636f6d 00",
    ),
    (
        RecordType::NAPTR,
        r#"100 10 "u" "sip+E2U"  "!^.*$!sip:information@foo.se!i"     ."#,
        "0064 000a 01 75 07 7369702b453255 1e 215e2e2a24217369703a696e666f726d6174696f6e40666f6f2e73652169 00",
    ),
    // RFC 4034 §2.3, §3.3, §4.3 (with its own bytes) and §5.4
    (
        RecordType::DNSKEY,
        "256 3 5 ( AQPSKmynfzW4kyBv015MUG2DeIQ3
                   Cbl+BBZH4b/0PY1kxkmvHjcZc8no
                   kfzj31GajIQKY+5CptLr3buXA10h
                   WqTkF7H6RfoRqXQeogmMHfpftf6z
                   Mv1LyBUgia7za6ZEzOJBOztyvhjL
                   742iU/TpPSEDhm2SNKLijfUppn1U
                   aNvv4w==  )",
        "0100 03 05 0103d22a6ca77f35b893206fd35e4c506d8378843709b97e041647e1bff43d8d64c649af1e371973c9e891fce3
         df519a8c840a63ee42a6d2ebddbb97035d215aa4e417b1fa45fa11a9741ea2098c1dfa5fb5feb332fd4bc8152089aef36ba644
         cce2413b3b72be18cbef8da253f4e93d2103866d9234a2e28df529a67d5468dbefe3",
    ),
    (
        RecordType::RRSIG,
        "A 5 3 86400 20030322173103 (
            20030220173103 2642 example.com.
            oJB1W6WNGv+ldvQ3WDG0MQkg5IEhjRip8WTr
            PYGv07h108dUKGMeDPKijVCHX3DDKdfb+v6o
            B9wfuh3DTJXUAfI/M0zmO/zz8bW0Rznl8O3t
            GNazPwQKkRN20XPXV6nwwfoXmJQbsLNrLfkG
            J5D6fwFm8nN+6pBzeDQfsS3Ap3o= )",
        "0001 05 03 00015180 3e7c9dd7 3e5510d7 0a52 07 6578616d706c65 03 636f6d 00
         a090755ba58d1affa576f4375831b4310920e481218d18a9f164eb3d81afd3b875d3c75428631e0cf2a28d50875f70c329d7dbfa
         fea807dc1fba1dc34c95d401f23f334ce63bfcf3f1b5b44739e5f0eded18d6b33f040a911376d173d757a9f0c1fa1798941bb0b3
         6b2df9062790fa7f0166f2737eea907378341fb12dc0a77a",
    ),
    (
        RecordType::NSEC,
        "host.example.com. (\n A MX RRSIG NSEC TYPE1234 )",
        "04 686f7374 07 6578616d706c65 03 636f6d 00
         00 06 40 01 00 00 00 03
         04 1b 00 00 00 00 00 00
         00 00 00 00 00 00 00 00
         00 00 00 00 00 00 00 00
         00 00 00 00 20",
    ),
    (
        RecordType::DS,
        "60485 5 1 ( 2BB183AF5F22588179A53B0A\n 98631FAD1A292118 )",
        "ec45 05 01 2bb183af5f22588179a53b0a98631fad1a292118",
    ),
    // RFC 4255 §3.2
    (
        RecordType::SSHFP,
        "2 1 123456789abcdef67890123456789abcdef67890",
        "02 01 123456789abcdef67890123456789abcdef67890",
    ),
    // RFC 5155 appendix A
    (RecordType::HINFO, r#""KLH-10" "ITS""#, "06 4b4c482d3130 03 495453"),
    (RecordType::NSEC3PARAM, "1 0 12 aabbccdd", "01 00 000c 04 aabbccdd"),
    (
        RecordType::NSEC3,
        "1 1 12 aabbccdd (
            2t7b4g4vsa5smi47k61mv5bv1a22bojr MX DNSKEY NS
            SOA NSEC3PARAM RRSIG )",
        "01 01 000c 04 aabbccdd 14 174eb2409fe28bcb4887a1836f957f0a8425e27b 00 07 22010000000290",
    ),
    (
        RecordType::NSEC3,
        "1 1 12 aabbccdd (\n k8udemvp1j2f7eg6jebps17vp3n8i58h )",
        "01 01 000c 04 aabbccdd 14 a23cd75bf90cc4f3ba069b979e04ffc8ee891511",
    ),
    // RFC 6698 §2.3
    (
        RecordType::TLSA,
        "(
         0 0 1 d2abde240d7cd3ee6b4b28c54df034b9
               7983a1d16e8a410e4561cb106618e971 )",
        "00 00 01 d2abde240d7cd3ee6b4b28c54df034b97983a1d16e8a410e4561cb106618e971",
    ),
    (
        RecordType::TLSA,
        "(
         1 1 2 92003ba34942dc74152e2f2c408d29ec
               a5a520e7f2e06bb944f4dca346baf63c
               1b177615d466f6c4b71c216a50292bd5
               8c9ebdd2f74e38fe51ffd48c43326cbc )",
        "01 01 02 92003ba34942dc74152e2f2c408d29eca5a520e7f2e06bb944f4dca346baf63c
         1b177615d466f6c4b71c216a50292bd58c9ebdd2f74e38fe51ffd48c43326cbc",
    ),
    // RFC 7477 §2.1
    (RecordType::CSYNC, "66 3 A NS AAAA", "00000042 0003 00 04 60000008"),
    // RFC 8078 §4: CDS and CDNSKEY that ask to take the DS away
    (RecordType::CDS, "0 0 0 00", "0000 00 00 00"),
    (RecordType::CDNSKEY, "0 3 0 AA==", "0000 03 00 00"),
    // RFC 8659 §4.3 to §4.5
    (RecordType::CAA, r#"0 issue ";""#, "00 05 6973737565 3b"),
    (
        RecordType::CAA,
        r#"0 iodef "mailto:security@example.com""#,
        "00 05 696f646566 6d61696c746f3a7365637572697479406578616d706c652e636f6d",
    ),
    (RecordType::CAA, r#"128 tbs "Unknown""#, "80 03 746273 556e6b6e6f776e"),
    // RFC 8976 §2.3 and appendix A.3
    (
        RecordType::ZONEMD,
        "2018031500 1 1 (
            FEBE3D4CE2EC2FFA4BA99D46CD69D6D29711E55217057BEE
            7EB1A7B641A47BA7FED2DD5B97AE499FAFA4F22C6BD647DE )",
        "7848b78c 01 01 febe3d4ce2ec2ffa4ba99d46cd69d6d29711e55217057bee
         7eb1a7b641a47ba7fed2dd5b97ae499fafa4f22c6bd647de",
    ),
    (
        RecordType::ZONEMD,
        "2018031900 241 1 (\n e1846540e33a9e41\n 89792d18d5d131f6\n 05fc283e )",
        "7848b91c f1 01 e1846540e33a9e4189792d18d5d131f605fc283e",
    ),
];

#[test]
fn each_example() {
    for (rtype, text, bytes) in EXAMPLES {
        there_and_back(*rtype, text, &hex(bytes));
    }
}

/// LOC in the shortest form, and at the ends of the Earth (RFC 1876 §2 and §3).
#[test]
fn places() {
    there_and_back(RecordType::LOC, "0 N 0 E 0", &hex("00 12 16 13 80000000 80000000 00989680"));
    // 0.99 m is cut to one digit: 9 × 10 cm.
    let most = hex("00 10 91 99 6cb02700 59604e00 00000000");
    there_and_back(RecordType::LOC, "90 S 180 W -100000.00m 0.01m 0.99m 90000000m", &most);
}

/// RFC 4034 §2.2, §3.2 and §5.3: the algorithm by its name. The numbers are those that ldns 1.8.3 reads.
#[test]
fn algorithms() {
    for (name, number) in [
        ("RSAMD5", 1),
        ("DH", 2),
        ("DSA", 3),
        ("RSASHA1", 5),
        ("DSA-NSEC3-SHA1", 6),
        ("RSASHA1-NSEC3-SHA1", 7),
        ("RSASHA256", 8),
        ("RSASHA512", 10),
        ("ECC-GOST", 12),
        ("ECDSAP256SHA256", 13),
        ("ecdsap384sha384", 14),
        ("ED25519", 15),
        ("ED448", 16),
        ("INDIRECT", 252),
        ("PRIVATEDNS", 253),
        ("PRIVATEOID", 254),
    ] {
        there_and_back(RecordType::DNSKEY, &format!("257 3 {name} AQAB"), &[1, 1, 3, number, 1, 0, 1]);
        there_and_back(RecordType::CDS, &format!("1 {name} 2 AB"), &[0, 1, number, 2, 0xab]);
        let signature = format!("A {name} 0 0 0 0 1 . AQ==");
        let bytes = [&[0, 1, number, 0][..], &[0; 12], &[0, 1, 0, 1]].concat();
        there_and_back(RecordType::RRSIG, &signature, &bytes);
    }
}

/// Owner, TTL and class too, as RFC 4034 §5.4 has them.
#[test]
fn a_whole_record() {
    let text = "dskey.example.com. 86400 IN DS 60485 5 1 ( 2BB183AF5F22588179A53B0A
                                              98631FAD1A292118 )";
    assert_eq!(
        Record::parse_text(text).unwrap().to_string(),
        "dskey.example.com. 86400 IN DS 60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118"
    );
}
