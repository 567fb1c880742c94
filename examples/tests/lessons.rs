//! Every lesson prints what its head comment says it prints.

use std::path::PathBuf;
use std::process::Command;

const LESSONS: [&str; 7] =
    ["dns_lookup", "tcp_handshake", "tls_handshake", "http_get", "traceroute", "nat_walk", "reverse_proxy"];

/// The text block in the head comment of a lesson.
fn promised(source: &str) -> String {
    let head = source.lines().take_while(|line| line.starts_with("//!"));
    let text = head.map(|line| line.trim_start_matches("//!").strip_prefix(' ').unwrap_or_default());
    let block = text.skip_while(|line| *line != "```text").skip(1).take_while(|line| *line != "```");
    block.map(|line| format!("{line}\n")).collect()
}

fn lesson(name: &str) -> PathBuf {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_barewire"));
    let folder = program.parent().expect("the folder of the programs").join("examples");
    folder.join(name).with_extension(std::env::consts::EXE_EXTENSION)
}

#[test]
fn every_lesson_prints_what_its_head_promises() {
    for name in LESSONS {
        let file = format!("{}/lessons/{name}.rs", env!("CARGO_MANIFEST_DIR"));
        let source = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file}: {error}"));
        let program = lesson(name);
        let output = Command::new(&program).output().unwrap_or_else(|error| {
            panic!(
                "{}: {error}; plain `cargo test` builds it, so does `cargo build --examples`",
                program.display()
            )
        });
        let printed = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(!printed.is_empty(), "{name} prints nothing");
        assert_eq!(printed, promised(&source), "{name} prints:\n{printed}");
        let wide = printed.lines().find(|line| line.chars().count() > 80);
        assert_eq!(wide, None, "{name}: more than 80 columns");
    }
}

#[test]
fn every_lesson_is_short_enough_to_read_at_once() {
    for name in LESSONS {
        let file = format!("{}/lessons/{name}.rs", env!("CARGO_MANIFEST_DIR"));
        let source = std::fs::read_to_string(&file).expect("the lesson");
        let code = source
            .lines()
            .filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with("//"))
            .count();
        assert!(code < 80, "{name} has {code} lines of code");
    }
}
