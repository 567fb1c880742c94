//! dns06: from the name asked for to the records, along its aliases.

use barewire_dissect::Direction::ToClient;
use barewire_dns::{MAX_ALIASES, Message, Name, Outcome, RData, Rcode, Record, RecordType};

use super::name;
use crate::steps::{Failed, Steps, unexpected};

const ALIASES: &str = "RFC 1034 §3.6.2";
const ENDLESS: &str = "the page: more than MAX_ALIASES aliases are Chain::Endless";

fn alias(owner: &str, target: &str) -> Record {
    Record::new(name(owner), 300, RData::Cname(name(target)))
}

fn address(owner: &str) -> Record {
    Record::new(name(owner), 300, RData::A([192, 0, 2, 80].into()))
}

/// What such answers say to a question for `www.test`.
fn said(steps: &mut Steps, rtype: RecordType, rcode: Rcode, answers: &[Record]) -> Result<String, Failed> {
    let mut reply = Message::response_to(&Message::query(0x3039, name("www.test"), rtype));
    (reply.header.rcode, reply.answers) = (rcode, answers.to_vec());
    let bytes = reply.encode().map_err(|error| unexpected("writing it", &error, ALIASES))?;
    steps.datagram(ToClient, &bytes);
    let end =
        |what: &str, aliases: &[Record], at: &Name| format!("{what} at {at}, aliases: {}", aliases.len());
    Ok(match Outcome::of(&reply, &reply.questions[0]) {
        Outcome::Answer { aliases, records, canonical } => {
            end(&format!("records: {}", records.len()), &aliases, &canonical)
        }
        Outcome::Alias { aliases, target, .. } => end("no records", &aliases, &target),
        Outcome::EndlessAlias { aliases, .. } => format!("endless, aliases: {}", aliases.len()),
        Outcome::NxDomain(negative) => end("no such name", &negative.aliases, &negative.name),
        Outcome::NoData(negative) => end("no data", &negative.aliases, &negative.name),
        other => format!("{other:?}"),
    })
}

/// A chain of so many aliases, from `www.test` on, and an address at its end.
fn chain(length: usize) -> Vec<Record> {
    let at = |number: usize| if number == 0 { "www.test".to_owned() } else { format!("n{number}.test") };
    let aliases = (0..length).map(|number| alias(&at(number), &at(number + 1)));
    aliases.chain([address(&at(length))]).collect()
}

/// dns06: along the aliases.
pub(crate) fn aliases(steps: &mut Steps) -> Result<(), Failed> {
    let mut reversed = chain(3);
    reversed.reverse();
    let circle = [alias("www.test", "a.test"), alias("a.test", "www.test")];
    let (a, cname, ok, nxdomain) = (RecordType::A, RecordType::CNAME, Rcode::NOERROR, Rcode::NXDOMAIN);
    type Case<'a> = (&'a str, RecordType, Rcode, &'a [Record], String, &'static str);
    let cases: [Case<'_>; 10] = [
        ("one record", a, ok, &chain(0), "records: 1 at www.test, aliases: 0".into(), ALIASES),
        (
            "an alias, and a record at its target",
            a,
            ok,
            &chain(1),
            "records: 1 at n1.test, aliases: 1".into(),
            ALIASES,
        ),
        (
            "three aliases, the last one first",
            a,
            ok,
            &reversed,
            "records: 1 at n3.test, aliases: 3".into(),
            ALIASES,
        ),
        (
            "the same; CNAME was asked for",
            cname,
            ok,
            &chain(3),
            "records: 1 at www.test, aliases: 0".into(),
            ALIASES,
        ),
        (
            "an alias, and a record at another name, which nobody asked for",
            a,
            ok,
            &[alias("www.test", "a.test"), address("bank.test")],
            "no records at a.test, aliases: 1".into(),
            "RFC 1034 §5.2.2",
        ),
        (
            "an alias, and NXDOMAIN: it is said of the target",
            a,
            nxdomain,
            &[alias("www.test", "a.test")],
            "no such name at a.test, aliases: 1".into(),
            "RFC 6604 §3",
        ),
        ("nothing", a, ok, &[], "no data at www.test, aliases: 0".into(), ALIASES),
        (
            "as many aliases as are followed",
            a,
            ok,
            &chain(MAX_ALIASES),
            format!("records: 1 at n16.test, aliases: {MAX_ALIASES}"),
            ENDLESS,
        ),
        ("one more", a, ok, &chain(MAX_ALIASES + 1), format!("endless, aliases: {MAX_ALIASES}"), ENDLESS),
        (
            "two aliases that lead in a circle",
            a,
            ok,
            &circle,
            format!("endless, aliases: {MAX_ALIASES}"),
            ENDLESS,
        ),
    ];
    for (what, rtype, rcode, answers, wanted, rule) in cases {
        steps.step(format!("www.test {} is asked for; the answer section has {what}", rtype.name()));
        let got = said(steps, rtype, rcode, answers)?;
        steps.equal("where it leads", wanted, got, rule)?;
    }
    Ok(())
}
