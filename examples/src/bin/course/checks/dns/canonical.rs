//! dns14 and dns15: the number of a key, and what a signature covers.

use barewire_dns::rdata::Dnskey;
use barewire_dns::{RData, Record, RecordType};

use super::signed::{Signer, verified, with_signature};
use crate::steps::{Failed, Steps, unexpected};

const TAG: &str = "RFC 4034 appendix B";
const FORM: &str = "RFC 4034 §6.2";
const ORDER: &str = "RFC 4034 §6.3";

/// The keys of three RFCs, with the numbers that their DS records have.
const KEYS: [(&str, &str, usize); 4] = [
    (
        "RFC 4034 §5.4",
        "256 3 5 AQOeiiR0GOMYkDshWoSKz9XzfwJr1AYtsmx3TGkJaNXVbfi/2pHm822aJ5iI9BMzNXxeYCmZDRD99WYwYqUSdjMmmA\
         phXdvxegXd/M5+X7OrzKBaMbCVdFLUUh6DhweJBjEVv5f2wwjM9XzcnOf+EPbtG9DMBmADjFDc2w/rljwvFw==",
        60485,
    ),
    (
        "RFC 6605 §6.1",
        "257 3 13 GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edbkrSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQLc8NAA==",
        55648,
    ),
    ("RFC 8080 §6", "257 3 15 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=", 3613),
    ("RFC 8080 §6", "257 3 15 zPnZ/QwEe7S8C5SPz2OfS5RR40ATk2/rYnE9xHIEijs=", 35217),
];

/// dns14: the key tag.
pub(crate) fn key_tags(steps: &mut Steps) -> Result<(), Failed> {
    let by_hand = [(256, 8, vec![0, 1], 1033), (257, 13, vec![0xff; 3], 783)];
    for (flags, algorithm, key, wanted) in by_hand {
        steps.step(format!("a key of {} bytes, {key:02x?}, flags {flags}, algorithm {algorithm}", key.len()));
        let key = Dnskey { flags, protocol: 3, algorithm, key };
        steps.equal("its tag", wanted, key.key_tag().into(), TAG)?;
    }
    for (rfc, text, wanted) in KEYS {
        steps.step(format!("a key of {rfc}"));
        let data = RData::parse_text(RecordType::DNSKEY, text);
        let data = data.map_err(|error| unexpected("reading it", &error, TAG))?;
        let RData::Dnskey(key) = data else { unreachable!("DNSKEY") };
        steps.equal("its tag", wanted, key.key_tag().into(), TAG)?;
    }
    Ok(())
}

/// Records as they arrive, and what was signed: the owner, the data in canonical form and order, the TTL.
struct Case {
    what: &'static str,
    arrive: &'static [&'static str],
    owner: &'static str,
    rtype: RecordType,
    datas: &'static [&'static [u8]],
    holds: bool,
    rule: &'static str,
}

const WWW: &str = "www.example.test";
const ONE: &[u8] = &[192, 0, 2, 1];
const TWO: &[u8] = &[192, 0, 2, 2];
const TYPE65280: RecordType = RecordType(65280);

const CASES: [Case; 9] = [
    Case {
        what: "one record, as it was signed",
        arrive: &["www.example.test. 300 A 192.0.2.1"],
        owner: WWW,
        rtype: RecordType::A,
        datas: &[ONE],
        holds: true,
        rule: "RFC 4034 §3.1.8.1",
    },
    Case {
        what: "another record than the one that was signed",
        arrive: &["www.example.test. 300 A 192.0.2.2"],
        owner: WWW,
        rtype: RecordType::A,
        datas: &[ONE],
        holds: false,
        rule: "RFC 4034 §3.1.8.1",
    },
    Case {
        what: "two records, the later one first",
        arrive: &["www.example.test. 300 A 192.0.2.2", "www.example.test. 300 A 192.0.2.1"],
        owner: WWW,
        rtype: RecordType::A,
        datas: &[ONE, TWO],
        holds: true,
        rule: ORDER,
    },
    Case {
        what: "one record that came twice",
        arrive: &["www.example.test. 300 A 192.0.2.1", "www.example.test. 300 A 192.0.2.1"],
        owner: WWW,
        rtype: RecordType::A,
        datas: &[ONE],
        holds: true,
        rule: ORDER,
    },
    Case {
        what: "data of two lengths: what is absent stands before zero",
        arrive: &[r"www.example.test. 300 TYPE65280 \# 2 ab00", r"www.example.test. 300 TYPE65280 \# 1 ab"],
        owner: WWW,
        rtype: TYPE65280,
        datas: &[&[0xab], &[0xab, 0]],
        holds: true,
        rule: ORDER,
    },
    Case {
        what: "a server that wrote the owner in capital letters",
        arrive: &["WWW.Example.TEST. 300 A 192.0.2.1"],
        owner: WWW,
        rtype: RecordType::A,
        datas: &[ONE],
        holds: true,
        rule: FORM,
    },
    Case {
        what: "a name in the data, in capital letters",
        arrive: &["www.example.test. 300 MX 10 MAIL.test."],
        owner: WWW,
        rtype: RecordType::MX,
        datas: &[b"\0\x0a\x04mail\x04test\0"],
        holds: true,
        rule: FORM,
    },
    Case {
        what: "a TTL that a cache has counted down to 17",
        arrive: &["www.example.test. 17 A 192.0.2.1"],
        owner: WWW,
        rtype: RecordType::A,
        datas: &[ONE],
        holds: true,
        rule: FORM,
    },
    Case {
        what: "a record that was made from *.example.test",
        arrive: &["www.example.test. 17 A 192.0.2.1"],
        owner: "*.example.test",
        rtype: RecordType::A,
        datas: &[ONE],
        holds: true,
        rule: "RFC 4035 §5.3.2",
    },
];

/// dns15: the canonical form and order.
pub(crate) fn canonical(steps: &mut Steps) -> Result<(), Failed> {
    let signer = Signer::new("example.test");
    for Case { what, arrive, owner, rtype, datas, holds, rule } in CASES {
        steps.step(format!("check the signature over {what}"));
        let keys = signer.keys(rule)?;
        let read = |text: &&str| Record::parse_text(text);
        let records: Result<Vec<Record>, _> = arrive.iter().map(read).collect();
        let records = records.map_err(|error| unexpected("reading the record", &error, rule))?;
        let datas: Vec<Vec<u8>> = datas.iter().map(|data| data.to_vec()).collect();
        let set = with_signature(records, signer.signature(owner, rtype, &datas, 300));
        let says = |holds| if holds { "yes" } else { "no" }.to_owned();
        steps.equal("it holds", says(holds), says(verified(&set, &keys).is_ok()), rule)?;
    }
    Ok(())
}
