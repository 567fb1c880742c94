//! The contents page: which chapters there are, and in which order.

use std::path::Path;

use crate::block::{Sources, read};
use crate::chapter::Chapter;
use crate::finding::Finding;

/// The contents page, from the root of the workspace.
pub(crate) const PAGE: &str = "examples/chapters/contents.md";

/// The book.
pub(crate) struct Contents {
    pub(crate) page: Chapter,
    /// The chapters, in their order.
    pub(crate) chapters: Vec<Chapter>,
}

/// The chapters before and after one.
pub(crate) struct Neighbours {
    before: Option<String>,
    after: Option<String>,
}

impl Contents {
    pub(crate) fn read(root: &Path) -> Result<Contents, String> {
        let page = Chapter::read(root, PAGE)?;
        let chapters = |(_, label, target): &(usize, &str, &str)| *label != "next" && is_chapter(target);
        let targets = page.definitions().into_iter().filter(chapters);
        let files = targets.map(|(.., target)| page.file_of(target));
        let chapters = files.map(|file| Chapter::read(root, &file)).collect::<Result<_, _>>()?;
        Ok(Contents { page, chapters })
    }

    /// Checks the contents page and all chapters.
    pub(crate) fn check(&mut self, sources: &Sources, bless: bool) -> Result<Vec<Finding>, String> {
        let files: Vec<String> = self.chapters.iter().map(|chapter| chapter.file.clone()).collect();
        let mut findings = self.left_out(&sources.root)?;
        let first = Neighbours { before: None, after: files.first().cloned() };
        findings.extend(self.page.check(sources, &first, bless)?);
        for (index, chapter) in self.chapters.iter_mut().enumerate() {
            let before = index.checked_sub(1).and_then(|before| files.get(before)).cloned();
            let neighbours = Neighbours { before, after: files.get(index + 1).cloned() };
            findings.extend(chapter.check(sources, &neighbours, bless)?);
        }
        Ok(findings)
    }

    /// Chapters of which the contents page knows nothing.
    fn left_out(&self, root: &Path) -> Result<Vec<Finding>, String> {
        let mut findings = Vec::new();
        for krate in ["dissect", "packet", "internet", "dns", "tcp", "tls13", "http1", "examples"] {
            let Ok(entries) = std::fs::read_dir(root.join(krate).join("chapters")) else { continue };
            let mut names: Vec<String> =
                entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
            names.sort();
            for file in names.into_iter().map(|name| format!("{krate}/chapters/{name}")) {
                let known = file == PAGE || self.chapters.iter().any(|chapter| chapter.file == file);
                if file.ends_with(".md") && !known {
                    findings.push(Finding::new(PAGE, 1, format!("{file} is not in the contents")));
                }
            }
            let module = read(&root.join(krate).join("src/chapters.rs")).unwrap_or_default();
            for chapter in self.chapters.iter().filter(|chapter| chapter.krate() == krate) {
                let text = format!("{}.md", chapter.name());
                for name in [text.as_str(), "rustdoc/style.html"] {
                    if !module.contains(&format!("\"../chapters/{name}\"")) {
                        let says = format!("{krate}/src/chapters.rs does not include {name}");
                        findings.push(Finding::new(&chapter.file, 1, says));
                    }
                }
            }
        }
        Ok(findings)
    }
}

fn is_chapter(target: &str) -> bool {
    target.contains("/chapters/") && target.ends_with(".md")
}

impl Neighbours {
    /// The links at the end of a chapter, or of the contents, and their targets.
    pub(crate) fn lines(&self, chapter: &Chapter) -> Vec<String> {
        let up = "../../";
        let mut words = Vec::new();
        let mut targets = Vec::new();
        if let Some(before) = &self.before {
            words.push("[← previous][previous]");
            targets.push(format!("[previous]: {up}{before}"));
        }
        if chapter.file != PAGE {
            words.push("[contents][contents]");
            targets.push(format!("[contents]: {up}{PAGE}"));
        }
        if let Some(after) = &self.after {
            words.push("[next →][next]");
            targets.push(format!("[next]: {up}{after}"));
        }
        targets.extend(chapter.figures().iter().map(|name| format!("[figure-{name}]: figures/{name}.svg")));
        let made =
            |label: &str| ["previous", "contents", "next"].contains(&label) || label.starts_with("figure-");
        let others = chapter.definitions().into_iter().filter(|(_, label, _)| !made(label));
        targets.extend(others.map(|(_, label, target)| format!("[{label}]: {target}")));
        let mut lines = vec![words.join(" · "), String::new()];
        lines.extend(targets);
        lines
    }
}
