//! A lab, raised for a moment: whether there are namespaces, and what is allowed inside.

use std::env;
use std::io;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use super::probe::Probe;
use super::report::LAB;

/// The words that examine a lab from inside. The flag is hidden.
const INSIDE: [&str; 8] = ["lab", "run", "--quiet", "--no-servers", "--", "barewire", "doctor", "--inside"];

/// Whether a lab can be raised, and what was found in it.
pub(super) fn probe() -> (Probe, Vec<Probe>) {
    let tried =
        "a lab of two hosts, raised and gone again: user, network, pid and mount namespaces, a veth pair";
    let probe = Probe::new(LAB, "lab shell, lab run, every lesson with --wire, without root", tried);
    match run() {
        Ok(output) if output.status.success() => {
            let probes = read(&String::from_utf8_lossy(&output.stdout));
            (probe.open("it was raised, and is gone"), probes)
        }
        Ok(output) => {
            let (seen, way) = refusal(&String::from_utf8_lossy(&output.stderr));
            (probe.closed(seen, way), Vec::new())
        }
        Err(error) => (probe.untried(error.to_string()), Vec::new()),
    }
}

fn run() -> io::Result<Output> {
    Command::new(env::current_exe()?).args(INSIDE).stdin(Stdio::null()).output()
}

fn read(text: &str) -> Vec<Probe> {
    let value = serde_json::from_str(text).unwrap_or(Value::Null);
    value.as_array().into_iter().flatten().filter_map(Probe::from_json).collect()
}

/// Why the lab was refused, and what opens the door: the lab's own sentence, which ends with that.
fn refusal(text: &str) -> (String, String) {
    let text = text.split_whitespace().collect::<Vec<&str>>().join(" ");
    let text = text.strip_prefix("barewire: (2) ").unwrap_or(&text);
    match text.rsplit_once("; ") {
        Some((seen, way)) => (seen.to_owned(), way.trim_start_matches("open it: ").to_owned()),
        None => (text.to_owned(), "sudo barewire lab shell".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sentence_of_the_lab_is_taken_apart() {
        let text = "barewire: (2) the lab needs namespaces of its own: it is 0; open it: sudo sysctl -w user.x=15000\n";
        let (seen, way) = refusal(text);
        assert_eq!(seen, "the lab needs namespaces of its own: it is 0");
        assert_eq!(way, "sudo sysctl -w user.x=15000");
    }

    #[test]
    fn nonsense_from_inside_is_nothing() {
        assert_eq!(read("[{\"name\": \"raw\"}, 7]"), []);
        assert_eq!(read("Segmentation fault"), []);
    }
}
