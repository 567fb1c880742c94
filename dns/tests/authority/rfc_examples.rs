//! The examples that RFC 4035, RFC 5155 and RFC 4592 print: their zones, their questions, their responses.

use super::*;

/// A response as an RFC prints it.
struct Example {
    title: String,
    header: String,
    question: (Name, RecordType),
    /// Answer, authority, additional.
    sections: [Vec<Record>; 3],
}

fn examples(text: &str) -> Vec<Example> {
    text.split("\n;;; ").skip(1).map(example).collect()
}

fn example(text: &str) -> Example {
    let title = text.lines().next().unwrap().to_owned();
    let header = text.lines().find_map(|line| line.strip_prefix(";; Header: ")).unwrap().to_owned();
    let section = |from: &str| {
        let after = text.split_once(&format!(";; {from}\n")).unwrap().1;
        let ends = ["Answer", "Authority", "Additional"].map(|next| after.find(&format!(";; {next}\n")));
        &after[..ends.into_iter().flatten().min().unwrap_or(after.len())]
    };
    let asked: Vec<&str> = section("Question").split_whitespace().collect();
    let records = |from: &str| {
        let text = format!("$TTL 3600\n{}", section(from));
        let file = ZoneFile::parse(text.as_bytes(), &Name::root());
        assert_eq!(file.faults, [], "{title}");
        file.records
    };
    Example {
        header,
        question: (name(asked[0]), RecordType::from_name(asked[2]).unwrap()),
        sections: ["Answer", "Authority", "Additional"].map(records),
        title,
    }
}

/// The examples have NS of the zone in a positive answer, and the addresses of its servers. That is allowed and not
/// asked for; we leave it out (RFC 1034 §4.3.2 does not have it).
fn is_extra(record: &Record) -> bool {
    let of_zone = record.name == name("example");
    let is_ns = |rtype| rtype == RecordType::NS;
    let signs_ns = matches!(&record.data, barewire_dns::RData::Rrsig(rrsig) if is_ns(rrsig.covered));
    let of_server = record.name == name("ns1.example") || record.name == name("ns2.example");
    of_zone && (is_ns(record.rtype()) || signs_ns) || of_server
}

fn compare(zone: &str, responses: &str, count: usize) {
    let server = server(&[zone]);
    let examples = examples(responses);
    assert_eq!(examples.len(), count);
    for Example { title, header, question: (owner, rtype), sections } in examples {
        let reply = ask(&server, &with_dnssec(Message::query(7, owner, rtype)));
        let aa = if reply.header.aa { "AA " } else { "" };
        assert_eq!(format!("QR {aa}DO RCODE={}", reply.header.rcode.0), header, "{title}");
        assert!(reply.edns.as_ref().is_some_and(|edns| edns.dnssec_ok), "{title}");
        let positive = !sections[0].is_empty();
        for (ours, theirs) in
            [&reply.answers, &reply.authorities, &reply.additionals].into_iter().zip(sections)
        {
            let wanted: Vec<Record> =
                theirs.into_iter().filter(|record| !(positive && is_extra(record))).collect();
            assert_eq!(lines(ours), lines(&wanted), "{title}");
        }
    }
}

#[test]
fn rfc_4035_appendix_b() {
    compare(include_str!("../zones/rfc4035.zone"), include_str!("../zones/rfc4035.responses"), 8);
}

#[test]
fn rfc_5155_appendix_b() {
    compare(include_str!("../zones/rfc5155.zone"), include_str!("../zones/rfc5155.responses"), 7);
}

#[test]
fn a_question_for_rrsig_gets_all_signatures() {
    let query = with_dnssec(query("xx.example", RecordType::RRSIG));
    let reply = ask(&server(&[include_str!("../zones/rfc4035.zone")]), &query);
    let covered = |record: &Record| match &record.data {
        barewire_dns::RData::Rrsig(rrsig) => rrsig.covered.name(),
        _ => panic!("{record}"),
    };
    let mut covered: Vec<String> = reply.answers.iter().map(covered).collect();
    covered.sort();
    assert_eq!(covered, ["A", "AAAA", "HINFO", "NSEC"]);
}

/// RFC 5155 §5, with the parameters of the zone of appendix A: SHA-1, 12 iterations, salt aabbccdd.
fn hash(name: &Name) -> [u8; 20] {
    let salt = [0xaa, 0xbb, 0xcc, 0xdd];
    let first = sha1(&[&name.as_wire().to_ascii_lowercase(), &salt[..]].concat());
    (0..12).fold(first, |hash, _| sha1(&[&hash, &salt[..]].concat()))
}

#[test]
fn rfc_5155_each_name_error_covers_the_name() {
    let server = server(&[include_str!("../zones/rfc5155.zone")]);
    let mut around_the_end = 0;
    for number in 0..300 {
        // The case of letters does not count in the hash.
        let owner = name(&format!("Nobody{number}.Example"));
        let reply = ask(&server, &with_dnssec(Message::query(7, owner.clone(), RecordType::A)));
        assert_eq!(reply.header.rcode.name(), "NXDOMAIN");
        let (hash, mut covered) = (hash(&owner).to_vec(), false);
        for record in &reply.authorities {
            let barewire_dns::RData::Nsec3(nsec3) = &record.data else { continue };
            let label = record.name.labels().next().unwrap().to_ascii_uppercase();
            let from = data_encoding::BASE32HEX_NOPAD.decode(&label).unwrap();
            let wraps = nsec3.next <= from;
            around_the_end += usize::from(wraps && (hash < nsec3.next));
            covered |=
                if wraps { hash > from || hash < nsec3.next } else { from < hash && hash < nsec3.next };
        }
        assert!(covered, "{owner}");
    }
    assert!(around_the_end > 0);
}

#[test]
fn rfc_5155_section_7_2_8_owners_of_nsec3_do_not_exist() {
    let server = server(&[include_str!("../zones/rfc5155.zone")]);
    // A hash that is only the owner of NSEC3, and one where somebody put an address too.
    let hash = query("0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.example", RecordType::NSEC3);
    assert_eq!(ask(&server, &hash).header.rcode.name(), "NXDOMAIN");
    let address = query("2t7b4g4vsa5smi47k61mv5bv1a22bojr.example", RecordType::A);
    assert_eq!(ask(&server, &address).answers.len(), 1);
}

#[test]
fn rfc_4592_section_2_2_1() {
    let server = server(&[include_str!("../zones/rfc4592.zone")]);
    let ask = |owner, rtype| ask(&server, &query(owner, rtype));
    // "The following responses would be synthesized from one of the wildcards in the zone"
    let reply = ask("host3.example", RecordType::MX);
    assert_section("MX", &reply.answers, &["host3.example. 3600 IN MX 10 host1.example."]);
    let reply = ask("host3.example", RecordType::A);
    assert!(reply.answers.is_empty() && reply.header.rcode.name() == "NOERROR");
    let reply = ask("foo.bar.example", RecordType::TXT);
    assert_section("TXT", &reply.answers, &["foo.bar.example. 3600 IN TXT \"this is a wildcard\""]);
    // "The following responses would not be synthesized from any of the wildcards in the zone"
    for (owner, rtype, rcode) in [
        ("host1.example", RecordType::MX, "NOERROR"),
        ("sub.*.example", RecordType::MX, "NOERROR"),
        ("_telnet._tcp.host1.example", RecordType::SRV, "NXDOMAIN"),
        ("ghost.*.example", RecordType::MX, "NXDOMAIN"),
    ] {
        let reply = ask(owner, rtype);
        assert!(reply.answers.is_empty(), "{owner}");
        assert_eq!(reply.header.rcode.name(), rcode, "{owner}");
        assert_eq!(reply.authorities[0].rtype(), RecordType::SOA, "{owner}");
    }
    let reply = ask("host.subdel.example", RecordType::A);
    assert!(reply.is_referral());
    // The wildcard's own name can be asked for like any other.
    let reply = ask("*.example", RecordType::TXT);
    assert_section("TXT", &reply.answers, &["*.example. 3600 IN TXT \"this is a wildcard\""]);
}
