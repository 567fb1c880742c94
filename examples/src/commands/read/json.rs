//! `read --json`: one object a line, so that a large capture can be read as it comes.

use std::path::Path;

use crate::cli::ReadArgs;
use crate::commands::output::Printer;
use crate::failure::Failure;
use crate::story::{Reading, Span};
use crate::views::report;

/// Prints what was read of a file. `waits` are those of a scene.
pub(super) fn lines(
    args: &ReadArgs,
    reading: &Reading,
    waits: &[Span],
    path: &Path,
    printer: &mut Printer,
) -> Result<(), Failure> {
    let at = args.at.first().map(String::as_str);
    let mut line = |text: String| printer.print(&(text + "\n"));
    report::head(reading, &path.display().to_string(), None, at).into_iter().try_for_each(&mut line)?;
    for sighting in report::sightings(reading, at) {
        if args.frame.as_ref().is_some_and(|frames| !frames.contains(&sighting.frame())) {
            continue;
        }
        line(if args.fields { sighting.line_in_full() } else { sighting.line() })?;
    }
    report::tail(reading, waits).into_iter().try_for_each(line)
}
