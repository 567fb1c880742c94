//! Writing a capture while it is taken: block after block, with nothing held back.

use std::io::{self, Write};

use super::write::{enhanced_packet, interface, secrets, section_header, statistics};
use super::{Frame, Interface, Statistics};

/// Writes pcapng, one block at a time. What was written is a whole file at any moment: it lacks the frames that come
/// later, and nothing else.
///
/// ```
/// use std::time::Duration;
/// use barewire_packet::capture::{Capture, Frame, Interface, Origin, Writer, linktype};
///
/// let mut writer = Writer::new(Vec::new())?;
/// let lo = Interface { link_type: linktype::RAW, name: "lo".to_owned(), origin: Origin::Seen };
/// let interface = writer.interface(&lo)?;
/// let bytes = vec![0x45, 0x00];
/// writer.frame(&Frame { number: 1, interface, bytes, original_len: 9, ..Frame::default() })?;
/// let capture = Capture::read(&writer.into_inner()).expect("a capture");
/// assert_eq!((capture.interfaces[0].name.as_str(), capture.frames[0].original_len), ("lo", 9));
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// Tested in `tests/capture.rs`.
#[derive(Debug)]
pub struct Writer<W> {
    out: W,
    interfaces: u32,
    /// The block that is being made.
    block: Vec<u8>,
}

impl<W: Write> Writer<W> {
    /// Begins a file.
    ///
    /// # Errors
    /// What writing says.
    pub fn new(out: W) -> io::Result<Writer<W>> {
        let mut writer = Writer { out, interfaces: 0, block: Vec::new() };
        writer.put(section_header)?;
        Ok(writer)
    }

    /// Describes an interface, before its first frame. Gives its number, for [`Frame::interface`].
    ///
    /// # Errors
    /// What writing says.
    pub fn interface(&mut self, one: &Interface) -> io::Result<u32> {
        self.put(|out| interface(out, one))?;
        self.interfaces += 1;
        Ok(self.interfaces - 1)
    }

    /// Adds lines of a TLS key log. They open the connections whose ServerHello comes after them.
    ///
    /// # Errors
    /// What writing says.
    pub fn secrets(&mut self, lines: &str) -> io::Result<()> {
        self.put(|out| secrets(out, lines))
    }

    /// Adds a frame.
    ///
    /// # Errors
    /// What writing says.
    pub fn frame(&mut self, frame: &Frame) -> io::Result<()> {
        self.put(|out| enhanced_packet(out, frame))
    }

    /// Adds what was counted at an interface.
    ///
    /// # Errors
    /// What writing says.
    pub fn statistics(&mut self, interface: u32, about: &Statistics) -> io::Result<()> {
        self.put(|out| statistics(out, interface, about))
    }

    /// Hands on what a writer below holds back.
    ///
    /// # Errors
    /// What writing says.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// What was written to.
    pub fn into_inner(self) -> W {
        self.out
    }

    fn put(&mut self, block: impl FnOnce(&mut Vec<u8>)) -> io::Result<()> {
        self.block.clear();
        block(&mut self.block);
        self.out.write_all(&self.block)
    }
}
