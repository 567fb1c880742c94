//! What is kept comes back as it was, whatever its type.

use std::time::Instant;

use barewire_dns::cache::{Cache, Config, Data, Put};
use barewire_dns::zone_file::ZoneFile;
use barewire_dns::{Name, RrSet};

use crate::scene::{n, server_of};

/// Each set of a zone file goes in and comes out the same, signatures included.
fn there_and_back(text: &str, origin: &Name) -> usize {
    let (mut cache, now) = (Cache::new(Config::default()), Instant::now());
    let file = ZoneFile::parse(text.as_bytes(), origin);
    assert_eq!(file.faults, [], "{origin}");
    let sets = RrSet::group(&file.records);
    // A set with TTL 0 is not kept.
    let sets: Vec<RrSet> = sets.into_iter().filter(|set| set.ttl() > 0).collect();
    for set in &sets {
        assert_eq!(cache.put(now, set, &server_of(&origin.to_string())), Put::Kept, "{set:?}");
        let (name, rtype) = (set.name().unwrap(), set.rtype().unwrap());
        let held = cache.get(now, name, rtype).unwrap();
        let Data::Records(back) = held.data else { panic!("{held:?}") };
        // A set has one TTL (RFC 2181 §5.2).
        assert_eq!(back, set.with_ttl_up_to(set.ttl()));
        assert!(back.records.iter().zip(&set.records).all(|(back, put)| back.name.same_case_as(&put.name)));
    }
    sets.len()
}

#[test]
fn a_record_of_each_type_comes_back_as_it_was() {
    let sets = there_and_back(include_str!("../live/every_type.zone"), &n("example.test"));
    assert!(sets > 40, "{sets}");
}

#[test]
fn signed_zones_come_back_with_their_signatures() {
    there_and_back(include_str!("../zones/nsec.zone"), &n("nsec.test"));
    there_and_back(include_str!("../zones/optout.zone"), &n("optout.test"));
}
