//! The first lines: what was raised, what runs where, and what to try.

use std::fmt::Write;

use crate::commands::output::remark;
use crate::lab::topologies;
use crate::lab::{Host, Ready};

/// All of it, for a shell.
pub(super) fn say(ready: &Ready, host: &Host) {
    let Some(topology) = topologies::find(ready.lab.topology()) else { return };
    let mut text = format!("lab {}: {}; ready in {}\n\n", topology.name, topology.about, took(ready));
    topology.drawing.lines().for_each(|line| text += &format!("  {line}\n"));
    text.push('\n');
    for running in &ready.running {
        let _ = writeln!(text, "  {:<9} {}", running.host, running.what);
    }
    let (hint, here) = (topology.hint, host.name());
    let _ = write!(text, "\nYou are at {here}. Try:\n  {hint}\n");
    for other in topology.hosts.iter().filter(|other| other.name != here).take(1) {
        let _ = writeln!(text, "  barewire lab exec {} -- ip addr", other.name);
    }
    text += "`exit` ends the lab, and nothing of it is left.\n";
    anstream::eprintln!("{text}");
}

/// One line, for a single program.
pub(super) fn say_in_one_line(ready: &Ready) {
    let hosts = ready.lab.hosts().iter().map(|host| {
        let runs = ready.running.iter().filter(|running| running.host == host.name());
        let runs: Vec<&str> = runs.map(|running| running.what.as_str()).collect();
        if runs.is_empty() {
            host.name().to_string()
        } else {
            format!("{} ({})", host.name(), runs.join("; "))
        }
    });
    let hosts: Vec<String> = hosts.collect();
    remark(&format!("lab {}: {}; ready in {}", ready.lab.topology(), hosts.join(", "), took(ready)));
}

fn took(ready: &Ready) -> String {
    format!("{:.0} ms", ready.took.as_secs_f64() * 1000.0)
}
