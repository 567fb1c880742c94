//! A signed name is said not to exist, with records beside that an unsigned zone could have.

use barewire_dns::dnssec::Security;
use barewire_dns::resolver::{Config, Flags};
use barewire_dns::{Message, Question, Rcode, Record, RecordType};

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

/// The first question makes it known that the target of the alias has no MX. The alias is a wildcard's, and the record
/// that proves that no nearer name exists is taken away: that the rest is known does not excuse that.
#[test]
fn what_is_known_does_not_excuse_a_wildcard_without_its_proof() {
    let mx = |name: &str| Question { rtype: RecordType::MX, ..a(name) };
    for stripped in [false, true] {
        let mut run = Run::new(1, Config::default());
        assert_eq!(run.ask(&mx("www.example.com"), CHECKED).security, Some(Security::Secure));
        run.forger = Some(Box::new(move |_, reply| {
            if stripped && reply.questions[0].name.to_string().to_lowercase() == "x.wildc.example.com" {
                reply.authorities.clear();
            }
        }));
        let resolution = run.ask(&mx("x.wildc.example.com"), CHECKED);
        let wanted = if stripped { Rcode::SERVFAIL } else { Rcode::NOERROR };
        assert_eq!(resolution.answer.rcode, wanted, "stripped: {stripped}\n{}", resolution.trace);
        assert_eq!(resolution.security == Some(Security::Secure), !stripped, "{}", resolution.trace);
    }
}

/// A stranger's NSEC beside an answer, and beside one whose alias is known: it is not given out with AD.
#[test]
fn nothing_unproven_stands_beside_a_secure_answer() {
    let mut run = Run::new(1, Config::default());
    run.forger = Some(Box::new(|_, reply| {
        if !reply.answers.is_empty() && reply.questions[0].rtype == RecordType::A {
            reply.authorities.push(Record::parse_text(UNSIGNED).unwrap());
            reply
                .authorities
                .push(Record::parse_text("x.example.com. 300 IN NSEC y.example.com. A").unwrap());
        }
    }));
    for name in ["x.wild.example.com", "x.wild.example.com", "alias.example.com", "alias.example.com"] {
        let resolution = run.ask(&a(name), CHECKED);
        let sets = &resolution.answer.authorities;
        let unsigned = sets.iter().filter(|set| set.signatures.is_empty()).count();
        let secure = resolution.security == Some(Security::Secure);
        assert!(!secure || unsigned == 0, "{name}: {sets:?}\n{}", resolution.trace);
    }
}

/// A name between the two of an NSEC record that was proven need not be asked about (RFC 8198 §5.1).
#[test]
fn proven_absence_denies_the_neighbours_too() {
    for aggressive_nsec in [true, false] {
        let mut run = Run::new(1, Config { aggressive_nsec, ..Config::default() });
        let asks = |run: &mut Run, name: &str| {
            let before = run.sent.len();
            let resolution = run.ask(&a(name), CHECKED);
            assert_eq!(resolution.security, Some(Security::Secure), "{name}: {}", resolution.trace);
            (resolution.answer.rcode, run.sent.len() - before)
        };
        assert_eq!(asks(&mut run, "nope.example.com"), (Rcode::NXDOMAIN, 7));
        let of_neighbour = usize::from(!aggressive_nsec);
        assert_eq!(asks(&mut run, "nopf.example.com"), (Rcode::NXDOMAIN, of_neighbour));
        assert_eq!(asks(&mut run, "www.example.com"), (Rcode::NOERROR, 1), "which another record covers");
    }
}

/// Two ask at the same time, one with CD. While the truth about the name is being checked for the one, the other is
/// told a forged address, which takes its place in the cache. What was proven says nothing of that address.
#[test]
fn a_proof_speaks_of_nothing_that_came_meanwhile() {
    let (question, unchecked) = (a("nope.example.com"), Flags { checking_disabled: true });
    let mut forged = 0;
    for seed in 0..20 {
        let mut run = Run::new(seed, Config { aggressive_nsec: false, ..Config::default() });
        let mut replies = 0;
        run.forger = Some(Box::new(move |_, reply| {
            replies += usize::from(reply.questions[0].name == a("nope.example.com").name);
            if replies == 2 {
                reply.header.rcode = Rcode::NOERROR;
                let address = Record::parse_text("nope.example.com. 300 IN A 203.0.113.66").unwrap();
                (reply.answers, reply.authorities) = (vec![address], Vec::new());
                replies += 1;
            }
        }));
        let both = run.ask_at_once(&[(&question, CHECKED), (&question, unchecked)]);
        forged += both.iter().filter(|one| one.answer.records().count() > 0).count();
        let again = run.ask(&question, CHECKED);
        for resolution in [&both[0], &again] {
            assert_eq!(resolution.answer.rcode, Rcode::NXDOMAIN, "seed {seed}\n{}", resolution.trace);
            assert_eq!(resolution.security, Some(Security::Secure), "seed {seed}\n{}", resolution.trace);
        }
    }
    assert!(forged > 0, "the one with CD is told the forged address");
}
