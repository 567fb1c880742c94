//! A lesson's output: what its head comment promises or, with words, what stands in `examples/tests/lessons`. The test
//! `tests/lessons.rs` runs each lesson and compares, so what is quoted here is what the lesson prints.

use crate::block::Sources;
use crate::picked::{fenced, picked};

/// The command and what it prints, in a fence; after a `|` only the lines from one that holds a word to one that holds
/// another.
pub(crate) fn quote(sources: &Sources, words: &[&str]) -> Result<Vec<String>, String> {
    let (command, pick) = match words.iter().position(|word| *word == "|") {
        Some(at) => (&words[..at], &words[at + 1..]),
        None => (words, &[][..]),
    };
    let Some((name, arguments)) = command.split_first() else { return Err("which lesson?".to_owned()) };
    let text = match arguments {
        [] => promised(&sources.text(&format!("examples/lessons/{name}.rs"))?),
        _ => sources.text(&format!("examples/tests/lessons/{name}.{}.txt", arguments.join("_")))?,
    };
    let lines = match pick {
        [] => text.lines().map(|line| line.trim_end().to_owned()).collect(),
        [from, to] => picked(&text, from, to)?,
        _ => return Err("after the | stand two words in quotation marks".to_owned()),
    };
    let dashes = if arguments.is_empty() { "" } else { " -- " };
    let mut shown = vec![format!("$ cargo run --example {name}{dashes}{}", arguments.join(" "))];
    shown.extend(lines);
    Ok(fenced("console", shown))
}

/// The text block in the head comment of a lesson.
fn promised(source: &str) -> String {
    let head = source.lines().map_while(|line| line.strip_prefix("//!"));
    let block = head.skip_while(|line| *line != " ```text").skip(1).take_while(|line| *line != " ```");
    block.map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line))).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_head_promises() {
        let source = "//! A lesson.\n//!\n//! ```text\n//! one\n//!   two\n//! ```\n\nuse std;\n";
        assert_eq!(super::promised(source), "one\n  two\n");
    }
}
