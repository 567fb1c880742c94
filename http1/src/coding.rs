//! Codings of content, undone: gzip, deflate, br and zstd (RFC 9110 §8.4.1, RFC 9112 §7.2). With the feature `codings`.
//!
//! A server may code the content of a message to make it shorter. Content-Encoding names the codings of the
//! representation, and Transfer-Encoding those of this one message; the last one in the field was applied last, so it
//! is undone first. [`Decoder`] undoes a list of them, without I/O and in bounded memory:
//!
//! ```text
//!   Content-Encoding: gzip, br
//!
//!              write()   ┌────────┐ buffer ┌────────┐ buffer   read()
//!   the wire ──────────▶ │   br   │ ──▶▶── │  gzip  │ ──▶▶── ──────────▶ the content
//!                        └────────┘        └────────┘
//! ```
//!
//! A few kilobytes can hold gigabytes of zeros. So a stage works only while the buffer after it is empty:
//! [`Decoder::write`] takes no more bytes than fill it, and [`Config`] says how long the content may become: 64 MiB
//! where [`undo`] holds it in memory, and 1 GiB where it is read piece by piece.
//!
//! The compressed formats are read by libraries in pure Rust: deflate by `miniz_oxide`, br by `brotli-decompressor`
//! (feature `br`), zstd by `ruzstd` (feature `zstd`). What stands around them is read here: the members of gzip
//! (`gzip.rs`), the two forms of deflate (`zlib.rs`), the frames of zstd (`zstd.rs`). Chunked is not a stage: it frames
//! the body, and [`crate::chunked`] undoes it.
//!
//! The page of this workspace knows gzip and deflate only, because its program has to come fast.
//!
//! Left out: the coding compress; dictionaries (dcb, dcz); coding. Of zstd, the last window of content (at most 8 MiB)
//! comes only when its frame is complete, because the library keeps it until then.
//! Tested in `tests/coding.rs` with the bytes of other programs, and beside curl in `examples/tests/live`.

#[cfg(feature = "br")]
mod brotli;
mod config;
mod gzip;
mod held;
mod inflate;
mod known;
mod link;
mod reason;
mod stage;
mod step;
mod zlib;
#[cfg(feature = "zstd")]
mod zstd;

use std::fmt;

use barewire_dissect::Refused;

pub use config::Config;
pub use known::{Coding, accept_encoding};
pub use reason::Reason;

use link::Link;

/// Undoes the codings of one body.
///
/// ```
/// use barewire_http1::coding::{Config, Decoder};
///
/// // printf 'Hello' | gzip -n
/// let coded = b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xf3\x48\xcd\xc9\xc9\x07\0\
///     \x82\x89\xd1\xf7\x05\0\0\0";
/// let mut decoder = Decoder::new(&["gzip".to_owned()], Config::default())?;
/// let (mut rest, mut content, mut buffer) = (&coded[..], Vec::<u8>::new(), [0; 1024]);
/// while !rest.is_empty() {
///     let taken = decoder.write(rest)?;
///     rest = &rest[taken..];
///     while let length @ 1.. = decoder.read(&mut buffer) {
///         content.extend(&buffer[..length]);
///     }
/// }
/// decoder.finish()?;
/// assert_eq!(content, b"Hello");
/// # Ok::<(), barewire_dissect::Refused<barewire_http1::coding::Reason>>(())
/// ```
pub struct Decoder {
    /// In the order in which they are undone.
    links: Vec<Link>,
    config: Config,
    /// Bytes that [`Decoder::write`] took.
    coded: u64,
    /// Bytes that [`Decoder::read`] gave.
    content: u64,
    /// An error of the end. Those before it are in the links.
    ended: Option<Refused<Reason>>,
}

impl fmt::Debug for Decoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut all = f.debug_struct("Decoder");
        all.field("coded", &self.coded).field("content", &self.content).field("fault", &self.fault());
        all.finish_non_exhaustive()
    }
}

impl Decoder {
    /// A decoder for content with these codings, in the order in which they were applied: the elements of
    /// Content-Encoding, then those of [`Response::transfer_codings`](crate::Response::transfer_codings). `identity`
    /// codes nothing. Case does not matter.
    ///
    /// # Errors
    /// [`Reason::UnknownCoding`], [`Reason::TooManyCodings`]. The offset is the place in the list, from 0.
    pub fn new(codings: &[String], config: Config) -> Result<Decoder, Refused<Reason>> {
        let refused = |offset, reason| Refused { what: "list of codings", offset, reason };
        let mut links = Vec::new();
        for (place, name) in codings.iter().enumerate() {
            if name.eq_ignore_ascii_case("identity") {
                continue;
            }
            let unknown = || refused(place, Reason::UnknownCoding(name.as_str().into()));
            links.push(Link::new(Coding::named(name).ok_or_else(unknown)?));
            if links.len() > config.codings {
                return Err(refused(place, Reason::TooManyCodings(config.codings)));
            }
        }
        links.reverse();
        if links.is_empty() {
            links.push(Link::plain());
        }
        Ok(Decoder { links, config, coded: 0, content: 0, ended: None })
    }

    /// Takes coded bytes, cut anywhere, and gives how many it took. It takes all of them, or stops when content waits
    /// to be [read](Decoder::read).
    ///
    /// # Errors
    /// [`Refused`], when the content before the broken place has been read. The decoder is over then: the error stays.
    pub fn write(&mut self, bytes: &[u8]) -> Result<usize, Refused<Reason>> {
        let taken = self.advance(bytes);
        match self.fault() {
            Some(refused) if !self.waits() => Err(refused),
            _ => Ok(taken),
        }
    }

    /// Moves some of the content to the start of `out`, and gives how many bytes: 0 when it needs more coded bytes, or
    /// is over.
    pub fn read(&mut self, out: &mut [u8]) -> usize {
        if !self.waits() {
            self.advance(&[]);
        }
        let length = self.links.last_mut().map_or(0, |last| last.read(out));
        self.content += length as u64;
        length
    }

    /// The coded bytes have ended. To be called when [`Decoder::read`] gives 0. A body of no bytes at all is complete:
    /// answers to HEAD and 304 name codings, too.
    ///
    /// # Errors
    /// [`Reason::EndsEarly`]; what [`Decoder::write`] could not say yet; [`Reason::Unread`] if content waits.
    pub fn finish(&mut self) -> Result<(), Refused<Reason>> {
        if !self.waits() {
            self.advance(&[]);
        }
        if self.waits() {
            return Err(Refused { what: "content", offset: self.content as usize, reason: Reason::Unread });
        }
        if self.fault().is_none() {
            self.ended = self.links.iter().find_map(Link::ends_early);
        }
        self.fault().map_or(Ok(()), Err)
    }

    /// How many coded bytes were taken so far.
    pub fn coded(&self) -> u64 {
        self.coded
    }

    /// How many bytes of content were read so far.
    pub fn content(&self) -> u64 {
        self.content
    }

    /// Whether data called deflate came without its zlib wrapper, as "some non-conformant implementations send" it (RFC
    /// 9110 §8.4.1.2).
    pub fn is_raw_deflate(&self) -> bool {
        self.links.iter().any(Link::is_raw_deflate)
    }

    /// Whether content waits to be read.
    fn waits(&self) -> bool {
        self.links.last().is_some_and(Link::waits)
    }

    /// The error, when there is one. Bytes that come out of one stage before it breaks go through the later ones, so an
    /// error of a later stage is about bytes before it, and counts.
    fn fault(&self) -> Option<Refused<Reason>> {
        self.links.iter().rev().find_map(Link::fault).or(self.ended.as_ref()).cloned()
    }

    /// Lets every stage work until nothing moves, and gives how many of `bytes` the first one took.
    fn advance(&mut self, bytes: &[u8]) -> usize {
        let mut taken = 0;
        // After the end nothing is taken any more.
        let mut moves = self.ended.is_none();
        while moves {
            moves = false;
            for index in 0..self.links.len() {
                let most = self.config.most(self.coded);
                let (before, rest) = self.links.split_at_mut(index);
                let moved = match before.last_mut() {
                    Some(source) => {
                        let moved = rest[0].step(source.waiting(), most);
                        source.take(moved.taken);
                        moved
                    }
                    None => {
                        let moved = rest[0].step(&bytes[taken..], most);
                        taken += moved.taken;
                        self.coded += moved.taken as u64;
                        moved
                    }
                };
                moves |= moved.taken > 0 || moved.made > 0;
            }
        }
        taken
    }
}

/// Undoes the codings of a whole body, of which `coded` are the bytes.
///
/// ```
/// use barewire_http1::coding::{Config, undo};
///
/// let coded = [0x78, 0x9c, 0xcb, 0xc8, 0x04, 0x00, 0x01, 0x3b, 0x00, 0xd2];
/// assert_eq!(undo(&["deflate".to_owned()], &coded, Config::default()).unwrap(), b"hi");
/// ```
///
/// # Errors
/// A coding is not known, its data is broken or cut, or there is more content than `config` allows. All of it is held
/// in memory, so [`Config::held`] counts too.
pub fn undo(codings: &[String], mut coded: &[u8], config: Config) -> Result<Vec<u8>, Refused<Reason>> {
    let config = Config { content: config.content.min(config.held), ..config };
    let mut decoder = Decoder::new(codings, config)?;
    let (mut content, mut buffer) = (Vec::new(), [0; 8192]);
    while !coded.is_empty() {
        let taken = decoder.write(coded)?;
        coded = &coded[taken..];
        while let length @ 1.. = decoder.read(&mut buffer) {
            content.extend_from_slice(&buffer[..length]);
        }
    }
    decoder.finish()?;
    Ok(content)
}
