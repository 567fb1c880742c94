//! The codings of a body, undone on its way to the sink: those of Transfer-Encoding always, those of Content-Encoding
//! when they were asked for (`--compressed`).
//!
//! As in curl, a coding that is not known is a failure only where a body comes: an answer to HEAD may name any.
//! Tested in `tests/compressed.rs`, and in `tests/live` beside curl.

use barewire_dissect::Refused;
use barewire_http1::Response;
use barewire_http1::coding::{Config, Decoder, Reason};

use super::page::{Page, Undone};
use super::sink::Sink;
use crate::failure::{Failure, Step};

/// What is undone of one body.
#[derive(Debug)]
pub(super) struct Undo {
    /// In the order in which they were applied. Empty: the body stays as it is.
    codings: Vec<String>,
    /// Once some of the body has come.
    decoder: Option<Decoder>,
    /// Whether a part of the content was asked for, and came: it may end anywhere in its coding (RFC 9110 §14.4).
    is_part: bool,
}

impl Undo {
    /// The body stays as it is.
    pub(super) fn nothing() -> Undo {
        Undo { codings: Vec::new(), decoder: None, is_part: false }
    }

    /// What is undone of the body of this response; of its content codings only if it is `compressed`.
    pub(super) fn of(compressed: bool, response: &Response) -> Undo {
        let mut codings = if compressed { response.headers.list("Content-Encoding") } else { Vec::new() };
        codings.extend(response.transfer_codings());
        codings.retain(|coding| !coding.eq_ignore_ascii_case("identity"));
        Undo { codings, decoder: None, is_part: response.status == 206 }
    }

    /// Takes a piece of the body, and moves the content on.
    pub(super) fn body(
        &mut self,
        mut piece: &[u8],
        page: &mut Page,
        mut sink: Option<&mut dyn Sink>,
    ) -> Result<(), Failure> {
        if self.codings.is_empty() {
            return pass_on(piece, page, sink);
        }
        let decoder = match &mut self.decoder {
            Some(decoder) => decoder,
            none => none.insert(Decoder::new(&self.codings, config()).map_err(|why| broken(&why))?),
        };
        let mut buffer = [0; 8192];
        while !piece.is_empty() {
            let taken = decoder.write(piece).map_err(|why| broken(&why))?;
            piece = &piece[taken..];
            while let length @ 1.. = decoder.read(&mut buffer) {
                let sink = sink.as_mut().map(|sink| &mut **sink as &mut dyn Sink);
                pass_on(&buffer[..length], page, sink)?;
            }
            let codings = || Undone { codings: self.codings.clone(), length: 0, raw_deflate: false };
            let undone = page.undone.get_or_insert_with(codings);
            (undone.length, undone.raw_deflate) = (decoder.content(), decoder.is_raw_deflate());
        }
        Ok(())
    }

    /// The body is complete.
    pub(super) fn end(&mut self) -> Result<(), Failure> {
        match self.decoder.as_mut().map_or(Ok(()), Decoder::finish) {
            Err(refused) if self.is_part && refused.reason == Reason::EndsEarly => Ok(()),
            result => result.map_err(|why| broken(&why)),
        }
    }
}

/// Content goes on piece by piece, so its length does not harm memory, and curl has no limit for it. The ratio stays:
/// a server has to send a byte for each 1,100 that are saved.
fn config() -> Config {
    Config { content: u64::MAX, ..Config::default() }
}

/// Some of the content goes to its page, and on to the sink: that of a redirect goes no further.
fn pass_on(piece: &[u8], page: &mut Page, sink: Option<&mut dyn Sink>) -> Result<(), Failure> {
    page.content(piece);
    sink.map_or(Ok(()), |sink| sink.body(piece))
}

fn broken(refused: &Refused<Reason>) -> Failure {
    Failure::lesson(Step::Coding, refused)
}
