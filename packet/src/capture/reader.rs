//! Reading a capture of any size, one frame at a time.

use std::io::Read;
use std::time::Duration;

use super::classic::Classic;
use super::error::{Error, refused};
use super::pcapng::{Section, Step};
use super::source::Source;
use super::{Format, Frame, Interface, Item, Next, Reason};

/// Reads a capture from a file or a pipe. It holds one block, and the list of the interfaces.
#[derive(Debug)]
pub struct Reader<R> {
    source: Source<R>,
    /// Which format it is; known when the first bytes have been read.
    state: State,
    interfaces: Vec<Interface>,
    /// The number of the frame that was read last, as Wireshark counts.
    numbered: u64,
    /// How many of the numbers went to something else.
    others: u64,
    /// Why there is nothing more to read.
    over: Option<Error>,
}

#[derive(Debug)]
enum State {
    NotBegun,
    Pcapng(Section),
    Pcap(Classic),
}

impl<R: Read> Reader<R> {
    /// Reads from `source`, which needs no buffer of its own. Nothing is read before the first item is asked for.
    pub fn new(source: R) -> Reader<R> {
        let source = Source::new(source);
        Reader { source, state: State::NotBegun, interfaces: Vec::new(), numbered: 0, others: 0, over: None }
    }

    /// The next frame or key log; `None` at the end.
    ///
    /// # Errors
    /// [`Error`]. A file that ends inside a record is refused with [`Reason::EndsEarly`] after its last whole frame.
    pub fn next_item(&mut self) -> Result<Option<Item>, Error> {
        let mut frame = Frame::default();
        Ok(match self.read_into(&mut frame)? {
            Next::Frame => Some(Item::Frame(frame)),
            Next::Secrets(secrets) => Some(Item::Secrets(secrets)),
            Next::End => None,
        })
    }

    /// The same, with the next frame put into `frame`. One `Frame` for a whole file saves an allocation per frame.
    ///
    /// # Errors
    /// As [`Reader::next_item`]; `frame` is then not to be used. From then on the error is the same.
    pub fn read_into(&mut self, frame: &mut Frame) -> Result<Next, Error> {
        if let Some(error) = &self.over {
            return Err(error.again());
        }
        let next = self.step(frame);
        match &next {
            Ok(Next::Frame) => {
                self.numbered += 1;
                frame.number = self.numbered;
            }
            Ok(_) => {}
            Err(error) => self.over = Some(error.again()),
        }
        next
    }

    /// The interfaces that have been described so far. That of a frame is always among them.
    pub fn interfaces(&self) -> &[Interface] {
        &self.interfaces
    }

    /// How far it has come in the file, in bytes.
    pub fn bytes_read(&self) -> u64 {
        self.source.position()
    }

    /// When capturing ended, since the Unix epoch, where the file says so. Known when the whole file has been read.
    pub fn end(&self) -> Option<Duration> {
        match &self.state {
            State::Pcapng(section) => section.end,
            State::NotBegun | State::Pcap(_) => None,
        }
    }

    /// How many frames there were so far.
    pub fn frames_read(&self) -> u64 {
        self.numbered - self.others
    }

    /// How many records Wireshark has numbered among the frames so far, though they are not frames: custom blocks,
    /// entries of the systemd journal. They are not read here, and leave gaps in the numbers.
    pub fn numbered_others(&self) -> u64 {
        self.others
    }

    pub(super) fn into_interfaces(self) -> Vec<Interface> {
        self.interfaces
    }

    fn step(&mut self, frame: &mut Frame) -> Result<Next, Error> {
        if let State::NotBegun = self.state {
            self.begin()?;
        }
        loop {
            let step = match &mut self.state {
                State::NotBegun => return Ok(Next::End),
                State::Pcap(classic) => return classic.next(&mut self.source, frame),
                State::Pcapng(section) => section.next(&mut self.source, &mut self.interfaces, frame)?,
            };
            match step {
                Step::Found(next) => return Ok(next),
                Step::Numbered => (self.numbered, self.others) = (self.numbered + 1, self.others + 1),
                Step::Nothing => {}
            }
        }
    }

    /// Tells the format from the first bytes.
    fn begin(&mut self) -> Result<(), Error> {
        let start = self.source.fill(4)?;
        if Section::starts_with(start) {
            self.state = State::Pcapng(Section::default());
        } else if start.starts_with(&[0x1f, 0x8b]) {
            return Err(refused("capture file", 0, Reason::Compressed));
        } else if let Some(classic) = Classic::of_magic(start) {
            self.interfaces.push(classic.header(&mut self.source)?);
            self.state = State::Pcap(classic);
        } else {
            return Err(refused("capture file", 0, not_begun(start)));
        }
        Ok(())
    }
}

/// Why a file that starts so is not read. One that was cut within its first four bytes may have been a capture.
fn not_begun(start: &[u8]) -> Reason {
    match start {
        [] => Reason::Empty,
        _ if Section::may_start_with(start) => Reason::HeaderEndsEarly(Format::Pcapng),
        _ if Classic::may_start_with(start) => Reason::HeaderEndsEarly(Format::Pcap),
        _ => Reason::NotACapture,
    }
}
