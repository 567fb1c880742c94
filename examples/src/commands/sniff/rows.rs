//! What is printed: rows as a ladder, with bytes, or as JSON; what was dropped between them; the counts at the end.

use std::io::{self, ErrorKind, Write};
use std::path::Path;

use barewire_packet::capture::{Frame, Interface};

use crate::cli::SniffArgs;
use crate::commands::output::{remark, unwritable};
use crate::failure::Failure;
use crate::sniff::Counts;
use crate::story::Told;
use crate::views::{self, LiveLadder, Style, json, several};

/// Text that waits to be written, at the most.
const MOST: usize = 32 << 10;

/// The rows on their way out.
pub(super) struct Rows {
    form: Form,
    style: Style,
    text: String,
    /// Whether the reader of standard output went away.
    unwanted: bool,
}

enum Form {
    Quiet,
    Ladder(LiveLadder),
    Bytes(LiveLadder),
    Json { with_bytes: bool },
}

impl Rows {
    pub(super) fn new(args: &SniffArgs, style: &Style) -> Rows {
        // A capture on standard output leaves no place for rows.
        let quiet = args.quiet || args.write.as_deref() == Some(Path::new("-"));
        let form = match (quiet, args.json, args.bytes) {
            (true, _, _) => Form::Quiet,
            (false, true, with_bytes) => Form::Json { with_bytes },
            (false, false, true) => Form::Bytes(LiveLadder::new(style)),
            (false, false, false) => Form::Ladder(LiveLadder::new(style)),
        };
        Rows { form, style: *style, text: String::new(), unwanted: false }
    }

    /// Whether no row is printed.
    pub(super) fn are_quiet(&self) -> bool {
        matches!(self.form, Form::Quiet)
    }

    /// Whether nobody reads them any more.
    pub(super) fn are_unwanted(&self) -> bool {
        self.unwanted
    }

    /// Whether rows wait to be written.
    pub(super) fn wait(&self) -> bool {
        !self.text.is_empty()
    }

    /// What stands over all rows.
    pub(super) fn head(&mut self) -> Result<(), Failure> {
        if let Form::Ladder(ladder) = &self.form {
            self.text.push_str(&ladder.head());
        }
        self.flush()
    }

    /// A row.
    pub(super) fn row(
        &mut self,
        told: &Told<'_>,
        interface: &Interface,
        frame: &Frame,
    ) -> Result<(), Failure> {
        let text = match &mut self.form {
            Form::Quiet => String::new(),
            Form::Ladder(ladder) => ladder.row(told),
            Form::Bytes(ladder) => {
                format!("\n{}{}", ladder.row(told), views::sections(&told.row.sections(), &self.style))
            }
            Form::Json { with_bytes: false } => json::told(told, interface, frame).to_string() + "\n",
            Form::Json { with_bytes: true } => {
                json::row_in_full(json::told(told, interface, frame), &told.row, None) + "\n"
            }
        };
        self.text.push_str(&text);
        if self.text.len() >= MOST { self.flush() } else { Ok(()) }
    }

    /// So many packets were dropped since it was said last.
    pub(super) fn dropped(&mut self, dropped: u64) -> Result<(), Failure> {
        let text = format!("{} dropped by the kernel here", several(dropped, "packet"));
        match &self.form {
            Form::Quiet => remark(&text),
            Form::Ladder(ladder) | Form::Bytes(ladder) => self.text.push_str(&ladder.remark(&text)),
            Form::Json { .. } => self.text.push_str(&json::line_of_drops(dropped)),
        }
        self.flush()
    }

    /// The marks that occurred, and the counts.
    pub(super) fn end(&mut self, counts: &Counts) -> Result<(), Failure> {
        match &self.form {
            Form::Quiet => {}
            Form::Ladder(ladder) | Form::Bytes(ladder) => self.text.push_str(&ladder.legend()),
            Form::Json { .. } => self.text.push_str(&json::line_of_counts(counts)),
        }
        self.flush()?;
        if !matches!(self.form, Form::Json { .. }) {
            remark(&counts.to_string());
        }
        Ok(())
    }

    /// Writes what waits.
    pub(super) fn flush(&mut self) -> Result<(), Failure> {
        if self.text.is_empty() {
            return Ok(());
        }
        let mut out = anstream::stdout().lock();
        let written = out.write_all(self.text.as_bytes()).and_then(|()| out.flush());
        self.text.clear();
        self.judge(written)
    }

    /// A reader that went away (`| head`) ends the run, and is not a failure.
    fn judge(&mut self, written: io::Result<()>) -> Result<(), Failure> {
        match written {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => self.unwanted = true,
            Err(error) => return Err(unwritable("standard output", &error)),
            Ok(()) => {}
        }
        Ok(())
    }
}
