//! `--report`, `--html` and `--har`: the story of a run or of a capture in a file, for programs and for a browser.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use serde_json::Value;

use super::output::{Printer, print, unwritable};
use super::progress::{Progress, share};
use crate::cli::ReportArgs;
use crate::failure::{Failure, Step};
use crate::story::{Config, Reading, Span};
use crate::views::{count, har, page, report};

/// What a report is of.
pub(super) struct About<'a> {
    /// The name of the capture.
    pub(super) file: &'a str,
    /// A line for the head of a page.
    pub(super) title: &'a str,
    /// The capture point, where one was chosen from several.
    pub(super) at: Option<&'a str>,
    /// What to look at, of a scene that was run.
    pub(super) look: Option<&'a str>,
    /// What came of a fetch: a value for each URL.
    pub(super) fetch: Vec<Value>,
}

impl ReportArgs {
    /// Whether any file is wanted.
    pub(super) fn wanted(&self) -> bool {
        self.html.is_some() || self.report.is_some() || self.har.is_some()
    }

    /// Whether the report takes standard output.
    pub(super) fn is_on_stdout(&self) -> bool {
        self.report.as_deref() == Some(Path::new("-"))
    }

    /// What the files need of a story beside what is drawn: a page shows bytes and states.
    pub(super) fn config(&self, config: Config) -> Config {
        let page = self.html.is_some();
        Config {
            keep_parts: config.keep_parts || page,
            keep_ends: config.keep_ends || page,
            keep_http: config.keep_http || self.har.is_some(),
            ..config
        }
    }

    /// Writes the files. `waits` are those of a scene.
    pub(super) fn write(
        &self,
        reading: &Reading,
        waits: &[Span],
        about: &About<'_>,
        printer: &Printer,
    ) -> Result<(), Failure> {
        if !self.wanted() {
            return Ok(());
        }
        if let Some(path) = &self.har {
            self.write_har(path, reading)?;
        }
        if self.html.is_none() && self.report.is_none() {
            return Ok(());
        }
        let sightings = report::sightings(reading, about.at);
        let mut lines = report::head(reading, about.file, Some(about.title), about.at);
        lines.extend(sightings.iter().map(report::Sighting::line));
        lines.extend(report::tail(reading, waits));
        lines.extend(about.fetch.iter().cloned().map(report::fetch));
        lines.extend(about.look.map(report::look));
        if let Some(path) = &self.html {
            let mut progress = Progress::new();
            let mut show = |done: usize| {
                let share = share(done as u64, Some(sightings.len() as u64));
                progress.show(|| format!("{} packets in the page{share}", count(done as u64)));
            };
            let page = page::page(about.title, &lines, &sightings, printer.copy(), &mut show);
            write(path, [page])?;
        }
        if let Some(path) = &self.report {
            lines.push(report::text(printer.copy()));
            let lines = lines.into_iter().map(|line| line + "\n");
            if self.is_on_stdout() { print(&lines.collect::<String>())? } else { write(path, lines)? }
        }
        Ok(())
    }

    /// Requests and answers are those that one host has seen.
    fn write_har(&self, path: &Path, reading: &Reading) -> Result<(), Failure> {
        match reading {
            Reading::Story(story) => write(path, [format!("{:#}\n", har(story))]),
            Reading::Scene(_) => {
                Err(Failure::new(Step::Usage, "--har is about one capture point; --at NAME chooses one"))
            }
        }
    }
}

fn write(path: &Path, texts: impl IntoIterator<Item = String>) -> Result<(), Failure> {
    let failed = |error| unwritable(&path.display().to_string(), &error);
    let mut file = BufWriter::new(File::create(path).map_err(failed)?);
    for text in texts {
        file.write_all(text.as_bytes()).map_err(failed)?;
    }
    file.flush().map_err(failed)
}
