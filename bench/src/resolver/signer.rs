//! The owner of a zone, with its private key: signs what an attack needs.

use barewire_dns::rdata::{Dnskey, Rrsig};
use barewire_dns::{Message, Name, RData, Record, RecordType};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};

pub(super) const ZONE: &str = "z.test.";

enum Secret {
    Ed25519(Ed25519KeyPair),
    P384(EcdsaKeyPair, SystemRandom),
}

pub(super) struct Signer {
    pub(super) key: Dnskey,
    secret: Secret,
}

impl Signer {
    /// Signatures that are cheap to check.
    pub(super) fn ed25519() -> Signer {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).expect("a seed of 32 bytes");
        Signer { key: key(15, pair.public_key().as_ref()), secret: Secret::Ed25519(pair) }
    }

    /// Signatures that are dear to check.
    pub(super) fn p384() -> Signer {
        let (rng, algorithm) = (SystemRandom::new(), &ECDSA_P384_SHA384_FIXED_SIGNING);
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &rng).expect("a key");
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &rng).expect("the same key");
        // Without the 4 that says that both numbers follow.
        Signer { key: key(14, &pair.public_key().as_ref()[1..]), secret: Secret::P384(pair, rng) }
    }

    /// The signature over records of one owner and type (RFC 4034 §3.1.8.1). Their names are in lower case.
    pub(super) fn sign(&self, records: &[Record]) -> Record {
        let first = &records[0];
        let mut rrsig = Rrsig {
            covered: first.rtype(),
            algorithm: self.key.algorithm,
            labels: first.name.labels().count() as u8,
            original_ttl: first.ttl,
            expiration: u32::MAX / 2,
            inception: 1,
            key_tag: self.key.key_tag(),
            signer: Name::parse_text(ZONE).expect("a name"),
            signature: vec![0],
        };
        let head = rdata(&RData::Rrsig(Box::new(rrsig.clone())));
        let mut bytes = head[..head.len() - 1].to_vec();
        let mut all: Vec<Vec<u8>> = records.iter().map(|record| rdata(&record.data)).collect();
        all.sort();
        for data in all {
            bytes.extend(first.name.as_wire());
            bytes.extend(rrsig.covered.0.to_be_bytes());
            bytes.extend([0, 1]);
            bytes.extend(first.ttl.to_be_bytes());
            bytes.extend((data.len() as u16).to_be_bytes());
            bytes.extend(data);
        }
        rrsig.signature = match &self.secret {
            Secret::Ed25519(pair) => pair.sign(&bytes).as_ref().to_vec(),
            Secret::P384(pair, rng) => pair.sign(rng, &bytes).expect("a signature").as_ref().to_vec(),
        };
        Record::new(first.name.clone(), first.ttl, RData::Rrsig(Box::new(rrsig)))
    }
}

fn key(algorithm: u8, key: &[u8]) -> Dnskey {
    Dnskey { flags: 257, protocol: 3, algorithm, key: key.to_vec() }
}

/// The bytes of data, as the last of a message.
fn rdata(data: &RData) -> Vec<u8> {
    let mut message = Message::query(0, Name::root(), RecordType::A);
    message.questions.clear();
    message.answers.push(Record::new(Name::root(), 0, data.clone()));
    // The header has 12 bytes, and a record of the root has 11 before its data.
    message.encode().expect("one record")[23..].to_vec()
}
