//! One coding being undone: what every stage can do, and which stages there are.

#[cfg(feature = "br")]
use super::brotli::Brotli;
use super::gzip::Gzip;
use super::known::Coding;
use super::step::Step;
use super::zlib::Zlib;
#[cfg(feature = "zstd")]
use super::zstd::Zstd;

/// The room that a stage gets for what it makes, in bytes. It is the window of deflate: then nothing stays inside the
/// library when the data breaks.
pub(super) const ROOM: usize = 32 << 10;

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
