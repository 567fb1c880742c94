//! The decoder of chunks: the first byte says how the rest is cut, and no cut changes what comes out. What was decoded
//! is encoded again, and read the same. `cargo +nightly fuzz run chunked`
#![no_main]

use barewire_dissect::Refused;
use barewire_http1::chunked::{Decoder, Piece, write_chunk, write_end};
use barewire_http1::{Headers, Limits, Reason};
use libfuzzer_sys::fuzz_target;

/// The content, the trailers if the body ended, how many bytes were taken, and why no more.
type Decoded = (Vec<u8>, Option<Headers>, usize, Option<(usize, Reason)>);

fn decode(body: &[u8], size: usize) -> Decoded {
    let mut decoder = Decoder::new(&Limits::default());
    let (mut content, mut held, mut taken) = (Vec::new(), Vec::new(), 0);
    for piece in body.chunks(size) {
        held.extend_from_slice(piece);
        loop {
            let (more, piece) = match decoder.read(&held) {
                Ok(read) => read,
                Err(Refused { offset, reason, .. }) => {
                    return (content, None, 0, Some((taken + offset, reason)));
                }
            };
            let is_stuck = more == 0 && piece.is_none();
            match piece {
                Some(Piece::Data(data)) => content.extend_from_slice(data),
                Some(Piece::End(trailers)) => return (content, Some(trailers), taken + more, None),
                None => {}
            }
            held.drain(..more);
            taken += more;
            if is_stuck {
                break;
            }
        }
    }
    (content, None, 0, None)
}

fuzz_target!(|bytes: &[u8]| {
    let [size, body @ ..] = bytes else { return };
    let whole = decode(body, body.len().max(1));
    assert_eq!(decode(body, usize::from(*size).max(1)), whole);
    let (content, Some(trailers), ..) = whole else { return };
    let mut again = Vec::new();
    content.chunks(usize::from(*size).max(1)).for_each(|chunk| write_chunk(chunk, &mut again));
    // Trailers that must stand in the head are read, and not written.
    if write_end(&trailers, &mut again).is_ok() {
        let length = again.len();
        again.extend_from_slice(b"the next message");
        assert_eq!(decode(&again, 7), (content, Some(trailers), length, None));
    }
});
