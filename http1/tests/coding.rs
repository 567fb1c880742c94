//! Codings undone: the bytes of gzip, zlib, node and zstd (`tests/codings/record.sh`) give what was coded, cut
//! anywhere; and what is wrong with data is said.

mod undo;

use barewire_dissect::Lesson;
use barewire_http1::coding::{Coding, Config, Decoder, Reason, accept_encoding};
use undo::{Undone, recorded, undo, undo_pieces, undo_whole};

/// Files that hold the text, and their codings.
const TEXTS: [(&str, &str); 14] = [
    ("text.gz", "gzip"),
    ("text.gz", "X-GZip"),
    ("members.gz", "gzip"),
    ("parts.gz", "gzip"),
    ("text.zlib", "deflate"),
    ("text.raw", "deflate"),
    ("window.raw", "deflate"),
    ("text.br", "br"),
    ("fast.br", "BR"),
    ("text.zst", "zstd"),
    ("stream.zst", "zstd"),
    ("frames.zst", "zstd"),
    ("gzip_br", "gzip, br"),
    ("gzip_br", "identity, gzip, identity, br"),
];

#[test]
fn what_others_coded() {
    let text = recorded("text");
    for (file, codings) in TEXTS {
        let undone = undo_whole(codings, &recorded(file));
        assert_eq!(undone.result, Ok(()), "{file}");
        assert!(undone.content == text, "{file}: {}", String::from_utf8_lossy(&undone.content));
        assert_eq!(undone.raw, file.ends_with(".raw"), "{file}");
    }
    for (file, codings) in
        [("empty.gz", "gzip"), ("empty.raw", "deflate"), ("empty.br", "br"), ("empty.zst", "zstd")]
    {
        let undone = undo_whole(codings, &recorded(file));
        assert_eq!((undone.result, undone.content.len()), (Ok(()), 0), "{file}");
    }
}

/// A stored block whose first byte could begin a zlib header; zlib says "incorrect header check", and undoes it as raw.
#[test]
fn the_first_two_bytes_tell_the_wrapper() {
    let bytes = b"\x78\x05\x00\xfa\xffHello\x03\x00";
    for piece in [1, 2, bytes.len()] {
        let undone = undo("deflate", bytes, Config::default(), piece, 100);
        assert_eq!((undone.result, &undone.content[..], undone.raw), (Ok(()), &b"Hello"[..], true));
    }
}

/// Matches that lie 40,000 bytes back.
#[test]
fn windows_larger_than_that_of_deflate() {
    let mut state = 1u32;
    let mut next = || {
        state = (state.wrapping_mul(1103515245).wrapping_add(12345)) % (1 << 31);
        (state >> 16) as u8
    };
    let noise: Vec<u8> = (0..40_000).map(|_| next()).collect();
    for (file, codings) in [("noise.br", "br"), ("noise.zst", "zstd")] {
        for piece in [1, 1000, usize::MAX] {
            let undone = undo(codings, &recorded(file), Config::default(), piece, 999);
            assert_eq!(undone.result, Ok(()), "{file}");
            assert!(undone.content == noise.repeat(5), "{file} in pieces of {piece}");
        }
    }
}

#[test]
fn every_cut_gives_the_same() {
    for (file, codings) in TEXTS {
        let bytes = recorded(file);
        let whole = undo_whole(codings, &bytes);
        for room in [1, 7, 4096] {
            for piece in (1..20).chain([bytes.len() - 1, bytes.len()]) {
                let undone = undo(codings, &bytes, Config::default(), piece, room);
                assert_eq!(undone, whole, "{file} in pieces of {piece}, read {room} at a time");
            }
        }
        for cut in 1..bytes.len() {
            let two = [&bytes[..cut], &bytes[cut..]];
            let undone = undo_pieces(codings, &two, Config::default(), 5000);
            assert_eq!(undone, whole, "{file} cut at {cut}");
        }
    }
}

/// Frames and members without content, between others.
#[test]
fn empty_members_and_frames() {
    for (codings, names) in [
        ("gzip", ["empty.gz", "empty.gz", "text.gz", "empty.gz"]),
        ("zstd", ["empty.zst", "empty.zst", "text.zst", "empty.zst"]),
    ] {
        let bytes = names.map(recorded).concat();
        for piece in [1, 2, 3, 10, bytes.len()] {
            let undone = undo(codings, &bytes, Config::default(), piece, 4096);
            assert_eq!(undone.result, Ok(()), "{codings} in pieces of {piece}");
            assert!(undone.content == recorded("text"), "{codings} in pieces of {piece}");
        }
    }
}

/// Cut off at every byte: the content that was there, and an error that says where; except between members and frames.
#[test]
fn cut_off_anywhere() {
    let text = recorded("text");
    for (file, codings) in TEXTS {
        let bytes = recorded(file);
        let mut whole = Vec::new();
        for end in 1..bytes.len() {
            let undone = undo_whole(codings, &bytes[..end]);
            assert!(text.starts_with(&undone.content), "{file} up to byte {end}");
            match undone.result {
                Ok(()) => whole.push(end),
                Err(refused) => {
                    assert_eq!(refused.reason, Reason::EndsEarly, "{file} up to byte {end}");
                    assert_eq!(refused.rule(), "RFC 9110 §8.4");
                    let at_the_end = codings.contains(", ") || refused.offset == end;
                    assert!(at_the_end, "{file} up to byte {end}: {refused}");
                }
            }
        }
        // The end of the first member, of the first frame, and of the frame to skip.
        let wanted: &[usize] = match file {
            "members.gz" => &[173],
            "frames.zst" => &[189, 200],
            _ => &[],
        };
        assert_eq!(whole, wanted, "{file}");
    }
    let nothing = undo_whole("gzip, br", b"");
    assert_eq!((nothing.result, nothing.content.len()), (Ok(()), 0), "no body is no error");
}

#[test]
fn bytes_after_the_end() {
    for (file, codings) in TEXTS.iter().filter(|(_, codings)| !codings.contains(", ")) {
        let bytes = recorded(file);
        for piece in [1, usize::MAX] {
            let more = [&bytes[..], b"more!"].concat();
            let undone = undo(codings, &more, Config::default(), piece, 4096);
            assert_eq!(undone.content, recorded("text"), "{file}: the content is whole");
            let refused = undone.result.expect_err(file);
            let wanted = match *codings {
                "zstd" => Reason::NotZstd(u32::from_le_bytes(*b"more")),
                _ => Reason::TrailingByte(b'm'),
            };
            assert_eq!((refused.reason, refused.offset), (wanted, bytes.len()), "{file}");
        }
    }
    // As gzip(1): zeros fill up a tape.
    let padded = [&recorded("text.gz")[..], &[0; 9]].concat();
    assert_eq!(undo_whole("gzip", &padded).result, Ok(()));
    let again = [&padded[..], &recorded("text.gz")].concat();
    assert_eq!(undo_whole("gzip", &again).content, recorded("text").repeat(2));
}

/// One wrong byte at a time: what is said, and where.
#[test]
fn what_is_wrong_is_said() {
    use Reason::*;
    let text = recorded("text.gz").len();
    let is = 0x6c40_1648; // as zlib.crc32 of Python has it
    let cases: &[(&str, &str, usize, u8, Reason, usize)] = &[
        ("text.gz", "gzip", 0, 0x42, NotGzip(0x42), 0),
        ("text.gz", "gzip", 1, 0x42, NotGzip(0x42), 1),
        ("text.gz", "gzip", 2, 7, GzipMethod(7), 2),
        ("text.gz", "gzip", 3, 0x80, GzipFlags(0x80), 3),
        ("text.gz", "gzip", text - 8, 0, GzipCrc { said: is & !0xff, is }, text - 8),
        ("text.gz", "gzip", text - 4, 0, GzipLength { said: 3788 & !0xff, is: 3788 }, text - 4),
        ("parts.gz", "gzip", 12, 1, GzipHeaderCrc { said: 0x47de, is: 0x5eee }, 35),
        ("text.zlib", "deflate", 1, 0xbb, ZlibDictionary, 1),
        ("large_window.br", "br", 0, 0x11, Brotli("window bits".into()), 1),
        ("text.zst", "zstd", 0, 0x42, NotZstd(0xfd2f_b542), 0),
        ("text.zst", "zstd", 4, 0x6c, ZstdReserved, 4),
        ("long_window.zst", "zstd", 5, 0x70, ZstdWindow(16 << 20), 5),
        ("text.zst", "zstd", 5, 0xcd, ZstdLength { said: 3789, is: 3788 }, recorded("text.zst").len()),
        ("stream.zst", "zstd", 6, 0x06, ZstdBlockType, 6),
        ("stream.zst", "zstd", 8, 0xff, ZstdBlockSize(0x1f_e139), 6),
    ];
    for (file, codings, at, byte, reason, offset) in cases {
        let mut bytes = recorded(file);
        bytes[*at] = *byte;
        for piece in [1, usize::MAX] {
            let refused = undo(codings, &bytes, Config::default(), piece, 100).result.expect_err(file);
            assert_eq!((&refused.reason, refused.offset), (reason, *offset), "{file}: {refused}");
        }
    }
    let refused = undo_whole("zstd", &recorded("dictionary.zst")).result.expect_err("a dictionary");
    assert!(matches!(refused.reason, ZstdDictionary(1..)), "{refused}");
    for file in ["text.zlib", "text.zst"] {
        let mut bytes = recorded(file);
        *bytes.last_mut().expect("bytes") ^= 1;
        let refused =
            undo_whole(if file == "text.zst" { "zstd" } else { "deflate" }, &bytes).result.expect_err(file);
        assert!(matches!(refused.reason, Adler32 { .. } | ZstdChecksum { .. }), "{refused}");
        assert_eq!(refused.offset, bytes.len() - 4, "{refused}");
    }
}

#[test]
fn sentences() {
    let broken = [&recorded("text.gz")[..10], &[0xff]].concat();
    for (codings, bytes, sentence) in [
        (
            "gzip",
            b"<html>".to_vec(),
            "byte 0x3c at byte 0 of the gzip data is not how gzip begins; RFC 1952 §2.3.1 begins a member with 1f 8b",
        ),
        (
            "gzip",
            broken,
            "the gzip data cannot be read near byte 11; RFC 1951 §3.2 defines blocks, and these bytes are none",
        ),
        (
            "br",
            recorded("text.br")[..9].to_vec(),
            "the br data ends early, at byte 9; RFC 9110 §8.4 undoes codings to get the content, and this is not all \
             of it",
        ),
        (
            "zstd",
            recorded("long_window.zst"),
            "the frame header at byte 5 of the zstd data wants a window of 16,777,216 bytes; RFC 9659 §3 allows 8 MiB \
             in HTTP",
        ),
    ] {
        let Undone { result, .. } = undo_whole(codings, &bytes);
        assert_eq!(result.expect_err(sentence).to_string(), sentence);
    }
}

#[test]
fn which_codings_are_known() {
    let new = |names: &[&str]| {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        Decoder::new(&names, Config::default())
            .map(|_| ())
            .map_err(|refused| (refused.offset, refused.reason))
    };
    assert_eq!(new(&["gzip", "rot13"]), Err((1, Reason::UnknownCoding("rot13".into()))));
    assert_eq!(new(&["gzip; q=1"]), Err((0, Reason::UnknownCoding("gzip; q=1".into()))));
    assert_eq!(new(&["compress"]), Err((0, Reason::UnknownCoding("compress".into()))));
    assert_eq!((new(&["gzip"; 5]), new(&["gzip"; 6])), (Ok(()), Err((5, Reason::TooManyCodings(5)))));
    assert_eq!(accept_encoding(), "deflate, gzip, br, zstd", "what curl 7.88.1 --compressed sends");
    for name in accept_encoding().split(", ") {
        assert_eq!(Coding::named(name).map(|coding| coding.to_string()).as_deref(), Some(name));
    }
    let plain = undo_whole("identity", b"as it is");
    assert_eq!((plain.result, &plain.content[..]), (Ok(()), &b"as it is"[..]));
}

/// Nobody loses content that nobody read.
#[test]
fn content_that_waits_is_not_forgotten() {
    let mut decoder = Decoder::new(&["gzip".to_owned()], Config::default()).expect("known");
    let bytes = recorded("text.gz");
    let taken = decoder.write(&bytes).expect("no error");
    let refused = decoder.finish().expect_err("content waits");
    assert_eq!((refused.offset, refused.reason), (0, Reason::Unread));
    let mut buffer = [0; 5000];
    assert_eq!(decoder.read(&mut buffer), 3788);
    assert_eq!((decoder.write(&bytes[taken..]), decoder.finish()), (Ok(bytes.len() - taken), Ok(())));
    assert_eq!((decoder.coded(), decoder.content()), (bytes.len() as u64, 3788));
}

/// RFC 1951 §3.2.3: a distance does not lead to before the start of the output. zlib, and so curl and Python, calls it
/// "invalid distance too far back". Both bodies are "a" and a copy of three bytes, with fixed codes.
#[test]
fn a_distance_before_the_start() {
    let good = [0x4b, 0x04, 0x02, 0x00];
    assert_eq!(undo_whole("deflate", &good).content, b"aaaa");
    let too_far = [0x4b, 0x04, 0x42, 0x00];
    for piece in [1, usize::MAX] {
        let undone = undo("deflate", &too_far, Config::default(), piece, 100);
        assert!(matches!(undone.result, Err(ref refused) if refused.reason == Reason::Deflate), "{undone:?}");
        assert_eq!(undone.content, b"a");
    }
    // Nor into the member before it: that would be "aoao", and the checksum is the one of this.
    let first = b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xcb\x48\xcd\xc9\xc9\x07\0\x86\xa6\x10\x36\x05\0\0\0";
    assert_eq!(undo_whole("gzip", first).content, b"hello");
    let head = b"\x1f\x8b\x08\0\0\0\0\0\0\x03";
    let trailer = [&0x40be_e548_u32.to_le_bytes()[..], &4_u32.to_le_bytes()].concat();
    let second = [&head[..], &too_far, &trailer].concat();
    let undone = undo_whole("gzip", &[&first[..], &second].concat());
    assert!(matches!(undone.result, Err(ref refused) if refused.reason == Reason::Deflate), "{undone:?}");
    assert_eq!(undone.content, b"helloa");
}
