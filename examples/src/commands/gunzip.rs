//! Gzip, undone while it is read (RFC 1952): one member after the other, as `cat a.gz b.gz` makes them.
//!
//! As gzip(1) does, it passes over zeros after the last member, with which tapes and some disks fill a file up. The
//! format is flate2's; here are its words. Tested in `tests/input.rs`.

use std::io::{self, BufRead, ErrorKind, Read};

use flate2::bufread::GzDecoder;

/// The first two bytes of a member: RFC 1952 §2.3.1.
pub(super) const MAGIC: [u8; 2] = [0x1f, 0x8b];

/// The bytes that were packed.
pub(super) struct Gunzip<R> {
    /// The member that is being read; None after the last one, and after an error.
    member: Option<GzDecoder<R>>,
}

impl<R: BufRead> Gunzip<R> {
    /// Of bytes that begin with [`MAGIC`].
    pub(super) fn new(packed: R) -> Gunzip<R> {
        Gunzip { member: Some(GzDecoder::new(packed)) }
    }
}

impl<R: BufRead> Read for Gunzip<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while let Some(mut member) = self.member.take() {
            let read = member.read(out).map_err(in_words)?;
            let ends = read == 0 && !out.is_empty();
            self.member = if ends { next_member(member.into_inner())? } else { Some(member) };
            if !ends {
                return Ok(read);
            }
        }
        Ok(0)
    }
}

/// What follows a member: another one, or zeros up to the end.
fn next_member<R: BufRead>(mut packed: R) -> io::Result<Option<GzDecoder<R>>> {
    loop {
        let bytes = packed.fill_buf()?;
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        match bytes {
            [] => return Ok(None),
            [first, ..] if *first == MAGIC[0] => return Ok(Some(GzDecoder::new(packed))),
            _ if zeros == 0 => {
                return Err(io::Error::new(
                    ErrorKind::InvalidData,
                    "the gzip data is followed by other bytes",
                ));
            }
            _ => packed.consume(zeros),
        }
    }
}

/// An error of the format says that it is about gzip. One of the file stays as it is.
fn in_words(error: io::Error) -> io::Error {
    let kind = error.kind();
    match kind {
        _ if error.raw_os_error().is_some() => error,
        ErrorKind::UnexpectedEof => io::Error::new(kind, "the gzip data ends early"),
        _ => io::Error::new(kind, format!("the gzip data is broken: {error}")),
    }
}
