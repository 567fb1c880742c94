//! What an experiment breaks, and what comes of it: `--drop`, `--delay`, `--flip`, `--close`.

mod common;

use barewire::network::{Network, Toy, ToyOptions};
use barewire::services::Stage;
use barewire::services::breakage::{Breakage, Deed};
use common::{Run, barewire};

/// The ladder of a fetch with frame numbers, without its lines of notes and continuations.
fn rows(run: &Run) -> Vec<(u64, String)> {
    let row = |line: &str| {
        let (number, rest) = line.trim_start().split_once(' ')?;
        let is_row = rest.contains("──") && !rest.contains("███");
        is_row.then(|| Some((number.parse().ok()?, rest.to_owned())))?
    };
    run.stdout.lines().filter_map(row).collect()
}

fn row_of(run: &Run, frame: u64) -> String {
    let found = rows(run).into_iter().find(|(number, _)| *number == frame);
    found.unwrap_or_else(|| panic!("no frame {frame}: {run}")).1
}

/// The client's hello is lost: TCP sends it again as a probe when its time is over, and the handshake ends so much
/// later.
#[test]
fn a_packet_that_is_dropped_is_sent_again() {
    let (before, after) = (barewire(&["-v"]).succeeds(), barewire(&["-v", "--drop", "6"]).succeeds());
    assert!(row_of(&before, 6).contains("ClientHello"), "{before}");
    assert_eq!(rows(&before)[..5], rows(&after)[..5], "up to there the runs are the same");
    assert!(row_of(&after, 6).contains("─╳  server"), "{after}");
    assert!(after.stdout.contains("tail loss probe"), "{after}");
    assert!(
        after.stdout.contains("TLS         300.1 ms"),
        "50.1 ms, and 250: a round trip and 200 ms: {after}"
    );
}

/// A frame that the client received is lost before it arrives.
#[test]
fn a_packet_that_was_to_be_received_is_dropped_before() {
    let run = barewire(&["-v", "--drop", "4"]).succeeds();
    assert!(row_of(&run, 4).contains("◀") || row_of(&run, 4).contains('╳'), "{run}");
    assert!(run.stdout.contains("╳ lost on the way: the simulated network says so"), "{run}");
    assert!(run.stdout.contains("TCP        1050.0 ms"), "the SYN is sent again after a second: {run}");
}

/// One bit is enough for a checksum: the server drops the segment in silence.
#[test]
fn a_flipped_bit_is_as_good_as_a_loss() {
    let [dropped, flipped] = ["--drop=6", "--flip=6:800"].map(|flag| barewire(&["-v", flag]).succeeds());
    assert!(flipped.stdout.contains("↳ bit 800 was inverted on the way, as asked"), "{flipped}");
    let texts = |run: &Run| -> Vec<String> { rows(run).into_iter().skip(6).map(|(_, text)| text).collect() };
    assert_eq!(texts(&dropped), texts(&flipped), "after that the runs are the same");
}

#[test]
fn a_packet_that_is_held_back_arrives_later() {
    let run = barewire(&["-v", "--delay", "3:70"]).succeeds();
    assert!(run.stdout.contains("↳ held back by 70 ms, as asked"), "{run}");
    assert!(run.stdout.contains("TCP         120.0 ms"), "50 and 70: {run}");
}

#[test]
fn a_closed_port_answers_with_a_reset() {
    for host in ["www.example.test", "203.0.113.80"] {
        let run = barewire(&["--close", &format!("{host}:443")]);
        assert_eq!(run.code, Some(7), "{run}");
        assert!(run.stderr.contains("nobody listens on that port"), "{run}");
    }
    // A datagram's port: the kernel of the resolver answers with an ICMP error.
    let run = barewire(&["-v", "--close", "resolver:53"]);
    assert_eq!(run.code, Some(6), "{run}");
    assert!(run.stdout.contains("ICMP"), "{run}");
}

/// In a scene frames are counted at all its capture points.
#[test]
fn scenes_can_be_broken_too() {
    let run = barewire(&["scene", "home", "-v", "--drop", "11"]).succeeds();
    assert!(run.stdout.contains("↳ edge-www: taken away, as asked"), "{run}");
    let run = barewire(&["scene", "home", "--close", "www:443"]).succeeds();
    assert!(run.stdout.contains("TCP  RST ACK"), "{run}");
    assert!(
        run.stdout.contains("with what was broken the scene could not go on: 198.51.100.80:443"),
        "{run}"
    );
}

#[test]
fn what_cannot_be_broken_is_said() {
    let run = barewire(&["--drop", "999"]).succeeds();
    assert!(run.stderr.contains("no packet was frame 999"), "{run}");
    let run = barewire(&["scene", "home", "--drop", "999"]).succeeds();
    assert!(run.stderr.contains("no packet was frame 999"), "{run}");
    let run = barewire(&["-v", "--flip", "6:2152"]).succeeds();
    assert!(run.stderr.contains("frame 6 has no bit 2152: its bits are 0 to 2151"), "{run}");
    assert!(!run.stdout.contains("was inverted"), "{run}");
    let run = barewire(&["--close", "nobody:80"]);
    assert_eq!(run.code, Some(2), "{run}");
    assert!(run.stderr.contains("no port 80 of \"nobody\" can be closed; the hosts are resolver,"), "{run}");
    for (flag, wanted) in [
        ("--flip=7", "wanted the number of a frame, a colon and the number of a bit"),
        ("--flip=7:524280", "an IP packet has the bits 0 to 524,279"),
        ("--delay=x:1", "wanted the number of a frame, a colon and milliseconds"),
        ("--close=443", "wanted a host, a colon and a port"),
    ] {
        let run = barewire(&[flag]);
        assert!(run.code == Some(2) && run.stderr.contains(wanted), "{run}");
    }
    let run = barewire(&["http://127.0.0.1/", "--net", "os", "--drop", "1"]);
    assert!(run.code == Some(2) && run.stderr.contains("break the toy internet"), "{run}");
}

/// Several deeds for one packet are all done, each once.
#[test]
fn deeds_add_up() {
    let deeds = [Deed::Flip(0), Deed::Flip(0), Deed::Delay(std::time::Duration::from_millis(5))];
    let packets = deeds.map(|deed| (1, deed)).to_vec();
    let stage = Stage::new(1).broken(Breakage { packets, ..Breakage::default() });
    let mut toy = Toy::on(stage, ToyOptions::default()).expect("a stage");
    let job = barewire::fetch::Job::get("https://www.example.test/", toy.trust().expect("a root"));
    let page = barewire::fetch::fetch(&mut toy, &job.expect("a URL"), &mut std::io::sink());
    assert_eq!(page.expect("a bit that is inverted twice is as it was").response.status, 200);
    assert_eq!(toy.complaints(), Vec::<String>::new());
    let note = toy.trace().take(toy.now()).frames.remove(0).comment;
    let wanted =
        "bit 0 was inverted on the way, as asked; bit 0 was inverted on the way, as asked; held back by 5 ms";
    assert!(note.as_deref().is_some_and(|note| note.contains(wanted)), "{note:?}");
}
