//! Gzip, undone while a file is read (RFC 1952): the decoder of [`barewire_http1::coding`] over a reader. Tested in
//! `tests/input.rs`.

use std::io::{self, BufRead, ErrorKind, Read};

use barewire_dissect::Refused;
use barewire_http1::coding::{Config, Decoder, Reason};

/// The first two bytes of a member: RFC 1952 §2.3.1.
pub(super) const MAGIC: [u8; 2] = [0x1f, 0x8b];

/// The bytes that were packed.
pub(super) struct Gunzip<R> {
    packed: R,
    /// `None` after the end, and after an error.
    decoder: Option<Decoder>,
}

impl<R: BufRead> Gunzip<R> {
    /// Of bytes that begin with [`MAGIC`]. A file that somebody has chosen may become as long as it likes.
    pub(super) fn new(packed: R) -> Gunzip<R> {
        Gunzip { packed, decoder: Decoder::new(&["gzip".to_owned()], Config::unlimited()).ok() }
    }
}

impl<R: BufRead> Read for Gunzip<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while let Some(decoder) = self.decoder.as_mut().filter(|_| !out.is_empty()) {
            let length = decoder.read(out);
            if length > 0 {
                return Ok(length);
            }
            let bytes = self.packed.fill_buf()?;
            let ends = bytes.is_empty();
            let taken = if ends { decoder.finish().map(|()| 0) } else { decoder.write(bytes) };
            match taken {
                Ok(taken) => self.packed.consume(taken),
                Err(refused) => {
                    self.decoder = None;
                    return Err(in_words(&refused));
                }
            }
            if ends {
                self.decoder = None;
            }
        }
        Ok(0)
    }
}

fn in_words(refused: &Refused<Reason>) -> io::Error {
    let early = refused.reason == Reason::EndsEarly;
    io::Error::new(if early { ErrorKind::UnexpectedEof } else { ErrorKind::InvalidData }, refused.to_string())
}
