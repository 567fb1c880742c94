//! Aliases that lead from zone to zone: a part of an answer does not vouch for another part.

use barewire_dns::dnssec::Security;
use barewire_dns::resolver::Config;
use barewire_dns::{Rcode, RecordType};

use crate::net::{ROOT, answer, r};
use crate::signed::{Owner, serve, trusting};

const A: RecordType = RecordType::A;

/// The first question makes a DNAME known. The second one is led by it to a signed alias, which leads back below it;
/// with that alias comes another DNAME, which nobody has signed, to a name that exists.
#[test]
fn a_known_dname_does_not_vouch_for_another_one_in_a_reply() {
    let owner = Owner { zone: "test", seed: 1 };
    let mut net = trusting(&[owner], Config::default());
    net.serve("192.0.2.1", &[ROOT]);
    serve(&mut net, "192.0.2.2", owner, move |name, _, reply| match name {
        "x.old.test" | "y.old.test" => {
            reply.answers.extend(owner.line("old.test. 300 DNAME new.test."));
        }
        "x.new.test" => reply.answers.extend(owner.line("x.new.test. 300 A 203.0.113.80")),
        "y.new.test" => {
            reply.answers.extend(owner.line("y.new.test. 300 CNAME z.old.test."));
            reply.answers.push(r("old.test. 300 DNAME other.test."));
            reply.answers.extend(owner.line("z.other.test. 300 A 203.0.113.66"));
        }
        _ => {}
    });
    let known = net.ask("x.old.test", A);
    assert_eq!(known.security, Some(Security::Secure), "{}", known.trace);
    let resolution = net.ask("y.old.test", A);
    assert_eq!(answer(&resolution), (Rcode::SERVFAIL, vec![]), "{}", resolution.trace);
    assert!(matches!(resolution.security, Some(Security::Bogus(_))), "{}", resolution.trace);
}
