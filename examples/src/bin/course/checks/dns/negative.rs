//! dns13: for how long it may be remembered that there is nothing.

use barewire_dissect::Direction::ToClient;
use barewire_dns::{Message, Outcome, Rcode, Record, RecordType};

use super::name;
use crate::steps::{Failed, Steps, unexpected};

const LOWER: &str = "RFC 2308 §5";

fn soa(ttl: u32, minimum: u32) -> Record {
    let text =
        format!("example.test. 0 IN SOA ns1.example.test. joe.example.test. 7 7200 3600 1209600 {minimum}");
    Record { ttl, ..Record::parse_text(&text).expect("a record") }
}

/// dns13: the lower of two times.
pub(crate) fn negative(steps: &mut Steps) -> Result<(), Failed> {
    let cases = [
        (Rcode::NOERROR, Some(soa(3600, 60)), "60 s", LOWER),
        (Rcode::NOERROR, Some(soa(30, 3600)), "30 s", LOWER),
        (Rcode::NXDOMAIN, Some(soa(86_400, 900)), "900 s", LOWER),
        (Rcode::NXDOMAIN, Some(soa(17, 900)), "17 s", LOWER),
        (Rcode::NOERROR, Some(soa(0, 900)), "0 s", LOWER),
        (Rcode::NXDOMAIN, Some(soa(0x8000_012c, 900)), "0 s", "RFC 2181 §8"),
        (Rcode::NXDOMAIN, None, "not at all", LOWER),
    ];
    for (rcode, soa, wanted, rule) in cases {
        let shown = soa.as_ref().map_or("no SOA".to_owned(), |soa| {
            let minimum = soa.data.to_string();
            format!("SOA with TTL {} and MINIMUM {}", soa.ttl, minimum.split(' ').next_back().unwrap_or(""))
        });
        steps.step(format!("a reply without an answer, {}, with {shown}", rcode.name()));
        let query = Message::query(0x3039, name("nobody.example.test"), RecordType::A);
        let mut reply = Message::response_to(&query);
        reply.header.rcode = rcode;
        reply.authorities.extend(soa);
        let bytes = reply.encode().map_err(|error| unexpected("writing it", &error, rule))?;
        steps.datagram(ToClient, &bytes);
        let ttl = Outcome::of(&reply, &query.questions[0]).negative_ttl();
        let got = ttl.map_or("not at all".to_owned(), |seconds| format!("{seconds} s"));
        steps.equal("it may be kept for", wanted.to_owned(), got, rule)?;
    }
    Ok(())
}
