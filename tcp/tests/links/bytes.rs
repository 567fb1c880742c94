//! The bytes that go both ways, and their SHA-256.

use std::io::{self, Read, Write};
use std::time::{Duration, Instant};

use ring::digest::{Context, SHA256};

/// A hash, as people write it.
pub(crate) type Hash = String;

/// The first `length` bytes of the stream of this seed: not the same everywhere.
fn fill(seed: u64, at: u64, chunk: &mut [u8]) {
    for (offset, byte) in (at..).zip(chunk) {
        *byte = ((offset ^ seed).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8;
    }
}

/// What the stream of this seed hashes to.
pub(crate) fn hash_of(seed: u64, length: u64) -> Hash {
    write_all(&mut io::sink(), seed, length).expect("nowhere to fail")
}

/// The stream itself.
pub(crate) fn stream(seed: u64, length: u64) -> Vec<u8> {
    let mut bytes = vec![0; length as usize];
    fill(seed, 0, &mut bytes);
    bytes
}

/// Writes the stream, and gives its hash.
pub(crate) fn write_all(to: &mut impl Write, seed: u64, length: u64) -> io::Result<Hash> {
    let (mut context, mut chunk, mut at) = (Context::new(&SHA256), vec![0; 1 << 16], 0);
    while at < length {
        let count = chunk.len().min((length - at) as usize);
        fill(seed, at, &mut chunk[..count]);
        context.update(&chunk[..count]);
        to.write_all(&chunk[..count])?;
        at += count as u64;
    }
    Ok(text(context))
}

/// What was read to the end.
#[derive(Debug)]
pub(crate) struct Came {
    pub(crate) bytes: u64,
    pub(crate) hash: Hash,
    /// The longest time that a read of some bytes took.
    pub(crate) longest: Duration,
}

/// Reads to the end, and rests a while after each read.
pub(crate) fn read_all(from: &mut impl Read, rest: Duration) -> io::Result<Came> {
    let (mut context, mut chunk) = (Context::new(&SHA256), vec![0; 1 << 16]);
    let (mut bytes, mut longest) = (0, Duration::ZERO);
    loop {
        let start = Instant::now();
        let count = from.read(&mut chunk)?;
        longest = longest.max(start.elapsed());
        if count == 0 {
            return Ok(Came { bytes, hash: text(context), longest });
        }
        context.update(&chunk[..count]);
        bytes += count as u64;
        std::thread::sleep(rest);
    }
}

fn text(context: Context) -> Hash {
    context.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
