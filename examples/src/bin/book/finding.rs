//! A place of the book that is not as it should be.

use std::fmt;

/// A place, and what is wrong there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    /// The file, from the root of the workspace.
    pub(crate) file: String,
    /// The line, from 1.
    pub(crate) line: usize,
    pub(crate) says: String,
}

impl Finding {
    pub(crate) fn new(file: &str, line: usize, says: impl Into<String>) -> Finding {
        Finding { file: file.to_owned(), line, says: says.into() }
    }

    /// A block that is not what it quotes: the first line that differs.
    pub(crate) fn differs(file: &str, line: usize, what: &str, wanted: &[String], got: &[String]) -> Finding {
        let same = wanted.iter().zip(got).take_while(|(wanted, got)| wanted == got).count();
        let at =
            |lines: &[String]| lines.get(same).map_or("(no line)".to_owned(), |line| format!("{line:?}"));
        let says =
            format!("{what} is out of date\n  it is now:   {}\n  it is quoted: {}", at(wanted), at(got));
        Finding::new(file, line + same, says)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.says)
    }
}
