//! A mutant: one bug in the sources of a layer, as `examples/course/mutants/LAYER_bugs.md` has it.
//!
//! ```text
//!   ## 1. RFC 9293 §3.4
//!
//!   Sequence numbers are compared as plain numbers.
//!
//!       in      tcp/src/seq.rs
//!       was     (self.0.wrapping_sub(other.0) as i32) < 0
//!       bug     self.0 < other.0
//!       caught  tests/seq.rs the_order_is_that_of_a_circle
//! ```
//!
//! `was` stands once in the file. `bug` takes its place when the number is chosen. Both are expressions; or both end
//! with `;`, and are statements.

/// One bug.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mutant {
    pub(crate) number: u8,
    /// What it breaks: an RFC with its section.
    pub(crate) rule: String,
    pub(crate) file: String,
    was: String,
    bug: String,
    /// A test of the crate that fails because of it: its file, and its name.
    pub(crate) caught: (String, String),
}

/// The mutants of a page.
pub(crate) fn of(page: &str) -> Result<Vec<Mutant>, String> {
    let mutants: Vec<Mutant> = page.split("\n## ").skip(1).map(one).collect::<Result<_, _>>()?;
    match mutants.iter().zip(1..).find(|(mutant, number)| mutant.number != *number) {
        Some((mutant, number)) => Err(format!("mutant {} stands where {number} is expected", mutant.number)),
        None => Ok(mutants),
    }
}

fn one(text: &str) -> Result<Mutant, String> {
    let heading = text.lines().next().unwrap_or_default();
    let (number, rule) = heading.split_once(". ").ok_or(format!("`## NUMBER. RULE`, and not {heading:?}"))?;
    let value = |name: &str| {
        let found =
            text.lines().find_map(|line| line.strip_prefix("    ")?.strip_prefix(name)?.strip_prefix(' '));
        let value = found.map(str::trim).filter(|value| !value.is_empty());
        value.map(str::to_owned).ok_or(format!("mutant {number}: a line `    {name} ...` is missing"))
    };
    let caught = value("caught")?;
    let (file, test) =
        caught.split_once(' ').ok_or(format!("mutant {number}: caught: a file, and a test"))?;
    Ok(Mutant {
        number: number.parse().map_err(|_| format!("{number:?} is not a number from 1 to 255"))?,
        rule: rule.trim().to_owned(),
        file: value("in")?,
        was: value("was")?,
        bug: value("bug")?,
        caught: (file.to_owned(), test.trim().to_owned()),
    })
}

impl Mutant {
    /// The test that catches it: the program that it is in, and its name there. A test in `tests/a/b.rs` is `b::NAME`
    /// of the program `a`.
    pub(crate) fn caught_by(&self) -> (String, String) {
        let (file, test) = &self.caught;
        let path = file.trim_start_matches("tests/").trim_end_matches(".rs");
        match path.split_once('/') {
            Some((target, module)) => (target.to_owned(), format!("{}::{test}", module.replace('/', "::"))),
            None => (path.to_owned(), test.clone()),
        }
    }

    /// A source with a switch in it: what was there, or the bug.
    pub(crate) fn switched_into(&self, source: &str) -> Result<String, String> {
        let Mutant { number, file, was, bug, .. } = self;
        match source.matches(was.as_str()).count() {
            1 => {}
            0 => return Err(format!("mutant {number}: {file} does not have `{was}` any more")),
            times => return Err(format!("mutant {number}: {file} has `{was}` {times} times, and not once")),
        }
        let switch = format!("if crate::mutant({number}) {{ {bug} }} else {{ {was} }}");
        let is_statement = was.ends_with(';');
        Ok(source.replacen(was.as_str(), &if is_statement { switch } else { format!("({switch})") }, 1))
    }
}

#[cfg(test)]
mod tests {
    use super::of;

    const PAGE: &str = "# Bugs\n\n## 1. RFC 9293 §3.4\n\nIt adds.\n\n    in      a.rs\n    was     x - y\n    \
                        bug     x + y\n    caught  tests/a.rs it_adds\n";

    #[test]
    fn a_bug_stands_beside_what_was_there() {
        let mutant = &of(PAGE).expect("a page")[0];
        assert_eq!((mutant.rule.as_str(), mutant.caught.1.as_str()), ("RFC 9293 §3.4", "it_adds"));
        let switched = mutant.switched_into("fn f() -> u8 { x - y }");
        let wanted = "fn f() -> u8 { (if crate::mutant(1) { x + y } else { x - y }) }";
        assert_eq!(switched.as_deref(), Ok(wanted));
        assert_eq!(mutant.caught_by(), ("a".to_owned(), "it_adds".to_owned()));
        let below = &of(&PAGE.replace("tests/a.rs", "tests/all/a.rs")).expect("a page")[0];
        assert_eq!(below.caught_by(), ("all".to_owned(), "a::it_adds".to_owned()));
    }

    #[test]
    fn what_is_out_of_date_is_said() {
        let mutant = &of(PAGE).expect("a page")[0];
        let wrong = |source: &str| mutant.switched_into(source).expect_err("it is out of date");
        assert_eq!(wrong("x * y"), "mutant 1: a.rs does not have `x - y` any more");
        assert_eq!(wrong("x - y; x - y"), "mutant 1: a.rs has `x - y` 2 times, and not once");
        let says = |page: &str| of(page).map(|_| ()).expect_err("it is out of date");
        assert_eq!(says(&PAGE.replace("bug ", "bog ")), "mutant 1: a line `    bug ...` is missing");
        assert_eq!(says(&PAGE.replace("## 1.", "## 2.")), "mutant 2 stands where 1 is expected");
    }
}
