//! The house: do the sources keep the rules of CONTRIBUTING.md that a program can check?
//!
//! | rule | file |
//! |---|---|
//! | crates depend on each other downwards only | `arrows.rs` |
//! | no circle of files inside a crate | `circles.rs`, which finds paths with `paths.rs` |
//! | one word for one idea in all crates | `vocabulary.rs` |
//! | plain English in comments | `prose.rs` |
//! | small files with a head, no mod.rs, short lines | `files.rs` |
//! | no folder of the machine it was written on | `machine.rs` |
//! | the page's files are small, with a head and short lines, too | `page.rs` |
//!
//! Each rule is a function from the sources to [`Finding`]s, beside small sources that it must find fault with. One
//! test reads the workspace, asks all of them, and prints everything they found at once. `lexer.rs` takes a source
//! apart into tokens and comments: the rules read text, and need no compiler.

mod arrows;
mod circles;
mod files;
mod lexer;
mod machine;
mod page;
mod paths;
mod prose;
mod source;
mod vocabulary;

use std::fmt;

/// A place that breaks a rule, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    /// The file, from the root of the workspace.
    pub(crate) file: String,
    /// The line, from 1. 0 stands for the file as a whole.
    pub(crate) line: usize,
    /// What was seen.
    pub(crate) seen: String,
    /// What to do instead.
    pub(crate) instead: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Finding { file, line, seen, instead } = self;
        let line = if *line == 0 { String::new() } else { format!(":{line}") };
        write!(f, "{file}{line}: {seen}\n      instead: {instead}")
    }
}

#[test]
fn the_house_is_in_order() {
    let (house, texts) = (source::House::read(), source::all_texts());
    let rules = [
        ("Arrows go down only", arrows::check(&house)),
        ("No circle of files", circles::check(&house)),
        ("One word for one idea", vocabulary::check(&house)),
        ("Plain English", prose::check(&house)),
        ("Small files with a head", files::check(&house)),
        ("Comments of 120 columns", files::comments(&texts)),
        ("No folder of one machine", machine::check(&texts)),
        ("The page in order", page::check(&texts)),
    ];
    let count: usize = rules.iter().map(|(_, findings)| findings.len()).sum();
    for (rule, findings) in rules.iter().filter(|(_, findings)| !findings.is_empty()) {
        eprintln!("\n{rule}: {}", findings.len());
        for finding in findings {
            eprintln!("  {finding}");
        }
    }
    assert_eq!(count, 0, "findings, listed above; the rules are in CONTRIBUTING.md");
}
