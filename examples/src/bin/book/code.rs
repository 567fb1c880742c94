//! Code: a piece of a source that really runs, between two comments.

use crate::block::Sources;
use crate::picked::{dedented, fenced};

/// Marks are not part of the code: those of other pieces, and those of exercises.
fn is_mark(line: &str) -> bool {
    ["// book: ", "// exercise: ", "// instead: "].iter().any(|mark| line.trim().starts_with(mark))
}

/// The piece of `file` between `// book: ANCHOR` and the next `// book: end`, in a fence.
pub(crate) fn quote(sources: &Sources, file: &str, anchor: &str) -> Result<Vec<String>, String> {
    let text = sources.text(file)?;
    let begins = format!("// book: {anchor}");
    let lines: Vec<&str> = text.lines().collect();
    let mut starts = lines.iter().enumerate().filter(|(_, line)| line.trim() == begins);
    let Some((start, _)) = starts.next() else { return Err(format!("{file} has no line {begins:?}")) };
    if starts.next().is_some() {
        return Err(format!("{file} has {begins:?} twice"));
    }
    let end = lines[start..].iter().position(|line| line.trim() == "// book: end");
    let end = start + end.ok_or(format!("{file}: {begins:?} has no `// book: end` after it"))?;
    let inside: Vec<&str> = lines[start + 1..end].iter().copied().filter(|line| !is_mark(line)).collect();
    // It is a piece, and does not compile alone.
    Ok(fenced("rust,ignore", dedented(&inside)))
}
