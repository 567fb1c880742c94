//! Zones that cannot be served, and the sentence for each.

use super::*;
use barewire_dns::authority::ZoneFault;

const HEAD: &str = "$ORIGIN z.test.\n$TTL 1h\n@ SOA ns joe 1 2 3 4 5\n@ NS ns\n";

fn faults_of(text: &str, with_sha1: bool) -> Vec<ZoneFault> {
    let file = ZoneFile::parse(text.as_bytes(), &Name::root());
    assert_eq!(file.faults, [], "the zone file");
    Zone::new(file.records, with_sha1.then_some(sha1 as _)).err().unwrap_or_default()
}

/// The sentences for a zone that has these lines too.
fn faults(lines: &str) -> Vec<String> {
    faults_of(&format!("{HEAD}{lines}"), true).iter().map(ZoneFault::to_string).collect()
}

#[test]
fn a_zone_has_one_soa_and_ns() {
    let without = faults_of("$TTL 1h\nz.test. NS ns.z.test.\n", true);
    assert_eq!(
        without[0].to_string(),
        "there is no SOA record, whose owner is the zone's name (RFC 1035 §5.2)"
    );
    let second = "z.test. has a second SOA record; a zone has one (RFC 1035 §5.2)";
    assert_eq!(faults("@ SOA ns joe 2 2 3 4 5"), [second]);
    assert_eq!(faults("www SOA ns joe 2 2 3 4 5"), [second.replace("z.test. has", "www.z.test. has")]);
    let without = faults_of("$TTL 1h\nz.test. SOA ns.z.test. joe.z.test. 1 2 3 4 5\n", true);
    assert_eq!(
        without[0].to_string(),
        "z.test. has no NS record; the top of a zone names its servers (RFC 1034 §4.2.1)"
    );
}

#[test]
fn names_and_classes_of_other_zones() {
    assert_eq!(faults("www.y.test. A 192.0.2.1"), ["www.y.test. is not in the zone z.test. (RFC 1034 §4.2)"]);
    assert_eq!(
        faults("www CH TXT x"),
        ["www.z.test. has a record of class CH; here a zone is of class IN (RFC 1035 §5.2)"]
    );
    assert_eq!(
        faults("@ DS 1 8 2 0F98C10E2A6A9D4CE6F6D1D2F9C34A60F0DD17A1D2B4A0D2D9B3D92E1A0F3B11"),
        ["z.test. has DS, which belongs in the zone above (RFC 4035 §2.4)"]
    );
}

#[test]
fn aliases_are_alone() {
    let and =
        |rtype| format!("www.z.test. has CNAME and {rtype}; an alias has no other data (RFC 1034 §3.6.2)");
    assert_eq!(faults("www CNAME a\nwww A 192.0.2.1"), [and("A")]);
    assert_eq!(faults("www MX 1 a\nwww CNAME a"), [and("MX")]);
    assert_eq!(faults("www DNAME b\nwww CNAME a"), [and("DNAME")]);
    assert_eq!(
        faults("www CNAME a\nwww CNAME b"),
        ["www.z.test. has several CNAME records; a name has one (RFC 2181 §10.1)"]
    );
    // The same twice is one record (RFC 2181 §5), and NSEC may be beside an alias.
    assert_eq!(faults("www CNAME a\nwww CNAME a\nwww NSEC z.test. CNAME NSEC"), [""; 0]);
}

#[test]
fn dname_has_nothing_below_it() {
    assert_eq!(
        faults("old DNAME new\nold DNAME newer"),
        ["old.z.test. has several DNAME records; a name has one (RFC 6672 §2.4)"]
    );
    assert_eq!(
        faults("old DNAME new\nold NS ns"),
        ["old.z.test. has DNAME and NS; only the top of a zone can have both (RFC 6672 §2.3)"]
    );
    assert_eq!(faults("@ TXT t"), [""; 0]);
    let below = "a.old.z.test. is below old.z.test., whose DNAME leads all such names away (RFC 6672 §2.4)";
    assert_eq!(faults("a.old A 192.0.2.1\nold DNAME new"), [below]);
}

#[test]
fn an_rrset_has_one_ttl() {
    assert_eq!(
        faults("www 60 A 192.0.2.1\nwww 61 A 192.0.2.2"),
        ["www.z.test. has A records with different TTLs; an RRset has one TTL (RFC 2181 §5.2)"]
    );
}

#[test]
fn signatures_sign_something() {
    let rrsig = "www RRSIG A 8 3 60 20300101000000 20200101000000 1 z.test. AAAA";
    assert_eq!(
        faults(rrsig),
        ["www.z.test. has a signature over A records, and no such records (RFC 4035 §2.2)"]
    );
    assert_eq!(faults(&format!("{rrsig}\nwww A 192.0.2.1")), [""; 0]);
}

#[test]
fn nsec3_is_one_chain_of_sha1() {
    let hash = "2t7b4g4vsa5smi47k61mv5bv1a22bojr";
    let nsec3 = |param: &str| format!("{hash} NSEC3 {param} {hash} A");
    let owner = format!("{hash}.z.test.");
    assert_eq!(
        faults(&nsec3("1 0 0 -")),
        [format!(
            "{owner} is of type NSEC3, but no NSEC3PARAM says how the zone's names are hashed (RFC 5155 §7.1)"
        )]
    );
    let param = "@ NSEC3PARAM 1 0 0 -\n";
    assert_eq!(faults(&format!("{param}{}", nsec3("1 1 0 -"))), [""; 0], "opt-out is not a parameter");
    assert_eq!(
        faults(&format!("{param}{}", nsec3("1 0 0 AA"))),
        [format!(
            "{owner} hashes names in another way than NSEC3PARAM says; one way is served (RFC 5155 §7.1)"
        )]
    );
    assert_eq!(
        faults(&format!("@ NSEC3PARAM 2 0 0 -\n{}", nsec3("2 0 0 -"))),
        [format!("{owner} hashes names with algorithm 2; only 1, SHA-1, is defined (RFC 5155 §11)")]
    );
    assert_eq!(
        faults(&format!("@ NSEC3PARAM 1 0 151 -\n{}", nsec3("1 0 151 -"))),
        [format!("{owner} hashes each name 151 times more; validators take at most 150 (RFC 9276 §3.2)")]
    );
    let not_a_hash = "www.z.test. is of type NSEC3, but not a hash in base32 with the zone's name after it";
    let www = nsec3("1 0 0 -").replacen(hash, "www", 1);
    assert_eq!(faults(&format!("{param}{www}")), [format!("{not_a_hash} (RFC 5155 §3)")]);
    let without_sha1 = faults_of(&format!("{HEAD}{param}{}", nsec3("1 0 0 -")), false);
    assert_eq!(
        without_sha1[0].to_string(),
        format!("{owner} is of type NSEC3, which needs SHA-1, and none was handed in (RFC 5155 §5)")
    );
}

#[test]
fn a_record_fits_a_message() {
    let text = format!("big TYPE65280 \\# 65400 {}", "00".repeat(65_400));
    let wanted = "big.z.test. has a TYPE65280 record that is too long for a message of 65535 bytes";
    assert_eq!(faults(&text), [format!("{wanted} (RFC 1035 §4.2.2)")]);
}

#[test]
fn faults_say_at_which_record() {
    let faults = faults_of(&format!("{HEAD}www CNAME a\nwww A 192.0.2.1\nx.y. A 192.0.2.1\n"), true);
    assert_eq!(faults.iter().map(|fault| fault.record).collect::<Vec<_>>(), [Some(3), Some(4)]);
}
