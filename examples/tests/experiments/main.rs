//! The experiments on real kernels: each lesson with `--wire` prints what it prints in the toy internet, over IPv4 and
//! IPv6, as root and as an ordinary user; and a tcpdump at the far host has seen what it should see, and no more.
//!
//! Each run is in a lab of its own, made by `barewire lab run`, so tests do not see each other, and nothing is left
//! behind. They need Linux, `cargo build --examples` (plain `cargo test` does that), tcpdump, tshark and setpriv;
//! without them they say that they skipped, and under `BAREWIRE_REQUIRE_LIVE=1` they fail.
#![cfg(target_os = "linux")]

#[path = "../live/need.rs"]
mod need;
#[path = "../live/process.rs"]
#[allow(dead_code)] // a part of it is for servers
mod process;
mod run;
mod table;

use run::{Bench, User};
use table::{EXPERIMENTS, Experiment};

const TOOLS: [&str; 4] = ["tcpdump", "dumpcap", "tshark", "setpriv"];

/// Every experiment, as this user. Names each run that fails, after all have run.
fn all(user: User) {
    let bench = Bench::new(user);
    let mut failed = Vec::new();
    for (experiment, six) in
        EXPERIMENTS.iter().flat_map(|experiment| [(experiment, false), (experiment, true)])
    {
        if let Err(why) = judge(&bench, experiment, six) {
            failed.push(format!(
                "{} {}{}: {why}",
                experiment.lesson,
                experiment.word,
                if six { " -6" } else { "" }
            ));
        }
    }
    assert!(failed.is_empty(), "{} runs failed:\n{}", failed.len(), failed.join("\n"));
}

fn judge(bench: &Bench, experiment: &Experiment, six: bool) -> Result<(), String> {
    let words = [experiment.word, if six { "-6" } else { "" }];
    let wanted = bench.toy(experiment.lesson, &words)?;
    let ran = bench.wire(experiment.lesson, words, experiment.topology)?;
    if ran.printed != wanted {
        return Err(format!("it prints\n{}and in the toy internet\n{wanted}", ran.printed));
    }
    let resets = ran.frames("tcp.flags.reset == 1")?;
    if resets.len() != experiment.resets {
        return Err(format!(
            "{} resets at the far host, and not {}: {resets:?}",
            resets.len(),
            experiment.resets
        ));
    }
    // With single bytes over UDP the hosts find out whether they reach each other; tshark guesses at what those are.
    let malformed = ran.frames("_ws.malformed && !udp")?;
    if malformed.is_empty() { Ok(()) } else { Err(format!("malformed at the far host: {malformed:?}")) }
}

#[test]
fn as_root() {
    if need::can_run("the experiments as root", true, &TOOLS) {
        all(User::Root);
    }
}

#[test]
fn as_an_ordinary_user() {
    if need::can_run("the experiments as an ordinary user", true, &TOOLS) {
        all(User::Nobody);
    }
}

/// What a test of the far host is worth: a lesson that sends a reset is caught when the table says it sends none.
#[test]
fn a_reset_that_is_not_in_the_table_is_noticed() {
    if need::can_run("a reset that is not in the table", true, &TOOLS) {
        let stray =
            EXPERIMENTS.iter().find(|experiment| experiment.word == "stray").expect("port_states stray");
        let wrong = Experiment { resets: 0, ..*stray };
        let why = judge(&Bench::new(User::Root), &wrong, false).unwrap_err();
        assert!(why.starts_with("1 resets at the far host, and not 0"), "{why}");
    }
}
