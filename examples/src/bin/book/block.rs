//! A block of a chapter that quotes something: the comment that says what, and the lines that follow it.

use std::cell::Cell;
use std::path::{Path, PathBuf};

use crate::{bytes, code, ends, figure, lesson, rfc, run};

/// What the book quotes from.
pub(crate) struct Sources {
    pub(crate) root: PathBuf,
    pub(crate) rfc: Option<PathBuf>,
    pub(crate) program: PathBuf,
    rfcs_missing: Cell<bool>,
}

impl Sources {
    pub(crate) fn new(
        root: PathBuf,
        rfc: Option<PathBuf>,
        program: Option<PathBuf>,
    ) -> Result<Sources, String> {
        let beside = || {
            let own = std::env::current_exe().map_err(|error| error.to_string())?;
            Ok::<PathBuf, String>(own.with_file_name(format!("barewire{}", std::env::consts::EXE_SUFFIX)))
        };
        let program = program.map_or_else(beside, Ok)?;
        // A checkout may stand beside a folder of RFCs.
        let sibling = root.join("../shared/rfc");
        let rfc = rfc.or(sibling.is_dir().then_some(sibling));
        Ok(Sources { root, rfc, program, rfcs_missing: Cell::new(false) })
    }

    pub(crate) fn text(&self, file: &str) -> Result<String, String> {
        read(&self.root.join(file))
    }

    pub(crate) fn miss_rfcs(&self) {
        self.rfcs_missing.set(true);
    }

    pub(crate) fn rfcs_missing(&self) -> bool {
        self.rfcs_missing.get()
    }
}

pub(crate) fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// What a block is to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Quoted {
    /// These lines, written anew when they differ.
    Lines(Vec<String>),
    /// It is right as it stands.
    Right,
    /// These lines, and this file beside the chapter.
    Figure { line: String, file: String, svg: String },
}

/// What follows a comment, from its words.
pub(crate) fn quoted(words: &[String], content: &[String], sources: &Sources) -> Result<Quoted, String> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["code", file, anchor] => code::quote(sources, file, anchor).map(Quoted::Lines),
        ["bytes", capture, frame, section, from, to] => {
            bytes::quote(sources, (capture, frame, section), from, to).map(Quoted::Lines)
        }
        ["figure", name, capture, frame, section, field] => {
            figure::quote(sources, name, (capture, frame, section), field, content)
        }
        ["ends", capture, frame] => ends::quote(sources, capture, frame).map(Quoted::Lines),
        ["run", ..] => run::quote(sources, &words[1..]).map(Quoted::Lines),
        ["lesson", ..] => lesson::quote(sources, &words[1..]).map(Quoted::Lines),
        ["rfc", number, section] => rfc::check(sources, number, section, content).map(|()| Quoted::Right),
        [word, ..] => Err(format!("nothing is called {word:?} with {} words after it", words.len() - 1)),
        [] => Err("an empty comment".to_owned()),
    }
}

/// The words of a comment: `<!-- run scene home | "from" "to" -->`; None: it is another kind of line.
pub(crate) fn comment(line: &str) -> Option<Result<Vec<String>, String>> {
    let inside = line.trim().strip_prefix("<!-- ")?.strip_suffix(" -->")?;
    let first = inside.split(' ').next()?;
    let known = ["code", "bytes", "figure", "ends", "run", "lesson", "rfc", "nav"].contains(&first);
    known.then(|| words(inside))
}

fn words(text: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (word, after) = match rest.strip_prefix('"') {
            Some(inside) => inside.split_once('"').ok_or("a quotation mark is not closed")?,
            None => rest.split_once(' ').unwrap_or((rest, "")),
        };
        words.push(word.to_owned());
        rest = after.trim_start();
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::comment;

    #[test]
    fn comments_are_words() {
        let words = |line| comment(line).map(|words| words.map(|words| words.join("|")));
        assert_eq!(words("<!-- code a.rs b -->"), Some(Ok("code|a.rs|b".to_owned())));
        assert_eq!(words("<!-- run x | \"a b\" \"c\" -->"), Some(Ok("run|x|||a b|c".to_owned())));
        assert_eq!(words("<!-- a remark -->"), None);
        assert!(words("<!-- run \"x -->").is_some_and(|words| words.is_err()));
    }
}
