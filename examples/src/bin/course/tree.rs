//! The sources with their marked pieces: `// exercise: ID`, perhaps `// instead: CODE`, the piece, `// exercise: end`.

/// What becomes of the piece of an exercise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Piece {
    /// It stays, without its marks.
    Kept,
    /// It goes, and what is to be there instead comes.
    Gone,
    /// Both are there, and a function of the crate decides: see `workspace.rs`.
    Switched,
}

/// A source with its pieces treated as `wanted` says, by their names. Gives what was found, too.
pub(crate) fn treated(source: &str, wanted: &dyn Fn(&str) -> Piece) -> Result<(String, Vec<String>), String> {
    let mut out = String::new();
    let mut found = Vec::new();
    let mut lines = source.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let Some(id) = line.trim().strip_prefix("// exercise: ") else {
            out.push_str(line);
            out.push('\n');
            continue;
        };
        let indent = &line[..line.len() - line.trim_start().len()];
        let (mut instead, mut body) = (Vec::new(), Vec::new());
        loop {
            let (_, line) = lines.next().ok_or(format!("line {}: exercise {id} has no end", number + 1))?;
            let text = line.trim();
            if text == "// exercise: end" {
                break;
            }
            if text.starts_with("// exercise: ") {
                return Err(format!("line {}: exercise {id} has another one in it", number + 1));
            }
            match text.strip_prefix("// instead: ") {
                Some(code) => instead.push(format!("{indent}{code}")),
                None => body.push(line.to_owned()),
            }
        }
        found.push(id.to_owned());
        let treated = match wanted(id) {
            Piece::Kept => body,
            Piece::Gone => [vec![format!("{indent}// Your code here: exercise {id}.")], instead].concat(),
            Piece::Switched => {
                let open = format!("{indent}if crate::solved(\"{id}\") {{");
                [vec![open], body, vec![format!("{indent}}} else {{")], instead, vec![format!("{indent}}}")]]
                    .concat()
            }
        };
        treated.iter().for_each(|line| {
            out.push_str(line);
            out.push('\n');
        });
    }
    Ok((out, found))
}

/// Half a solution has variables that nothing uses: the compiler is not to speak of them. The manifest of a handout is
/// quiet already.
pub(crate) fn quiet(manifest: &str) -> String {
    let quietly = "[workspace.lints.rust]\nunused = { level = \"allow\", priority = -1 }\n";
    match manifest.contains(quietly) {
        true => manifest.to_owned(),
        false => manifest.replacen("[workspace.lints.rust]\n", quietly, 1),
    }
}

/// A manifest of a workspace with another version. To cargo its crates are other packages then, and what is built of
/// them never takes the place of the real ones.
pub(crate) fn with_version(manifest: &str, version: &str) -> String {
    let line = |line: &str| match line.starts_with("version = ") {
        true => format!("version = {version:?}\n"),
        false => format!("{line}\n"),
    };
    manifest.lines().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::{Piece, quiet, treated};

    const SOURCE: &str = "\
fn a() -> u8 {
    // exercise: x01
    // instead: 0
    let b = 1;

    b
    // exercise: end
}
";

    #[test]
    fn pieces_stay_or_go() {
        let with = |piece| treated(SOURCE, &|_| piece).expect("a source").0;
        assert_eq!(with(Piece::Kept), "fn a() -> u8 {\n    let b = 1;\n\n    b\n}\n");
        assert_eq!(with(Piece::Gone), "fn a() -> u8 {\n    // Your code here: exercise x01.\n    0\n}\n");
        let switched = with(Piece::Switched);
        assert!(
            switched.contains("if crate::solved(\"x01\") {\n") && switched.contains("} else {\n    0\n    }"),
            "{switched}"
        );
    }

    #[test]
    fn a_manifest_is_quiet_once() {
        let manifest = quiet("[workspace.lints.rust]\nmissing_docs = \"warn\"\n");
        assert!(manifest.contains("[workspace.lints.rust]\nunused = "), "{manifest}");
        assert_eq!(quiet(&manifest), manifest);
    }

    #[test]
    fn a_piece_must_end() {
        let cut = SOURCE.replace("    // exercise: end\n", "");
        assert_eq!(
            treated(&cut, &|_| Piece::Kept).map(|_| ()),
            Err("line 2: exercise x01 has no end".to_owned())
        );
    }
}
