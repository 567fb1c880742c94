//! What a few coded bytes may cost: bombs are refused at the limit, long content takes bounded memory, and data with
//! wrong bits does no harm.

mod held;
mod undo;

use std::io::Write;

use barewire_http1::coding::{self, Config, Decoder, Reason};
use flate2::Compression;
use flate2::write::GzEncoder;
use held::measured;
use undo::{Undone, recorded, undo, undo_whole};

/// What `task` gives, and how many bytes it held at the most.
fn most_held<T>(task: impl FnOnce() -> T) -> (T, usize) {
    let (result, [most, ..]) = measured(task);
    (result, most)
}

/// Undoes without keeping the content: its length, whether it is zeros, and the error.
fn zeros_in(codings: &[&str], bytes: &[u8], config: Config) -> (u64, Result<(), Reason>) {
    let names: Vec<String> = codings.iter().map(|name| (*name).to_owned()).collect();
    let mut decoder = Decoder::new(&names, config).expect("known codings");
    let mut buffer = [0; 8192];
    let result = bytes.chunks(1460).try_for_each(|mut rest| {
        while !rest.is_empty() {
            let taken = decoder.write(rest)?;
            rest = &rest[taken..];
            while let length @ 1.. = decoder.read(&mut buffer) {
                assert!(buffer[..length].iter().all(|byte| *byte == 0));
            }
        }
        Ok(())
    });
    let result = result.and_then(|()| decoder.finish());
    (decoder.content(), result.map_err(|refused| refused.reason))
}

#[test]
fn a_hundred_megabytes_of_zeros_take_little_memory() {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    (0..100).for_each(|_| gzip.write_all(&[0; 1 << 20]).expect("memory"));
    let bytes = gzip.finish().expect("memory");
    let ((length, result), held) = most_held(|| zeros_in(&["gzip"], &bytes, Config::default()));
    assert_eq!((length, result), (100 << 20, Ok(())));
    assert!(held < 128 << 10, "{held} bytes");
}

/// 16 MiB of zeros in 153 bytes, 256 MiB in 405 and in 8,262 bytes.
#[test]
fn bombs_are_refused_at_the_limit() {
    let free = Config::default().free;
    let nested = recorded("nested.gz");
    let small = Config { free: 1 << 20, ..Config::default() };
    for (file, codings, config, most, memory) in [
        ("nested.gz", &["gzip", "gzip"][..], Config::default(), 1 << 24, 256 << 10),
        ("nested.gz", &["gzip", "gzip"], small, 1 << 20, 256 << 10),
        ("bomb.br", &["br"], Config::default(), free, 40 << 20),
        ("bomb.zst", &["zstd"], Config::default(), free, 20 << 20),
    ] {
        let bytes = recorded(file);
        let ((length, result), held) = most_held(|| zeros_in(codings, &bytes, config));
        let wanted = if most == 1 << 24 && file == "nested.gz" { Ok(()) } else { Err(Reason::TooLong(most)) };
        assert_eq!((length, result), (most, wanted), "{file}");
        assert!(held < memory, "{file}: {held} bytes");
    }
    // The bomb inside is not undone by one coding; what it is made of is content then.
    assert_eq!(undo_whole("gzip", &nested).content[..2], [0x1f, 0x8b]);
}

/// An honest ratio, and too long all the same; also where a stage on the way gets long, and no content comes.
#[test]
fn content_is_not_longer_than_the_limit() {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    (0..40).for_each(|_| gzip.write_all(&[0; 1 << 20]).expect("memory"));
    let bytes = gzip.finish().expect("memory");
    let config = Config { content: 30_000_001, ..Config::default() };
    assert_eq!(zeros_in(&["gzip"], &bytes, config), (30_000_001, Err(Reason::TooLong(30_000_001))));
    assert_eq!(zeros_in(&["gzip"], &bytes, Config::unlimited()), (40 << 20, Ok(())));

    let empty = recorded("empty.gz").repeat(100_000);
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(&empty).expect("memory");
    let config = Config { content: 1_000_000, ..Config::default() };
    let (length, result) = zeros_in(&["gzip", "gzip"], &gzip.finish().expect("memory"), config);
    assert_eq!((length, result), (0, Err(Reason::TooLong(1_000_000))));
}

/// 66 MiB from 66 KB is what gzip can do, so a decoder gives it. In memory nobody holds it who did not ask for that.
#[test]
fn content_that_is_held_has_a_bound_of_its_own() {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    (0..66).for_each(|_| gzip.write_all(&[0; 1 << 20]).expect("memory"));
    let bytes = gzip.finish().expect("memory");
    let undone = |config| coding::undo(&["gzip".to_owned()], &bytes, config).map(|content| content.len());
    let refused = undone(Config::default()).expect_err("too long");
    assert_eq!(refused.reason, Reason::TooLong(64 << 20));
    let wanted = "of the gzip data hold more than 67,108,864 bytes of content; RFC 9110 §2.3 sets no limit";
    assert!(refused.to_string().contains(wanted), "wanted {wanted:?}, got {refused}");
    assert_eq!(undone(Config { held: 66 << 20, ..Config::default() }), Ok(66 << 20));
    let shorter = undone(Config { content: 1 << 20, ..Config::default() });
    assert_eq!(shorter.map_err(|refused| refused.reason), Err(Reason::TooLong(1 << 20)));
}

/// A header that only announces much costs nothing.
#[test]
fn a_window_is_not_allocated_before_it_is_needed() {
    for (file, codings) in [("empty.zst", "zstd"), ("text.br", "br"), ("stream.zst", "zstd")] {
        let bytes = recorded(file);
        let (undone, held) = most_held(|| undo_whole(codings, &bytes));
        assert_eq!(undone.result, Ok(()), "{file}");
        assert!(held < 512 << 10, "{file}: {held} bytes");
    }
}

/// A bit turned round, every third of them: an error or not, but the same one however the bytes are cut, and the same
/// content before it. Of brotli, the library keeps content back when it breaks in the same piece.
#[test]
fn wrong_bits_do_no_harm() {
    for (file, codings) in [
        ("text.gz", "gzip"),
        ("parts.gz", "gzip"),
        ("text.zlib", "deflate"),
        ("text.raw", "deflate"),
        ("text.br", "br"),
        ("text.zst", "zstd"),
        ("frames.zst", "zstd"),
        ("gzip_br", "gzip, br"),
    ] {
        let bytes = recorded(file);
        for bit in (0..bytes.len() * 8).step_by(3) {
            let mut broken = bytes.clone();
            broken[bit / 8] ^= 1 << (bit % 8);
            let whole = undo_whole(codings, &broken);
            let pieces = undo(codings, &broken, Config::default(), 1 + bit % 5, 100);
            let is_same = match whole.result {
                Err(_) if codings.contains("br") => pieces.content.starts_with(&whole.content),
                _ => pieces.content == whole.content,
            };
            assert!(is_same, "{file}, bit {bit}: {whole:?}\n{pieces:?}");
            assert_eq!(about(&whole), about(&pieces), "{file}, bit {bit}");
        }
    }
}

/// Why it was refused. In compressed data the library's place depends on the cut, by a few bytes, and so does its word
/// for what is wrong in brotli.
fn about(undone: &Undone) -> Option<(Reason, Option<usize>)> {
    let refused = undone.result.as_ref().err()?;
    Some(match &refused.reason {
        Reason::Deflate => (Reason::Deflate, None),
        Reason::Brotli(_) => (Reason::Brotli("".into()), None),
        other => (other.clone(), Some(refused.offset)),
    })
}
