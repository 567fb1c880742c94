//! The steps of RFC 1034 §4.3.2, in their order, without DNSSEC.

use super::*;

const SOA: &str =
    "steps.test. 300 IN SOA ns1.steps.test. hostmaster.steps.test. 2026112601 7200 3600 1209600 300";
const TOP: &str = "$TTL 1h\ntest. SOA ns.test. joe.test. 1 2h 1h 2w 1h\ntest. NS ns.test.\nns.test. A 192.0.2.2\n\
                   steps.test. NS ns1.steps.test.\nns1.steps.test. A 192.0.2.53\n\
                   steps.test. DS 60485 8 2 0F98C10E2A6A9D4CE6F6D1D2F9C34A60F0DD17A1D2B4A0D2D9B3D92E1A0F3B11\n";

fn steps(owner: &str, rtype: RecordType) -> Message {
    ask(&server(&[STEPS]), &query(owner, rtype))
}

fn rcode(reply: &Message) -> String {
    reply.header.rcode.name()
}

#[test]
fn step_2_takes_the_nearest_zone() {
    let server = server(&[TOP, STEPS]);
    let reply = ask(&server, &query("www.steps.test", RecordType::AAAA));
    assert!(reply.header.aa, "the zone below, not a referral of the zone above");
    let reply = ask(&server, &query("steps.test", RecordType::NS));
    assert_eq!((reply.header.aa, reply.answers.len()), (true, 2));
    // A question outside all zones is refused, and says nothing of authority.
    let reply = ask(&server, &query("www.example.com", RecordType::A));
    assert_eq!((rcode(&reply).as_str(), reply.header.aa), ("REFUSED", false));
    assert!(reply.authorities.is_empty());
}

#[test]
fn step_2_looks_for_ds_in_the_zone_above() {
    // RFC 4035 §3.1.4.1.
    let reply = ask(&server(&[TOP, STEPS]), &query("steps.test", RecordType::DS));
    assert!(reply.header.aa && reply.answers.len() == 1, "{reply:?}");
    // No data, from the zone itself, where the server has no zone above.
    let reply = ask(&server(&[STEPS]), &query("steps.test", RecordType::DS));
    assert!(reply.header.aa && reply.answers.is_empty());
    assert_section("authority", &reply.authorities, &[SOA]);
}

#[test]
fn step_3a_copies_all_records_that_match() {
    let reply = steps("www.steps.test", RecordType::A);
    let wanted = ["www.steps.test. 3600 IN A 192.0.2.80", "www.steps.test. 3600 IN A 192.0.2.81"];
    assert_section("answer", &reply.answers, &wanted);
    assert!(reply.header.aa && reply.authorities.is_empty() && reply.additionals.is_empty());
    let reply = steps("odd.steps.test", RecordType(65280));
    assert_section("answer", &reply.answers, &["odd.steps.test. 3600 IN TYPE65280 \\# 3 0A0B0C"]);
}

#[test]
fn step_3a_follows_aliases_within_the_zones() {
    let www = ["www.steps.test. 3600 IN A 192.0.2.80", "www.steps.test. 3600 IN A 192.0.2.81"];
    let reply = steps("chain1.steps.test", RecordType::A);
    let chain = [
        "chain1.steps.test. 3600 IN CNAME chain2.steps.test.",
        "chain2.steps.test. 3600 IN CNAME chain3.steps.test.",
        "chain3.steps.test. 3600 IN CNAME www.steps.test.",
    ];
    assert_section("answer", &reply.answers, &[&chain[..], &www].concat());
    // "and QTYPE doesn't match CNAME": a question for the alias itself gets no more.
    let reply = steps("chain1.steps.test", RecordType::CNAME);
    assert_section("answer", &reply.answers, &chain[..1]);
    // A loop ends, and each alias is there once.
    let reply = steps("loop1.steps.test", RecordType::A);
    assert_eq!((reply.answers.len(), rcode(&reply).as_str()), (2, "NOERROR"));
    // Another server has the target: the alias is all that we know.
    let reply = steps("far.steps.test", RecordType::A);
    assert_eq!((reply.answers.len(), rcode(&reply).as_str(), reply.authorities.len()), (1, "NOERROR", 0));
}

#[test]
fn an_alias_to_nothing_is_a_name_error() {
    // RFC 6604 §3: the code is that of the last name.
    let reply = steps("dangling.steps.test", RecordType::A);
    assert_eq!((reply.answers.len(), rcode(&reply).as_str(), reply.header.aa), (1, "NXDOMAIN", true));
    assert_section("authority", &reply.authorities, &[SOA]);
    // An alias into a zone below: a referral, and still we have authority for the alias.
    let reply = steps("down.steps.test", RecordType::A);
    assert_eq!((reply.answers.len(), reply.header.aa, rcode(&reply).as_str()), (1, true, "NOERROR"));
    assert_eq!(reply.authorities[0].rtype(), RecordType::NS);
}

#[test]
fn step_3b_is_a_referral() {
    for rtype in [RecordType::A, RecordType::NS, RecordType::SOA, RecordType::ANY] {
        let reply = steps("www.sub.steps.test", rtype);
        assert!(!reply.header.aa && reply.answers.is_empty());
        let servers = ["ns.other.test.", "ns.sibling.steps.test.", "ns.sub.steps.test."];
        let ns = servers.map(|server| format!("sub.steps.test. 3600 IN NS {server}"));
        assert_section("authority", &reply.authorities, &ns.each_ref().map(String::as_str));
        let glue = [
            "ns.sub.steps.test. 3600 IN A 192.0.2.61",
            "ns.sub.steps.test. 3600 IN AAAA 2001:db8::61",
            "ns.sibling.steps.test. 3600 IN A 192.0.2.63",
        ];
        assert_section("additional", &reply.additionals, &glue);
    }
    // At the cut itself, too: NS there belongs to the zone below (RFC 2181 §6.1).
    assert!(steps("sub.steps.test", RecordType::NS).is_referral());
    // Glue is not an answer.
    assert!(steps("ns.sub.steps.test", RecordType::A).is_referral());
}

#[test]
fn ds_at_a_cut_belongs_to_the_zone_above() {
    let reply = steps("signed.steps.test", RecordType::DS);
    assert_eq!((reply.header.aa, reply.answers.len()), (true, 1));
    let reply = steps("sub.steps.test", RecordType::DS);
    assert_eq!((reply.header.aa, reply.answers.len(), rcode(&reply).as_str()), (true, 0, "NOERROR"));
    assert_section("authority", &reply.authorities, &[SOA]);
    // In a referral nobody can use DS that is not signed.
    for query in [
        query("www.signed.steps.test", RecordType::A),
        with_dnssec(query("x.signed.steps.test", RecordType::A)),
    ] {
        assert_eq!(ask(&server(&[STEPS]), &query).authorities.len(), 1);
    }
}

#[test]
fn step_3c_dname_leads_the_names_below_away() {
    // RFC 6672 §2.2 and §3.1: with the CNAME that it stands for.
    let reply = steps("a.old.steps.test", RecordType::A);
    let wanted = [
        "old.steps.test. 3600 IN DNAME new.steps.test.",
        "a.old.steps.test. 3600 IN CNAME a.new.steps.test.",
        "a.new.steps.test. 3600 IN A 192.0.2.70",
    ];
    assert_section("answer", &reply.answers, &wanted);
    let reply = steps("x.y.away.steps.test", RecordType::MX);
    let wanted = [
        "away.steps.test. 3600 IN DNAME example.com.",
        "x.y.away.steps.test. 3600 IN CNAME x.y.example.com.",
    ];
    assert_section("answer", &reply.answers, &wanted);
    // §2.2: the owner itself is not led away.
    let reply = steps("old.steps.test", RecordType::A);
    assert_eq!((reply.answers.len(), rcode(&reply).as_str()), (0, "NOERROR"));
    let reply = steps("b.old.steps.test", RecordType::A);
    assert_eq!((reply.answers.len(), rcode(&reply).as_str()), (2, "NXDOMAIN"));
}

#[test]
fn step_3c_dname_may_make_a_name_too_long() {
    let label = "d".repeat(50);
    let reply = steps(&format!("{label}.long.steps.test"), RecordType::A);
    assert_eq!((reply.answers.len(), rcode(&reply).as_str()), (1, "YXDOMAIN"));
    assert_eq!(reply.answers[0].rtype(), RecordType::DNAME);
}

#[test]
fn a_loop_of_dnames_ends() {
    let zone = "$ORIGIN l.test.\n$TTL 1h\n@ SOA ns joe 1 1 1 1 1\n@ NS ns\np DNAME q\nq DNAME p\ngrow DNAME a.grow\n";
    let reply = ask(&server(&[zone]), &query("x.p.l.test", RecordType::A));
    let wanted = [
        "p.l.test. 3600 IN DNAME q.l.test.",
        "q.l.test. 3600 IN DNAME p.l.test.",
        "x.p.l.test. 3600 IN CNAME x.q.l.test.",
        "x.q.l.test. 3600 IN CNAME x.p.l.test.",
    ];
    assert_section("loop", &reply.answers, &wanted);
    // Each step makes the name longer, until no more are followed.
    let reply = ask(&server(&[zone]), &query("x.grow.l.test", RecordType::A));
    assert_eq!((reply.answers.len(), rcode(&reply).as_str()), (18, "NOERROR"));
}

#[test]
fn step_3c_wildcards() {
    // RFC 4592 §3.3.2.
    let reply = steps("x.y.wild.steps.test", RecordType::A);
    assert_section("answer", &reply.answers, &["x.y.wild.steps.test. 3600 IN A 192.0.2.90"]);
    let reply = steps("x.wild.steps.test", RecordType::TXT);
    assert_eq!((reply.answers.len(), rcode(&reply).as_str()), (0, "NOERROR"));
    assert_section("authority", &reply.authorities, &[SOA]);
    // A name that exists is not the wildcard's, and neither is one below it.
    assert_eq!(rcode(&steps("host.wild.steps.test", RecordType::A)), "NOERROR");
    assert_eq!(rcode(&steps("x.host.wild.steps.test", RecordType::A)), "NXDOMAIN");
    // A wildcard may be an alias (§3.3.3).
    let reply = steps("x.aliases.steps.test", RecordType::AAAA);
    let wanted =
        ["x.aliases.steps.test. 3600 IN CNAME www.steps.test.", "www.steps.test. 3600 IN AAAA 2001:db8::80"];
    assert_section("answer", &reply.answers, &wanted);
    // A wildcard that is an empty non-terminal exists, and has no data.
    assert_eq!(rcode(&steps("x.empty.steps.test", RecordType::A)), "NOERROR");
}

#[test]
fn empty_non_terminals_exist() {
    for owner in ["deep.steps.test", "ent.deep.steps.test", "wild.steps.test", "_tcp.steps.test"] {
        let reply = steps(owner, RecordType::A);
        assert_eq!((rcode(&reply).as_str(), reply.answers.len()), ("NOERROR", 0), "{owner}");
        assert_section(owner, &reply.authorities, &[SOA]);
    }
    assert_eq!(rcode(&steps("b.deep.steps.test", RecordType::A)), "NXDOMAIN");
}

#[test]
fn a_name_error_has_soa_with_the_ttl_of_negative_answers() {
    // RFC 2308 §3: 300 s, which is MINIMUM; the record itself has 3600 s.
    let reply = steps("nobody.steps.test", RecordType::A);
    assert_eq!((rcode(&reply).as_str(), reply.header.aa), ("NXDOMAIN", true));
    assert_section("authority", &reply.authorities, &[SOA]);
    assert_eq!(steps("steps.test", RecordType::SOA).answers[0].ttl, 3600);
    // Below a name with data.
    assert_eq!(rcode(&steps("x.www.steps.test", RecordType::A)), "NXDOMAIN");
}

#[test]
fn step_6_adds_addresses() {
    let mail = "mail.steps.test. 3600 IN A 192.0.2.25";
    assert_section("MX", &steps("steps.test", RecordType::MX).additionals, &[mail]);
    let www = [
        "www.steps.test. 3600 IN A 192.0.2.80",
        "www.steps.test. 3600 IN A 192.0.2.81",
        "www.steps.test. 3600 IN AAAA 2001:db8::80",
    ];
    assert_section("SRV", &steps("_sip._tcp.steps.test", RecordType::SRV).additionals, &www);
    let ns = ["ns1.steps.test. 3600 IN A 192.0.2.53", "ns1.steps.test. 3600 IN AAAA 2001:db8::53"];
    assert_section("NS", &steps("steps.test", RecordType::NS).additionals, &ns);
}

#[test]
fn any_gets_little() {
    // RFC 8482 §4.2; an alias is an alias for this question too.
    let reply = steps("www.steps.test", RecordType::ANY);
    assert_section("minimal", &reply.answers, &["www.steps.test. 86400 IN HINFO \"RFC8482\" \"\""]);
    let reply = steps("alias.steps.test", RecordType::ANY);
    assert_section("alias", &reply.answers, &["alias.steps.test. 3600 IN CNAME www.steps.test."]);
    assert_eq!(rcode(&steps("nobody.steps.test", RecordType::ANY)), "NXDOMAIN");
    assert!(steps("deep.steps.test", RecordType::ANY).answers.is_empty());
    // Or all.
    let all = configured(&[STEPS], Config { udp_size: 4096, any: AnyAnswer::All });
    assert_eq!(ask(&all, &query("www.steps.test", RecordType::ANY)).answers.len(), 3);
    // A signed zone gives an RRset with its signature (§4.1): nobody could sign the HINFO record here.
    let signed = server(&[include_str!("../zones/rfc4035.zone")]);
    let reply = ask(&signed, &with_dnssec(query("xx.example", RecordType::ANY)));
    assert_eq!(reply.answers.len(), 2);
    assert_eq!(reply.answers[1].rtype(), RecordType::RRSIG);
}

#[test]
fn the_root_is_a_zone() {
    let root = "$TTL 1d\n. SOA a.root. joe.root. 1 2h 1h 2w 1h\n. NS a.root.\na.root. A 192.0.2.1\n\
                test. NS ns.test.\nns.test. A 192.0.2.2\n";
    let server = server(&[root]);
    assert!(ask(&server, &query("www.example.test", RecordType::A)).is_referral());
    assert_eq!(rcode(&ask(&server, &query("nothing", RecordType::A))), "NXDOMAIN");
    assert_eq!(ask(&server, &query(".", RecordType::NS)).answers.len(), 1);
}
