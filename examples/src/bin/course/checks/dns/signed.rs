//! A zone's owner with a private key. What is signed is put together here by the letter of RFC 4034 §3.1.8.1, from data
//! that the checks write down themselves.

use std::time::{Duration, SystemTime};

use barewire_dns::dnssec::{Anchors, Broken, Effort, Keys, Proven, Verified, keys_from_ds, verify};
use barewire_dns::rdata::{Dnskey, Rrsig};
use barewire_dns::{Name, RData, Record, RecordType, RrSet};
use ring::signature::{Ed25519KeyPair, KeyPair};

use super::name;
use crate::steps::{Failed, unexpected};

const INCEPTION: u32 = 1_700_000_000;
const EXPIRATION: u32 = 1_900_000_000;
const ED25519: u8 = 15;

pub(super) fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000)
}

pub(super) struct Signer {
    zone: Name,
    key: Dnskey,
    secret: Ed25519KeyPair,
}

impl Signer {
    pub(super) fn new(zone: &str) -> Signer {
        let secret = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).expect("a key");
        let public = secret.public_key().as_ref().to_vec();
        let key = Dnskey { flags: 257, protocol: 3, algorithm: ED25519, key: public };
        Signer { zone: name(zone), key, secret }
    }

    /// The signature over data in canonical form and order, of an owner in lower case.
    pub(super) fn signature(&self, owner: &str, rtype: RecordType, datas: &[Vec<u8>], ttl: u32) -> Rrsig {
        let owner = name(owner);
        let wildcard = owner.labels().next() == Some(b"*");
        let labels = (owner.labels().count() - usize::from(wildcard)) as u8;
        let key_tag = self.key.key_tag();
        let mut bytes = [&rtype.0.to_be_bytes()[..], &[ED25519, labels]].concat();
        [ttl, EXPIRATION, INCEPTION].iter().for_each(|number| bytes.extend(number.to_be_bytes()));
        bytes.extend(key_tag.to_be_bytes());
        bytes.extend(self.zone.as_wire());
        for data in datas {
            bytes.extend(owner.as_wire());
            bytes.extend([&rtype.0.to_be_bytes()[..], &[0, 1], &ttl.to_be_bytes()].concat());
            bytes.extend((data.len() as u16).to_be_bytes());
            bytes.extend(data);
        }
        Rrsig {
            covered: rtype,
            algorithm: ED25519,
            labels,
            original_ttl: ttl,
            expiration: EXPIRATION,
            inception: INCEPTION,
            key_tag,
            signer: self.zone.clone(),
            signature: self.secret.sign(&bytes).as_ref().to_vec(),
        }
    }

    /// The keys of the zone, proven by this one as the trust anchor.
    pub(super) fn keys(&self, rule: &'static str) -> Result<Keys, Failed> {
        let dnskey = Record::new(self.zone.clone(), 300, RData::Dnskey(self.key.clone()));
        let data = [&[1, 1, 3, ED25519][..], &self.key.key].concat();
        let rrsig = self.signature(&self.zone.to_string(), RecordType::DNSKEY, &[data], 300);
        let set = with_signature(vec![dnskey.clone()], rrsig);
        let mut anchors = Anchors::default();
        anchors.add(dnskey).map_err(|error| unexpected("the trust anchor", &error, rule))?;
        let (zone, ds) = anchors.above(&self.zone).map_err(|why| unexpected("the anchor", &why, rule))?;
        match keys_from_ds(zone, ds, &set, now(), &mut Effort::default()) {
            Ok(Proven::Keys(keys)) => Ok(keys),
            Ok(Proven::Insecure(why)) => Err(unexpected("the key of the zone", &why, rule)),
            Err(broken) => Err(unexpected("the key of the zone, which signs itself", &broken, rule)),
        }
    }
}

/// Records as they came, with a signature beside them.
pub(super) fn with_signature(records: Vec<Record>, rrsig: Rrsig) -> RrSet {
    let (owner, ttl) = (records[0].name.clone(), records[0].ttl);
    let signatures = vec![Record::new(owner, ttl, RData::Rrsig(Box::new(rrsig)))];
    RrSet { records, signatures }
}

pub(super) fn verified(set: &RrSet, keys: &Keys) -> Result<Verified, Broken> {
    verify(set, keys, now(), &mut Effort::default())
}
