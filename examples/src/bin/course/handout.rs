//! The handout: a workspace of its own, with the sources, the chapters, the exercises and this program, in which the
//! marked bodies are gone. It takes no network, once cargo has fetched the crates.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::exercise::Exercise;
use crate::tree::{Piece, treated};

/// What is handed out, from the root of the workspace. Captures are part of it; the tests of the crates are not: they
/// would fail in the pieces that are gone, and say how they are solved.
const PARTS: [&str; 17] = [
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
    "examples/course",
];
/// Folders and files that are left out wherever they stand.
const LEFT_OUT: [&str; 5] = ["target", "fuzz", "node_modules", "artifacts", "corpus"];

/// Writes the handout of these exercises.
pub(crate) fn write(root: &Path, folder: &Path, exercises: &[Exercise], switch: bool) -> Result<(), String> {
    if folder.exists() {
        return Err(format!("{} exists: a handout is written to a new folder", folder.display()));
    }
    let gone = |id: &str| exercises.iter().any(|exercise| exercise.id == id);
    let piece = |id: &str| match (gone(id), switch) {
        (false, _) => Piece::Kept,
        (true, false) => Piece::Gone,
        (true, true) => Piece::Switched,
    };
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for part in PARTS {
        copy(root, folder, part, &piece, &mut found)?;
    }
    for part in ["examples/chapters", "examples/tests/captures"] {
        copy(root, folder, part, &piece, &mut found)?;
    }
    for exercise in exercises {
        match found.get(&exercise.id) {
            Some(file) if *file == exercise.file => {}
            Some(file) => {
                return Err(format!("{} stands in {file}, and its page says {}", exercise.id, exercise.file));
            }
            None => return Err(format!("no source has a piece of {}", exercise.id)),
        }
    }
    // The page is not handed out; without its folder cargo would build the program anew each time.
    put(&folder.join("web/dist/.gitignore"), "*\n")?;
    put(&folder.join("README.md"), &readme(exercises))?;
    put(&folder.join(".gitignore"), "target/\n")?;
    put(&folder.join(".cargo/config.toml"), "[alias]\ncourse = \"run -q -p barewire --bin course --\"\n")?;
    quiet(&folder.join("Cargo.toml"))
}

fn copy(
    root: &Path,
    folder: &Path,
    part: &str,
    piece: &dyn Fn(&str) -> Piece,
    found: &mut BTreeMap<String, String>,
) -> Result<(), String> {
    let from = root.join(part);
    let name = from.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if LEFT_OUT.contains(&name.as_str()) {
        return Ok(());
    }
    let failed = |error: std::io::Error| format!("{part}: {error}");
    if from.is_dir() {
        let is_tests = part.ends_with("/tests");
        let mut entries: Vec<_> =
            fs::read_dir(&from).map_err(failed)?.flatten().map(|entry| entry.file_name()).collect();
        entries.sort();
        for entry in entries.iter().map(|entry| entry.to_string_lossy()) {
            if !is_tests || entry == "captures" {
                copy(root, folder, &format!("{part}/{entry}"), piece, found)?;
            }
        }
        return Ok(());
    }
    let bytes = fs::read(&from).map_err(failed)?;
    // This program's own sources speak of the marks.
    let is_marked = part.ends_with(".rs") && !part.starts_with("examples/src/bin/");
    match String::from_utf8(bytes) {
        Ok(text) if is_marked => {
            let (text, ids) = treated(&text, piece).map_err(|why| format!("{part}: {why}"))?;
            for id in ids {
                if let Some(other) = found.insert(id.clone(), part.to_owned()) {
                    return Err(format!("{id} stands in {other} and in {part}"));
                }
            }
            put(&folder.join(part), &text)
        }
        Ok(text) if part.contains("/chapters/") && part.ends_with(".md") => {
            put(&folder.join(part), &without_solutions(root, &text, piece))
        }
        Ok(text) => put(&folder.join(part), &text),
        Err(bytes) => put_bytes(&folder.join(part), bytes.as_bytes()),
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
    let source = fs::read_to_string(root.join(file)).ok()?;
    let after = source.split_once(&format!("// book: {anchor}\n"))?.1;
    let inside = after.split_once("// book: end")?.0;
    let ids = inside.lines().filter_map(|line| line.trim().strip_prefix("// exercise: "));
    ids.filter(|id| *id != "end" && piece(id) != Piece::Kept).map(str::to_owned).next()
}

fn put(path: &Path, text: &str) -> Result<(), String> {
    put_bytes(path, text.as_bytes())
}

fn put_bytes(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    fs::create_dir_all(path.parent().unwrap_or(path)).map_err(failed)?;
    fs::write(path, bytes).map_err(failed)
}

/// Half a solution has variables that nothing uses: the compiler is not to speak of them.
fn quiet(manifest: &Path) -> Result<(), String> {
    let text = fs::read_to_string(manifest).map_err(|error| format!("{}: {error}", manifest.display()))?;
    let lints = "[workspace.lints.rust]\n";
    put(
        manifest,
        &text.replacen(lints, &format!("{lints}unused = {{ level = \"allow\", priority = -1 }}\n"), 1),
    )
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
         \x20   cargo course trace tcp --student NAME     # a capture of your own, and questions about it\n\n\
         No exercise needs another one's solution: begin where you like.\n\n\
         | exercise | | minutes | where |\n|---|---|---|---|\n",
    );
    for Exercise { id, title, minutes, file, .. } in exercises {
        out.push_str(&format!("| [{id}](examples/course/{id}.md) | {title} | {minutes} | `{file}` |\n"));
    }
    out
}
