//! The chunked coding: by hand, by chance, and against its limits.

use barewire_dissect::Refused;
use barewire_http1::chunked::{Decoder, Piece, write_chunk, write_end};
use barewire_http1::{Headers, Limits, Reason};
use proptest::prelude::*;

/// Decodes `body`, given in pieces of `sizes` (over and over), as a connection would.
fn decode(
    body: &[u8],
    sizes: &[usize],
    limits: &Limits,
) -> Result<(Vec<u8>, Option<Headers>, usize), Refused<Reason>> {
    let mut decoder = Decoder::new(limits);
    let (mut content, mut held, mut taken, mut given) = (Vec::new(), Vec::new(), 0, 0);
    for size in sizes.iter().cycle() {
        let next = body.len().min(given + (*size).max(1));
        held.extend_from_slice(&body[given..next]);
        given = next;
        loop {
            let (more, piece) = decoder
                .read(&held)
                .map_err(|refused| Refused { offset: taken + refused.offset, ..refused })?;
            let end = match &piece {
                Some(Piece::Data(data)) => {
                    content.extend_from_slice(data);
                    None
                }
                Some(Piece::End(trailers)) => Some(trailers.clone()),
                None => None,
            };
            let stuck = piece.is_none() && more == 0;
            held.drain(..more);
            taken += more;
            if end.is_some() {
                return Ok((content, end, taken));
            }
            if stuck {
                break;
            }
        }
        if given == body.len() {
            break;
        }
    }
    Ok((content, None, taken))
}

#[test]
fn by_the_grammar() {
    let whole: [(&[u8], &[u8]); 8] = [
        (b"0\r\n\r\n", b""),
        (b"3\r\nabc\r\n0\r\n\r\n", b"abc"),
        (b"003\r\nabc\r\n000\r\n\r\n", b"abc"),
        (b"a\r\n0123456789\r\n1\r\nx\r\n0\r\n\r\n", b"0123456789x"),
        (b"A;name\r\n0123456789\r\n0;last\r\n\r\n", b"0123456789"),
        (b"1 ; a = b ;c=\"q;\\\"\r\"\r\nx\r\n0\r\n\r\n", b""),
        (b"1 ; a = b ;c=\"q;\\\" \";d\r\nx\r\n0\r\n\r\n", b"x"),
        (b"2\r\n\r\n\r\n0\r\nA: b\r\nC: d\r\n\r\n", b"\r\n"),
    ];
    for (index, (body, content)) in whole.into_iter().enumerate() {
        let got = decode(body, &[usize::MAX >> 1], &Limits::default());
        if index == 5 {
            assert_eq!(got.unwrap_err().reason, Reason::ChunkExtension(b'\r'), "a CR inside quotes");
            continue;
        }
        let (got, trailers, taken) = got.unwrap();
        assert_eq!((&got[..], taken), (content, body.len()), "{:?}", String::from_utf8_lossy(body));
        assert!(trailers.is_some());
    }
    let broken: [(&[u8], usize, Reason); 15] = [
        (b"\r\n", 0, Reason::ChunkSize(b'\r')),
        (b"-1\r\n", 0, Reason::ChunkSize(b'-')),
        (b"0x1\r\n", 1, Reason::ChunkSize(b'x')),
        (b" 1\r\n", 0, Reason::ChunkSize(b' ')),
        (b"1 \r\n", 2, Reason::ChunkExtension(b'\r')),
        (b"1;\r\n", 2, Reason::ChunkExtension(b'\r')),
        (b"1;a=\r\n", 4, Reason::ChunkExtension(b'\r')),
        (b"1\nx\r\n", 1, Reason::ChunkLineLf),
        (b"1\r\nxy\r\n", 4, Reason::ChunkEnd(b'y')),
        (b"1\r\nx\ry", 5, Reason::ChunkEnd(b'y')),
        (b"10000000000000000\r\n", 0, Reason::ChunkTooLarge),
        (b"0\r\nA : b\r\n\r\n", 4, Reason::SpaceBeforeColon),
        (b"0\r\nA: b\n\r\n", 7, Reason::BareLf),
        (b"1;a\nx\r\n", 3, Reason::ChunkLineLf),
        (b"0\r\n A: b\r\n\r\n", 3, Reason::SpaceBeforeTrailers),
    ];
    for (body, offset, reason) in broken {
        for size in [1, usize::MAX >> 1] {
            let error = decode(body, &[size], &Limits::default()).unwrap_err();
            assert_eq!(
                (error.offset, &error.reason),
                (offset, &reason),
                "{:?}",
                String::from_utf8_lossy(body)
            );
        }
    }
}

#[test]
fn limits_hold() {
    let limits = Limits { chunk_line: 50, chunk_extensions: 40, trailers: 60, ..Limits::default() };
    let endless = [b"1;a=".to_vec(), vec![b'x'; 1000]].concat();
    assert_eq!(decode(&endless, &[7], &limits).unwrap_err().reason, Reason::ChunkLineTooLong(50));
    let drop_by_drop = b"1;aaaaaaaa\r\nx\r\n".repeat(10);
    assert_eq!(decode(&drop_by_drop, &[7], &limits).unwrap_err().reason, Reason::ExtensionsTooLong(40));
    let trailers = [b"0\r\n".to_vec(), b"A: b\r\n".repeat(100)].concat();
    assert_eq!(decode(&trailers, &[7], &limits).unwrap_err().reason, Reason::SectionTooLong(60));
    let many = [b"0\r\n".to_vec(), b"A:\r\n".repeat(101), b"\r\n".to_vec()].concat();
    assert_eq!(decode(&many, &[7], &Limits::default()).unwrap_err().reason, Reason::TooManyFields(100));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn what_is_encoded_is_decoded(
        chunks in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..60), 0..8),
        trailers in proptest::collection::vec(("X[a-zA-Z]{1,9}", "[!-~]([ -~]{0,9}[!-~])?"), 0..4),
        cuts in proptest::collection::vec(1usize..40, 1..6),
    ) {
        let mut fields = Headers::new();
        for (name, value) in &trailers {
            fields.push(name.clone(), value.clone());
        }
        let mut body = Vec::new();
        for chunk in &chunks {
            write_chunk(chunk, &mut body);
        }
        write_end(&fields, &mut body).unwrap();
        body.extend_from_slice(b"behind");
        let (content, end, taken) = decode(&body, &cuts, &Limits::default()).unwrap();
        prop_assert_eq!(content, chunks.concat());
        prop_assert_eq!(end, Some(fields));
        prop_assert_eq!(taken, body.len() - 6);
    }
}
