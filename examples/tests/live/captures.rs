//! The program's own capture of a fetch across the toy internet, read by tshark. Needs neither root nor a network.

use std::process::Command;
use std::time::Duration;

use crate::fetch::{assert_well_formed, tshark};
use crate::need;
use crate::process::run;

/// `barewire fetch --pcapng` opens decrypted: the secrets stand in the file, before the packets they open.
#[test]
fn toy_fetch_opens_decrypted_in_tshark() {
    if !need::can_run("toy_fetch_opens_decrypted_in_tshark", false, &["tshark"]) {
        return;
    }
    let file = std::env::temp_dir().join(format!("bwlive-{}-toy.pcapng", std::process::id()));
    let path = file.display().to_string();
    let outcome = run(
        Command::new(env!("CARGO_BIN_EXE_barewire")).args([
            "fetch",
            "https://www.example.test/",
            "--pcapng",
            &path,
        ]),
        Duration::from_secs(60),
    );
    assert!(outcome.succeeded(), "the toy page should arrive:\n{outcome}");
    assert_well_formed(&path);
    let http = tshark(&path, "http").join("\n");
    assert!(http.contains("GET / HTTP/1.1"), "tshark sees no GET in {path}:\n{http}");
    assert!(http.contains("HTTP/1.1 200 OK"), "tshark sees no 200 in {path}:\n{http}");
    assert!(!tshark(&path, "dns.flags.response == 1").is_empty(), "tshark sees no DNS answer in {path}");
    let expert = tshark(
        &path,
        "tcp.checksum.status == \"Bad\" || ip.checksum.status == \"Bad\" || udp.checksum.status == \"Bad\"",
    );
    assert!(expert.is_empty(), "tshark calls these checksums bad:\n{}", expert.join("\n"));
    let _ = std::fs::remove_file(file);
}
