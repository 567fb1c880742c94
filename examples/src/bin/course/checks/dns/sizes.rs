//! dns09: as much of a response as the transport carries.

use barewire_dns::RecordType;

use super::name;
use super::served::{Asked, answered, server_of};
use crate::steps::{Failed, Steps};

const PLAIN: &str = "RFC 1035 §4.2.1";
const EDNS: &str = "RFC 6891 §6.2.5";
const TC: &str = "RFC 2181 §9";

/// A zone of three, six and twenty texts of a hundred bytes, and of a name with nine mail servers.
fn zone() -> String {
    let mut text = "$ORIGIN t.\n$TTL 1h\n@ SOA a b 7 2h 1h 2w 5m\n@ NS a\na A 192.0.2.53\n".to_owned();
    for (owner, texts) in [("short", 3), ("long", 6), ("longer", 20), ("endless", 900)] {
        (0..texts).for_each(|number| text += &format!("{owner} TXT \"{number:0100}\"\n"));
    }
    for number in 0..9 {
        text += &format!(
            "mail MX 10 h{number}\nh{number} A 192.0.2.{number}\nh{number} AAAA 2001:db8::{number}\n"
        );
    }
    text
}

/// dns09: whole, without what only helps, or cut.
pub(crate) fn sizes(steps: &mut Steps) -> Result<(), Failed> {
    let server = server_of(&zone());
    let (txt, mx) = (RecordType::TXT, RecordType::MX);
    /// What is asked for; the size in an OPT record; over TCP; the reply, and the rule.
    type Case<'a> = (&'a str, RecordType, Option<u16>, bool, &'a str, &'static str);
    let cases: [Case<'_>; 11] = [
        ("short", txt, None, false, "records: 3, tc: no", PLAIN),
        ("long", txt, None, false, "records: 0, tc: yes", TC),
        ("long", txt, Some(1232), false, "records: 6, tc: no", EDNS),
        ("long", txt, Some(4096), false, "records: 6, tc: no", EDNS),
        ("long", txt, Some(100), false, "records: 0, tc: yes", "RFC 6891 §6.2.3"),
        ("longer", txt, Some(1232), false, "records: 0, tc: yes", TC),
        ("longer", txt, Some(4096), false, "records: 0, tc: yes", EDNS),
        ("longer", txt, None, true, "records: 20, tc: no", PLAIN),
        (
            "endless",
            txt,
            None,
            true,
            "records: 0, tc: no, SERVFAIL",
            "the page: nothing is longer than over TCP",
        ),
        ("mail", mx, None, true, "records: 9, tc: no, additional: 18", "RFC 1035 §3.3.9"),
        ("mail", mx, None, false, "records: 9, tc: no", "RFC 2181 §9"),
    ];
    for (host, rtype, edns, tcp, wanted, rule) in cases {
        let over = if tcp { "TCP" } else { "UDP, on which it sends 1232 bytes at most" };
        let says = edns.map_or("without EDNS".to_owned(), |size| format!("with EDNS, {size} bytes"));
        steps.step(format!("{host}.t {} is asked for, {says}; the server gets it over {over}", rtype.name()));
        let asked = Asked { name: name(&format!("{host}.t")), rtype, edns, tcp };
        let reply = answered(steps, &server, &asked, rule)?;
        steps.equal("its reply", wanted.to_owned(), reply.counts(), rule)?;
        let most = if tcp { 65_535 } else { edns.unwrap_or(512).clamp(512, 1232).into() };
        let fits = reply.length <= most;
        steps.equal(&format!("it has at most {most} bytes"), true, fits, rule)?;
    }
    Ok(())
}
