//! The chapters in rustdoc: the same text, with other targets for its links.
//!
//! In rustdoc a chapter is a module, `barewire_dns::chapters::c01_question`. Of two targets for one label Markdown
//! takes the first, so a file of targets is included before the chapter: `chapters/rustdoc/01_question.txt`. There a
//! chapter is a page of rustdoc, a source is rustdoc's view of it, and a figure is in the file itself: rustdoc copies
//! none. Another one, `chapters/rustdoc/style.html`, is included after each chapter. It gives figures the colours of
//! rustdoc's theme, which a reader chooses apart from that of the system; a figure can only ask for the latter. And it
//! underlines links in a text, which rustdoc tells from the words beside them by their colour alone.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::block::read;
use crate::chapter::{Chapter, write};
use crate::contents::{Contents, PAGE};
use crate::finding::Finding;

/// An image has the colours of its place, not of the page: light, dark, and ayu is dark, too. Without a theme (without
/// scripts) it has those of the system.
const STYLE: &str = "\n<style>\
    [data-theme=light] .docblock img{color-scheme:light}\
    [data-theme=dark] .docblock img,[data-theme=ayu] .docblock img{color-scheme:dark}\
    .docblock p>a,.docblock li>a{text-decoration:underline}\
    </style>\n";

/// Compares the files of targets; with `bless` they are written anew.
pub(crate) fn check(contents: &Contents, root: &Path, bless: bool) -> Result<Vec<Finding>, String> {
    let mut findings = Vec::new();
    for chapter in [&contents.page].into_iter().chain(&contents.chapters) {
        let (file, name) = (&chapter.file, chapter.name());
        let path = root.join(chapter.krate()).join("chapters/rustdoc").join(format!("{name}.txt"));
        let mut wanted = String::new();
        for (line, label, target) in chapter.definitions() {
            match target_in_rustdoc(chapter, root, target) {
                Ok(target) => wanted.push_str(&format!("[{label}]: {target}\n")),
                Err(why) => findings.push(Finding::new(file, line, why)),
            }
        }
        // What follows is a paragraph of its own.
        wanted.push('\n');
        findings.extend(written(file, &path, &wanted, bless)?);
        if file != PAGE {
            findings.extend(written(file, &path.with_file_name("style.html"), STYLE, bless)?);
        }
    }
    Ok(findings)
}

/// Compares a file that is written for rustdoc; with `bless` it is written anew.
fn written(chapter: &str, path: &Path, wanted: &str, bless: bool) -> Result<Option<Finding>, String> {
    if read(path).is_ok_and(|known| known == wanted) {
        return Ok(None);
    }
    match bless {
        true => write(path, wanted).map(|()| None),
        false => Ok(Some(Finding::new(chapter, 1, format!("{} is out of date", path.display())))),
    }
}

/// Where a target of a chapter is in rustdoc.
fn target_in_rustdoc(chapter: &Chapter, root: &Path, target: &str) -> Result<String, String> {
    if target.starts_with("https://") {
        return Ok(target.to_owned());
    }
    // From the page of the module; that of the contents is one folder less deep.
    let up = if chapter.file == PAGE { "../../" } else { "../../../" };
    if let Some(file) = target.strip_prefix("figures/") {
        let svg = read(&root.join(&chapter.file).with_file_name("figures").join(file))?;
        return Ok(format!("data:image/svg+xml;base64,{}", STANDARD.encode(svg)));
    }
    let path = chapter.file_of(target);
    if path == PAGE {
        return Ok(format!("{up}barewire/book/index.html"));
    }
    let (krate, inside) = path.split_once('/').unwrap_or((&path, ""));
    let library = if krate == "examples" { "barewire".to_owned() } else { format!("barewire_{krate}") };
    if let Some(name) = inside.strip_prefix("chapters/").and_then(|name| name.strip_suffix(".md")) {
        return Ok(format!("{up}{library}/chapters/c{name}/index.html"));
    }
    if inside == "src/lib.rs" {
        return Ok(format!("{up}{library}/index.html"));
    }
    if let Some(source) = inside.strip_prefix("src/") {
        return Ok(format!("{up}src/{library}/{source}.html"));
    }
    Err(format!("{target}: rustdoc has only chapters, figures and sources to link to"))
}
