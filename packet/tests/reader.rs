//! The streaming reader: any way in which bytes may come gives the same, and nothing is held that is not needed.

mod common;

use std::io::{self, Read};

use barewire_packet::capture::{Error, Frame, Item, Next, Reader};
use common::blocks::Blocks;
use common::{capture_of, conversation};

const LITTLE: Blocks = Blocks { big: false };

/// A file that gives at most so many bytes at a time, is interrupted in between, and counts what it gave.
struct Slow<'a> {
    rest: &'a [u8],
    most: usize,
    calls: usize,
}

impl Read for Slow<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.calls += 1;
        if self.calls.is_multiple_of(3) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let most = self.most.min(buffer.len());
        self.rest.read(&mut buffer[..most])
    }
}

fn items(mut reader: Reader<impl Read>) -> Vec<Item> {
    let mut items = Vec::new();
    while let Some(item) = reader.next_item().unwrap() {
        items.push(item);
    }
    items
}

#[test]
fn however_the_bytes_come() {
    let mut capture = capture_of(conversation().iter().map(|packet| (101, &packet[..])));
    capture.secrets.push("CLIENT_RANDOM aa bb\n".into());
    capture.frames[2].comment = Some("the third".into());
    let file = capture.write();
    let wanted = items(Reader::new(&file[..]));
    let frames = capture.frames.into_iter().map(Item::Frame);
    assert_eq!(wanted, capture.secrets.into_iter().map(Item::Secrets).chain(frames).collect::<Vec<_>>());
    for most in [1, 2, 3, 5, 7, 64, 1000] {
        let slow = Slow { rest: &file, most, calls: 0 };
        assert_eq!(items(Reader::new(slow)), wanted, "{most} bytes at a time");
    }
}

/// One `Frame` for the whole file: nothing of a frame is left in the next.
#[test]
fn a_frame_is_used_again() {
    let mut capture = capture_of(conversation().iter().map(|packet| (101, &packet[..])));
    capture.frames[0].comment = Some("only this one".into());
    let file = capture.write();
    let mut reader = Reader::new(&file[..]);
    let mut frame = Frame::default();
    for wanted in &capture.frames {
        assert_eq!(reader.read_into(&mut frame).unwrap(), Next::Frame);
        assert_eq!(&frame, wanted);
    }
    assert_eq!(reader.read_into(&mut frame).unwrap(), Next::End);
    assert_eq!(reader.read_into(&mut frame).unwrap(), Next::End);
    assert_eq!((reader.bytes_read(), reader.interfaces()), (file.len() as u64, &capture.interfaces[..]));
}

/// A file without end, that counts what was taken of it.
struct Endless {
    block: Vec<u8>,
    given: u64,
}

impl Read for &mut Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        for (index, byte) in buffer.iter_mut().enumerate() {
            *byte = self.block[(self.given as usize + index) % self.block.len()];
        }
        self.given += buffer.len() as u64;
        Ok(buffer.len())
    }
}

/// The reader takes no more than one chunk of 128 KiB ahead of what it has used, and its `Frame` is not allocated anew.
#[test]
fn it_holds_no_more_than_it_needs() {
    let block = LITTLE.enhanced(0, 5, &[7; 1500], &[]);
    let begin = [LITTLE.section(), LITTLE.interface(1, 0, &[])].concat();
    let mut endless = Endless { block, given: 0 };
    let mut reader = Reader::new(begin.chain(&mut endless));
    let mut frame = Frame::default();
    let mut place = None;
    for number in 1..=2000 {
        assert_eq!(reader.read_into(&mut frame).unwrap(), Next::Frame);
        assert_eq!((frame.number, frame.bytes.len()), (number, 1500));
        assert_eq!(*place.get_or_insert(frame.bytes.as_ptr()), frame.bytes.as_ptr(), "frame {number}");
    }
    let read = reader.bytes_read() - begin.len() as u64;
    drop(reader);
    assert!(endless.given - read <= 128 * 1024, "{} bytes ahead", endless.given - read);
}

/// An error of the file is passed on, and reading is over, even if the file would go on.
#[test]
fn errors_of_the_file() {
    struct Stumbles(bool);
    impl Read for Stumbles {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            let first = std::mem::replace(&mut self.0, false);
            if first { Err(io::ErrorKind::TimedOut.into()) } else { Ok(0) }
        }
    }
    let [first, ..] = conversation();
    let file = capture_of([(101, &first[..])]).write();
    let mut reader = Reader::new(file.chain(Stumbles(true)));
    assert!(matches!(reader.next_item(), Ok(Some(Item::Frame(_)))));
    for _ in 0..2 {
        let Err(Error::Io(error)) = reader.next_item() else { panic!("no error") };
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }
}
