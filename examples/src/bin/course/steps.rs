//! The steps of a check: what was done, what was wanted, and what was got.

use std::fmt::{self, Debug, Write as _};

/// A check that goes on until something is not as it should be.
#[derive(Debug, Default)]
pub(crate) struct Steps {
    taken: Vec<String>,
}

/// What was not as it should be.
#[derive(Debug)]
pub(crate) struct Failed {
    what: String,
    wanted: String,
    got: String,
    rule: &'static str,
}

impl Steps {
    /// Says what is done next.
    pub(crate) fn step(&mut self, what: impl Into<String>) {
        self.taken.push(what.into());
    }

    /// Compares what came of it. Bytes are shown in hexadecimal.
    pub(crate) fn equal<T: PartialEq + Shown>(
        &mut self,
        what: &str,
        wanted: T,
        got: T,
        rule: &'static str,
    ) -> Result<(), Failed> {
        if wanted == got {
            self.step(format!("{what}: {}", wanted.shown()));
            return Ok(());
        }
        Err(Failed { what: what.to_owned(), wanted: wanted.shown(), got: got.shown(), rule })
    }

    /// The report: the steps, and how it ended.
    pub(crate) fn report(&self, ended: &Result<(), Failed>) -> String {
        let mut out = String::new();
        for (number, step) in self.taken.iter().enumerate() {
            let _ = writeln!(out, "  {}. {step}", number + 1);
        }
        if let Err(failed) = ended {
            let _ = write!(out, "  {}. {failed}", self.taken.len() + 1);
        }
        out
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "*** {}", self.what)?;
        writeln!(f, "       wanted  {}", self.wanted)?;
        writeln!(f, "       got     {}", self.got)?;
        writeln!(f, "       rule    {}", self.rule)
    }
}

/// How a value is shown in a report.
pub(crate) trait Shown {
    fn shown(&self) -> String;
}

impl Shown for String {
    fn shown(&self) -> String {
        self.clone()
    }
}

impl Shown for Vec<u8> {
    fn shown(&self) -> String {
        let bytes: Vec<String> = self.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{} ({} bytes)", bytes.join(" "), self.len())
    }
}

impl Shown for usize {
    fn shown(&self) -> String {
        self.to_string()
    }
}

impl Shown for bool {
    fn shown(&self) -> String {
        (if *self { "yes" } else { "no" }).to_owned()
    }
}

/// An error that is not a matter of comparison.
pub(crate) fn unexpected(what: &str, error: &dyn Debug, rule: &'static str) -> Failed {
    Failed { what: what.to_owned(), wanted: "no error".to_owned(), got: format!("{error:?}"), rule }
}
