//! The files of the page, in TypeScript, CSS and shell: small, with a head, and with short lines, as those in Rust.

use super::Finding;

/// The longest file, in lines.
const LONGEST: usize = 400;
/// The longest line, in columns.
const COLUMNS: usize = 120;
/// What begins a comment, by the ending of a file.
const HEADS: [(&str, &str); 6] =
    [(".ts", "//"), (".tsx", "//"), (".mjs", "//"), (".css", "/*"), (".sh", "#!"), (".d.ts", "//")];

pub(crate) fn check(texts: &[(String, String)]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, text) in texts.iter().filter(|(file, _)| file.starts_with("web/")) {
        let Some((_, head)) = HEADS.iter().find(|(ending, _)| file.ends_with(ending)) else { continue };
        let mut found = |line, seen: String, instead: &str| {
            findings.push(Finding { file: file.clone(), line, seen, instead: instead.to_owned() });
        };
        if !text.starts_with(head) {
            found(1, "no head".to_owned(), "begin with a comment: what it is, and where it is tested");
        }
        let lines = text.lines().count();
        if lines > LONGEST {
            found(0, format!("{lines} lines"), &format!("files of one idea, {LONGEST} lines at the most"));
        }
        for (index, line) in text.lines().enumerate() {
            let columns = line.chars().count();
            if columns > COLUMNS {
                let instead = format!("{COLUMNS} columns at the most");
                found(index + 1, format!("a line of {columns} columns"), &instead);
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    #[test]
    fn faults_of_form_are_found() {
        let long = format!("// A head.\n{}\n", "x".repeat(121));
        let texts = [("web/a.ts", "let a;\n"), ("web/b.css", long.as_str()), ("dns/c.ts", "let c;\n")];
        let texts = texts.map(|(file, text)| (file.to_owned(), text.to_owned()));
        let found: Vec<(String, usize)> =
            super::check(&texts).into_iter().map(|finding| (finding.file, finding.line)).collect();
        let wanted = [("web/a.ts", 1), ("web/b.css", 1), ("web/b.css", 2)];
        assert_eq!(found, wanted.map(|(file, line)| (file.to_owned(), line)));
    }
}
