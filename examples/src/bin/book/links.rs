//! Links of the book: each target is there, and each label has a target.
//!
//! A link to a file is written with a label, `[text][label]`, and its target stands at the end of the chapter: rustdoc
//! has the same page in another folder, and so gives the labels other targets. Links to other sites are not followed.

use std::path::Path;

use crate::chapter::Chapter;
use crate::contents::Contents;
use crate::finding::Finding;

pub(crate) fn check(contents: &Contents, root: &Path) -> Vec<Finding> {
    [&contents.page].into_iter().chain(&contents.chapters).flat_map(|chapter| of(chapter, root)).collect()
}

fn of(chapter: &Chapter, root: &Path) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut found = |line: usize, says: String| findings.push(Finding::new(&chapter.file, line, says));
    let definitions = chapter.definitions();
    let folder = root.join(&chapter.file);
    let folder = folder.parent().unwrap_or(root);
    for (line, label, target) in &definitions {
        if !is_elsewhere(target) && !folder.join(target).exists() {
            found(*line, format!("a dead link: [{label}] leads to {target}, and there is no such file"));
        }
    }
    let mut fenced = false;
    for (index, line) in chapter.lines.iter().enumerate() {
        if line.starts_with("```") {
            fenced = !fenced;
        }
        if fenced {
            continue;
        }
        for label in labels(line) {
            if !definitions.iter().any(|(_, known, _)| *known == label) {
                found(index + 1, format!("a dead link: [{label}] is not defined at the end of the chapter"));
            }
        }
        for target in inline(line).filter(|target| !is_elsewhere(target)) {
            found(index + 1, format!("({target}): a link to a file takes a label, [text][label]"));
        }
    }
    findings
}

fn is_elsewhere(target: &str) -> bool {
    target.starts_with("https://") || target.starts_with('#')
}

/// The labels of `[text][label]`.
fn labels(line: &str) -> impl Iterator<Item = &str> {
    line.split("][").skip(1).filter_map(|rest| rest.split_once(']').map(|(label, _)| label))
}

/// The targets of `[text](target)`.
fn inline(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|rest| rest.split_once(')').map(|(target, _)| target))
}

#[cfg(test)]
mod tests {
    #[test]
    fn labels_and_targets_are_found() {
        let line = "see [a][one], ![b][two] and [c](https://x.test/)";
        assert_eq!(super::labels(line).collect::<Vec<_>>(), ["one", "two"]);
        assert_eq!(super::inline(line).collect::<Vec<_>>(), ["https://x.test/"]);
    }
}
