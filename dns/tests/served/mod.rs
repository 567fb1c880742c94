//! Zones of texts, as a server holds them.

use barewire_dns::Name;
use barewire_dns::authority::Zone;
use barewire_dns::zone_file::ZoneFile;

/// The hash of NSEC3 (RFC 5155 §5).
pub(crate) fn sha1(bytes: &[u8]) -> [u8; 20] {
    let digest = ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, bytes);
    digest.as_ref().try_into().unwrap()
}

/// A zone of a text that is right.
pub(crate) fn zone(text: &str) -> Zone {
    let file = ZoneFile::parse(text.as_bytes(), &Name::root());
    assert_eq!(file.faults, [], "the zone file");
    Zone::new(file.records, Some(sha1)).unwrap_or_else(|faults| panic!("{}", faults[0]))
}
