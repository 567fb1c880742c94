//! One coding being undone: what every stage can do, and which stages there are.

#[cfg(feature = "br")]
use super::brotli::Brotli;
use super::gzip::Gzip;
use super::known::Coding;
use super::reason::Reason;
use super::zlib::Zlib;
#[cfg(feature = "zstd")]
use super::zstd::Zstd;

/// The room that a stage gets for what it makes, in bytes. It is the window of deflate: then nothing stays inside the
/// library when the data breaks.
pub(super) const ROOM: usize = 32 << 10;

/// What a stage did with a piece.
#[derive(Debug, Default)]
pub(super) struct Step {
    /// Bytes of the piece that it took.
    pub(super) taken: usize,
    /// Bytes that it wrote to the start of its room.
    pub(super) made: usize,
    /// The data is broken. What was made came before that.
    pub(super) fault: Option<Fault>,
}

/// Why data is broken, and where.
#[derive(Debug)]
pub(super) struct Fault {
    /// How many bytes before the end of what was taken.
    pub(super) back: usize,
    pub(super) reason: Reason,
}

impl Step {
    /// It took so much, and then the data was broken, `back` bytes before that place.
    pub(super) fn broken(taken: usize, back: usize, reason: Reason) -> Step {
        Step { taken, made: 0, fault: Some(Fault { back, reason }) }
    }
}

/// One coding being undone.
pub(super) enum Stage {
    /// No coding.
    Plain,
    Gzip(Box<Gzip>),
    Deflate(Box<Zlib>),
    #[cfg(feature = "br")]
    Brotli(Box<Brotli>),
    #[cfg(feature = "zstd")]
    Zstd(Box<Zstd>),
}

impl Stage {
    pub(super) fn new(coding: Coding) -> Stage {
        match coding {
            Coding::Gzip => Stage::Gzip(Box::default()),
            Coding::Deflate => Stage::Deflate(Box::default()),
            #[cfg(feature = "br")]
            Coding::Brotli => Stage::Brotli(Box::default()),
            #[cfg(feature = "zstd")]
            Coding::Zstd => Stage::Zstd(Box::default()),
        }
    }

    /// Works on a piece. Without a piece it goes on with what it holds.
    pub(super) fn step(&mut self, input: &[u8], out: &mut [u8]) -> Step {
        match self {
            Stage::Plain => {
                let length = input.len().min(out.len());
                out[..length].copy_from_slice(&input[..length]);
                Step { taken: length, made: length, fault: None }
            }
            Stage::Gzip(gzip) => gzip.step(input, out),
            Stage::Deflate(zlib) => zlib.step(input, out),
            #[cfg(feature = "br")]
            Stage::Brotli(brotli) => brotli.step(input, out),
            #[cfg(feature = "zstd")]
            Stage::Zstd(zstd) => zstd.step(input, out),
        }
    }

    /// Whether the data may end here.
    pub(super) fn may_end(&self) -> bool {
        match self {
            Stage::Plain => true,
            Stage::Gzip(gzip) => gzip.may_end(),
            Stage::Deflate(zlib) => zlib.may_end(),
            #[cfg(feature = "br")]
            Stage::Brotli(brotli) => brotli.may_end(),
            #[cfg(feature = "zstd")]
            Stage::Zstd(zstd) => zstd.may_end(),
        }
    }
}
