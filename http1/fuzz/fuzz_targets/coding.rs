//! Coded content, whole and in pieces: never more than the limit, and the same content.
//! `cargo +nightly fuzz run coding`
//!
//! The first byte says which codings, the second how the rest is cut.
#![no_main]

use barewire_http1::coding::{Config, Decoder, Reason};
use libfuzzer_sys::fuzz_target;

const CODINGS: [&[&str]; 8] = [
    &["gzip"],
    &["deflate"],
    &["br"],
    &["zstd"],
    &["gzip", "gzip"],
    &["zstd", "gzip"],
    &["br", "zstd"],
    &["identity"],
];
const LIMIT: u64 = 1 << 20;

fuzz_target!(|bytes: &[u8]| {
    let [which, size, bytes @ ..] = bytes else { return };
    let codings = CODINGS[usize::from(which & 7)];
    let (whole, why) = undo(codings, bytes, usize::MAX, 1 << 16);
    let (pieces, why_in_pieces) = undo(codings, bytes, usize::from(*size).max(1), 100);
    // The library of brotli keeps content back when the data breaks in the same piece, so another error can come first.
    if codings.contains(&"br") && why.is_some() {
        assert!(why_in_pieces.is_some());
    } else {
        assert_eq!(why, why_in_pieces);
        assert!(whole == pieces, "{} and {} bytes", whole.len(), pieces.len());
    }
});

fn undo(codings: &[&str], bytes: &[u8], piece: usize, room: usize) -> (Vec<u8>, Option<Reason>) {
    let names: Vec<String> = codings.iter().map(|name| (*name).to_owned()).collect();
    let config = Config { content: LIMIT, ..Config::default() };
    let mut decoder = Decoder::new(&names, config).expect("known codings");
    let (mut content, mut buffer) = (Vec::new(), vec![0; room]);
    for mut rest in bytes.chunks(piece) {
        while !rest.is_empty() {
            let before = content.len();
            let taken = match decoder.write(rest) {
                Ok(taken) => taken,
                Err(refused) => {
                    let _ = refused.to_string();
                    assert_eq!(decoder.write(b"x"), Err(refused.clone()), "an error stays");
                    return (content, Some(refused.reason));
                }
            };
            rest = &rest[taken..];
            while let length @ 1.. = decoder.read(&mut buffer) {
                content.extend(&buffer[..length]);
                assert!(content.len() as u64 <= LIMIT);
            }
            assert!(taken > 0 || content.len() > before, "nothing moves");
        }
    }
    let result = decoder.finish();
    (content, result.err().map(|refused| refused.reason))
}
