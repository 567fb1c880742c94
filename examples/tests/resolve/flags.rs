//! Command lines that make no sense, and what is said of them.

use crate::common::barewire;

#[test]
fn usage_errors_say_what_to_write() {
    for (words, says) in [
        (&["+short", "a.test"][..], "here it is --short"),
        (&["192.0.2.1"], "-x 192.0.2.1 asks for its name"),
        (&["https://a.test/"], "wants the name in it"),
        (&["a..test"], "empty label"),
        (&["MX", "@127.0.0.1"], "-q MX would ask for the name"),
        (&["a.test", "AXFR"], "dig @SERVER ZONE AXFR"),
        (&["version.bind", "CH", "TXT"], "only IN is asked for here"),
        (&["a.test", "OPT"], "stands in no zone"),
        (&["a.test", "@"], "neither an address nor a name"),
        (&["a.test", "@127.0.0.1:99999"], "@127.0.0.1:99999 does not end in a port"),
        (&["a.test", "@ns1.test:dns"], "@ns1.test:dns does not end in a port"),
        (&["a.test", "@fe80:::1"], "@fe80:::1 does not end in a port"),
        (&["a.test", "@::1%lo"], "@::1%lo is not a link-local address and an interface"),
        (&["a.test", "@127.0.0.1", "-6"], "leave no server"),
        (&["a.test", "@127.0.0.1", "--net", "toy"], "ns1 (203.0.113.53)"),
        (&["a.test", "--tcp"], "speak UDP only"),
        (&["a.test", "@127.0.0.1", "--tries", "10"], "would begin with a wait of 4 ms"),
        (&["a.test", "--dnssec", "--bufsize", "0"], "sends no EDNS"),
        (&["a.test", "--cookie=01"], "hexadecimal digits"),
        (&["a.test", "--subnet", "192.0.2.0/33"], "not a prefix"),
        (&["a.test", "-t", "NOPE"], "such as MX"),
        (&["a.test", "--short", "--json"], "cannot be used with"),
        (&["a.test", "--timeout", "0"], "leaves no time"),
        (&["a.test", "--tries", "0"], "1..=10"),
        (&["\u{ad}"], "RFC 5891"),
    ] {
        let run = barewire(&[&["resolve"], words].concat());
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{run}");
        assert!(run.stderr.contains(says), "{says}: {run}");
    }
}

#[test]
fn help_has_examples_and_exit_codes() {
    let run = barewire(&["resolve", "--help"]).succeeds();
    for wanted in
        ["barewire resolve www.example.test", "Exit codes: 0 every question has an answer", "@SERVER"]
    {
        assert!(run.stdout.contains(wanted), "{wanted}: {run}");
    }
    assert!(barewire(&["--help"]).succeeds().stdout.contains("resolve"));
}

/// Those that need no real server.
#[test]
fn the_examples_of_the_help_work() {
    let help = barewire(&["resolve", "--help"]).succeeds().stdout;
    let examples = help
        .lines()
        .filter_map(|line| line.strip_prefix("  barewire "))
        .filter(|line| line.contains("@ns1") || line.contains("@a.root") || line.contains("toy internet"));
    let examples: Vec<Vec<&str>> = examples
        .map(|line| line.split("   ").next().unwrap_or_default().split_whitespace().collect())
        .collect();
    assert_eq!(examples.len(), 5, "{help}");
    for words in examples {
        let referral = words.contains(&"--no-recurse");
        let run = barewire(&words);
        assert_eq!(run.code, Some(if referral { 3 } else { 0 }), "{run}");
    }
}
