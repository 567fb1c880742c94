//! A signed name is said not to exist, with records beside that an unsigned zone could have.

use barewire_dns::dnssec::Security;
use barewire_dns::resolver::Config;
use barewire_dns::{Message, Rcode, Record, RecordType};

use crate::run::Run;
use crate::scenes::{CHECKED, a};

/// NSEC of a name in `insecure.com`, a zone without keys: nobody has promised a signature for it.
const UNSIGNED: &str = "x.insecure.com. 300 IN NSEC y.insecure.com. A";

/// A reply that says that the name does not exist.
fn deny(reply: &mut Message) {
    (reply.header.rcode, reply.header.aa) = (Rcode::NXDOMAIN, true);
    (reply.answers, reply.additionals) = (Vec::new(), Vec::new());
    reply.authorities = vec![Record::parse_text(UNSIGNED).unwrap()];
}

#[test]
fn an_unsigned_record_does_not_excuse_a_missing_proof() {
    let question = a("www.example.com");
    let mut run = Run::new(1, Config::default());
    run.forger = Some(Box::new(|_, reply| {
        let asked = &reply.questions[0];
        let below = asked.name.to_string().to_lowercase().ends_with("example.com");
        if below && asked.rtype == RecordType::A {
            deny(reply);
        }
    }));
    let resolution = run.ask(&question, CHECKED);
    assert_eq!(resolution.answer.rcode, Rcode::SERVFAIL, "{}", resolution.trace);
    assert!(matches!(resolution.security, Some(Security::Bogus(_))), "{:?}", resolution.security);
}

/// The alias is in a zone that need not sign, and the name that it leads to is not.
#[test]
fn an_unsigned_alias_does_not_excuse_it_either() {
    let (through, direct) = (a("www.insecure.com"), a("www.example.com"));
    let mut run = Run::new(1, Config::default());
    run.forger = Some(Box::new(|_, reply| {
        let name = reply.questions[0].name.to_string().to_lowercase();
        if name == "www.insecure.com" && !reply.answers.is_empty() {
            reply.answers =
                vec![Record::parse_text("www.insecure.com. 300 IN CNAME www.example.com.").unwrap()];
        } else if name.ends_with("example.com") && reply.questions[0].rtype == RecordType::A {
            deny(reply);
        }
    }));
    let resolution = run.ask(&through, CHECKED);
    assert_eq!(resolution.answer.rcode, Rcode::SERVFAIL, "{}", resolution.trace);
    run.forger = None;
    let resolution = run.ask(&direct, CHECKED);
    assert_ne!(resolution.answer.rcode, Rcode::NXDOMAIN, "nothing of it is kept: {}", resolution.trace);
}
