//! Zones that a test signs itself, each with a trust anchor of its own: what validation makes of answers that no honest
//! signer gives.

use std::time::{Duration, Instant, SystemTime};

use barewire_dns::dnssec::Anchors;
use barewire_dns::rdata::{Dnskey, Rrsig};
use barewire_dns::resolver::{Config, Hints, Resolver};
use barewire_dns::{Message, Name, RData, Record, RecordType};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use ring::signature::{Ed25519KeyPair, KeyPair};

use crate::net::{Net, n, r};

/// 2026-11-27 12:00:00 UTC.
const TODAY: u32 = 1_795_780_800;

/// The owner of a zone, who has its private key.
#[derive(Clone, Copy)]
pub(crate) struct Owner {
    pub(crate) zone: &'static str,
    /// The key is this byte, 32 times.
    pub(crate) seed: u8,
}

impl Owner {
    fn pair(self) -> Ed25519KeyPair {
        Ed25519KeyPair::from_seed_unchecked(&[self.seed; 32]).unwrap()
    }

    pub(crate) fn key(self) -> Dnskey {
        Dnskey { flags: 257, protocol: 3, algorithm: 15, key: self.pair().public_key().as_ref().to_vec() }
    }

    pub(crate) fn dnskey(self) -> Record {
        Record::new(n(self.zone), 300, RData::Dnskey(self.key()))
    }

    /// Records of the zone with one name and type, and a signature over them. Their data has no capital letters, and
    /// no name in it ends like another one.
    pub(crate) fn signs(self, mut records: Vec<Record>) -> Vec<Record> {
        let first = records[0].clone();
        let mut rrsig = Rrsig {
            covered: first.rtype(),
            algorithm: 15,
            labels: first.name.labels().count() as u8,
            original_ttl: first.ttl,
            expiration: TODAY + 86_400,
            inception: TODAY - 86_400,
            key_tag: self.key().key_tag(),
            signer: n(self.zone),
            signature: vec![0],
        };
        let head = data(&RData::Rrsig(Box::new(rrsig.clone())));
        let mut bytes = head[..head.len() - 1].to_vec();
        let mut datas: Vec<Vec<u8>> = records.iter().map(|record| data(&record.data)).collect();
        datas.sort();
        for data in datas {
            bytes.extend(first.name.as_wire());
            bytes.extend([first.rtype().0, 1].iter().flat_map(|number| number.to_be_bytes()));
            bytes.extend(first.ttl.to_be_bytes());
            bytes.extend((data.len() as u16).to_be_bytes());
            bytes.extend(data);
        }
        rrsig.signature = self.pair().sign(&bytes).as_ref().to_vec();
        records.push(Record { data: RData::Rrsig(Box::new(rrsig)), ..first });
        records
    }

    /// The same, out of a line of text.
    pub(crate) fn line(self, text: &str) -> Vec<Record> {
        self.signs(vec![r(text)])
    }
}

/// The bytes of data, as the last of a message.
fn data(data: &RData) -> Vec<u8> {
    let mut message = Message::query(0, Name::root(), RecordType::A);
    message.questions.clear();
    message.answers.push(Record::new(Name::root(), 0, data.clone()));
    // Header 12, then owner 1, type 2, class 2, TTL 4, length 2.
    message.encode().unwrap()[23..].to_vec()
}

/// A net without servers, and a resolver that trusts the keys of these zones.
pub(crate) fn trusting(owners: &[Owner], config: Config) -> Net {
    let mut anchors = Anchors::default();
    owners.iter().for_each(|owner| anchors.add(owner.dnskey()).unwrap());
    let hints = Hints::parse(b". 3600000 NS a.root.test.\na.root.test. 3600000 A 192.0.2.1\n").unwrap();
    let (wall, rng) = (Duration::from_secs(TODAY.into()), Box::new(ChaCha8Rng::seed_from_u64(1)));
    let mut net = Net::new(config.clone());
    net.now = Instant::now();
    net.resolver = Resolver::new(net.now, SystemTime::UNIX_EPOCH + wall, config, hints, Some(anchors), rng);
    net
}

/// A server of a zone: it has the zone's keys, and what a function says of the other questions.
pub(crate) fn serve(
    net: &mut Net,
    address: &str,
    owner: Owner,
    mut says: impl FnMut(&str, RecordType, &mut Message) + 'static,
) {
    net.script(address, move |query, reply| {
        let (name, rtype) = (query.questions[0].name.to_string().to_lowercase(), query.questions[0].rtype);
        match rtype {
            RecordType::DNSKEY if name == owner.zone => {
                reply.answers.extend(owner.signs(vec![owner.dnskey()]))
            }
            _ => says(&name, rtype, reply),
        }
    });
}
