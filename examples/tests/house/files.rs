//! Small files with a head: each source is one idea, says which, and fits in a reader's head.
//!
//! Lines of tests at the end of a file do not count.

use super::Finding;
use super::source::{House, Source};

/// The longest file, in lines.
const LONGEST: usize = 400;
/// The median of all files must be below it.
const MEDIAN: usize = 130;
/// The longest line, in columns.
const COLUMNS: usize = 120;
/// The longest line of a figure or an example: rustdoc shows so many columns on a window of 1280 pixels without a
/// scroll bar.
const FIGURE: usize = 95;

pub(crate) fn check(house: &House) -> Vec<Finding> {
    let mut findings: Vec<Finding> = house.sources().flat_map(one).collect();
    findings.extend(untested(house));
    findings.extend(median(house));
    findings
}

fn one(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut found = |line, seen: String, instead: &str| {
        let (file, instead) = (source.path.clone(), instead.to_owned());
        findings.push(Finding { file, line, seen, instead });
    };
    if source.path.ends_with("/mod.rs") {
        found(0, "a mod.rs".to_owned(), "`foo.rs` beside the folder `foo`");
    }
    if source.lexed.code_lines > LONGEST {
        let seen = format!("{} lines", source.lexed.code_lines);
        found(0, seen, &format!("files of one idea, {LONGEST} lines at the most"));
    }
    if head(source).is_empty() {
        found(
            1,
            "no head".to_owned(),
            "begin with `//!`: what it is, which RFC section, what is left out, where it is tested",
        );
    }
    for (index, line) in source.text.lines().enumerate() {
        let columns = line.chars().count();
        if columns > COLUMNS {
            found(
                index + 1,
                format!("a line of {columns} columns"),
                &format!("{COLUMNS} columns at the most"),
            );
        }
    }
    for (line, columns) in wide_figures(&source.text) {
        found(
            line,
            format!("a figure or example of {columns} columns"),
            &format!("at most {FIGURE} columns"),
        );
    }
    findings
}

/// Comments that are too wide, of all Rust in the tree: tests, lessons and benchmarks too. rustfmt sees to their code,
/// and strings may be as wide as what they are compared with.
pub(crate) fn comments(texts: &[(String, String)]) -> Vec<Finding> {
    let rust = texts.iter().filter(|(file, _)| file.ends_with(".rs"));
    let wide = rust.flat_map(|(file, text)| {
        let is_wide = |line: &str| line.trim_start().starts_with("//") && line.chars().count() > COLUMNS;
        text.lines().enumerate().filter(move |(_, line)| is_wide(line)).map(move |(index, line)| Finding {
            file: file.clone(),
            line: index + 1,
            seen: format!("a comment of {} columns", line.chars().count()),
            instead: format!("{COLUMNS} columns at the most"),
        })
    });
    wide.collect()
}

/// The lines inside the fences of doc comments that are too wide, and their columns. Lines that rustdoc hides are not
/// shown, so they do not count.
fn wide_figures(text: &str) -> Vec<(usize, usize)> {
    let mut wide = Vec::new();
    let mut is_inside = false;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim_start();
        let Some(shown) = line.strip_prefix("//!").or(line.strip_prefix("///")) else {
            is_inside = false;
            continue;
        };
        let shown = shown.strip_prefix(' ').unwrap_or(shown);
        let columns = shown.chars().count();
        if shown.starts_with("```") {
            is_inside = !is_inside;
        } else if is_inside && columns > FIGURE && !shown.starts_with("# ") {
            wide.push((index + 1, columns));
        }
    }
    wide
}

/// The comment that a source begins with.
fn head(source: &Source) -> String {
    let head = source.lexed.comments.iter().take_while(|comment| comment.mark == "//!");
    head.map(|comment| format!("{} ", comment.text)).collect()
}

/// Sources that do not say where they are tested: neither in their own head, nor in that of a file above them.
fn untested(house: &House) -> Vec<Finding> {
    let says = |source: &Source| {
        let text = head(source).to_lowercase();
        text.contains("tested ") || text.contains("`tests/") || source.text.contains("#[cfg(test)]")
    };
    let sources: Vec<&Source> = house.sources().collect();
    let silent = sources.iter().filter(|source| {
        let is_root = matches!(source.in_crate(), "lib.rs" | "main.rs");
        !is_root && !sources.iter().any(|other| is_above(&other.path, &source.path) && says(other))
    });
    silent
        .map(|source| Finding {
            file: source.path.clone(),
            line: 1,
            seen: "the head does not say where this is tested".to_owned(),
            instead: "\"Tested in `tests/names.rs`.\", here or in the file above".to_owned(),
        })
        .collect()
}

/// Whether `other` is `path` itself, or the file of a module above it: `src/name.rs` is above `src/name/wire.rs`, and
/// `src/bin/book/main.rs` above what stands beside it.
fn is_above(other: &str, path: &str) -> bool {
    let of_program = other.strip_suffix("/main.rs").filter(|_| other.contains("/bin/"));
    let module = of_program.or(other.strip_suffix("/mod.rs")).or(other.strip_suffix(".rs")).unwrap_or(other);
    other == path || path.strip_prefix(module).is_some_and(|rest| rest.starts_with('/'))
}

fn median(house: &House) -> Option<Finding> {
    let mut lines: Vec<usize> = house.sources().map(|source| source.lexed.code_lines).collect();
    lines.sort_unstable();
    let median = lines.get(lines.len() / 2).copied().unwrap_or_default();
    (median >= MEDIAN).then(|| Finding {
        file: "all sources".to_owned(),
        line: 0,
        seen: format!("the median of {} files is {median} lines", lines.len()),
        instead: format!("below {MEDIAN}"),
    })
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::source::House;

    #[track_caller]
    fn finds(files: &[(&str, &str)], wanted: &[(&str, usize, &str)]) {
        let found = check(&House::of("dns", "", files));
        let found: Vec<_> = found.iter().map(|f| (f.file.as_str(), f.line, f.seen.as_str())).collect();
        assert_eq!(found, wanted);
    }

    #[test]
    fn a_wide_comment_of_a_test_is_found() {
        let text = format!("// {0}\n    //! {0}{0}\nlet text = \"{0}{0}\";\n", "ä".repeat(117));
        let found = super::comments(&[("a/tests/b.rs".to_owned(), text.clone()), ("a.md".to_owned(), text)]);
        let found: Vec<_> = found.iter().map(|f| (f.file.as_str(), f.line, f.seen.as_str())).collect();
        assert_eq!(found, [("a/tests/b.rs", 2, "a comment of 242 columns")]);
    }

    #[test]
    fn faults_of_form_are_found() {
        let untested = "the head does not say where this is tested";
        finds(&[("a/mod.rs", "//! A. Tested in `tests/a.rs`.")], &[("dns/src/a/mod.rs", 0, "a mod.rs")]);
        finds(&[("a.rs", "fn f() {}")], &[("dns/src/a.rs", 1, "no head"), ("dns/src/a.rs", 1, untested)]);
        finds(&[("a.rs", "//! A thing.")], &[("dns/src/a.rs", 1, untested)]);
        let wide = format!("//! Tested in `tests/a.rs`.\n// {}", "ä".repeat(118));
        finds(&[("a.rs", &wide)], &[("dns/src/a.rs", 2, "a line of 121 columns")]);
    }

    #[test]
    fn a_wide_figure_is_found_and_what_is_around_it_does_not_count() {
        let fenced = |mark: &str, line: &str| {
            format!("//! A. Tested below.\n{mark} ```text\n{mark} {line}\n{mark} ```\nfn f() {{}}\n")
        };
        let wide = [("dns/src/a.rs", 3, "a figure or example of 97 columns")];
        finds(&[("a.rs", &fenced("//!", &"─".repeat(97)))], &wide);
        finds(&[("a.rs", &fenced("    ///", &"─".repeat(97)))], &wide);
        finds(&[("a.rs", &fenced("//!", &"─".repeat(95)))], &[]);
        finds(&[("a.rs", &fenced("//!", &format!("# {}", "─".repeat(97))))], &[]);
        finds(&[("a.rs", &fenced("//", &"─".repeat(97)))], &[]);
        let prose = format!("//! A. Tested below.\n//!\n//! ```\n//! f()\n//! ```\n//! {}", "a".repeat(97));
        finds(&[("a.rs", &prose)], &[]);
    }

    #[test]
    fn a_long_file_is_found_and_its_tests_do_not_count() {
        let head = "//! A. Tested below.\n".to_owned();
        let median = |lines| format!("the median of 1 files is {lines} lines");
        finds(
            &[("a.rs", &(head.clone() + &"\n".repeat(400)))],
            &[("dns/src/a.rs", 0, "401 lines"), ("all sources", 0, &median(401))],
        );
        let tests = format!("#[cfg(test)]\nmod tests {{{}}}\n", "\n".repeat(500));
        finds(&[("a.rs", &(head + &tests))], &[]);
    }

    #[test]
    fn the_file_above_may_say_where_it_is_tested() {
        finds(&[("a.rs", "//! A. Tested in `tests/a.rs`."), ("a/b.rs", "//! B.")], &[]);
    }
}
