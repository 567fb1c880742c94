//! A zone's owner with the private key: signs what a test makes up. What is signed is put together here in another way
//! than the validator does, and only for types whose data has no names in mixed case.

use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair,
};

use barewire_dns::Message;
use barewire_dns::rdata::{Dnskey, Rrsig};

use super::*;

/// A private key.
pub(super) enum Secret {
    Ed25519(Ed25519KeyPair),
    Ecdsa(Box<EcdsaKeyPair>),
}

/// A key of a zone, and what is written into its signatures.
pub(super) struct Signer {
    pub(super) zone: Name,
    pub(super) key: Dnskey,
    pub(super) secret: Secret,
    /// From when to when.
    pub(super) dates: (u32, u32),
}

impl Signer {
    /// A key of Ed25519 made of one byte.
    pub(super) fn new(zone: &str, seed: u8) -> Signer {
        Signer::ed25519(zone, &[seed; 32])
    }

    pub(super) fn ed25519(zone: &str, seed: &[u8]) -> Signer {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).unwrap();
        let public = pair.public_key().as_ref().to_vec();
        let key = Dnskey { flags: 257, protocol: 3, algorithm: 15, key: public };
        Signer { zone: name(zone), key, secret: Secret::Ed25519(pair), dates: (1_700_000_000, 1_900_000_000) }
    }

    /// A key of ECDSA, of which both halves are known.
    pub(super) fn ecdsa(zone: &str, key: Dnskey, secret: &[u8]) -> Signer {
        let algorithm = match key.algorithm {
            13 => &ECDSA_P256_SHA256_FIXED_SIGNING,
            _ => &ECDSA_P384_SHA384_FIXED_SIGNING,
        };
        let public = [&[4], &key.key[..]].concat();
        let pair =
            EcdsaKeyPair::from_private_key_and_public_key(algorithm, secret, &public, &SystemRandom::new());
        let secret = Secret::Ecdsa(Box::new(pair.unwrap()));
        Signer { zone: name(zone), key, secret, dates: (1_700_000_000, 1_900_000_000) }
    }

    /// The records with a signature over them.
    pub(super) fn sign(&self, records: &[Record]) -> RrSet {
        let owner = &records[0].name;
        let wildcard = owner.labels().next() == Some(b"*");
        let labels = owner.labels().count() - usize::from(wildcard);
        self.sign_as(records, owner, labels as u8)
    }

    /// The same with another owner and number of labels in what is signed.
    pub(super) fn sign_as(&self, records: &[Record], owner: &Name, labels: u8) -> RrSet {
        let rrsig = Rrsig {
            covered: records[0].rtype(),
            algorithm: self.key.algorithm,
            labels,
            original_ttl: records[0].ttl,
            expiration: self.dates.1,
            inception: self.dates.0,
            key_tag: self.key.key_tag(),
            signer: self.zone.clone(),
            signature: vec![0],
        };
        let signature = self.signature(records, owner, rrsig);
        let signature = Record { name: records[0].name.clone(), ..signature };
        RrSet { records: records.to_vec(), signatures: vec![signature] }
    }

    /// Fills in the signature.
    pub(super) fn signature(&self, records: &[Record], owner: &Name, mut rrsig: Rrsig) -> Record {
        let head = rdata(&RData::Rrsig(Box::new(rrsig.clone())));
        let mut bytes = head[..head.len() - 1].to_vec();
        let mut datas: Vec<Vec<u8>> = records.iter().map(|record| rdata(&record.data)).collect();
        datas.sort();
        for data in datas {
            bytes.extend(owner.as_wire().to_ascii_lowercase());
            bytes.extend(rrsig.covered.0.to_be_bytes());
            bytes.extend([0, 1]);
            bytes.extend(rrsig.original_ttl.to_be_bytes());
            bytes.extend((data.len() as u16).to_be_bytes());
            bytes.extend(data);
        }
        rrsig.signature = match &self.secret {
            Secret::Ed25519(pair) => pair.sign(&bytes).as_ref().to_vec(),
            Secret::Ecdsa(pair) => pair.sign(&SystemRandom::new(), &bytes).unwrap().as_ref().to_vec(),
        };
        Record::new(records[0].name.clone(), records[0].ttl, RData::Rrsig(Box::new(rrsig)))
    }

    pub(super) fn dnskey(&self) -> Record {
        Record::new(self.zone.clone(), 3600, RData::Dnskey(self.key.clone()))
    }

    /// The keys of the zone: this one, which signs, and others.
    pub(super) fn keys_with(&self, others: &[Dnskey]) -> Keys {
        let others =
            others.iter().map(|key| Record::new(self.zone.clone(), 3600, RData::Dnskey(key.clone())));
        let dnskeys = self.sign(&[self.dnskey()].into_iter().chain(others).collect::<Vec<_>>());
        let mut anchors = Anchors::default();
        anchors.add(self.dnskey()).unwrap();
        let ds = anchors.above(&self.zone).unwrap().1;
        match keys_from_ds(&self.zone, ds, &dnskeys, at(1_800_000_000), &mut Effort::default()) {
            Ok(Proven::Keys(keys)) => keys,
            other => panic!("{other:?}"),
        }
    }
}

/// The bytes of data, as the last of a message.
fn rdata(data: &RData) -> Vec<u8> {
    let mut message = Message::query(0, Name::root(), RecordType::A);
    message.questions.clear();
    message.answers.push(Record::new(Name::root(), 0, data.clone()));
    // Header 12, then owner 1, type 2, class 2, TTL 4, length 2.
    message.encode().unwrap()[23..].to_vec()
}
