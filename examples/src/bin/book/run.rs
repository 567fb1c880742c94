//! Output: a command that really runs, and what it prints.

use std::process::Command;

use crate::block::Sources;
use crate::picked::{fenced, picked};

/// The command and its output, in a fence; after a `|` only the lines from one that holds a word to one that holds
/// another.
pub(crate) fn quote(sources: &Sources, words: &[&str]) -> Result<Vec<String>, String> {
    let (arguments, pick) = match words.iter().position(|word| *word == "|") {
        Some(at) => (&words[..at], &words[at + 1..]),
        None => (words, &[][..]),
    };
    let output = Command::new(&sources.program)
        .args(arguments)
        .current_dir(&sources.root)
        .env_remove("SSLKEYLOGFILE")
        .output()
        .map_err(|error| format!("{}: {error}", sources.program.display()))?;
    let text =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    let lines = match pick {
        [] => text.lines().map(|line| line.trim_end().to_owned()).collect(),
        [from, to] => picked(&text, from, to)?,
        _ => return Err("after the | stand two words in quotation marks".to_owned()),
    };
    let quoted = |word: &&str| if word.contains(' ') { format!("'{word}'") } else { (*word).to_owned() };
    let command: Vec<String> = arguments.iter().map(quoted).collect();
    let mut shown = vec![format!("$ cargo run -- {}", command.join(" ")).trim_end_matches(" -- ").to_owned()];
    shown.extend(lines);
    Ok(fenced("console", shown))
}
