//! Pages that arrive although the router loses packets, by nft, at random.

use crate::certificates::{Authority, HOST};
use crate::fetch::{Net, fetch_file, resolver, sha256, tshark};
use crate::lab::Lab;
use crate::servers::{self, Site, TWO_MEGABYTES_SHA256};

#[test]
fn raw_with_one_packet_in_twenty_lost() {
    let Some(lab) = Lab::raise("raw_with_one_packet_in_twenty_lost") else { return };
    two_megabytes_with_loss(&lab, Net::Raw);
}

/// The same over the kernel's TCP: if this fails too, the fault is not in our TCP.
#[test]
fn os_with_one_packet_in_twenty_lost() {
    let Some(lab) = Lab::raise("os_with_one_packet_in_twenty_lost") else { return };
    two_megabytes_with_loss(&lab, Net::Os);
}

fn two_megabytes_with_loss(lab: &Lab, net: Net) {
    let authority = Authority::new(lab, "root");
    servers::unbound(lab);
    servers::nginx(lab, &[Site::new(443, &authority.good("good"))]);
    lab.offloads_off(); // One packet lost is then 1500 bytes lost, not 64 KiB.
    lab.lose_percent(5);
    let recorder = lab.record("server.pcap");
    let root = authority.certificate();
    let arguments = [&resolver()[..], &["--cacert", &root, "--max-time", "55"]].concat();
    let (body, outcome) = fetch_file(lab, net, &format!("https://{HOST}/2mb"), &arguments);
    let theirs = recorder.stop();
    assert_eq!((body.len(), sha256(lab, &body).as_str()), (2_000_000, TWO_MEGABYTES_SHA256), "\n{outcome}");
    let lost = lab.lost();
    assert!(lost >= 20, "the lab should have lost more than {lost} packets of 2 MB; see {theirs}");
    let resets = tshark(&theirs, "tcp.flags.reset == 1");
    assert!(resets.is_empty(), "the server's wire ({theirs}) should hold no RST:\n{}", resets.join("\n"));
}
