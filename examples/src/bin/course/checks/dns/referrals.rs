//! dns07: a reply without an answer is a referral, or says that there is nothing.

use barewire_dissect::Direction::ToClient;
use barewire_dns::{Message, Outcome, RData, Record, RecordType};

use super::name;
use crate::steps::{Failed, Steps, unexpected};

const NEGATIVE: &str = "RFC 2308 §2.2";
const REFERRAL: &str = "RFC 1034 §4.3.2 step 3b";
const GLUE: &str = "RFC 2181 §5.4.1";

fn server(zone: &str, host: &str) -> Record {
    Record::new(name(zone), 300, RData::Ns(name(host)))
}

fn address(host: &str) -> Record {
    Record::new(name(host), 300, RData::A([192, 0, 2, 53].into()))
}

fn soa(zone: &str) -> Record {
    let text = format!("{zone}. 300 IN SOA ns1.{zone}. joe.{zone}. 7 7200 3600 1209600 300");
    Record::parse_text(&text).expect("a record")
}

/// What such a reply says to a question for `www.example.test A`.
fn said(steps: &mut Steps, authority: &[Record], additional: &[Record]) -> Result<String, Failed> {
    let query = Message::query(0x3039, name("www.example.test"), RecordType::A);
    let mut reply = Message::response_to(&query);
    (reply.authorities, reply.additionals) = (authority.to_vec(), additional.to_vec());
    let bytes = reply.encode().map_err(|error| unexpected("writing it", &error, REFERRAL))?;
    steps.datagram(ToClient, &bytes);
    Ok(match Outcome::of(&reply, &query.questions[0]) {
        Outcome::Referral(to) => {
            let names = |names: Vec<String>| if names.is_empty() { "none".into() } else { names.join(" ") };
            let servers = names(to.servers.iter().map(ToString::to_string).collect());
            let glue = names(to.glue.iter().map(|(name, _)| name.to_string()).collect());
            format!("ask the servers of {}: {servers}; glue: {glue}", to.zone)
        }
        Outcome::Lame(to) => format!("lame: the servers of {}", to.zone),
        Outcome::NoData(negative) if negative.soa.is_some() => "no data, with SOA".to_owned(),
        Outcome::NoData(_) => "no data".to_owned(),
        other => format!("{other:?}"),
    })
}

/// dns07: which servers to ask, if any.
pub(crate) fn referrals(steps: &mut Steps) -> Result<(), Failed> {
    let (ns1, ns2) = (server("example.test", "ns1.example.test"), server("example.test", "ns2.other.test"));
    let both = "ask the servers of example.test: ns1.example.test ns2.other.test; glue: ns1.example.test";
    let one = "ask the servers of example.test: ns1.example.test; glue: none";
    type Case<'a> = (&'a str, &'a [Record], &'a [Record], &'a str, &'static str);
    let cases: [Case<'_>; 9] = [
        ("nothing at all", &[], &[], "no data", NEGATIVE),
        ("SOA", &[soa("example.test")], &[], "no data, with SOA", NEGATIVE),
        ("NS", std::slice::from_ref(&ns1), &[], one, REFERRAL),
        (
            "two NS, and the address of one of the servers",
            &[ns1.clone(), ns2.clone()],
            &[address("ns1.example.test")],
            both,
            REFERRAL,
        ),
        (
            "two NS, that address, and one of a host that is not their server",
            &[ns1.clone(), ns2],
            &[address("www.bank.test"), address("ns1.example.test")],
            both,
            GLUE,
        ),
        (
            "NS and SOA, in this order",
            &[ns1.clone(), soa("example.test")],
            &[],
            "no data, with SOA",
            NEGATIVE,
        ),
        (
            "SOA and NS, in this order",
            &[soa("example.test"), ns1.clone()],
            &[],
            "no data, with SOA",
            NEGATIVE,
        ),
        (
            "NS of example.test, and then NS of another zone",
            &[ns1.clone(), server("bank.test", "ns.bank.test")],
            &[address("ns.bank.test")],
            one,
            "the page: the zone is that of the first NS record",
        ),
        (
            "NS of a zone that the name is not in",
            &[server("other.test", "ns.other.test")],
            &[],
            "lame: the servers of other.test",
            "RFC 1912 §2.8",
        ),
    ];
    for (what, authority, additional, wanted, rule) in cases {
        steps.step(format!("a reply without an answer; its authority section has {what}"));
        let got = said(steps, authority, additional)?;
        steps.equal("what it says", wanted.to_owned(), got, rule)?;
    }
    Ok(())
}
