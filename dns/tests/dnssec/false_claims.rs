//! Signed records that are true, and used for what they do not prove (RFC 6840 §4).

use super::signer::Signer;
use super::*;

const NSEC: &str = "\
    z.test. NSEC a.z.test. NS SOA DNSKEY RRSIG NSEC\n\
    a.z.test. NSEC cut.z.test. CNAME RRSIG NSEC\n\
    cut.z.test. NSEC dname.z.test. NS RRSIG NSEC\n\
    dname.z.test. NSEC signed.z.test. DNAME RRSIG NSEC\n\
    signed.z.test. NSEC x.*.u.z.test. NS DS RRSIG NSEC\n\
    x.*.u.z.test. NSEC *.w.z.test. A RRSIG NSEC\n\
    *.w.z.test. NSEC b.w.z.test. A RRSIG NSEC\n\
    b.w.z.test. NSEC z.test. A RRSIG NSEC\n";

fn flaw(text: &str, claim: Claim<'_>) -> Result<Denied, Flaw> {
    let signer = Signer::new("z.test", 1);
    let sets: Vec<RrSet> =
        records(text).iter().map(|record| signer.sign(std::slice::from_ref(record))).collect();
    denied(claim, &sets, &signer.keys_with(&[]), today()).map_err(|broken| broken.reason)
}

fn nsec(claim: Claim<'_>) -> Result<Denied, Flaw> {
    flaw(NSEC, claim)
}

fn parent_side(cut: &str) -> Result<Denied, Flaw> {
    Err(Flaw::ParentSide { cut: Box::new(name(cut)) })
}

#[test]
fn nsec_of_the_zone_above() {
    let rtype = RecordType::A;
    assert_eq!(nsec(Claim::Name { name: &name("www.cut.z.test") }), parent_side("cut.z.test"));
    assert_eq!(nsec(Claim::Type { name: &name("www.cut.z.test"), rtype }), parent_side("cut.z.test"));
    assert_eq!(nsec(Claim::Type { name: &name("cut.z.test"), rtype }), parent_side("cut.z.test"));
    assert_eq!(nsec(Claim::Name { name: &name("www.dname.z.test") }), parent_side("dname.z.test"));
    let claim = Claim::Expanded { name: &name("www.cut.z.test"), encloser: &name("z.test") };
    assert_eq!(nsec(claim), parent_side("cut.z.test"));
    // At the name with DNAME itself other types may be denied.
    assert!(nsec(Claim::Type { name: &name("dname.z.test"), rtype }).is_ok());
    assert!(nsec(Claim::Ds { name: &name("cut.z.test") }).is_ok());
}

#[test]
fn nsec_of_names_that_are_no_cut() {
    assert_eq!(nsec(Claim::Ds { name: &name("signed.z.test") }), Err(Flaw::Exists));
    assert_eq!(nsec(Claim::Ds { name: &name("b.w.z.test") }), Err(Flaw::NotACut));
    assert_eq!(nsec(Claim::Ds { name: &name("nobody.z.test") }), Err(Flaw::NotACut));
    assert_eq!(nsec(Claim::Ds { name: &name("z.test") }), Err(Flaw::ChildSide));
    assert_eq!(nsec(Claim::Type { name: &name("z.test"), rtype: RecordType::DS }), Err(Flaw::ChildSide));
    // A question for all types: only a name without any has no answer.
    let any = |owner: &str| nsec(Claim::Type { name: &name(owner), rtype: RecordType::ANY });
    assert_eq!(any("b.w.z.test"), Err(Flaw::Exists));
    assert_eq!(any("z.test"), Err(Flaw::Exists));
    assert!(any("u.z.test").is_ok());
    // CNAME stands for every type.
    assert_eq!(nsec(Claim::Type { name: &name("a.z.test"), rtype: RecordType::MX }), Err(Flaw::Exists));
}

#[test]
fn nsec_and_wildcards() {
    let rtype = RecordType::MX;
    let nobody = name("nobody.w.z.test");
    assert_eq!(nsec(Claim::Name { name: &nobody }), Err(Flaw::Exists));
    assert_eq!(nsec(Claim::Type { name: &nobody, rtype }).unwrap().encloser, Some(name("w.z.test")));
    assert_eq!(nsec(Claim::Type { name: &nobody, rtype: RecordType::A }), Err(Flaw::Exists));
    assert!(nsec(Claim::Expanded { name: &nobody, encloser: &name("w.z.test") }).is_ok());
    let other = Err(Flaw::OtherWildcard { encloser: Box::new(name("w.z.test")) });
    assert_eq!(nsec(Claim::Expanded { name: &nobody, encloser: &name("z.test") }), other);
    // A name that exists is not a wildcard's, nor is an empty non-terminal.
    let existing = Claim::Expanded { name: &name("b.w.z.test"), encloser: &name("w.z.test") };
    assert_eq!(nsec(existing), Err(Flaw::Exists));
    assert_eq!(
        nsec(Claim::Expanded { name: &name("w.z.test"), encloser: &name("z.test") }),
        Err(Flaw::Exists)
    );
    assert_eq!(nsec(Claim::Name { name: &name("w.z.test") }), Err(Flaw::Exists));
    // `*.u` has no records, and stands for names all the same (RFC 4592 §2.2.2).
    assert!(nsec(Claim::Type { name: &name("nobody.u.z.test"), rtype }).is_ok());
    assert_eq!(nsec(Claim::Name { name: &name("nobody.u.z.test") }), Err(Flaw::Exists));
}

#[test]
fn records_of_others_prove_nothing() {
    let (ours, theirs) = (Signer::new("z.test", 1), Signer::new("y.test", 1));
    let claim = Claim::Name { name: &name("nobody.z.test") };
    let of = |signer: &Signer, text: &str| {
        let set = signer.sign(&records(text));
        let verified = check(&set, &signer.keys_with(&[]), today()).unwrap();
        deny(claim, &[(&set, &verified)], &ours.zone, &mut Effort::default()).map_err(|broken| broken.reason)
    };
    assert_eq!(of(&theirs, "a.y.test. NSEC z.y.test. A"), Err(Flaw::NoDenial));
    assert_eq!(of(&ours, "a.z.test. NSEC z.y.test. A"), Err(Flaw::NoDenial));
    // The zone below has its own chain, which is within ours by name.
    let below = Signer::new("sub.z.test", 1);
    let set = below.sign(&records("sub.z.test. NSEC y.sub.z.test. NS SOA"));
    let verified = check(&set, &below.keys_with(&[]), today()).unwrap();
    let inside = name("m.sub.z.test");
    let broken =
        deny(Claim::Name { name: &inside }, &[(&set, &verified)], &ours.zone, &mut Effort::default());
    assert_eq!(broken.unwrap_err().reason, Flaw::NoDenial);
    assert_eq!(of(&ours, "a.z.test. A 192.0.2.1"), Err(Flaw::NoDenial));
    // A name outside the zone.
    let set = ours.sign(&records("z.test. NSEC z.test. NS SOA"));
    let verified = check(&set, &ours.keys_with(&[]), today()).unwrap();
    let outside = name("www.y.test");
    let broken =
        deny(Claim::Name { name: &outside }, &[(&set, &verified)], &ours.zone, &mut Effort::default());
    assert_eq!(broken.unwrap_err().reason, Flaw::NoDenial);
    assert!(of(&ours, "z.test. NSEC z.test. NS SOA").is_ok());
}

/// A wildcard with NSEC cannot be expanded to a record that covers what the zone has.
#[test]
fn an_expanded_nsec_proves_nothing() {
    let signer = Signer::new("z.test", 1);
    let expanded = signer.sign_as(&records("m.z.test. NSEC p.z.test. A"), &name("*.z.test"), 2);
    let claim = Claim::Name { name: &name("n.z.test") };
    assert_eq!(
        denied(claim, &[expanded], &signer.keys_with(&[]), today()).unwrap_err().reason,
        Flaw::NoDenial
    );
}

/// The same with hashes; the zone was signed by ldns-signzone.
#[test]
fn nsec3_of_the_zone_above() {
    let sets = RrSet::group(&records(include_str!("../zones/nsec3.zone")));
    let keys = keys_of("nsec3.test", &sets, today());
    let flaw = |claim: Claim<'_>| denied(claim, &sets, &keys, today()).map_err(|broken| broken.reason);
    let rtype = RecordType::A;
    let (sub, below) = (name("sub.nsec3.test"), name("nobody.sub.nsec3.test"));
    assert_eq!(flaw(Claim::Name { name: &below }), parent_side("sub.nsec3.test"));
    assert_eq!(flaw(Claim::Type { name: &below, rtype }), parent_side("sub.nsec3.test"));
    assert_eq!(flaw(Claim::Type { name: &sub, rtype }), parent_side("sub.nsec3.test"));
    assert_eq!(flaw(Claim::Name { name: &name("x.old.nsec3.test") }), parent_side("old.nsec3.test"));
    assert!(flaw(Claim::Ds { name: &sub }).is_ok());
    assert_eq!(flaw(Claim::Ds { name: &name("signed.nsec3.test") }), Err(Flaw::Exists));
    assert_eq!(flaw(Claim::Ds { name: &name("www.nsec3.test") }), Err(Flaw::NotACut));
    assert_eq!(flaw(Claim::Ds { name: &name("nobody.nsec3.test") }), Err(Flaw::NotACut));
    assert_eq!(flaw(Claim::Ds { name: &name("nsec3.test") }), Err(Flaw::ChildSide));
    assert_eq!(flaw(Claim::Type { name: &name("alias.nsec3.test"), rtype }), Err(Flaw::Exists));
    let nobody = name("nobody.wild.nsec3.test");
    assert_eq!(flaw(Claim::Name { name: &nobody }), Err(Flaw::Exists));
    let wrong = Claim::Expanded { name: &nobody, encloser: &name("nsec3.test") };
    assert_eq!(flaw(wrong), Err(Flaw::Exists));
}
