//! The handout: a workspace of its own, with the sources, the chapters, the exercises and this program, in which the
//! marked bodies are gone. It takes no network, once cargo has fetched the crates.

use std::collections::BTreeMap;
use std::path::Path;

use clap::ValueEnum;

use crate::exercise::Exercise;
use crate::files;
use crate::layer::Layer;
use crate::reference;
use crate::tree::{Piece, quiet, treated, with_version};

/// What is handed out, from the root of the workspace. Captures and the bytes of RFCs are part of it; the tests of the
/// crates are not: they would fail in the pieces that are gone, and say how they are solved.
pub(crate) const PARTS: [&str; 20] = [
    "Cargo.toml",
    "Cargo.lock",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "rustfmt.toml",
    "dissect",
    "packet",
    "internet",
    "dns",
    "tcp",
    "tls13",
    "http1",
    "examples/Cargo.toml",
    "examples/build.rs",
    "examples/src",
    "examples/lessons",
    "examples/zones",
    "examples/course",
    "examples/chapters",
    "examples/tests/captures",
];

/// Writes the handout of these exercises.
pub(crate) fn write(root: &Path, folder: &Path, exercises: &[Exercise]) -> Result<(), String> {
    if folder.exists() {
        return Err(format!("{} exists: a handout is written to a new folder", folder.display()));
    }
    let gone = |id: &str| exercises.iter().any(|exercise| exercise.id == id);
    let piece = |id: &str| if gone(id) { Piece::Gone } else { Piece::Kept };
    let mut handout =
        Handout { root, folder, piece: &piece, found: BTreeMap::new(), hidden: BTreeMap::new() };
    for part in PARTS {
        files::below(root, part)?.iter().try_for_each(|file| handout.take(file))?;
    }
    exercises.iter().try_for_each(|exercise| handout.has_piece_of(exercise))?;
    reference::write(folder, &handout.hidden)?;
    // The page is not handed out; without its folder cargo would build the program anew each time.
    put(&folder.join("web/dist/.gitignore"), "*\n")?;
    put(&folder.join("README.md"), &readme(exercises))?;
    put(&folder.join(".gitignore"), "target/\n")?;
    put(&folder.join(".cargo/config.toml"), "[alias]\ncourse = \"run -q -p barewire --bin course --\"\n")?;
    put(&folder.join("Cargo.toml"), &with_version(&quiet(&files::text(root, "Cargo.toml")?), "0.0.0-handout"))
}

/// A handout that is being written.
struct Handout<'a> {
    root: &'a Path,
    folder: &'a Path,
    /// What becomes of the piece of an exercise.
    piece: &'a dyn Fn(&str) -> Piece,
    /// In which file the piece of an exercise stands.
    found: BTreeMap<String, String>,
    /// What goes into the reference.
    hidden: BTreeMap<String, String>,
}

impl Handout<'_> {
    /// Hands out a file, without what is not for students.
    fn take(&mut self, file: &str) -> Result<(), String> {
        let mut folders = file.split('/').skip(1);
        let is_test = folders.next() == Some("tests") && !matches!(folders.next(), Some("captures" | "data"));
        // This program's own sources speak of the marks.
        let is_marked = file.ends_with(".rs") && !file.starts_with("examples/src/bin/");
        let to = self.folder.join(file);
        if is_test {
            Ok(())
        } else if reference::has_bugs(file) {
            self.hidden.insert(file.to_owned(), files::text(self.root, file)?);
            Ok(())
        } else if is_marked {
            put(&to, &self.with_gaps(file)?)
        } else if file.contains("/chapters/") && file.ends_with(".md") {
            put(&to, &without_solutions(self.root, &files::text(self.root, file)?, self.piece))
        } else {
            files::put(&to, &files::bytes(self.root, file)?)
        }
    }

    /// A source without its pieces.
    fn with_gaps(&mut self, file: &str) -> Result<String, String> {
        let source = files::text(self.root, file)?;
        let (text, ids) = treated(&source, self.piece).map_err(|why| format!("{file}: {why}"))?;
        if ids.iter().any(|id| (self.piece)(id) == Piece::Gone) {
            self.hidden.insert(file.to_owned(), source);
        }
        for id in ids {
            if let Some(other) = self.found.insert(id.clone(), file.to_owned()) {
                return Err(format!("{id} stands in {other} and in {file}"));
            }
        }
        Ok(text)
    }

    /// The piece of an exercise was found where its page says.
    fn has_piece_of(&self, exercise: &Exercise) -> Result<(), String> {
        let Exercise { id, file, .. } = exercise;
        match self.found.get(id) {
            Some(found) if found == file => Ok(()),
            Some(found) => Err(format!("{id} stands in {found}, and its page says {file}")),
            None => Err(format!("no source has a piece of {id}")),
        }
    }
}

/// A chapter in which the code of exercises is not quoted.
fn without_solutions(root: &Path, chapter: &str, piece: &dyn Fn(&str) -> Piece) -> String {
    let mut out = String::new();
    let mut hidden = None;
    for line in chapter.lines() {
        if let Some(quoted) = line.strip_prefix("<!-- code ").and_then(|rest| rest.strip_suffix(" -->")) {
            hidden = quoted.split_once(' ').and_then(|(file, anchor)| exercise_in(root, file, anchor, piece));
        }
        match &hidden {
            Some(id) if line == "```" => {
                out.push_str(&format!("// This is the exercise {id}.\n```\n"));
                hidden = None;
            }
            Some(_) if !line.starts_with("```") && !line.starts_with("<!-- ") => {}
            _ => out.push_str(&format!("{line}\n")),
        }
    }
    out
}

/// The exercise that stands in a quoted piece of a source, if it is gone.
fn exercise_in(root: &Path, file: &str, anchor: &str, piece: &dyn Fn(&str) -> Piece) -> Option<String> {
    let source = files::text(root, file).ok()?;
    let after = source.split_once(&format!("// book: {anchor}\n"))?.1;
    let inside = after.split_once("// book: end")?.0;
    let ids = inside.lines().filter_map(|line| line.trim().strip_prefix("// exercise: "));
    ids.filter(|id| *id != "end" && piece(id) != Piece::Kept).map(str::to_owned).next()
}

fn put(path: &Path, text: &str) -> Result<(), String> {
    files::put(path, text.as_bytes())
}

fn readme(exercises: &[Exercise]) -> String {
    let mut out = String::from(
        "# Exercises in a network stack\n\n\
         This workspace is Barewire, a network stack to learn from. Some pieces of it are missing: you write them.\n\n\
         \x20   cargo fetch              # once, with a network; nothing after that needs one\n\
         \x20   cargo course list        # what there is to do, and what is done\n\
         \x20   cargo course grade dns01 # is it right? The steps, what was wanted, and what was got\n\
         \x20   cargo course hint dns01  # a hint; `hint dns01 2` is the second of three\n\
         \x20   cargo course watch       # checks whenever you save, and goes on when it passes\n\n\
         \x20   cargo course trace tcp --student NAME     # a capture of your own, and questions about it\n\
         \x20   cargo course mutants tcp                  # which bugs do tests of your own find?\n\n\
         No exercise needs another one's solution: begin where you like. (`examples/course/reference.json` has the\n\
         right code for `course mutants`, in hexadecimal, so that a search does not show it to you.)\n\n\
         | exercise | | minutes | where |\n|---|---|---|---|\n",
    );
    for Exercise { id, title, minutes, file, .. } in exercises {
        out.push_str(&format!("| [{id}](examples/course/{id}.md) | {title} | {minutes} | `{file}` |\n"));
    }
    out.push_str("\nFind the bugs with tests of your own:");
    for layer in Layer::value_variants().iter().map(|layer| layer.name()) {
        out.push_str(&format!(" [{layer}](examples/course/mutants/{layer}.md)"));
    }
    out.push('\n');
    out
}
