//! Where the keys of `--step` come from: standard input, or the terminal itself where standard input brings a capture.

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal};

use crate::failure::{Failure, Step};

/// What somebody types, line by line.
pub(crate) struct Keys {
    lines: Box<dyn BufRead>,
    name: &'static str,
    /// Whether somebody sits there, who wants a prompt.
    pub(super) terminal: bool,
}

/// The terminal that a program was started from, whatever its standard input is (POSIX, General Terminal Interface).
const TERMINAL: &str = "/dev/tty";

impl Keys {
    /// From standard input.
    pub(crate) fn of_stdin() -> Keys {
        let terminal = io::stdin().is_terminal();
        Keys { lines: Box::new(io::stdin().lock()), name: "standard input", terminal }
    }

    /// From the terminal.
    ///
    /// # Errors
    /// [`Failure`]: there is none.
    pub(crate) fn of_terminal() -> Result<Keys, Failure> {
        let refused = |error| {
            let why = "--step cannot read its keys: the capture comes over standard input, and there is no terminal";
            Failure::new(Step::Usage, format!("{why} ({TERMINAL}: {error})"))
        };
        let file = File::open(TERMINAL).map_err(refused)?;
        Ok(Keys { lines: Box::new(BufReader::new(file)), name: TERMINAL, terminal: true })
    }

    /// The next line; None at the end.
    pub(super) fn line(&mut self) -> Result<Option<String>, Failure> {
        let mut line = String::new();
        let read = self.lines.read_line(&mut line);
        let read = read.map_err(|error| Failure::new(Step::Input, format!("{}: {error}", self.name)))?;
        Ok((read > 0).then_some(line))
    }
}
