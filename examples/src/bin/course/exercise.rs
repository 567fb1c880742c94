//! An exercise: its page, `examples/course/ID.md`.
//!
//! ```text
//!   # dns01: follow the pointers of a name
//!
//!   file: dns/src/name/wire.rs
//!   rule: RFC 1035 §4.1.4
//!   minutes: 30
//!
//!   The task, in a few paragraphs.
//!
//!   <details><summary>First hint</summary> ... </details>       three of them
//! ```

use std::path::Path;

/// An exercise.
#[derive(Debug, Clone)]
pub(crate) struct Exercise {
    pub(crate) id: String,
    pub(crate) title: String,
    /// The source in which its piece stands.
    pub(crate) file: String,
    pub(crate) rule: String,
    pub(crate) minutes: u32,
    pub(crate) hints: [String; 3],
}

impl Exercise {
    /// The folder of the crate in which its piece stands.
    pub(crate) fn folder(&self) -> &str {
        self.file.split('/').next().unwrap_or_default()
    }
}

/// The folder of the pages, from the root of the workspace.
pub(crate) const PAGES: &str = "examples/course";

/// All exercises, in the order of their names.
pub(crate) fn all(root: &Path) -> Result<Vec<Exercise>, String> {
    let folder = root.join(PAGES);
    let entries = std::fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "md"));
    files.sort();
    files.iter().map(|file| read(file)).collect()
}

fn read(file: &Path) -> Result<Exercise, String> {
    let text = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    of(&text).map_err(|why| format!("{}: {why}", file.display()))
}

/// The exercise of a page.
fn of(text: &str) -> Result<Exercise, String> {
    let heading = text.lines().next().and_then(|line| line.strip_prefix("# ")?.split_once(": "));
    let (id, title) = heading.ok_or("the first line is `# ID: TITLE`")?;
    let value = |name: &str| {
        let found = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        found.map(str::to_owned).ok_or(format!("a line `{name}: ...` is missing"))
    };
    let hints: Vec<String> = text
        .split("<details>")
        .skip(1)
        .filter_map(|rest| {
            Some(rest.split_once("</summary>")?.1.split_once("</details>")?.0.trim().to_owned())
        })
        .collect();
    let hints = <[String; 3]>::try_from(hints)
        .map_err(|hints| format!("there are {} hints, and not three", hints.len()))?;
    Ok(Exercise {
        id: id.to_owned(),
        title: title.to_owned(),
        file: value("file")?,
        rule: value("rule")?,
        minutes: value("minutes")?.parse().map_err(|_| "minutes is a number".to_owned())?,
        hints,
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_page_has_all_its_parts() {
        let hint = "<details><summary>A hint</summary>\nLook.\n</details>\n";
        let page = |hints: usize| {
            format!("# a01: do it\n\nfile: a.rs\nrule: RFC 1\nminutes: 5\n\n{}", hint.repeat(hints))
        };
        let exercise = super::of(&page(3)).expect("an exercise");
        assert_eq!((exercise.id.as_str(), exercise.title.as_str(), exercise.minutes), ("a01", "do it", 5));
        assert_eq!(exercise.hints, ["Look.", "Look.", "Look."]);
        assert_eq!(super::of(&page(2)).map(|_| ()), Err("there are 2 hints, and not three".to_owned()));
    }
}
