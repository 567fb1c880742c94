//! Where output goes: text to standard output, and the body of a response to its file.

use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use super::progress::Progress;
use crate::cli::ReportArgs;
use crate::failure::{Failure, Step};
use crate::views::{Style, USUAL_WIDTH, count, paragraph};

/// How to draw on standard output: as wide as the terminal, or the usual width where there is none. Colour is dropped
/// on the way where it is not wanted.
pub(super) fn style() -> Style {
    let width = terminal_columns().unwrap_or(USUAL_WIDTH);
    Style { width: width.clamp(60, 160), color: io::stdout().is_terminal(), ..Style::default() }
}

/// Columns of the terminal; None where there is none, or where it does not say.
fn terminal_columns() -> Option<usize> {
    terminal_size::terminal_size().map(|(width, _)| usize::from(width.0))
}

/// Lines of the terminal; None where there is none.
pub(super) fn screen_lines() -> Option<usize> {
    let size = terminal_size::terminal_size().filter(|_| io::stdout().is_terminal());
    size.map(|(_, height)| usize::from(height.0))
}

/// Prints to standard output. A reader that went away (`| head`) is not a failure.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    match anstream::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(unwritable("standard output", &error)),
        _ => Ok(()),
    }
}

/// Where the picture goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Picture {
    /// To standard output.
    Out,
    /// To standard error: standard output is taken by a body.
    Aside,
    /// Nowhere, but into the copy.
    Nowhere,
}

/// The picture on its way out. A copy is kept for a report, without colours.
pub(super) struct Printer {
    to: Picture,
    copy: Option<String>,
}

impl Printer {
    /// A printer for a command with these files: a report on standard output takes the place of the picture.
    pub(super) fn new(files: &ReportArgs) -> Printer {
        Printer::to(if files.is_on_stdout() { Picture::Nowhere } else { Picture::Out }, files)
    }

    /// A printer whose picture goes there.
    pub(super) fn to(to: Picture, files: &ReportArgs) -> Printer {
        Printer { to, copy: files.wanted().then(String::new) }
    }

    /// Prints, as [`print`] does.
    pub(super) fn print(&mut self, text: &str) -> Result<(), Failure> {
        self.keep(text);
        match self.to {
            Picture::Out => print(text)?,
            Picture::Aside => anstream::eprint!("{text}"),
            Picture::Nowhere => {}
        }
        Ok(())
    }

    fn keep(&mut self, text: &str) {
        if let Some(copy) = &mut self.copy {
            let plain = anstream::adapter::strip_str(text);
            copy.push_str(&plain.to_string());
        }
    }

    /// What was printed.
    pub(super) fn copy(&self) -> &str {
        self.copy.as_deref().unwrap_or_default()
    }
}

/// Says on standard error what went wrong: in lines that fit on a terminal, and in one line for programs.
pub fn complain(text: &str) {
    remark(&format!("barewire: {text}"));
}

/// Says something on standard error, in lines as those of [`complain`].
pub(super) fn remark(text: &str) {
    let width = remark_width(io::stderr().is_terminal(), terminal_columns());
    anstream::eprint!("{}", in_lines(text, width));
}

/// How wide a remark may be. `None`: a program reads it, and gets one line. A terminal need not know its own width.
fn remark_width(is_terminal: bool, columns: Option<usize>) -> Option<usize> {
    is_terminal.then(|| columns.unwrap_or(USUAL_WIDTH))
}

fn in_lines(text: &str, width: Option<usize>) -> String {
    match width {
        Some(width) => paragraph(text, 0, width),
        None => format!("{text}\n"),
    }
}

/// What could not be written, and why.
pub(super) fn unwritable(what: &str, error: &io::Error) -> Failure {
    Failure::new(Step::Output, format!("{what} could not be written: {error}"))
}

/// Where a body goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Destination {
    /// Nowhere: the picture shows how it begins.
    Nowhere,
    /// To standard output.
    Stdout,
    /// To this file.
    File(PathBuf),
}

/// What takes the bytes of a body there.
pub(super) fn body_sink(to: &Destination, is_silent: bool) -> Box<dyn Write> {
    match to {
        Destination::Nowhere => Box::new(Watched::new(io::sink())),
        Destination::Stdout => Box::new(io::stdout()),
        Destination::File(path) => {
            let file = LateFile { path: path.to_owned(), file: None };
            if is_silent { Box::new(file) } else { Box::new(Watched::new(file)) }
        }
    }
}

/// A file that is made when the first byte comes, so that a fetch that fails leaves an older one alone.
struct LateFile {
    path: PathBuf,
    file: Option<File>,
}

impl LateFile {
    fn file(&mut self) -> io::Result<&mut File> {
        match &mut self.file {
            Some(file) => Ok(file),
            empty => {
                let named = |error: io::Error| {
                    io::Error::new(error.kind(), format!("{}: {error}", self.path.display()))
                };
                Ok(empty.insert(File::create(&self.path).map_err(named)?))
            }
        }
    }
}

impl Write for LateFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file()?.write(bytes)
    }

    /// A body without bytes is a file without bytes.
    fn flush(&mut self) -> io::Result<()> {
        self.file()?.flush()
    }
}

/// Passes a body on, and says how much of it has come when it takes a while.
struct Watched<W> {
    body: W,
    length: u64,
    progress: Progress,
}

impl<W: Write> Watched<W> {
    fn new(body: W) -> Watched<W> {
        Watched { body, length: 0, progress: Progress::new() }
    }
}

impl<W: Write> Write for Watched<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = self.body.write(bytes)?;
        self.length += length as u64;
        self.progress.show(|| format!("{} bytes received", count(self.length)));
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.body.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::{in_lines, remark_width};

    #[test]
    fn a_remark_fits_on_a_terminal_and_is_one_line_for_programs() {
        let text = "barewire: (60) the certificate of expired.example.test expired";
        assert_eq!(in_lines(text, None), format!("{text}\n"));
        let lines = "barewire: (60) the certificate of\n  expired.example.test expired\n";
        assert_eq!(in_lines(text, Some(40)), lines);
    }

    /// A terminal without a size is as wide as paper.
    #[test]
    fn the_width_of_a_remark_is_that_of_the_terminal() {
        for (is_terminal, columns, wanted) in [
            (true, Some(100), Some(100)),
            (true, None, Some(80)),
            (false, Some(100), None),
            (false, None, None),
        ] {
            assert_eq!(remark_width(is_terminal, columns), wanted, "{is_terminal}, {columns:?}");
        }
    }
}
