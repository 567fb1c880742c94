//! Any bytes as a query to a server of four small zones: unsigned, with NSEC, and with NSEC3 and opt-out.
#![no_main]

use std::sync::LazyLock;

use barewire_dns::authority::{AnyAnswer, Authority, Config, Zone};
use barewire_dns::stub::Protocol;
use barewire_dns::zone_file::ZoneFile;
use barewire_dns::{Message, Name};
use libfuzzer_sys::fuzz_target;

const ZONES: [&str; 4] = [
    include_str!("../../tests/zones/steps.zone"),
    include_str!("../../tests/zones/nsec.zone"),
    include_str!("../../tests/zones/optout.zone"),
    include_str!("../../tests/zones/rfc4592.zone"),
];

/// Not SHA-1: what the server does with a hash is the same with any other.
fn hash(bytes: &[u8]) -> [u8; 20] {
    let mut hash = [0x5a_u8; 20];
    for (index, byte) in bytes.iter().enumerate() {
        hash[index % 20] = hash[index % 20].rotate_left(3) ^ byte;
    }
    hash
}

static SERVER: LazyLock<Authority> = LazyLock::new(|| {
    let mut server = Authority::new(Config { udp_size: 1232, any: AnyAnswer::All });
    for text in ZONES {
        let records = ZoneFile::parse(text.as_bytes(), &Name::root()).records;
        server.add(Zone::new(records, Some(hash)).expect("a zone").with_transfer(true));
    }
    server
});

fuzz_target!(|query: &[u8]| {
    for transport in [Protocol::Udp, Protocol::Tcp] {
        let replies: Vec<Vec<u8>> = SERVER.answer(query, transport).collect();
        let asked = Message::parse(query).ok();
        let is_query = query.len() >= 12 && query[2] & 0x80 == 0;
        assert_eq!(is_query, !replies.is_empty(), "every query has a reply, and nothing else has one");
        for reply in &replies {
            let message = Message::parse_strictly(reply).expect("a reply reads");
            assert!(message.header.qr && !message.header.ra);
            assert_eq!(message.header.id.to_be_bytes()[..], query[..2]);
            if transport == Protocol::Udp {
                let theirs =
                    asked.as_ref().and_then(|asked| asked.edns.as_ref()).map_or(512, |edns| edns.udp_size);
                assert!(reply.len() <= usize::from(theirs.clamp(512, 1232)), "{} bytes", reply.len());
                assert_eq!(replies.len(), 1);
            }
        }
    }
});
