//! Any bytes as a capture file: read or refused, the same in any portions; what was read is written, and read again
//! as the same.
#![no_main]

use std::io::{self, Read};
use std::time::Duration;

use barewire_dissect::Lesson;
use barewire_packet::capture::{Capture, Error, Frame, Next, Reader};
use libfuzzer_sys::fuzz_target;

/// A file that gives few bytes at a time, and counts them.
struct Slow<'a> {
    rest: &'a [u8],
    given: u64,
}

impl Read for &mut Slow<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer.len().min(1 + self.rest.len() % 13);
        let read = self.rest.read(&mut buffer[..most])?;
        self.given += read as u64;
        Ok(read)
    }
}

fuzz_target!(|bytes: &[u8]| {
    let slowly = read_slowly(bytes);
    let mut capture = match Capture::read(bytes) {
        Ok(capture) => capture,
        Err(error) => {
            assert!(error.offset() <= bytes.len(), "{error}");
            return;
        }
    };
    assert_eq!(slowly, capture.frames);
    if let Some(cut) = capture.cut.take() {
        assert!(cut.offset <= bytes.len(), "{cut}");
    }
    for (index, _, ip) in capture.ip_packets() {
        assert!(capture.frames[index].bytes.ends_with(ip));
    }
    // 64 bits of nanoseconds are the latest time that is written, 16 bits the longest comment; numbers are those of
    // the file.
    let latest = Duration::from_nanos(u64::MAX);
    capture.end = capture.end.map(|end| end.min(latest));
    for (index, frame) in capture.frames.iter_mut().enumerate() {
        frame.time = frame.time.min(latest);
        frame.number = index as u64 + 1;
        frame.comment = frame.comment.take().filter(|comment| comment.len() <= 65_535);
    }
    assert_eq!(Capture::read(&capture.write()), Ok(capture));
});

/// The frames, read with one `Frame` for all of them. The reader never holds more than the block that it reads.
fn read_slowly(bytes: &[u8]) -> Vec<Frame> {
    let mut slow = Slow { rest: bytes, given: 0 };
    let mut reader = Reader::new(&mut slow);
    let (mut frame, mut frames) = (Frame::default(), Vec::new());
    loop {
        match reader.read_into(&mut frame) {
            Ok(Next::Frame) => {
                assert!((frame.interface as usize) < reader.interfaces().len());
                frames.push(frame.clone());
            }
            Ok(Next::Secrets(_)) => {}
            Ok(Next::End) => break,
            Err(Error::Refused(_)) => break,
            Err(Error::Io(error)) => panic!("{error}"),
        }
    }
    let used = reader.bytes_read();
    assert!(used <= slow.given && slow.given <= bytes.len() as u64);
    frames
}
