//! Pages that arrive although the router loses packets, by nft, at random.

use std::collections::HashSet;

use crate::certificates::{Authority, HOST};
use crate::fetch::{Net, fetch_file, resolver, sha256, tshark_fields};
use crate::lab::Lab;
use crate::need;
use crate::servers::{self, Site, TWO_MEGABYTES_SHA256};
use crate::wire::{self, Wire, at};

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
    let resets = resets_of_open_connections(&theirs);
    assert!(
        resets.is_empty(),
        "in {theirs} these frames reset a connection that both ends had not closed: {resets:?}"
    );
}

/// The frames that reset a connection before both ends had sent their FINs.
///
/// A reset after that hurts nobody, and comes by chance: the client's last ACK may be lost, the server then repeats its
/// FIN, and the kernel answers for a program that has ended. To prevent that the program would have to wait for minutes
/// after each page (TIME-WAIT, RFC 9293 §3.6.1), which no program does.
fn resets_of_open_connections(file: &str) -> Vec<String> {
    let fields = ["frame.number", "tcp.stream", "ip.src", "tcp.flags.reset"];
    let mut closed: HashSet<(String, String)> = HashSet::new();
    let mut resets = Vec::new();
    for frame in tshark_fields(file, "tcp.flags.reset == 1 || tcp.flags.fin == 1", &fields) {
        let [number, stream, sender, reset] = &frame[..] else { panic!("{frame:?}") };
        let closed_by = closed.iter().filter(|(of, _)| of == stream).count();
        match reset.as_str() {
            "1" | "True" if closed_by < 2 => resets.push(number.clone()),
            "1" | "True" => {}
            _ => drop(closed.insert((stream.clone(), sender.clone()))),
        }
    }
    resets
}

/// The judge of the tests above, judged: a reset in the middle counts, one after both FINs does not.
#[test]
fn a_reset_counts_unless_both_ends_have_closed() {
    if !need::can_run("a_reset_counts_unless_both_ends_have_closed", false, &["tshark"]) {
        return;
    }
    let mut wire = Wire::default();
    let ends = [at("10.0.0.2:50000"), at("203.0.113.80:80")];
    let mut talk = wire.handshake(ends[0], ends[1], 10);
    talk.close(&mut wire, 10);
    talk.send(&mut wire, 0, wire::RST_ACK, b"");
    let mut open = wire.handshake(at("10.0.0.2:50001"), ends[1], 10);
    open.send(&mut wire, 1, wire::FIN_ACK, b"");
    open.send(&mut wire, 0, wire::RST_ACK, b"");
    let file = std::env::temp_dir().join(format!("bwlive-{}-resets.pcapng", std::process::id()));
    std::fs::write(&file, wire.capture.write()).expect("a folder for temporary files");
    assert_eq!(resets_of_open_connections(&file.display().to_string()), ["12"], "{}", file.display());
    let _ = std::fs::remove_file(file);
}
