//! The packets that a sniffer writes to a file: pcapng, whole at each moment when it was flushed.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use barewire_packet::capture::{Frame, Interface, Statistics, Writer};

use crate::commands::output::unwritable;
use crate::failure::Failure;

/// What is written at a time.
const BUFFER: usize = 256 << 10;

/// A file that is written.
pub(super) struct Record {
    writer: Writer<BufWriter<Box<dyn Write>>>,
    name: String,
    /// The numbers of the interfaces in the file: those of which packets were taken.
    numbers: HashMap<u32, u32>,
    is_flushed: bool,
}

impl Record {
    /// Begins a file; `-` is standard output.
    pub(super) fn create(path: &Path) -> Result<Record, Failure> {
        let is_stdout = path == Path::new("-");
        let name = if is_stdout { "standard output".to_owned() } else { path.display().to_string() };
        let to: io::Result<Box<dyn Write>> = match is_stdout {
            true => Ok(Box::new(io::stdout())),
            false => File::create(path).map(|file| Box::new(file) as Box<dyn Write>),
        };
        let writer = to.and_then(|to| Writer::new(BufWriter::with_capacity(BUFFER, to)));
        let writer = writer.map_err(|error| unwritable(&name, &error))?;
        Ok(Record { writer, name, numbers: HashMap::new(), is_flushed: false })
    }

    pub(super) fn secrets(&mut self, lines: &str) -> Result<(), Failure> {
        self.is_flushed = false;
        self.writer.secrets(lines).map_err(|error| unwritable(&self.name, &error))
    }

    /// Adds a frame. Its number of the interface is changed to that in the file.
    pub(super) fn frame(&mut self, interface: &Interface, frame: &mut Frame) -> Result<(), Failure> {
        self.is_flushed = false;
        self.put(interface, frame).map_err(|error| unwritable(&self.name, &error))
    }

    fn put(&mut self, interface: &Interface, frame: &mut Frame) -> io::Result<()> {
        frame.interface = match self.numbers.get(&frame.interface) {
            Some(number) => *number,
            None => {
                let number = self.writer.interface(interface)?;
                self.numbers.insert(frame.interface, number);
                number
            }
        };
        self.writer.frame(frame)
    }

    /// Makes a whole file of what was written so far.
    pub(super) fn flush(&mut self) -> Result<(), Failure> {
        if self.is_flushed {
            return Ok(());
        }
        self.is_flushed = true;
        self.writer.flush().map_err(|error| unwritable(&self.name, &error))
    }

    /// Ends the file. What the system counted is about one interface; where several were heard together it is left out.
    pub(super) fn end(&mut self, about: Option<Statistics>) -> Result<(), Failure> {
        let alone = self.numbers.len() == 1;
        for number in 0..self.numbers.len() as u32 {
            let Some(about) = about else { break };
            let about = if alone { about } else { Statistics { received: None, dropped: None, ..about } };
            self.writer.statistics(number, &about).map_err(|error| unwritable(&self.name, &error))?;
        }
        self.is_flushed = false;
        self.flush()
    }
}
