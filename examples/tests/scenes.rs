//! Every scene: what it prints, that the same seed prints the same, and what tshark says of its capture at each of its
//! capture points. (How a scene is read from a capture is tested in `tests/scene`.)
//!
//! What a scene prints stands in `tests/scenes/NAME.txt`. A person has read each of these files; after a change that is
//! meant, look at the difference, and write what is printed to the file.

mod common;
#[path = "live/need.rs"]
mod need;

use std::process::Command;

use barewire::scenes::{SCENES, Scene, run};
use barewire::services::Stage;
use common::{TempFolder, barewire};

/// What the program prints for a scene, 80 columns wide.
fn printed(scene: &Scene) -> String {
    barewire(&["scene", scene.name]).succeeds().stdout
}

#[test]
fn every_scene_prints_what_was_read_and_found_right() {
    for scene in &SCENES {
        let path = format!("{}/tests/scenes/{}.txt", env!("CARGO_MANIFEST_DIR"), scene.name);
        let wanted = std::fs::read_to_string(&path).unwrap_or_default();
        let got = printed(scene);
        let differs = wanted.lines().zip(got.lines()).position(|(wanted, got)| wanted != got);
        let at = differs.unwrap_or(wanted.lines().count().min(got.lines().count()));
        assert!(
            got == wanted,
            "{path}, line {}\n wanted: {:?}\n    got: {:?}\nall of it:\n{got}",
            at + 1,
            wanted.lines().nth(at),
            got.lines().nth(at)
        );
        let wide = got.lines().find(|line| line.chars().count() > 80);
        assert_eq!(wide, None, "{}: wider than 80 columns", scene.name);
    }
}

/// A file of a scene is as long as a page of a book, so that it is read at once.
#[test]
fn every_scene_is_a_page() {
    for scene in &SCENES {
        let path = format!("{}/src/scenes/{}.rs", env!("CARGO_MANIFEST_DIR"), scene.name);
        let source = std::fs::read_to_string(&path).expect("a file for each scene");
        let code = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with("//");
        let lines = source.lines().filter(code).count();
        assert!((15..=80).contains(&lines), "{path}: {lines} lines of code");
    }
}

#[test]
fn every_scene_is_in_the_list() {
    let run = barewire(&["scenes"]).succeeds();
    for scene in &SCENES {
        assert!(run.stdout.contains(scene.name) && run.stdout.contains(scene.about), "{run}");
    }
    let unknown = barewire(&["scene", "nowhere"]);
    assert_eq!(unknown.code, Some(2), "{unknown}");
    assert!(unknown.stderr.contains("no scene is called \"nowhere\"; there are first_page"), "{unknown}");
}

/// Two runs give the same packets at the same times at the same places; of TLS, whose keys are new each time, the same
/// lengths.
#[test]
fn the_same_seed_is_the_same_scene() {
    for scene in SCENES.iter().filter(|scene| scene.name != "slow_queue") {
        let seen = || {
            let capture =
                run(scene, Stage::new(7)).unwrap_or_else(|error| panic!("{}: {error}", scene.name)).capture;
            let frame = |frame: &barewire_packet::capture::Frame| {
                (frame.time, frame.interface, frame.bytes.len(), frame.comment.clone())
            };
            capture.frames.iter().map(frame).collect::<Vec<_>>()
        };
        assert_eq!(seen(), seen(), "{}", scene.name);
    }
}

/// At every capture point tshark finds no packet that is malformed, and no wrong checksum.
#[test]
fn tshark_finds_nothing_wrong_at_any_capture_point() {
    if !need::can_run("tshark_finds_nothing_wrong_at_any_capture_point", false, &["tshark"]) {
        return;
    }
    let folder = TempFolder::new();
    for scene in &SCENES {
        let done = run(scene, Stage::new(1)).unwrap_or_else(|error| panic!("{}: {error}", scene.name));
        let path = folder.file(scene.name);
        std::fs::write(&path, done.capture.write()).expect("a file");
        let all = tshark(&path, "frame");
        assert_eq!(all.lines().count(), done.capture.frames.len(), "{}", scene.name);
        let wrong = tshark(
            &path,
            // What was sent again and overtakes the first time is an error of tshark's own putting together.
            "(_ws.malformed && !(_ws.expert.message contains \"overlaps old data\")) || ip.checksum.status == 0 || tcp.checksum.status == 0 || udp.checksum.status == 0 \
             || icmp.checksum.status == 0 || icmpv6.checksum.status == 0",
        );
        assert_eq!(wrong, "", "{}", scene.name);
    }
}

/// The numbers of the frames that a display filter shows, checksums checked.
fn tshark(path: &str, filter: &str) -> String {
    let checks = ["ip.check_checksum", "tcp.check_checksum", "udp.check_checksum"];
    let mut command = Command::new("tshark");
    command.args(checks.iter().flat_map(|check| ["-o".to_owned(), format!("{check}:TRUE")]));
    command.args(["-T", "fields", "-e", "frame.number", "-e", "frame.interface_name", "-Y", filter, "-r"]);
    let output = command.arg(path).output().expect("tshark runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

/// A scene is captured at several hosts; a fetch in it is drawn as its own host saw it. Each has `www.example.test`.
#[test]
fn a_fetch_works_in_every_scene_and_is_drawn_as_its_own_host_saw_it() {
    for scene in &SCENES {
        let run = barewire(&["fetch", "--scene", scene.name, "http://www.example.test/"]).succeeds();
        assert!(!run.stdout.contains("again") || run.stdout.contains("the same request again"), "{run}");
        assert!(!run.stdout.contains("retransmission"), "{}: {run}", scene.name);
    }
    // 1 + 8 + 12 + 1 ms, there and back.
    let home = barewire(&["fetch", "--scene", "home", "https://www.example.test/"]).succeeds();
    assert!(home.stdout.contains("TCP          44.0 ms"), "{home}");
    assert!(home.stdout.contains("and 4 round trips"), "{home}");
}
