//! What a failing check leaves: the steps up to where it broke, the seed, and a capture that other programs read.
//!
//! All exercises are solved in this tree. So the program has checks that fail on purpose, and a folder of pages for
//! them stands in for a handout (`examples/src/bin/course/checks/on_purpose.rs`).

use std::fs;
use std::path::Path;
use std::process::Command;

use barewire_packet::capture::{Capture, Frame};

use crate::common::{TempFolder, barewire};
use crate::{course_in, need};

/// A workspace whose checks all fail.
pub(crate) struct Failing(TempFolder);

impl Failing {
    pub(crate) const IDS: [&str; 6] =
        ["aborts", "exits", "fails", "fails-early", "fails-in-values", "panics"];

    pub(crate) fn new() -> Failing {
        let folder = TempFolder::new();
        let pages = folder.file("examples/course");
        fs::create_dir_all(&pages).expect("a folder");
        let hints = "<details><summary>A hint</summary>\nNo.\n</details>\n".repeat(3);
        for id in Failing::IDS {
            let page = format!("# {id}: fail\n\nfile: a.rs\nrule: RFC 9110\nminutes: 1\n\n{hints}");
            fs::write(Path::new(&pages).join(format!("{id}.md")), page).expect("a file");
        }
        Failing(folder)
    }

    pub(crate) fn course(&self, arguments: &[&str]) -> (Option<i32>, String) {
        course_in(Path::new(&self.0.file("")), arguments)
    }

    fn capture(&self, id: &str) -> String {
        self.0.file(&format!("target/course/{id}.pcapng"))
    }

    /// The report on a check, which must fail.
    fn report(&self, id: &str) -> String {
        let (code, report) = self.course(&["grade", id]);
        assert_eq!(code, Some(1), "{report}");
        report
    }
}

/// The step that each packet must have as comment.
const COMMENTS: [&str; 8] = [
    "step 1",
    "step 1",
    "step 4, not given to your code",
    "step 4, not given to your code",
    "step 4, not given to your code",
    "step 4, not given to your code",
    "step 4",
    "step 4",
];

fn comments(file: &str) -> Vec<String> {
    let capture = Capture::read(&fs::read(file).expect("a capture")).expect("pcapng");
    capture.frames.into_iter().map(|Frame { comment, .. }| comment.unwrap_or_default()).collect()
}

#[test]
fn a_report_has_steps_and_values_and_seed_and_capture() {
    let failing = Failing::new();
    let report = failing.report("fails");
    let file = failing.capture("fails");
    let wanted = format!(
        "fails: fail: not yet\n  1. ask for www.example.test\n  2. it is taken: yes\n  \
         3. try a connection, as one of many\n  4. fetch a page\n  5. *** the status\n       wanted  200\n       \
         got     418\n       rule    RFC 9110 §15.5.19\n  seed 1; `cargo course grade fails --seed N` tries another\n  \
         capture: {file}, 8 packets; Wireshark opens it, and `cargo course show {file} --bytes`\n  \
         a.rs, RFC 9110; `cargo course hint fails` helps\n"
    );
    assert_eq!(report, wanted);
    assert_eq!(comments(&file), COMMENTS);
}

/// The steps and the packets up to a panic, or up to the end of the process, are there.
#[test]
fn what_breaks_off_leaves_its_steps_and_its_capture() {
    let failing = Failing::new();
    for (id, what, says) in [
        ("panics", "it broke off: ", "no idea"),
        ("aborts", "it broke off: ", "it was ended from outside"),
        ("exits", "it ended before the check did", "does the code exit?"),
    ] {
        let report = failing.report(id);
        assert!(report.contains(&format!("  4. fetch a page\n  *** {what}")), "{report}");
        assert!(report.contains(says) && report.contains("  seed 1;"), "{report}");
        assert!(report.contains(&format!("capture: {}, 8 packets", failing.capture(id))), "{report}");
        assert_eq!(comments(&failing.capture(id)), COMMENTS, "{id}");
    }
}

/// The capture of an earlier run is gone, and the report says that there is none.
#[test]
fn a_check_without_packets_says_so() {
    let failing = Failing::new();
    for (id, says) in [
        ("fails-in-values", "  capture: none: this check has no packets\n"),
        ("fails-early", "  capture: none: the check ended before its first packet\n"),
    ] {
        let file = failing.capture(id);
        fs::create_dir_all(Path::new(&file).parent().expect("a folder")).expect("a folder");
        fs::write(&file, "an earlier run").expect("a file");
        let report = failing.report(id);
        assert!(report.contains(says) && report.contains("got     c0 (1 bytes)"), "{report}");
        assert!(!report.contains("seed"), "nothing is random: {report}");
        assert!(!Path::new(&file).exists(), "{id}");
    }
}

/// With another seed the check draws something else, and says which seed it was.
#[test]
fn a_seed_can_be_given() {
    let failing = Failing::new();
    let question = |seed: &str| {
        let (code, report) = failing.course(&["grade", "fails", "--seed", seed]);
        assert_eq!(code, Some(1), "{report}");
        assert!(report.contains(&format!("  seed {seed}; ")), "{report}");
        let capture = Capture::read(&fs::read(failing.capture("fails")).expect("a capture")).expect("pcapng");
        capture.frames[0].bytes.clone()
    };
    assert_eq!(question("7"), question("7"));
    assert_ne!(question("7"), question("8"));
}

#[test]
fn a_capture_is_read_by_our_own_program() {
    let failing = Failing::new();
    failing.report("fails");
    let read = barewire(&["read", &failing.capture("fails"), "--bytes"]).succeeds().stdout;
    for says in ["www.example.test", "418 I'm a teapot", "step 1", "step 4, not given to your code"] {
        assert!(read.contains(says), "no {says:?} in\n{read}");
    }
    assert!(!read.contains("/tried"), "the connection that went well is not kept:\n{read}");
}

#[test]
fn a_capture_is_read_by_tshark() {
    if !need::can_run("a_capture_is_read_by_tshark", false, &["tshark"]) {
        return;
    }
    let failing = Failing::new();
    failing.report("fails");
    let tshark = |arguments: &[&str]| {
        let run =
            Command::new("tshark").args(["-n", "-r", &failing.capture("fails")]).args(arguments).output();
        let run = run.expect("tshark runs");
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        String::from_utf8_lossy(&run.stdout).into_owned()
    };
    let field =
        |name: &str| tshark(&["-T", "fields", "-e", name]).lines().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(field("frame.comment"), COMMENTS);
    assert_eq!(field("dns.qry.name")[..2], ["www.example.test"; 2]);
    assert_eq!(field("http.request.uri")[5], "/");
    assert_eq!(field("http.response.code")[7], "418");
    assert_eq!(field("frame.time_epoch")[1], "1767225600.001000000");
    let wrong = "_ws.malformed || tcp.analysis.flags || ip.checksum.status == 0 || tcp.checksum.status == 0 \
                 || udp.checksum.status == 0";
    let checks = ["ip", "tcp", "udp"].map(|layer| format!("{layer}.check_checksum:TRUE"));
    let [ip, tcp, udp] = &checks;
    assert_eq!(tshark(&["-o", ip, "-o", tcp, "-o", udp, "-Y", wrong]), "");
}
