//! `barewire read --step`: forwards, backwards, and where its keys come from.

mod common;
#[path = "live/need.rs"]
mod need;
#[path = "common/wire.rs"]
mod wire;

use std::io::Write as _;
use std::process::{Command, Stdio};

use common::{Run, TempFolder, barewire};
use wire::Wire;

/// Forwards, backwards, to a frame, to a text; and what both ends are in.
#[test]
fn stepping_goes_both_ways() {
    let folder = TempFolder::new();
    let file = folder.file("t.pcapng");
    barewire(&["--pcapng", &file]).succeeds();
    let keys = b"\n\np\ng 7\n/finished\nx\nq\n";
    let run = Run::with_input(&["read", &file, "--step"], keys).succeeds();
    let shown: Vec<&str> =
        run.stdout.lines().filter(|line| line.contains("──") || line.contains("◀──")).collect();
    let frames: Vec<&str> = shown.iter().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(frames, ["1", "2", "3", "2", "7", "8"], "{run}");
    assert!(run.stdout.contains("client SYN-SENT") && run.stdout.contains("TLS WAIT_"), "{run}");
    assert!(run.stderr.contains("h lists the keys"), "{run}");
}

/// A capture that comes over standard input leaves no place there for keys: they are read from the terminal, and
/// without one that is said. The terminal is made by script(1), and taken away by setsid(1).
#[test]
fn stepping_through_a_pipe_asks_the_terminal() {
    if !need::can_run("stepping_through_a_pipe_asks_the_terminal", false, &["script", "setsid"]) {
        return;
    }
    let folder = TempFolder::new();
    let file = folder.file("t.pcapng");
    barewire(&["--pcapng", &file]).succeeds();
    let line = format!("cat '{file}' | '{}' read - --step", env!("CARGO_BIN_EXE_barewire"));
    let run = |program: &mut Command, keys: &[u8]| {
        let mut child =
            program.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(keys).unwrap();
        child.wait_with_output().unwrap()
    };
    let typed = run(Command::new("script").args(["-qec", &line, "/dev/null"]), b"\nh\ng 99\nq\n");
    let seen = String::from_utf8_lossy(&typed.stdout);
    for wanted in
        ["row 1 of ", "row 2 of ", "the packet before", "no row from frame 99 on; the last row is frame"]
    {
        assert!(seen.contains(wanted), "wanted {wanted:?}: {seen}");
    }
    assert!(!seen.contains("row 3 of "), "q leaves: {seen}");

    let refused = run(Command::new("setsid").args(["-w", "sh", "-c", &line]), b"");
    let says = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(2), "{says}");
    assert!(says.contains("--step cannot read its keys") && says.contains("/dev/tty"), "{says}");
}

/// What cannot be guessed is said: the keys want Enter, a number that is too high is told the last row, and q ends all.
#[test]
fn stepping_explains_itself() {
    let folder = TempFolder::new();
    let [file, empty] = ["t.pcapng", "empty.pcapng"].map(|name| folder.file(name));
    barewire(&["--pcapng", &file]).succeeds();
    std::fs::write(&empty, Wire::default().capture.write()).expect("a file");
    let run = Run::with_input(&["read", &file, &file, "--step"], b"h\ng 99\nq\n\n").succeeds();
    assert!(run.stdout.contains("A key other than Enter is read when Enter follows it."), "{run}");
    assert!(run.stderr.contains("no row from frame 99 on; the last row is frame"), "{run}");
    assert_eq!(run.stdout.matches("    1      0.0").count(), 1, "the second file is not begun: {run}");
    let run = barewire(&["read", &empty, "--step"]).succeeds();
    assert_eq!(run.stdout, "no conversations\n", "{run}");
}
