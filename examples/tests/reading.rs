//! What is read from captures that others took: the kernel's TCP, and DNS over TCP.

use barewire::reading::{Keep, Peer, Story};
use barewire_packet::capture::Capture;

fn story(file: &str) -> Story {
    let path = format!("{}/../{file}", env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    Story::of(&Capture::read(&bytes).unwrap_or_else(|error| panic!("{path}: {error}")), Keep::Rows)
}

/// The README of the captures says so: this one was taken with checksum offload, that one without.
#[test]
fn unfinished_checksums_are_a_mark_and_no_comment() {
    let offloaded = story("tcp/tests/captures/offloads.pcapng");
    assert!(offloaded.rows.iter().any(|row| row.unfinished));
    let mut comments = offloaded.rows.iter().filter_map(|row| row.comment.as_deref());
    assert_eq!(comments.find(|comment| comment.contains("checksum")), None);
    assert!(story("tcp/tests/captures/open_close.pcapng").rows.iter().all(|row| !row.unfinished));
}

/// Also the packets that carry nothing of DNS: the handshake, and bare ACKs.
#[test]
fn whoever_serves_port_53_is_the_resolver() {
    for file in ["dns/tests/captures/tcp_pipeline.pcapng", "dns/tests/captures/address.pcapng"] {
        let rows = story(file).rows;
        assert!(!rows.is_empty() && rows.iter().all(|row| row.peer == Peer::Resolver), "{file}: {rows:#?}");
    }
    assert!(story("tcp/tests/captures/open_close.pcapng").rows.iter().all(|row| row.peer == Peer::Server));
}
