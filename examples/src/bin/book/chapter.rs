//! A chapter: a Markdown file, and the blocks in it that quote something.

use std::path::{Path, PathBuf};

use crate::block::{Quoted, Sources, comment, quoted, read};
use crate::contents::Neighbours;
use crate::finding::Finding;

/// A chapter.
#[derive(Debug, Clone)]
pub(crate) struct Chapter {
    /// The file, from the root of the workspace: `dns/chapters/01_question.md`.
    pub(crate) file: String,
    pub(crate) lines: Vec<String>,
}

/// A block: the line of its comment, its words, and which lines stand in it.
struct Block {
    comment: usize,
    words: Vec<String>,
    content: std::ops::Range<usize>,
}

impl Chapter {
    pub(crate) fn read(root: &Path, file: &str) -> Result<Chapter, String> {
        let lines = read(&root.join(file))?.lines().map(str::to_owned).collect();
        Ok(Chapter { file: file.to_owned(), lines })
    }

    /// The folder of its crate: `dns`.
    pub(crate) fn krate(&self) -> &str {
        self.file.split('/').next().unwrap_or_default()
    }

    /// Its name without the ending: `01_question`.
    pub(crate) fn name(&self) -> &str {
        let name = self.file.rsplit('/').next().unwrap_or_default();
        name.strip_suffix(".md").unwrap_or(name)
    }

    /// The names of its figures.
    pub(crate) fn figures(&self) -> Vec<&str> {
        let name = |line: &'_ String| line.split_once("][figure-").map(|(before, _)| before.len() + 9);
        let found = self.lines.iter().filter_map(|line| Some((line, name(line)?)));
        found.filter_map(|(line, at)| line.get(at..)?.strip_suffix(']')).collect()
    }

    /// The file that a target means, from the root of the workspace.
    pub(crate) fn file_of(&self, target: &str) -> String {
        let mut parts: Vec<&str> = self.file.split('/').collect();
        parts.pop();
        for part in target.split('/') {
            match part {
                ".." => drop(parts.pop()),
                part => parts.push(part),
            }
        }
        parts.join("/")
    }

    /// Links that are defined in it: label and target, with the line.
    pub(crate) fn definitions(&self) -> Vec<(usize, &str, &str)> {
        let definition = |(index, line): (usize, &'_ String)| {
            let at = line.find("]: ")?;
            let label = line.get(1..at).filter(|_| line.starts_with('['))?;
            Some((index + 1, at, label.len()))
        };
        let found = self.lines.iter().enumerate().filter_map(definition);
        found
            .map(|(number, at, _)| {
                (number, &self.lines[number - 1][1..at], &self.lines[number - 1][at + 3..])
            })
            .collect()
    }

    /// Compares every block with what it quotes; with `bless` what differs is written anew.
    pub(crate) fn check(
        &mut self,
        sources: &Sources,
        neighbours: &Neighbours,
        bless: bool,
    ) -> Result<Vec<Finding>, String> {
        let mut findings = Vec::new();
        let mut from = 0;
        let mut changed = false;
        while let Some(found) = self.next_block(from) {
            let block = match found {
                Ok(block) => block,
                Err((line, why)) => {
                    findings.push(Finding::new(&self.file, line + 1, why));
                    from = line + 1;
                    continue;
                }
            };
            let content = self.lines[block.content.clone()].to_vec();
            let wanted = match block.words.first().map(String::as_str) {
                Some("nav") => Ok(Quoted::Lines(neighbours.lines(self))),
                _ => quoted(&block.words, &content, sources),
            };
            let what = block.words.join(" ");
            let wanted = match wanted {
                Ok(Quoted::Right) => content.clone(),
                Ok(Quoted::Lines(lines)) => lines,
                Ok(Quoted::Figure { line, file, svg }) => {
                    let path = self.beside(&sources.root, &file);
                    findings.extend(self.figure(block.comment, &path, &svg, bless)?);
                    vec![line]
                }
                Err(why) => {
                    findings.push(Finding::new(&self.file, block.comment + 1, format!("{what}: {why}")));
                    from = block.content.end.max(block.comment + 1);
                    continue;
                }
            };
            from = block.content.start + wanted.len();
            if wanted != content {
                match bless {
                    true => drop(self.lines.splice(block.content.clone(), wanted)),
                    false => {
                        let line = block.content.start + 1;
                        findings.push(Finding::differs(&self.file, line, &what, &wanted, &content));
                        from = block.content.end;
                    }
                }
                changed = bless;
            }
        }
        // The page of contents is read as a chapter too, and its name begins with no number.
        if self.name().starts_with(|c: char| c.is_ascii_digit()) && self.figures().is_empty() {
            let why = "a chapter has a figure: <!-- figure NAME CAPTURE FRAME \"SECTION\" \"FIELD\" -->";
            findings.push(Finding::new(&self.file, 1, why));
        }
        if changed {
            write(&sources.root.join(&self.file), &(self.lines.join("\n") + "\n"))?;
        }
        Ok(findings)
    }

    /// The path of a file in the folder of the chapter.
    fn beside(&self, root: &Path, file: &str) -> PathBuf {
        root.join(&self.file).with_file_name(file)
    }

    fn figure(&self, line: usize, path: &Path, svg: &str, bless: bool) -> Result<Option<Finding>, String> {
        if std::fs::read_to_string(path).is_ok_and(|known| known == svg) {
            return Ok(None);
        }
        if bless {
            write(path, svg)?;
            return Ok(None);
        }
        let says = format!("{} is not drawn from these bytes", path.display());
        Ok(Some(Finding::new(&self.file, line + 1, says)))
    }

    /// The next block from a line on.
    fn next_block(&self, from: usize) -> Option<Result<Block, (usize, String)>> {
        let (at, words) =
            (from..self.lines.len()).find_map(|at| Some((at, comment(self.lines.get(at)?)?)))?;
        let words = match words {
            Ok(words) => words,
            Err(why) => return Some(Err((at, why))),
        };
        Some(Ok(Block { comment: at, content: self.content(at + 1, &words), words }))
    }

    /// The lines that stand in a block; none where there are none yet.
    fn content(&self, start: usize, words: &[String]) -> std::ops::Range<usize> {
        let line = |at: usize| self.lines.get(at).map(String::as_str);
        let run = |is: &dyn Fn(&str) -> bool| {
            start..start + (start..).take_while(|at| line(*at).is_some_and(is)).count()
        };
        match words.first().map(String::as_str) {
            Some("nav") => start..self.lines.len(),
            Some("rfc") => run(&|line| line.starts_with('>')),
            Some("figure") => run(&|line| line.starts_with("![")),
            _ if line(start).is_some_and(|line| line.starts_with("```")) => {
                let inside =
                    (start + 1..).take_while(|at| line(*at).is_some_and(|line| line != "```")).count();
                start..(start + inside + 2).min(self.lines.len())
            }
            _ => start..start,
        }
    }
}

/// Writes a file, and the folders that it stands in.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    std::fs::write(path, text).map_err(failed)
}
