//! Bodies on their way in and out, by their framing (RFC 9112 §6): the same for both roles.
//!
//! [`Incoming`] finds the end of what the peer sends. [`Outgoing`] holds a sender to what its head declared: neither
//! more nor fewer bytes leave. Tested in `tests/client.rs` and `tests/server.rs`.

use crate::chunked::{self, Piece};
use crate::error::{Error, Problem};
use crate::framing::Body;
use crate::headers::Headers;
use crate::limits::Limits;

/// A body that is being received.
#[derive(Debug, Clone)]
pub(crate) struct Incoming {
    way: Way,
    /// Content bytes so far.
    got: u64,
}

#[derive(Debug, Clone)]
enum Way {
    Length { whole: u64 },
    Chunked(Box<chunked::Decoder>),
    UntilClose,
}

impl Incoming {
    pub(crate) fn new(body: Body, limits: &Limits) -> Incoming {
        let way = match body {
            Body::None => Way::Length { whole: 0 },
            Body::Length(whole) => Way::Length { whole },
            Body::Chunked => Way::Chunked(Box::new(chunked::Decoder::new(limits))),
            Body::UntilClose => Way::UntilClose,
        };
        Incoming { way, got: 0 }
    }

    /// Content bytes so far.
    pub(crate) fn got(&self) -> u64 {
        self.got
    }

    /// Reads from the start of `input`; the contract is that of [`chunked::Decoder::read`].
    pub(crate) fn read<'a>(
        &mut self,
        input: &'a [u8],
    ) -> Result<(usize, Option<Piece<'a>>), (usize, Problem)> {
        let (taken, piece) = match &mut self.way {
            Way::Length { whole } if self.got == *whole => (0, Some(Piece::End(Headers::new()))),
            Way::Length { whole } => {
                let left = usize::try_from(*whole - self.got).unwrap_or(usize::MAX);
                let length = left.min(input.len());
                (length, (length > 0).then(|| Piece::Data(&input[..length])))
            }
            Way::Chunked(decoder) => decoder.read(input)?,
            Way::UntilClose => (input.len(), (!input.is_empty()).then_some(Piece::Data(input))),
        };
        if let Some(Piece::Data(data)) = &piece {
            self.got += data.len() as u64;
        }
        Ok((taken, piece))
    }

    /// The connection closed, `clean`ly or not. `Ok`: that is where the body ends.
    pub(crate) fn close(&self, clean: bool) -> Result<(), Problem> {
        match &self.way {
            Way::UntilClose if clean => Ok(()),
            Way::UntilClose => Err(Problem::IncompleteClose { got: self.got }),
            Way::Length { whole } => Err(Problem::TruncatedBody { got: self.got, want: Some(*whole) }),
            Way::Chunked(_) => Err(Problem::TruncatedBody { got: self.got, want: None }),
        }
    }
}

/// A body that is being sent.
#[derive(Debug, Clone)]
pub(crate) struct Outgoing {
    body: Body,
    given: u64,
}

impl Outgoing {
    pub(crate) fn new(body: Body) -> Outgoing {
        Outgoing { body, given: 0 }
    }

    /// Appends `data` to `out` as the framing wants it. More than was declared is refused whole.
    pub(crate) fn write(&mut self, data: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        let given = self.given.saturating_add(data.len() as u64);
        let declared = match self.body {
            Body::None => 0,
            Body::Length(length) => length,
            Body::Chunked | Body::UntilClose => u64::MAX,
        };
        if given > declared {
            return Err(Error::misuse(Problem::WrongBodyLength { declared, given }));
        }
        self.given = given;
        match self.body {
            Body::Chunked => chunked::write_chunk(data, out),
            _ => out.extend_from_slice(data),
        }
        Ok(())
    }

    /// Ends the body. Fewer bytes than declared, or trailers where there can be none, are refused.
    pub(crate) fn finish(&self, trailers: &Headers, out: &mut Vec<u8>) -> Result<(), Error> {
        match self.body {
            Body::Length(declared) if declared != self.given => {
                Err(Error::misuse(Problem::WrongBodyLength { declared, given: self.given }))
            }
            Body::Chunked => chunked::write_end(trailers, out),
            _ if !trailers.is_empty() => {
                Err(Error::misuse(Problem::ContradictsBody("trailers were given for a body without chunks")))
            }
            _ => Ok(()),
        }
    }
}
