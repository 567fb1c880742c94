//! Bodies on their way in and out, by their framing (RFC 9112 §6). The same for both roles.
//!
//! [`BodyDecoder`] finds the end of the body that the peer sends. [`BodyEncoder`] makes a sender keep what its head
//! declared: neither more nor fewer bytes leave. Tested in `tests/client.rs` and `tests/server.rs`.

use crate::chunked::{self, Piece};
use crate::config::Config;
use crate::framing::Body;
use crate::headers::Headers;
use crate::reason::{Reason, misuse};
use barewire_dissect::Refused;

/// A body that is being received.
#[derive(Debug, Clone)]
pub(crate) struct BodyDecoder {
    ends: Ends,
    /// Content bytes so far.
    got: u64,
}

/// How the end is found.
#[derive(Debug, Clone)]
enum Ends {
    AfterLength(u64),
    AfterLastChunk(Box<chunked::Decoder>),
    WithConnection,
}

impl BodyDecoder {
    pub(crate) fn new(body: Body, config: &Config) -> BodyDecoder {
        let ends = match body {
            Body::None => Ends::AfterLength(0),
            Body::Length(length) => Ends::AfterLength(length),
            Body::Chunked => Ends::AfterLastChunk(Box::new(chunked::Decoder::new(&config.limits))),
            Body::UntilClose => Ends::WithConnection,
        };
        BodyDecoder { ends, got: 0 }
    }

    /// No body.
    pub(crate) fn none() -> BodyDecoder {
        BodyDecoder { ends: Ends::AfterLength(0), got: 0 }
    }

    /// Content bytes so far.
    pub(crate) fn got(&self) -> u64 {
        self.got
    }

    /// Whether all of its bytes came, so that reading its end takes none.
    pub(crate) fn is_whole(&self) -> bool {
        matches!(self.ends, Ends::AfterLength(length) if self.got == length)
    }

    /// Reads from the start of `input`. The contract is that of [`chunked::Decoder::read`].
    pub(crate) fn read<'a>(
        &mut self,
        input: &'a [u8],
    ) -> Result<(usize, Option<Piece<'a>>), Refused<Reason>> {
        let (taken, piece) = match &mut self.ends {
            Ends::AfterLength(length) if self.got == *length => (0, Some(Piece::End(Headers::new()))),
            Ends::AfterLength(length) => {
                let left = usize::try_from(*length - self.got).unwrap_or(usize::MAX);
                let taken = left.min(input.len());
                (taken, (taken > 0).then(|| Piece::Data(&input[..taken])))
            }
            Ends::AfterLastChunk(decoder) => decoder.read(input)?,
            Ends::WithConnection => (input.len(), (!input.is_empty()).then_some(Piece::Data(input))),
        };
        if let Some(Piece::Data(data)) = &piece {
            self.got += data.len() as u64;
        }
        Ok((taken, piece))
    }

    /// `missing` bytes of the stream will never come. If all of them are content, they are counted as content, and
    /// the body goes on after them. Else `false`, and nothing has changed.
    pub(crate) fn skip(&mut self, missing: u64) -> bool {
        let all_content = match &mut self.ends {
            Ends::AfterLength(length) => missing <= *length - self.got,
            Ends::AfterLastChunk(decoder) => decoder.skip(missing),
            Ends::WithConnection => true,
        };
        if all_content {
            self.got = self.got.saturating_add(missing);
        }
        all_content
    }

    /// The connection closed. `clean`: in the proper way of its transport. `Ok`: the body ends there.
    pub(crate) fn close(&self, clean: bool) -> Result<(), Reason> {
        match &self.ends {
            Ends::WithConnection if clean => Ok(()),
            Ends::WithConnection => Err(Reason::IncompleteClose { got: self.got }),
            Ends::AfterLength(length) => Err(Reason::TruncatedBody { got: self.got, want: Some(*length) }),
            Ends::AfterLastChunk(_) => Err(Reason::TruncatedBody { got: self.got, want: None }),
        }
    }
}

/// A body that is being sent.
#[derive(Debug, Clone)]
pub(crate) struct BodyEncoder {
    body: Body,
    given: u64,
}

impl BodyEncoder {
    pub(crate) fn new(body: Body) -> BodyEncoder {
        BodyEncoder { body, given: 0 }
    }

    /// Appends `data` to `out`, framed. When it is more than was declared, nothing is appended.
    pub(crate) fn write(&mut self, data: &[u8], out: &mut Vec<u8>) -> Result<(), Refused<Reason>> {
        let given = self.given.saturating_add(data.len() as u64);
        let declared = match self.body {
            Body::None => 0,
            Body::Length(length) => length,
            Body::Chunked | Body::UntilClose => u64::MAX,
        };
        if given > declared {
            return Err(misuse(Reason::WrongBodyLength { declared, given }));
        }
        self.given = given;
        match self.body {
            Body::Chunked => chunked::write_chunk(data, out),
            _ => out.extend_from_slice(data),
        }
        Ok(())
    }

    /// Ends the body. Refused: fewer bytes than declared, and trailers after a body without chunks.
    pub(crate) fn finish(&self, trailers: &Headers, out: &mut Vec<u8>) -> Result<(), Refused<Reason>> {
        match self.body {
            Body::Length(declared) if declared != self.given => {
                Err(misuse(Reason::WrongBodyLength { declared, given: self.given }))
            }
            Body::Chunked => chunked::write_end(trailers, out),
            _ if !trailers.is_empty() => {
                Err(misuse(Reason::ContradictsBody("trailers were given for a body without chunks")))
            }
            _ => Ok(()),
        }
    }
}
