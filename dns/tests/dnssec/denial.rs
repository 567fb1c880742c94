//! What signed zones prove: the authority of this crate answers from zones that ldns-signzone and dnssec-signzone
//! signed, and each of its proofs is checked; whole, and with each of its sets taken away.

use barewire_dns::authority::{Authority, Config};
use barewire_dns::stub::Protocol;
use barewire_dns::{Edns, Message};

use super::served::zone;
use super::*;

const ZONES: [(&str, &str); 3] = [
    ("nsec.test", include_str!("../zones/nsec.zone")),
    ("nsec3.test", include_str!("../zones/nsec3.zone")),
    ("optout.test", include_str!("../zones/optout.zone")),
];

fn server(text: &str) -> Authority {
    let mut server = Authority::new(Config { udp_size: 4096, ..Config::default() });
    server.add(zone(text));
    server
}

/// What the server of a zone says to a question with DO.
fn ask(server: &Authority, owner: &Name, rtype: RecordType) -> Message {
    let query = Message::query(7, owner.clone(), rtype);
    let query = Message { edns: Some(Edns { dnssec_ok: true, ..Edns::new(4096) }), ..query };
    let reply = server.answer(&query.encode().unwrap(), Protocol::Tcp).next().unwrap();
    Message::parse(&reply).unwrap()
}

/// What a claim is about, with names relative to the zone.
#[derive(Clone, Copy)]
enum Asked {
    Name,
    Type,
    Ds,
    /// With the closest encloser.
    Expanded(&'static str),
}

/// Question, claim, the closest encloser, and whether opt-out leaves a doubt.
const ROWS: &[(&str, RecordType, Asked, &str, bool)] = &[
    ("nobody", RecordType::A, Asked::Name, "", true),
    ("a.b.nobody", RecordType::A, Asked::Name, "", true),
    ("b.ent.deep", RecordType::A, Asked::Name, "ent.deep", true),
    ("x.www", RecordType::A, Asked::Name, "www", true),
    ("www", RecordType::MX, Asked::Type, "www", false),
    ("", RecordType::AAAA, Asked::Type, "", false),
    ("deep", RecordType::A, Asked::Type, "deep", false),
    ("ent.deep", RecordType::A, Asked::Type, "ent.deep", false),
    ("www", RecordType::DS, Asked::Type, "www", false),
    ("x.wild", RecordType::TXT, Asked::Type, "wild", true),
    ("x.y.wild", RecordType::TXT, Asked::Type, "wild", true),
    ("x.empty", RecordType::A, Asked::Type, "empty", true),
    ("sub", RecordType::DS, Asked::Ds, "sub", true),
    ("sub", RecordType::DS, Asked::Type, "sub", true),
    ("far-cut", RecordType::DS, Asked::Ds, "far-cut", true),
    ("www.sub", RecordType::A, Asked::Ds, "sub", true),
    ("x.wild", RecordType::A, Asked::Expanded("wild"), "wild", true),
    ("x.y.wild", RecordType::MX, Asked::Expanded("wild"), "wild", true),
];

fn below(zone: &str, relative: &str) -> Name {
    if relative.is_empty() { name(zone) } else { name(&format!("{relative}.{zone}")) }
}

/// Whether the proof in the reply holds for the claim.
fn judge(
    zone: &str,
    row: &(&str, RecordType, Asked, &str, bool),
    proof: &[RrSet],
    keys: &Keys,
) -> Result<Denied, Broken> {
    let (relative, rtype, asked, encloser, _) = *row;
    // The claim of a referral is about the cut, and not about the name below that was asked for.
    let owner = below(zone, if relative == "www.sub" { encloser } else { relative });
    let claim = match asked {
        Asked::Name => Claim::Name { name: &owner },
        Asked::Type => Claim::Type { name: &owner, rtype },
        Asked::Ds => Claim::Ds { name: &owner },
        Asked::Expanded(above) => {
            return denied(
                Claim::Expanded { name: &owner, encloser: &below(zone, above) },
                proof,
                keys,
                today(),
            );
        }
    };
    denied(claim, proof, keys, today())
}

#[test]
fn what_the_zones_prove() {
    let mut dropped = 0;
    for (zone, text) in ZONES {
        let keys = keys_of(zone, &RrSet::group(&records(text)), today());
        let server = server(text);
        for row in ROWS {
            let (relative, rtype, _, encloser, doubt) = *row;
            let what = format!("{relative} {rtype} in {zone}");
            let reply = ask(&server, &below(zone, relative), rtype);
            let proof: Vec<RrSet> = RrSet::group(&reply.authorities)
                .into_iter()
                .filter(|set| matches!(set.rtype(), Some(RecordType::NSEC | RecordType::NSEC3)))
                .collect();
            let denied = judge(zone, row, &proof, &keys).unwrap_or_else(|broken| panic!("{what}: {broken}"));
            assert_eq!(denied.opt_out(), doubt && zone == "optout.test", "{what}");
            if !denied.opt_out() {
                assert_eq!(denied.encloser, Some(below(zone, encloser)), "{what}");
            }
            // Without any one of its sets it proves nothing.
            for index in 0..proof.len() {
                let mut fewer = proof.clone();
                fewer.remove(index);
                match judge(zone, row, &fewer, &keys) {
                    Err(broken) => assert!(matches!(broken.extended_error(), 12 | 6), "{what}: {broken}"),
                    // A name that opt-out leaves in doubt may be below an unsigned zone, also without the wildcard.
                    Ok(denied) => {
                        assert!(denied.opt_out() && matches!(row.2, Asked::Type), "{what}: {denied:?}");
                    }
                }
                dropped += 1;
            }
        }
    }
    // One to three sets a proof.
    assert!(dropped > 80, "{dropped}");
}

/// Each proof, held against claims that are not so.
#[test]
fn no_proof_proves_what_is_not_so() {
    for (zone, text) in ZONES {
        let keys = keys_of(zone, &RrSet::group(&records(text)), today());
        let server = server(text);
        let is_proof = |set: &RrSet| matches!(set.rtype(), Some(RecordType::NSEC | RecordType::NSEC3));
        for (relative, rtype, ..) in ROWS {
            let sets = RrSet::group(&ask(&server, &below(zone, relative), *rtype).authorities);
            let sets: Vec<RrSet> = sets.into_iter().filter(is_proof).collect();
            let verified: Vec<Verified> =
                sets.iter().map(|set| check(set, &keys, today()).unwrap()).collect();
            let proof: Vec<_> = sets.iter().zip(&verified).collect();
            let refuted =
                |claim: Claim<'_>| deny(claim, &proof, keys.zone(), &mut Effort::default()).is_err();
            for owner in ["www", "alias", "old", "a.ent.deep", "mail", "host.wild", "big", "", "svc"] {
                let owner = below(zone, owner);
                assert!(refuted(Claim::Name { name: &owner }), "{owner}");
                assert!(refuted(Claim::Ds { name: &owner }), "{owner}");
                let rtypes =
                    [RecordType::A, RecordType::CNAME, RecordType::DNAME, RecordType::TXT, RecordType::SOA];
                for rtype in rtypes {
                    let exists = !ask(&server, &owner, rtype).answers.is_empty();
                    assert!(!exists || refuted(Claim::Type { name: &owner, rtype }), "{owner} {rtype}");
                }
            }
            // The signed cut has DS.
            assert!(refuted(Claim::Ds { name: &below(zone, "signed") }));
        }
    }
}
