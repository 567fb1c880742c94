//! dns08: the way down in a zone, with the example of RFC 4592 §2.2.1.

use barewire_dns::RecordType;

use super::name;
use super::served::{Asked, answered, server_of};
use crate::steps::{Failed, Steps};

const CUT: &str = "RFC 1034 §4.3.2 step 3b";
const WILDCARD: &str = "RFC 4592 §2.2.1";
const EMPTY: &str = "RFC 4592 §2.2.2";

/// The RFC leaves the data of SOA and SRV out: here some stand. The last line is not the RFC's.
const ZONE: &str = "\
$ORIGIN example.
example.                 3600 IN  SOA   ns.example.com. bugs.example. 1 3600 300 3600000 3600
example.                 3600     NS    ns.example.com.
example.                 3600     NS    ns.example.net.
*.example.               3600     TXT   \"this is a wildcard\"
*.example.               3600     MX    10 host1.example.
sub.*.example.           3600     TXT   \"this is not a wildcard\"
host1.example.           3600     A     192.0.2.1
_ssh._tcp.host1.example. 3600     SRV   0 0 22 host1.example.
_ssh._tcp.host2.example. 3600     SRV   0 0 22 host1.example.
subdel.example.          3600     NS    ns.example.com.
subdel.example.          3600     NS    ns.example.net.
old.example.             3600     DNAME host1.example.
";

/// dns08: where the way down ends.
pub(crate) fn descent(steps: &mut Steps) -> Result<(), Failed> {
    let cases: [(&str, RecordType, &str, &'static str); 14] = [
        ("host1.example", RecordType::A, "NOERROR aa, answer: A, authority: -", "RFC 1034 §4.3.2 step 3a"),
        ("host1.example", RecordType::MX, "NOERROR aa, answer: -, authority: SOA", WILDCARD),
        ("host3.example", RecordType::MX, "NOERROR aa, answer: MX, authority: -", WILDCARD),
        ("host3.example", RecordType::A, "NOERROR aa, answer: -, authority: SOA", WILDCARD),
        ("foo.bar.example", RecordType::TXT, "NOERROR aa, answer: TXT, authority: -", WILDCARD),
        ("sub.*.example", RecordType::MX, "NOERROR aa, answer: -, authority: SOA", WILDCARD),
        ("_telnet._tcp.host1.example", RecordType::SRV, "NXDOMAIN aa, answer: -, authority: SOA", WILDCARD),
        ("host.subdel.example", RecordType::A, "NOERROR, answer: -, authority: NS NS", WILDCARD),
        ("ghost.*.example", RecordType::MX, "NXDOMAIN aa, answer: -, authority: SOA", WILDCARD),
        ("_tcp.host1.example", RecordType::A, "NOERROR aa, answer: -, authority: SOA", EMPTY),
        ("host2.example", RecordType::MX, "NOERROR aa, answer: -, authority: SOA", EMPTY),
        ("subdel.example", RecordType::NS, "NOERROR, answer: -, authority: NS NS", CUT),
        ("subdel.example", RecordType::DS, "NOERROR aa, answer: -, authority: SOA", "RFC 4035 §3.1.4.1"),
        (
            "_tcp.old.example",
            RecordType::A,
            "NOERROR aa, answer: DNAME CNAME, authority: SOA",
            "RFC 6672 §3.2",
        ),
    ];
    let server = server_of(ZONE);
    for (owner, rtype, wanted, rule) in cases {
        steps.step(format!("the server of RFC 4592's example zone is asked for {owner} {}", rtype.name()));
        let asked = Asked { name: name(owner), rtype, edns: None, tcp: false };
        let reply = answered(steps, &server, &asked, rule)?;
        steps.equal("its reply", wanted.to_owned(), reply.sections(), rule)?;
    }
    Ok(())
}
