//! `barewire sniff`: hears an interface, or reads a capture, and tells the story of the packets while they come.
//!
//! ```text
//!   source: a tap, or a file ──▶ Held, while a key log is followed ──▶ Sniffer ──▶ rows
//!                                                                        └───────▶ record: -w
//! ```
//!
//! Tested in `tests/sniff` over captures, and live in `tests/live/sniffing.rs`.

mod interfaces;
mod key_file;
mod record;
mod rows;
mod same_file;
mod source;
mod until;
mod words;

use std::mem::take;
use std::time::{Duration, SystemTime};

use barewire_packet::capture::{Frame, Statistics};

use super::interrupt;
use super::output::{complain, remark, style};
use crate::cli::SniffArgs;
use crate::failure::{Failure, Step};
use crate::sniff::Sniffer;
use crate::sniff::filter::Filter;
use crate::sniff::held::Held;
use crate::story::Config;
use key_file::KeyFile;
use record::Record;
use rows::Rows;
use source::file::File;
use source::live::Live;
use source::{Came, Source};
use until::Until;
use words::Place;

/// How long a wait for a packet lasts at the most: so often the rest is looked after.
const MOMENT: Duration = Duration::from_millis(50);

/// Runs the command: exit code 0, or 1 where a file ends early.
///
/// # Errors
/// [`Failure`]: an interface that cannot be heard, a file that cannot be read or written.
pub fn run(args: &SniffArgs) -> Result<u8, Failure> {
    if args.list {
        return interfaces::list().map(|()| 0);
    }
    let (place, text) = words::apart(args)?;
    let filter = match Filter::parse(&text) {
        Ok(filter) => filter,
        Err(unreadable) => {
            complain(&format!("({}) {unreadable}", Step::Usage as u8));
            anstream::eprintln!("{}", unreadable.picture());
            return Ok(Step::Usage as u8);
        }
    };
    if let (Place::File(from), Some(to)) = (&place, &args.write) {
        same_file::refuse(from, to)?;
    }
    let mut source = open(args, &place)?;
    let stopped = |error| Failure::io(Step::Usage, &error);
    interrupt::take_requests().map_err(stopped)?;
    if source.is_live() {
        remark(&format!("hearing {place}; Ctrl+C ends"));
    }
    Run::new(args, filter, source.as_ref())?.run(source.as_mut())
}

/// Opens what packets come from.
fn open(args: &SniffArgs, place: &Place) -> Result<Box<dyn Source>, Failure> {
    Ok(match place {
        Place::Interface(name) => Box::new(Live::open(args, name)?),
        Place::File(path) => Box::new(File::open(path, args.snapshot_length)?),
    })
}

/// A run of the command.
struct Run {
    sniffer: Sniffer,
    rows: Rows,
    record: Option<Record>,
    /// The key log that grows while a source is live, and the frames that wait for it.
    keys: Option<KeyFile>,
    held: Held,
    until: Until,
    dropped: u64,
}

impl Run {
    fn new(args: &SniffArgs, filter: Filter, source: &dyn Source) -> Result<Run, Failure> {
        let rows = Rows::new(args, &style());
        let config = Config { keep_parts: args.bytes, ..Config::default() };
        let mut sniffer = Sniffer::new(filter, config, !rows.are_quiet());
        let mut record = args.write.as_deref().map(Record::create).transpose()?;
        let keys = match source.is_live() {
            true => super::keylog::path(args.keylog.as_deref()).map(KeyFile::new),
            false => {
                let lines = super::keylog::read(args.keylog.as_deref())?;
                if !lines.is_empty() {
                    sniffer.secrets(&lines);
                    record.iter_mut().try_for_each(|record| record.secrets(&lines))?;
                }
                None
            }
        };
        let until = Until::new(args.count, args.time);
        Ok(Run { sniffer, rows, record, keys, held: Held::default(), until, dropped: 0 })
    }

    fn run(mut self, source: &mut dyn Source) -> Result<u8, Failure> {
        self.rows.head()?;
        let mut frame = Frame::default();
        let mut cut = None;
        while !interrupt::is_requested() && !self.until.is_late() && !self.has_enough() {
            // Rows wait to be written together only as long as the next frame is already there.
            let wait = if self.rows.wait() { Duration::ZERO } else { MOMENT };
            match source.next(&mut frame, wait)? {
                Came::Frame => self.heard(source, &mut frame)?,
                Came::Secrets(lines) => self.secrets(&lines)?,
                Came::Nothing => self.rows.flush()?,
                Came::End(why) => {
                    cut = why;
                    break;
                }
            }
            if self.until.is_time_for_the_rest() {
                self.look_after_the_rest(source)?;
            }
            self.let_go(source, Some(now()))?;
        }
        self.end(source, cut)
    }

    /// Whether nobody wants more packets.
    fn has_enough(&self) -> bool {
        self.until.is_enough(self.sniffer.taken()) || self.rows.are_unwanted()
    }

    /// A frame was heard. While a key log is followed it may have to wait.
    fn heard(&mut self, source: &dyn Source, frame: &mut Frame) -> Result<(), Failure> {
        if self.keys.is_none() {
            return self.frame(source, frame);
        }
        let link_type = source.interface(frame.interface).link_type;
        self.held.push(link_type, take(frame));
        Ok(())
    }

    /// A frame is judged, drawn and recorded.
    fn frame(&mut self, source: &dyn Source, frame: &mut Frame) -> Result<(), Failure> {
        let interface = source.interface(frame.interface);
        let Some(taken) = self.sniffer.frame(interface, frame) else { return Ok(()) };
        if let Some(Ok(told)) = &taken {
            self.rows.row(told, interface, frame)?;
        }
        self.record.iter_mut().try_for_each(|record| record.frame(interface, frame))
    }

    fn secrets(&mut self, lines: &str) -> Result<(), Failure> {
        self.sniffer.secrets(lines);
        self.record.iter_mut().try_for_each(|record| record.secrets(lines))
    }

    /// Lets go of the frames that need not wait any longer.
    fn let_go(&mut self, source: &dyn Source, now: Option<Duration>) -> Result<(), Failure> {
        while !self.has_enough()
            && let Some(mut frame) = self.held.pop(now)
        {
            self.frame(source, &mut frame)?;
        }
        Ok(())
    }

    /// What has to be done now and then: secrets, drops, and what was not written yet.
    fn look_after_the_rest(&mut self, source: &mut dyn Source) -> Result<(), Failure> {
        if let Some(lines) = self.keys.as_mut().and_then(KeyFile::grown) {
            self.secrets(&lines)?;
        }
        if let Some(so_far) = source.dropped() {
            self.dropped += self.sniffer.dropped(so_far);
            if self.dropped > 0 && self.until.is_time_for_drops() {
                self.rows.dropped(take(&mut self.dropped))?;
            }
        }
        self.rows.flush()?;
        self.record.iter_mut().try_for_each(Record::flush)
    }

    /// Hears what was in the queue when the run ended, so that every frame until then is counted.
    fn hear_the_rest(&mut self, source: &mut dyn Source) -> Result<(), Failure> {
        let (ended, mut frame) = (now(), Frame::default());
        while source.is_live()
            && !self.has_enough()
            && let Came::Frame = source.next(&mut frame, Duration::ZERO)?
            && frame.time <= ended
        {
            self.heard(source, &mut frame)?;
        }
        Ok(())
    }

    fn end(mut self, source: &mut dyn Source, cut: Option<String>) -> Result<u8, Failure> {
        self.hear_the_rest(source)?;
        self.look_after_the_rest(source)?;
        self.let_go(source, None)?;
        let counts = self.sniffer.counts();
        if let Some(mut record) = self.record {
            let received = counts.dropped.map(|dropped| counts.received + dropped);
            let end = if source.is_live() { Some(now()) } else { None };
            record.end(end.map(|end| Statistics { end, received, dropped: counts.dropped }))?;
        }
        self.rows.end(&counts)?;
        if let Some(why) = &cut {
            complain(&format!("not read to its end: {why}"));
        }
        Ok(u8::from(cut.is_some()))
    }
}

/// The time since the Unix epoch: that of the frames of a tap.
fn now() -> Duration {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
}
