//! No folder of the machine that a file was written on: nobody else has it.

use super::Finding;

/// Folders that exist on one machine. They are written in two parts, so that this file does not hold them.
const FOLDERS: [&str; 4] =
    [concat!("/", "work/"), concat!("/", "farm/"), concat!("/", "root/"), concat!("/tmp/", "wt/")];

pub(crate) fn check(texts: &[(String, String)]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, text) in texts {
        for (index, line) in text.lines().enumerate() {
            for folder in FOLDERS.iter().filter(|folder| names(line, folder)) {
                findings.push(Finding {
                    file: file.clone(),
                    line: index + 1,
                    seen: format!("the folder {folder} of one machine"),
                    instead: "name the file from the root of the workspace".to_owned(),
                });
            }
        }
    }
    findings
}

/// Whether a path in `line` begins with `folder`. In `docs/work` it does not begin there.
fn names(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || "._-}~".contains(c))
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_folder_of_the_machine_is_found() {
        let text = format!("see docs{0}notes\nsee `{0}notes`\n", super::FOLDERS[0]);
        let found = super::check(&[("README.md".to_owned(), text)]);
        assert_eq!(found.iter().map(|finding| finding.line).collect::<Vec<_>>(), [2]);
    }
}
