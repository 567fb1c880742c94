//! Every lesson prints what its head comment says it prints. Every command of the "Try:" there prints what stands in
//! `lessons/NAME.WORDS.txt`, and a word that a lesson does not know is an error that names those it knows.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::{Command, Output};

const LESSONS: [&str; 50] = [
    "dns_lookup",
    "dns_records",
    "dns_zone",
    "dns_truncated",
    "dns_spoof",
    "dns_walk",
    "dns_ttl",
    "dns_negative",
    "dns_poison",
    "dns_outage",
    "dns_sec",
    "tcp_handshake",
    "tcp_states",
    "tcp_loss",
    "tcp_congestion",
    "tcp_window",
    "tcp_reset",
    "tcp_syn_flood",
    "tcp_vs_udp",
    "tcp_fairness",
    "cost_of_a_connection",
    "tls_handshake",
    "tls_key_schedule",
    "tls_hello_retry",
    "tls_certificates",
    "tls_tamper",
    "tls_inspection",
    "tls_resume",
    "http_get",
    "http_framing",
    "http_keep_alive",
    "http_smuggling",
    "http_methods",
    "http_timeouts",
    "http_status",
    "traceroute",
    "nat_walk",
    "reverse_proxy",
    "handshake_by_hand",
    "port_states",
    "rst_injection",
    "spoof",
    "ping_and_traceroute",
    "syn_scan",
    "fragments",
    "hijack",
    "sniff",
    "syn_flood_wire",
    "mtu_black_hole",
    "arp_poison",
];

/// A file of the package, by its path there.
fn text_of(path: &str) -> String {
    let file = format!("{}/{path}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// The lines of the head comment of a lesson.
fn head(name: &str) -> Vec<String> {
    let source = text_of(&format!("lessons/{name}.rs"));
    let head = source.lines().take_while(|line| line.starts_with("//!"));
    head.map(|line| line.trim_start_matches("//!").strip_prefix(' ').unwrap_or_default().to_owned()).collect()
}

/// The text block in the head comment of a lesson.
fn promised(name: &str) -> String {
    let head = head(name);
    let block = head.iter().skip_while(|line| *line != "```text").skip(1).take_while(|line| *line != "```");
    block.map(|line| format!("{line}\n")).collect()
}

/// The commands of the "Try:" in a head comment: of each, the words after `--`. What stands in backquotes there is
/// either such a command, or its end from `--` on; the first is whole.
fn tries(name: &str, head: &[String]) -> Vec<String> {
    let begins: Vec<_> = head.iter().enumerate().filter(|(_, line)| line.contains("Try:")).collect();
    let [(at, first)] = begins[..] else {
        panic!("{name}: one \"Try:\" is wanted, {} are there", begins.len())
    };
    assert!(
        first.starts_with("Try: `cargo run"),
        "{name}: \"Try:\" begins with a command to run, not with {first:?}"
    );
    let paragraph: Vec<&str> =
        head[at..].iter().map(String::as_str).take_while(|line| !line.is_empty()).collect();
    let paragraph = paragraph.join(" ");
    assert!(
        paragraph.contains('?'),
        "{name}: \"Try:\" asks nothing that a reader could predict: {paragraph}"
    );
    let whole = format!("cargo run --example {name} ");
    let quoted = paragraph.split('`').skip(1).step_by(2);
    let words = quoted.map(|command| {
        let end = command.strip_prefix(&whole).unwrap_or(command).strip_prefix("-- ");
        end.unwrap_or_else(|| {
            panic!("{name}: nothing checks `{command}` in \"Try:\"; `{whole}-- WORD` can be")
        })
    });
    words.map(str::to_owned).collect()
}

/// Runs a lesson with these words.
fn run(name: &str, words: &str) -> Output {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_barewire"));
    let folder = program.parent().expect("the folder of the programs").join("examples");
    let program = folder.join(name).with_extension(std::env::consts::EXE_EXTENSION);
    Command::new(&program).args(words.split_whitespace()).output().unwrap_or_else(|error| {
        panic!(
            "{}: {error}; plain `cargo test` builds it, so does `cargo build --examples`",
            program.display()
        )
    })
}

/// A lesson with these words prints this, in 80 columns.
fn prints(name: &str, words: &str, wanted: &str) {
    let output = run(name, words);
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{name} {words}: {}", String::from_utf8_lossy(&output.stderr));
    assert!(!printed.is_empty(), "{name} {words} prints nothing");
    assert_eq!(printed, wanted, "{name} {words} prints:\n{printed}");
    let wide = printed.lines().find(|line| line.chars().count() > 80);
    assert_eq!(wide, None, "{name} {words}: more than 80 columns");
}

#[test]
fn every_lesson_prints_what_its_head_promises() {
    for name in LESSONS {
        prints(name, "", &promised(name));
    }
}

#[test]
fn every_try_prints_what_its_file_says() {
    let mut checked = BTreeSet::new();
    for name in LESSONS {
        for words in tries(name, &head(name)) {
            let file = format!("{name}.{}.txt", words.replace(' ', "_"));
            let wanted = text_of(&format!("tests/lessons/{file}"));
            prints(name, &words, &wanted.replace("\r\n", "\n"));
            checked.insert(file);
        }
    }
    let folder = format!("{}/tests/lessons", env!("CARGO_MANIFEST_DIR"));
    let files = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{folder}: {error}"));
    let files: BTreeSet<String> =
        files.map(|file| file.expect("a file").file_name().to_string_lossy().into_owned()).collect();
    assert_eq!(files, checked, "in {folder}, and by the heads of the lessons");
}

#[test]
#[should_panic(expected = "nothing checks `Config::linux()`")]
fn a_try_that_nothing_can_check_is_found() {
    let head = ["Try: `cargo run --example nat_walk -- linux`: who keeps it?", "Or `Config::linux()`.", ""];
    tries("nat_walk", &head.map(str::to_owned));
}

#[test]
#[should_panic(expected = "one \"Try:\" is wanted, 0 are there")]
fn a_lesson_without_a_try_is_found() {
    tries("nat_walk", &["NAT: two hosts at home share one address.".to_owned()]);
}

/// What a lesson says on standard error when it refuses these words.
fn refuses(name: &str, words: &str) -> String {
    let output = run(name, words);
    assert!(!output.status.success(), "{name} {words} is taken");
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(printed.is_empty(), "{name} {words} is refused, and prints:\n{printed}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_word_that_is_not_known_is_an_error_that_names_those_that_are() {
    for name in LESSONS.into_iter().filter(|name| *name != "dns_lookup") {
        let known = tries(name, &head(name));
        // Alone, and after a word that is known.
        for words in ["word".to_owned(), format!("{} word", known[0])] {
            let said = refuses(name, &words);
            assert!(said.contains(&format!("{words} is not known here")), "{name} {words}: {said}");
            for one in known.iter().flat_map(|words| words.split(' ')) {
                assert!(said.contains(one), "{name} {words}: {one:?} is not named in {said}");
            }
        }
    }
    // Any name can be asked for, but not any type.
    let said = refuses("dns_lookup", "www.example.test word");
    assert!(said.contains("word is not a type of record; try A, AAAA"), "{said}");
    let said = refuses("dns_lookup", "www.example.test AAAA word");
    assert!(said.contains("try a name, or a name and a type of record"), "{said}");
    assert!(refuses("dns_lookup", "www..test").contains("RFC 1035 §3.1"));
}

#[test]
fn every_lesson_is_short_enough_to_read_at_once() {
    for name in LESSONS {
        let code = text_of(&format!("lessons/{name}.rs"))
            .lines()
            .filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with("//"))
            .count();
        assert!(code < 80, "{name} has {code} lines of code");
    }
}
