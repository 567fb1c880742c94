//! The responses that RFC 4035, appendix B, and RFC 5155, appendix B, print, and what each of them proves.

use super::*;

/// The records of a response's authority section.
fn authority(responses: &str, title: &str) -> Vec<Record> {
    let response = responses.split("\n;;; ").find(|text| text.starts_with(title)).expect(title);
    let after = response.split_once(";; Authority\n").unwrap().1;
    records(after.split(";; Additional").next().unwrap())
}

/// 2004-05-01: the signatures of RFC 4035 hold.
fn may_2004() -> SystemTime {
    at(1_083_369_600)
}

fn of_4035(title: &str, claim: Claim<'_>) -> Result<Denied, Broken> {
    let zone = RrSet::group(&records(include_str!("../zones/rfc4035.zone")));
    let keys = keys_of("example", &zone, may_2004());
    let proof = RrSet::group(&authority(include_str!("../zones/rfc4035.responses"), title));
    denied(claim, &proof, &keys, may_2004())
}

#[test]
fn rfc_4035_appendix_b() {
    let zone = || name("example");
    let encloser = |denied: Result<Denied, Broken>| {
        let denied = denied.unwrap_or_else(|broken| panic!("{broken}"));
        assert_eq!(denied.insecure, None);
        denied.encloser.unwrap()
    };
    let mx = RecordType::MX;
    let claim = Claim::Name { name: &name("ml.example") };
    assert_eq!(encloser(of_4035("B.2.", claim)), zone());
    let claim = Claim::Type { name: &name("ns1.example"), rtype: mx };
    assert_eq!(encloser(of_4035("B.3.", claim)), name("ns1.example"));
    let claim = Claim::Ds { name: &name("b.example") };
    assert_eq!(encloser(of_4035("B.5.", claim)), name("b.example"));
    let claim = Claim::Expanded { name: &name("a.z.w.example"), encloser: &name("w.example") };
    assert_eq!(encloser(of_4035("B.6.", claim)), name("w.example"));
    let claim = Claim::Type { name: &name("a.z.w.example"), rtype: RecordType::AAAA };
    assert_eq!(encloser(of_4035("B.7.", claim)), name("w.example"));
    // B.8 is an answer of the zone itself to a question for its DS: it proves nothing about the zone above.
    let claim = Claim::Type { name: &zone(), rtype: RecordType::DS };
    assert_eq!(of_4035("B.8.", claim).unwrap_err().reason, Flaw::ChildSide);
}

/// The answer of B.6 is a wildcard's.
#[test]
fn rfc_4035_wildcard_answer() {
    let zone = RrSet::group(&records(include_str!("../zones/rfc4035.zone")));
    let keys = keys_of("example", &zone, may_2004());
    let responses = include_str!("../zones/rfc4035.responses");
    let response = responses.split("\n;;; ").find(|text| text.starts_with("B.6.")).unwrap();
    let answer = response.split_once(";; Answer\n").unwrap().1.split(";; Authority").next().unwrap();
    let sets = RrSet::group(&records(answer));
    let verified = check(&sets[0], &keys, may_2004()).unwrap();
    assert_eq!(verified.expanded_from, Some(name("w.example")));
    assert!(verified.weak);
}

/// The keys of RFC 5155 have 512 bits, which ring does not take. So dnssec-signzone has signed the zone again: its
/// NSEC3 records are those of the RFC, and stand here in their place.
fn of_5155(title: &str, claim: Claim<'_>) -> Result<Denied, Broken> {
    let signed = RrSet::group(&records(include_str!("zones/rfc5155.signed")));
    let keys = keys_of("example", &signed, today());
    let theirs = RrSet::group(&authority(include_str!("../zones/rfc5155.responses"), title));
    let ours = theirs.iter().filter(|set| set.rtype() == Some(RecordType::NSEC3)).map(|theirs| {
        let ours =
            signed.iter().find(|set| set.name() == theirs.name() && set.rtype() == theirs.rtype()).unwrap();
        assert_eq!(ours.records[0].data, theirs.records[0].data, "{title}");
        ours.clone()
    });
    denied(claim, &ours.collect::<Vec<_>>(), &keys, today())
}

#[test]
fn rfc_5155_appendix_b() {
    let shown = |denied: Result<Denied, Broken>| {
        let denied = denied.unwrap_or_else(|broken| panic!("{broken}"));
        (denied.encloser.clone().unwrap().to_string(), denied.opt_out())
    };
    let secure = |encloser: &str| (encloser.to_owned(), false);
    let opt_out = |encloser: &str| (encloser.to_owned(), true);
    let mx = RecordType::MX;
    // All records of the zone have the flag opt-out: so what does not exist may be an unsigned zone.
    let claim = Claim::Name { name: &name("a.c.x.w.example") };
    assert_eq!(shown(of_5155("B.1.", claim)), opt_out("x.w.example"));
    let claim = Claim::Type { name: &name("ns1.example"), rtype: mx };
    assert_eq!(shown(of_5155("B.2. ", claim)), secure("ns1.example"));
    let claim = Claim::Type { name: &name("y.w.example"), rtype: RecordType::A };
    assert_eq!(shown(of_5155("B.2.1.", claim)), secure("y.w.example"));
    let claim = Claim::Ds { name: &name("c.example") };
    assert_eq!(shown(of_5155("B.3.", claim)), opt_out("example"));
    let claim = Claim::Expanded { name: &name("a.z.w.example"), encloser: &name("w.example") };
    assert_eq!(shown(of_5155("B.4.", claim)), opt_out("w.example"));
    let claim = Claim::Type { name: &name("a.z.w.example"), rtype: RecordType::AAAA };
    assert_eq!(shown(of_5155("B.5.", claim)), opt_out("w.example"));
    let claim = Claim::Type { name: &name("example"), rtype: RecordType::DS };
    assert_eq!(of_5155("B.6.", claim).unwrap_err().reason, Flaw::ChildSide);
}
