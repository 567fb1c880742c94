//! Lines that are picked from a text: from the first that holds one word to the next that holds another.

/// The lines from the first that holds `from` to the first after it that holds `to`, both included.
pub(crate) fn picked(text: &str, from: &str, to: &str) -> Result<Vec<String>, String> {
    let lines: Vec<&str> = text.lines().collect();
    let start = lines.iter().position(|line| line.contains(from)).ok_or(format!("no line holds {from:?}"))?;
    let end = lines[start..].iter().position(|line| line.contains(to));
    let end = start + end.ok_or(format!("no line after {from:?} holds {to:?}"))?;
    Ok(lines[start..=end].iter().map(|line| line.trim_end().to_owned()).collect())
}

/// Lines in a fence.
pub(crate) fn fenced(language: &str, lines: Vec<String>) -> Vec<String> {
    let mut out = vec![format!("```{language}")];
    out.extend(lines);
    out.push("```".to_owned());
    out
}

/// The same lines without the white space that all of them begin with.
pub(crate) fn dedented(lines: &[&str]) -> Vec<String> {
    let indent = |line: &&&str| line.len() - line.trim_start().len();
    let least =
        lines.iter().filter(|line| !line.trim().is_empty()).map(|line| indent(&line)).min().unwrap_or(0);
    lines.iter().map(|line| line.get(least..).unwrap_or_default().trim_end().to_owned()).collect()
}
