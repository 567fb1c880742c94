//! `barewire fetch` as a person would call it, at the client's end of the lab, and what a test may expect of it.

use std::fs;
use std::process::Command;
use std::time::Duration;

use crate::lab::{Lab, SERVER};
use crate::process::{Outcome, run};

/// The networks that reach a real server, and who may use them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Net {
    /// All four layers ours; as root, for a raw socket needs it.
    Raw,
    /// All four layers ours, as an ordinary user whose process has CAP_NET_RAW and nothing else, as `setcap` gives it.
    RawCapability,
    /// Our DNS, TLS and HTTP over the kernel's sockets; always as an ordinary user (nobody, without any group).
    Os,
}

impl Net {
    /// The two that every case is tried over.
    pub(crate) const BOTH: [Net; 2] = [Net::Raw, Net::Os];
}

/// How long one fetch may take before the test kills it, when its arguments do not ask for less.
const LIMIT: Duration = Duration::from_secs(60);

/// Runs `barewire fetch --net NET URL ARGUMENTS`.
pub(crate) fn fetch(lab: &Lab, net: Net, url: &str, arguments: &[&str]) -> Outcome {
    let program = env!("CARGO_BIN_EXE_barewire");
    let mut command = match net {
        Net::Raw => lab.command("client", program),
        Net::RawCapability => {
            as_ordinary_user(lab, program, &["--inh-caps=+net_raw", "--ambient-caps=+net_raw"])
        }
        Net::Os => as_ordinary_user(lab, program, &[]),
    };
    let name = if net == Net::Os { "os" } else { "raw" };
    command.args(["fetch", "--net", name, url]).args(arguments).env("NO_COLOR", "1");
    run(&mut command, LIMIT)
}

/// The build folder may be closed to others, so nobody runs a copy. `cp` makes it: a file that this process has open
/// for writing would be open in what another test starts meanwhile, and such a file cannot be run (ETXTBSY).
fn as_ordinary_user(lab: &Lab, program: &str, capabilities: &[&str]) -> Command {
    let copy = lab.path("barewire");
    if !lab.dir().join("barewire").exists() {
        let made = Command::new("cp").args([program, &copy]).status().expect("cp");
        assert!(made.success(), "cp {program} {copy}: {made}");
    }
    let mut command = lab.command("client", "setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).args(capabilities).args(["--", &copy]);
    command
}

/// The arguments that name the lab's resolver.
pub(crate) fn resolver() -> [&'static str; 2] {
    ["--resolver", SERVER]
}

/// Fetches into a file, which must arrive whole; returns its bytes and what the program said.
pub(crate) fn fetch_file(lab: &Lab, net: Net, url: &str, arguments: &[&str]) -> (Vec<u8>, Outcome) {
    let name = format!("body-{net:?}");
    let _ = fs::remove_file(lab.dir().join(&name));
    let file = lab.path(&name);
    let outcome = fetch(lab, net, url, &[&["-o", &file], arguments].concat());
    assert!(outcome.succeeded(), "the page should arrive:\n{outcome}  files: {}", lab.dir().display());
    match fs::read(&file) {
        Ok(bytes) => (bytes, outcome),
        Err(error) => panic!("exit code 0, but -o {file} was not written: {error}\n{outcome}"),
    }
}

/// What sha256sum, which is not ours, says of these bytes.
pub(crate) fn sha256(lab: &Lab, bytes: &[u8]) -> String {
    let file = lab.write("hashed", bytes);
    let outcome = run(Command::new("sha256sum").arg(&file), Duration::from_secs(20));
    outcome.stdout.split_whitespace().next().unwrap_or_default().to_string()
}

/// The packets of a capture that match a display filter, one line each, as tshark describes them.
pub(crate) fn tshark(file: &str, filter: &str) -> Vec<String> {
    let outcome = run(Command::new("tshark").args(["-r", file, "-Y", filter]), Duration::from_secs(60));
    assert!(outcome.succeeded(), "tshark cannot read this capture:\n{outcome}");
    outcome.stdout.lines().map(str::to_string).collect()
}

/// The packets of a capture that match a display filter, each as the values of these fields.
pub(crate) fn tshark_fields(file: &str, filter: &str, fields: &[&str]) -> Vec<Vec<String>> {
    let mut command = Command::new("tshark");
    command.args(["-r", file, "-Y", filter, "-T", "fields"]);
    fields.iter().for_each(|field| {
        command.args(["-e", field]);
    });
    let outcome = run(&mut command, Duration::from_secs(60));
    assert!(outcome.succeeded(), "tshark cannot read this capture:\n{outcome}");
    outcome.stdout.lines().map(|line| line.split('\t').map(str::to_string).collect()).collect()
}

/// A capture that tshark has nothing to object to: some packets, none of them malformed.
pub(crate) fn assert_well_formed(file: &str) {
    assert!(!tshark(file, "frame").is_empty(), "{file} holds no packet");
    let malformed = tshark(file, "_ws.malformed");
    assert!(
        malformed.is_empty(),
        "tshark calls these packets of {file} malformed:\n{}",
        malformed.join("\n")
    );
}

/// A fetch that must fail: with this exit code, and a message on stderr that has one of these words in it (in any
/// case).
///
/// Returns the complaint, so that a test can gather those of all its cases.
pub(crate) fn refusal_complaint(outcome: &Outcome, code: i32, words: &[&str]) -> Option<String> {
    let said = outcome.stderr.to_lowercase();
    let complaint = if outcome.code != Some(code) {
        format!("the exit code should be {code}")
    } else if said.contains("panicked") {
        "it panicked".to_string()
    } else if !words.iter().any(|word| said.contains(&word.to_lowercase())) {
        format!("the message on stderr should hold one of {words:?}")
    } else {
        return None;
    };
    Some(format!("{complaint}:\n{outcome}"))
}
