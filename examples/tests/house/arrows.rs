//! Arrows go down only: which crate may depend on which.
//!
//! Somebody who wants one protocol takes one crate, so dns, tcp, tls13 and http1 never depend on each other. Checked in
//! each Cargo.toml, and in the code, where a name like `barewire_dns` stands for the crate.

use super::Finding;
use super::source::{Crate, House};

/// A crate, what its code may depend on, and what its tests may depend on besides.
const ARROWS: [(&str, &[&str], &[&str]); 8] = [
    ("dissect", &[], &[]),
    ("packet", &["dissect"], &[]),
    ("internet", &["packet", "dissect"], &["tcp"]),
    ("dns", &["dissect"], &["packet", "internet"]),
    ("tcp", &["packet", "dissect"], &["internet"]),
    ("tls13", &["dissect"], &["packet", "internet"]),
    ("http1", &["dissect"], &["packet", "internet"]),
    ("examples", &["dns", "tcp", "tls13", "http1", "internet", "packet", "dissect"], &[]),
];

pub(crate) fn check(house: &House) -> Vec<Finding> {
    house.crates.iter().flat_map(|each| in_manifest(each).into_iter().chain(in_code(each))).collect()
}

/// Dependencies in the Cargo.toml.
fn in_manifest(each: &Crate) -> Vec<Finding> {
    let (code, tests) = allowed(each);
    let mut findings = Vec::new();
    let mut section = "";
    for (index, line) in each.manifest.lines().enumerate() {
        if line.starts_with('[') {
            section = line;
        }
        let is_test = section.contains("dev-dependencies");
        let Some(target) = named(line, "barewire-").filter(|_| section.contains("dependencies")) else {
            continue;
        };
        // Tests may turn features of their own crate on.
        let allowed = code.contains(&target) || is_test && (tests.contains(&target) || target == each.name);
        if !allowed {
            let tests = if is_test { "the tests of " } else { "" };
            findings.push(Finding {
                file: format!("{}/Cargo.toml", each.name),
                line: index + 1,
                seen: format!("{tests}{} depend on {target}", each.name),
                instead: instead(code),
            });
        }
    }
    findings
}

/// Names of crates in the code.
fn in_code(each: &Crate) -> Vec<Finding> {
    let (code, _) = allowed(each);
    let mut findings = Vec::new();
    for source in &each.sources {
        for token in &source.lexed.tokens {
            let Some(target) = named(&token.text, "barewire_") else { continue };
            if !code.contains(&target) {
                findings.push(Finding {
                    file: source.path.clone(),
                    line: token.line,
                    seen: format!("the code of {} names {}", each.name, token.text),
                    instead: instead(code),
                });
            }
        }
    }
    findings
}

fn allowed(each: &Crate) -> (&'static [&'static str], &'static [&'static str]) {
    let row = ARROWS.iter().find(|(name, _, _)| *name == each.name);
    row.map_or((&[], &[]), |(_, code, tests)| (code, tests))
}

/// The crate named in `text`: `dns` in `barewire-dns = { .. }`. A comment does not count.
fn named<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let text = text.split('#').next().unwrap_or_default();
    let rest = &text[text.find(prefix)? + prefix.len()..];
    Some(rest.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default())
}

fn instead(code: &[&str]) -> String {
    match code {
        [] => "it may depend on none of our crates".to_owned(),
        _ => format!("it may depend on {}; move the code that needs more to `examples`", code.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::source::House;

    #[test]
    fn an_arrow_up_is_found() {
        let manifest = "[dependencies]\nbarewire-dissect = {}\nbarewire-tcp = {} # wrong\n\
            [dev-dependencies]\nbarewire-packet = {}\nother = { package = \"barewire-http1\" }\n";
        let code =
            "use barewire_tcp::Segment; // barewire_http1 in a comment\nfn f() -> barewire_dissect::Tree {}";
        let found: Vec<_> = check(&House::of("dns", manifest, &[("lib.rs", code)]))
            .into_iter()
            .map(|finding| (finding.file, finding.line, finding.seen))
            .collect();
        let wanted = [
            ("dns/Cargo.toml", 3, "dns depend on tcp"),
            ("dns/Cargo.toml", 6, "the tests of dns depend on http1"),
            ("dns/src/lib.rs", 1, "the code of dns names barewire_tcp"),
        ];
        assert_eq!(found, wanted.map(|(file, line, seen)| (file.to_owned(), line, seen.to_owned())));
    }
}
