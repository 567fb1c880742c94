//! dns16: the closest encloser, with the hashes of RFC 5155's example.

use barewire_dns::dnssec::{Claim, Effort, deny};
use barewire_dns::{Message, Name, Record, RecordType};

use super::name;
use super::signed::{Signer, verified, with_signature};
use crate::steps::{Failed, Steps, unexpected};

const PROOF: &str = "RFC 5155 §8.3";

/// The NSEC3 records of the zone in RFC 5155, appendix A: the hash of a name, the next hash, and the types of the name.
const APEX: &str = "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom 2t7b4g4vsa5smi47k61mv5bv1a22bojr \
                    MX DNSKEY NS SOA NSEC3PARAM RRSIG";
const A: &str = "35mthgpgcu1qg68fab165klnsnk3dpvl b4um86eghhds6nea196smvmlo4ors995 NS DS RRSIG";
const X_W: &str = "b4um86eghhds6nea196smvmlo4ors995 gjeqe526plbf1g8mklp59enfd789njgi MX RRSIG";
const W: &str = "k8udemvp1j2f7eg6jebps17vp3n8i58h kohar7mbb8dc2ce8a9qvl8hon4k53uhi";
const Z_W: &str = "q04jkcevqvmu85r014c7dkba38o0ji5r r53bq7cc2uvmubfu5ocmm6pers9tk9en A RRSIG";
const STAR_W: &str = "r53bq7cc2uvmubfu5ocmm6pers9tk9en t644ebqk9bibcna874givr6joj62mlhv MX RRSIG";

/// dns16: from the zone's own name down.
pub(crate) fn encloser(steps: &mut Steps) -> Result<(), Failed> {
    let cases: [(&str, &str, &[&str], &str, &'static str); 5] = [
        (
            "a.c.x.w.example",
            "the whole proof of B.1",
            &[APEX, X_W, A],
            "x.w.example",
            "RFC 5155 appendix B.1",
        ),
        ("a.c.x.w.example", "the same in another order", &[A, X_W, APEX], "x.w.example", PROOF),
        ("a.c.x.w.example", "B.1 without the record of x.w.example", &[APEX, A], "NoEncloser", PROOF),
        ("x.w.example", "the records of B.1, about a name that exists", &[APEX, X_W, A], "Exists", PROOF),
        ("mc.a.example", "a record of a.example, which is a cut", &[APEX, X_W, A], "ParentSide", PROOF),
    ];
    for (owner, what, records, wanted, rule) in cases {
        steps.step(format!("does {owner} exist? The server sends {what}"));
        let got = proven(Claim::Name { name: &name(owner) }, records, rule)?;
        steps.equal("the closest encloser, or what is wrong", wanted.to_owned(), got, rule)?;
    }
    let rule = "RFC 5155 appendix B.5";
    steps.step("has a.z.w.example an AAAA record? The server sends the proof of B.5, which has a wildcard");
    let claim = Claim::Type { name: &name("a.z.w.example"), rtype: RecordType::AAAA };
    let got = proven(claim, &[W, Z_W, STAR_W], rule)?;
    steps.equal("the closest encloser, or what is wrong", "w.example".to_owned(), got, rule)
}

/// What signed records prove: the closest encloser, or the kind of flaw.
fn proven(claim: Claim<'_>, records: &[&str], rule: &'static str) -> Result<String, Failed> {
    let signer = Signer::new("example");
    let keys = signer.keys(rule)?;
    let mut proof = Vec::new();
    for text in records {
        let (hash, rest) = text.split_once(' ').expect("two hashes");
        let owner = format!("{hash}.example");
        let record = Record::parse_text(&format!("{owner}. 300 IN NSEC3 1 1 12 aabbccdd {rest}"));
        let record = record.map_err(|error| unexpected("reading a record", &error, rule))?;
        let rrsig = signer.signature(&owner, RecordType::NSEC3, &[data_of(&record)], 300);
        let set = with_signature(vec![record], rrsig);
        let verified = verified(&set, &keys).map_err(|broken| unexpected("a signature", &broken, rule))?;
        proof.push((set, verified));
    }
    let proof: Vec<_> = proof.iter().map(|(set, verified)| (set, verified)).collect();
    Ok(match deny(claim, &proof, &name("example"), &mut Effort::default()) {
        Ok(denied) => denied.encloser.map_or("none".to_owned(), |encloser| encloser.to_string()),
        Err(broken) => {
            let flaw = format!("{:?}", broken.reason);
            flaw.split([' ', '(']).next().unwrap_or_default().to_owned()
        }
    })
}

/// The data of a record whose data has no names: the end of a message.
fn data_of(record: &Record) -> Vec<u8> {
    let mut message = Message::query(0, Name::root(), RecordType::A);
    message.questions.clear();
    message.answers.push(Record { name: Name::root(), ..record.clone() });
    // Header 12; then owner 1, type 2, class 2, TTL 4, length 2.
    message.encode().map(|bytes| bytes[23..].to_vec()).unwrap_or_default()
}
