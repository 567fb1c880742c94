//! The tests of a source file, by name: functions after `#[test]`.

/// The names. One that is commented out, or that is marked to be ignored, shows nothing, and is not among them.
pub(crate) fn tests(source: &str) -> Vec<&str> {
    let (mut names, mut is_test) = (Vec::new(), false);
    for line in source.lines().map(str::trim) {
        match line {
            "#[test]" => is_test = true,
            _ if line.starts_with("#[ignore") => is_test = false,
            _ if line.starts_with("#[") || line.starts_with("//") || line.is_empty() => {}
            _ => {
                let name = line.strip_prefix("fn ").and_then(|rest| rest.split('(').next());
                names.extend(name.filter(|_| is_test));
                is_test = false;
            }
        }
    }
    names
}

#[test]
fn tests_are_found_by_name() {
    let source = "
#[test]
fn plain() {}
    #[test]
    /// With a comment.
    #[cfg(unix)]
    fn in_a_macro(bytes in any()) {}
fn help() {}
// #[test]
// fn commented_out() {}
#[test]
#[ignore = \"slow\"]
fn ignored() {}
";
    assert_eq!(tests(source), ["plain", "in_a_macro"]);
}
