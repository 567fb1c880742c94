//! dns10: what follows from a reply that belongs to the question.

use std::net::SocketAddr;
use std::time::Instant;

use barewire_dissect::Direction::{ToClient, ToServer};
use barewire_dns::exchange::{Config, Ending, Event, Exchange, Protocol};
use barewire_dns::{Class, Message, Outcome, Question, RData, Rcode, Record, RecordType};

use super::name;
use crate::steps::{Failed, Steps, unexpected};

const TRUNCATED: &str = "RFC 7766 §5";
const BROKEN: &str = "the page: a reply that matches and breaks off is asked for over TCP";
const RETREAT: &str = "RFC 6891 §7";

/// A question to a server, and what it answers each time.
struct Asking<'s> {
    steps: &'s mut Steps,
    exchange: Exchange,
    server: SocketAddr,
    now: Instant,
}

/// How a server changes its reply before it sends it.
type Change<'a> = &'a dyn Fn(&mut Message);

impl Asking<'_> {
    /// What is sent next: how, and with or without EDNS. The server replies to it, and cuts so many bytes of its reply.
    fn next(&mut self, change: Change<'_>, cut: usize) -> Result<String, Failed> {
        let Some(sent) = self.exchange.transmit(self.now) else { return Ok("nothing is sent".to_owned()) };
        self.steps.datagram(ToServer, &sent.bytes);
        let query =
            Message::parse(&sent.bytes).map_err(|error| unexpected("reading it", &error, "RFC 1035 §4.1"))?;
        let mut reply = Message::response_to(&query);
        // The name is not compressed like this, so that this exercise does not need those about pointers.
        let answer = Record::new(name("wWw.TeSt"), 300, RData::A([192, 0, 2, 80].into()));
        reply.answers.push(answer);
        change(&mut reply);
        let bytes = reply.encode().map_err(|error| unexpected("writing a reply", &error, "RFC 1035 §4.1"))?;
        let bytes = &bytes[..bytes.len() - cut];
        self.steps.datagram(ToClient, bytes);
        self.exchange.receive(self.now, sent.protocol, self.server, bytes);
        let carrier = if sent.protocol == Protocol::Udp { "over UDP" } else { "over TCP" };
        Ok(format!("{carrier}, {}", if query.edns.is_some() { "with EDNS" } else { "without EDNS" }))
    }

    /// How it ended, if it did.
    fn end(&mut self) -> String {
        let over = std::iter::from_fn(|| self.exchange.event()).find_map(|event| match event {
            Event::Over(end) => Some(end.how),
            _ => None,
        });
        match over {
            None => "not yet".to_owned(),
            Some(Ending::Reply(Outcome::Answer { records, .. })) => format!("records: {}", records.len()),
            Some(Ending::Reply(Outcome::Other(rcode, _))) => rcode.name(),
            Some(Ending::Reply(Outcome::ServerFailure(_))) => "SERVFAIL".to_owned(),
            Some(Ending::TruncatedOverTcp) => "truncated, even over TCP".to_owned(),
            Some(Ending::Broken(_)) => "broken, even over TCP".to_owned(),
            Some(other) => format!("{other:?}"),
        }
    }
}

/// dns10: again over TCP, again without EDNS, or over.
pub(crate) fn over_tcp(steps: &mut Steps) -> Result<(), Failed> {
    let whole: Change<'_> = &|_| ();
    let tc: Change<'_> = &|reply| reply.header.tc = true;
    let empty_tc: Change<'_> = &|reply| (reply.header.tc, reply.answers) = (true, Vec::new());
    let formerr: Change<'_> = &|reply| (reply.header.rcode, reply.answers) = (Rcode::FORMERR, Vec::new());
    let servfail: Change<'_> = &|reply| (reply.header.rcode, reply.answers) = (Rcode::SERVFAIL, Vec::new());
    /// The server's replies, each with the bytes that it cuts; how the question is sent each time; how it ends.
    type Case<'a> = (&'a str, &'a [(Change<'a>, usize)], &'a [&'a str], &'a str, &'static str);
    let (udp, tcp, plain) = ("over UDP, with EDNS", "over TCP, with EDNS", "over UDP, without EDNS");
    // OPT, the last record, has 11 bytes. With 15 the address before it is gone.
    let cases: [Case<'_>; 8] = [
        ("the server answers", &[(whole, 0)], &[udp], "records: 1", "RFC 1035 §4.2.1"),
        ("TC, without an answer", &[(empty_tc, 0), (whole, 0)], &[udp, tcp], "records: 1", TRUNCATED),
        ("TC, with a part of the answer", &[(tc, 0), (whole, 0)], &[udp, tcp], "records: 1", "RFC 2181 §9"),
        ("TC also over TCP", &[(tc, 0), (tc, 0)], &[udp, tcp], "truncated, even over TCP", TRUNCATED),
        ("a reply that breaks off", &[(whole, 15), (whole, 0)], &[udp, tcp], "records: 1", BROKEN),
        (
            "such a reply also over TCP",
            &[(whole, 15), (whole, 15)],
            &[udp, tcp],
            "broken, even over TCP",
            BROKEN,
        ),
        ("FORMERR, and again", &[(formerr, 0), (formerr, 0)], &[udp, plain], "FORMERR", RETREAT),
        ("SERVFAIL: asking again would not help", &[(servfail, 0)], &[udp], "SERVFAIL", "RFC 1035 §4.1.1"),
    ];
    for (what, replies, wanted, end, rule) in cases {
        steps.step(format!("www.test A is asked for, and the server sends: {what}"));
        let mut rng = steps.rng();
        let (server, now): (SocketAddr, _) = (([192, 0, 2, 53], 53).into(), Instant::now());
        let question = Question { name: name("www.test"), rtype: RecordType::A, class: Class::IN };
        let exchange = Exchange::new(now, question, server, Config::default(), &mut rng);
        let mut asking = Asking { steps, exchange, server, now };
        for ((change, cut), wanted) in replies.iter().zip(wanted) {
            let got = asking.next(change, *cut)?;
            asking.steps.equal("the question is sent", (*wanted).to_owned(), got, rule)?;
        }
        let got = asking.end();
        asking.steps.equal("how it ends", end.to_owned(), got, rule)?;
    }
    Ok(())
}
