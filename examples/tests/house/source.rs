//! The sources of the workspace, as text. The folders are walked; git is not asked.

use std::fs;
use std::path::{Path, PathBuf};

use super::lexer::Lexed;

/// All crates of the workspace.
pub(crate) struct House {
    pub(crate) crates: Vec<Crate>,
}

/// One crate.
pub(crate) struct Crate {
    /// Its folder in the workspace: `dns`.
    pub(crate) name: String,
    /// The text of its Cargo.toml.
    pub(crate) manifest: String,
    /// The files of its `src`, without those named `tests.rs`.
    pub(crate) sources: Vec<Source>,
}

/// One file of Rust.
pub(crate) struct Source {
    /// From the root of the workspace: `dns/src/name/wire.rs`.
    pub(crate) path: String,
    pub(crate) text: String,
    pub(crate) lexed: Lexed,
}

/// The crates whose sources are checked. One that does not exist yet is left out.
const CRATES: [&str; 8] = ["dissect", "packet", "internet", "dns", "tcp", "tls13", "http1", "examples"];

impl House {
    /// Reads the workspace that this test belongs to.
    pub(crate) fn read() -> House {
        let read = |name: &&str| {
            let manifest = fs::read_to_string(root().join(name).join("Cargo.toml")).ok()?;
            let files = rust_files(&root().join(name).join("src"));
            let sources = files.iter().map(|file| Source::new(&from_root(file), &read_text(file))).collect();
            Some(Crate { name: (*name).to_owned(), manifest, sources })
        };
        let crates: Vec<Crate> = CRATES.iter().filter_map(read).collect();
        assert!(crates.len() >= 7, "only {} crates under {}", crates.len(), root().display());
        House { crates }
    }

    /// The files of all crates.
    pub(crate) fn sources(&self) -> impl Iterator<Item = &Source> {
        self.crates.iter().flat_map(|each| &each.sources)
    }

    /// A crate of these files, for the tests of the rules.
    #[cfg(test)]
    pub(crate) fn of(name: &str, manifest: &str, files: &[(&str, &str)]) -> House {
        let source = |(file, text): &(&str, &str)| Source::new(&format!("{name}/src/{file}"), text);
        let sources = files.iter().map(source).collect();
        House { crates: vec![Crate { name: name.to_owned(), manifest: manifest.to_owned(), sources }] }
    }
}

impl Source {
    fn new(path: &str, text: &str) -> Source {
        Source { path: path.to_owned(), text: text.to_owned(), lexed: Lexed::new(text) }
    }

    /// The path inside the crate's `src`: `name/wire.rs`.
    pub(crate) fn in_crate(&self) -> &str {
        self.path.split_once("/src/").map_or(&self.path, |(_, rest)| rest)
    }
}

/// Every file of the tree that is text, with its path. Folders that cargo, git and npm make are left out.
pub(crate) fn all_texts() -> Vec<(String, String)> {
    let mut texts = Vec::new();
    walk(&root(), &mut |file| {
        if let Ok(text) = fs::read_to_string(file) {
            texts.push((from_root(file), text));
        }
    });
    texts
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

fn from_root(file: &Path) -> String {
    let parts = file.strip_prefix(root()).unwrap_or(file).components();
    parts.map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn read_text(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    walk(folder, &mut |file| {
        if file.extension().is_some_and(|extension| extension == "rs") && !file.ends_with("tests.rs") {
            files.push(file.to_owned());
        }
    });
    files
}

/// Shows `visit` each file below `folder`, in the order of their names.
fn walk(folder: &Path, visit: &mut dyn FnMut(&Path)) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap_or_default();
        match path.is_dir() {
            _ if ["target", ".git", "corpus", "node_modules", "dist", "shots"]
                .iter()
                .any(|skipped| name == *skipped) => {}
            true => walk(&path, visit),
            false => visit(&path),
        }
    }
}
