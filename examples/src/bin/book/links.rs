//! Links of the book: each target is there, and each label has a target.
//!
//! A link to a file is written with a label, `[text][label]`, and its target stands at the end of the chapter: rustdoc
//! has the same page in another folder, and so gives the labels other targets. Links to other sites are not followed.
//! Pages beside the book (README.md and others at the root, those of the course) are not in rustdoc, so they have
//! plain links.

use std::path::Path;

use crate::chapter::Chapter;
use crate::contents::Contents;
use crate::finding::Finding;

pub(crate) fn check(contents: &Contents, root: &Path) -> Vec<Finding> {
    let chapters = [&contents.page].into_iter().chain(&contents.chapters);
    let mut findings: Vec<Finding> = chapters.flat_map(|chapter| of(chapter, root)).collect();
    for folder in ["", "examples/course", "examples/course/mutants"] {
        findings.extend(pages(root, folder).iter().flat_map(|page| beside(page, root)));
    }
    findings
}

/// The pages of a folder. A folder that is not there has none.
fn pages(root: &Path, folder: &str) -> Vec<Chapter> {
    let names = std::fs::read_dir(root.join(folder)).into_iter().flatten().flatten();
    let names = names.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.filter(|name| name.ends_with(".md")).collect();
    names.sort();
    let file = |name: &String| if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
    names.iter().filter_map(|name| Chapter::read(root, &file(name)).ok()).collect()
}

/// The dead links of a page beside the book.
fn beside(page: &Chapter, root: &Path) -> Vec<Finding> {
    let folder = root.join(&page.file);
    let folder = folder.parent().unwrap_or(root);
    let mut findings = Vec::new();
    for (index, line) in page.lines.iter().enumerate() {
        for target in inline(line).filter(|target| !is_elsewhere(target)) {
            let file = target.split('#').next().unwrap_or_default();
            if !folder.join(file).exists() {
                let says = format!("a dead link: it leads to {target}, and there is no such file");
                findings.push(Finding::new(&page.file, index + 1, says));
            }
        }
    }
    findings
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
