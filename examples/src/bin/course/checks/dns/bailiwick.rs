//! dns11 and dns12: what a server may say, in the authority section and beside it.

use barewire_dns::RecordType;
use barewire_dns::resolver::trace::Section;

use super::walked::{Raw, a, ds, judged, ns, soa};
use crate::steps::{Failed, Steps};

const ZONE: &str = "RFC 2181 §5.4.1";
const NEGATIVE: &str = "RFC 2308 §2.2";
const DELEGATION: &str = "RFC 1034 §4.3.2 step 3b";

fn sub() -> Raw {
    ns("sub.example.test", "ns.sub.example.test")
}

/// dns11: which records of the authority section.
pub(crate) fn bailiwick(steps: &mut Steps) -> Result<(), Failed> {
    let cases: [(Vec<Raw>, &str, &'static str); 11] = [
        (vec![sub()], "sub.example.test NS: taken", DELEGATION),
        (vec![soa("example.test")], "example.test SOA: taken", NEGATIVE),
        (vec![soa("sub.example.test")], "sub.example.test SOA: taken", NEGATIVE),
        (vec![soa("other.example.test")], "other.example.test SOA: NotOnTheWay", NEGATIVE),
        (vec![soa("test")], "test SOA: OutOfZone", ZONE),
        (vec![soa("notexample.test")], "notexample.test SOA: OutOfZone", ZONE),
        (
            vec![sub(), ns("bank.test", "ns.sub.example.test")],
            "sub.example.test NS: taken, bank.test NS: OutOfZone",
            ZONE,
        ),
        (vec![ns("test", "ns.example.test")], "test NS: OutOfZone", ZONE),
        (
            vec![sub(), ds("sub.example.test")],
            "sub.example.test NS: taken, sub.example.test DS: taken",
            "RFC 4035 §3.1.4",
        ),
        (
            vec![sub(), ds("other.example.test")],
            "sub.example.test NS: taken, other.example.test DS: NotOnTheWay",
            "RFC 4035 §3.1.4",
        ),
        (
            vec![sub(), a("ns.sub.example.test", 9)],
            "sub.example.test NS: taken, ns.sub.example.test A: NoUse",
            "the page: the authority section has SOA, NS, DS, NSEC and NSEC3",
        ),
    ];
    for (authority, wanted, rule) in cases {
        let what = listed(&authority);
        steps.step(format!("a server of example.test says about www.sub.example.test, as authority: {what}"));
        let got = judged(steps, Section::Authority, [&authority, &[]], rule)?;
        steps.equal("the resolver's verdict", wanted.to_owned(), got, rule)?;
    }
    Ok(())
}

/// dns12: which addresses beside a referral.
pub(crate) fn glue(steps: &mut Steps) -> Result<(), Failed> {
    const SERVER: &str = "ns.sub.example.test";
    let cases: [(Raw, &str, &'static str); 7] = [
        (a(SERVER, 9), "ns.sub.example.test A: taken", DELEGATION),
        (a("NS.Sub.Example.Test", 9), "NS.Sub.Example.Test A: taken", "RFC 4343 §3"),
        (Raw(SERVER, RecordType::AAAA, vec![0xfd; 16]), "ns.sub.example.test AAAA: taken", DELEGATION),
        (a("ns.other.test", 66), "ns.other.test A: OutOfZone", ZONE),
        (a("www.example.test", 66), "www.example.test A: NotAServer", "RFC 5452 §6"),
        (a("www.bank.test", 66), "www.bank.test A: OutOfZone", ZONE),
        (
            Raw(SERVER, RecordType::TXT, b"\x01x".to_vec()),
            "ns.sub.example.test TXT: NoUse",
            "the page: glue is A or AAAA",
        ),
    ];
    let servers = [sub(), ns("sub.example.test", "ns.other.test")];
    for (record, wanted, rule) in cases {
        let record = [record];
        let what = listed(&record);
        steps.step(format!(
            "a referral to ns.sub.example.test and ns.other.test; its additional section has {what}"
        ));
        let got = judged(steps, Section::Additional, [&servers, &record], rule)?;
        steps.equal("the resolver's verdict", wanted.to_owned(), got, rule)?;
    }
    Ok(())
}

fn listed(records: &[Raw]) -> String {
    let shown: Vec<String> = records.iter().map(|Raw(owner, rtype, _)| format!("{owner} {rtype}")).collect();
    shown.join(", ")
}
