//! What the kernel has for experiments: firewall rules, delays, rates. They are tried inside a lab and nowhere else.

use std::process::{Command, Stdio};

use super::probe::Probe;
use super::servers::find;

/// Name, what it opens, the command that tries it, and what opens a closed door.
const TRIES: [(&str, &str, &[&str], &str); 3] = [
    (
        "nft",
        "firewall rules in a lab; guard C",
        &["nft", "add", "table", "inet", "barewire_doctor"],
        "sudo modprobe nf_tables",
    ),
    (
        "netem",
        "tc's delay and loss in a lab",
        &["tc", "qdisc", "replace", "dev", "eth0", "root", "netem", "delay", "1ms"],
        "sudo modprobe sch_netem (barewire relay does without)",
    ),
    (
        "tbf",
        "tc's rate in a lab",
        &[
            "tc", "qdisc", "replace", "dev", "eth0", "root", "tbf", "rate", "1mbit", "burst", "10kb",
            "latency", "70ms",
        ],
        "sudo modprobe sch_tbf (barewire relay does without)",
    ),
];

/// The probes. Call it in a lab only: the rules stay until the lab ends.
pub(super) fn probe() -> Vec<Probe> {
    TRIES
        .into_iter()
        .map(|(name, opens, words, way)| try_out(Probe::new(name, opens, &words.join(" ")), words, way))
        .collect()
}

fn try_out(probe: Probe, words: &[&str], way: &str) -> Probe {
    let Some(program) = find(words[0]) else {
        let package = if words[0] == "nft" { "nftables" } else { "iproute2" };
        return probe.closed(format!("{} is not installed", words[0]), format!("sudo apt install {package}"));
    };
    match Command::new(program).args(&words[1..]).stdin(Stdio::null()).output() {
        Ok(output) if output.status.success() => probe.open("the kernel takes it"),
        Ok(output) => probe.closed(in_one_line(&String::from_utf8_lossy(&output.stderr)), way),
        Err(error) => probe.untried(error.to_string()),
    }
}

/// What a tool said, as one line of a bounded length.
fn in_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<&str>>().join(" ").chars().take(200).collect()
}
