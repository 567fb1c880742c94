//! http01: a body in chunks, in one piece and cut at all places.

use barewire_dissect::Direction::{ToClient, ToServer};
use barewire_http1::Limits;
use barewire_http1::chunked::{Decoder, Piece};

use super::text;
use crate::steps::{Failed, Steps};

const CHUNKS: &str = "RFC 9112 §7.1";
const DECODING: &str = "RFC 9112 §7.1.3";

/// What a decoder makes of a body that arrives in these pieces, until its end, a refusal, or the last byte.
fn decoded<'a>(steps: &mut Steps, pieces: impl IntoIterator<Item = &'a [u8]>) -> String {
    steps.connect(80);
    steps.send_around(ToServer, b"GET / HTTP/1.1\r\nHost: www.example.test\r\n\r\n");
    steps.send_around(ToClient, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    let mut decoder = Decoder::new(&Limits::default());
    let (mut content, mut held, mut taken) = (Vec::new(), Vec::new(), 0);
    for arrived in pieces {
        steps.send(ToClient, arrived);
        held.extend_from_slice(arrived);
        loop {
            let (more, piece) = match decoder.read(&held) {
                Ok(read) => read,
                Err(error) => return format!("{}, refused at byte {}", text(&content), taken + error.offset),
            };
            if more > held.len() {
                return format!("{} bytes taken, and there are only {}", taken + more, taken + held.len());
            }
            taken += more;
            match piece {
                None if more == 0 => break,
                None => {}
                Some(Piece::Data(_)) if more == 0 => return format!("data without a byte, at byte {taken}"),
                Some(Piece::Data(data)) => content.extend_from_slice(data),
                Some(Piece::End(trailers)) => {
                    let after = match decoder.read(&held[more..]) {
                        Ok((0, None)) => "",
                        _ => ", and then something else",
                    };
                    return format!("{}, end at byte {taken}, trailers {trailers:?}{after}", text(&content));
                }
            }
            held.drain(..more);
        }
    }
    format!("{}, more is to come", text(&content))
}

/// The body in one piece, in single bytes, and cut in three at all places: each time the same must come of it.
fn decoded_however_cut(steps: &mut Steps, what: &str, body: &[u8], wanted: &str) -> Result<(), Failed> {
    steps.step(format!("decode {what}: {}", text(body)));
    let got = decoded(steps, [body]);
    steps.equal("what comes of it", wanted.to_owned(), got, CHUNKS)?;
    steps.step("the same when each byte arrives alone, and cut in three at all places");
    let single = decoded(steps, body.chunks(1));
    if single != wanted {
        return steps.equal("when each byte arrives alone", wanted.to_owned(), single, DECODING);
    }
    steps.forget();
    for second in 0..=body.len() {
        for first in 0..=second {
            let got = decoded(steps, [&body[..first], &body[first..second], &body[second..]]);
            if got != wanted {
                let what = format!("when it is cut at bytes {first} and {second}");
                return steps.equal(&what, wanted.to_owned(), got, DECODING);
            }
            steps.forget();
        }
    }
    Ok(())
}

/// http01: from chunk to chunk.
pub(crate) fn chunks(steps: &mut Steps) -> Result<(), Failed> {
    let bodies: [(&str, &[u8], &str); 6] = [
        ("one chunk", b"5\r\nHello\r\n0\r\n\r\n", "\"Hello\", end at byte 15, trailers []"),
        (
            "a body that nginx sent, in chunked.pcapng",
            b"7\r\npart 0\n\r\n7\r\npart 1\n\r\n7\r\npart 2\n\r\n7\r\npart 3\n\r\n0\r\n\r\n",
            "\"part 0\\npart 1\\npart 2\\npart 3\\n\", end at byte 53, trailers []",
        ),
        (
            "chunk extensions and trailers, in trailers.pcapng",
            b"6;name=value\r\nfirst\n\r\n7;q=\"quoted; text\"\r\nsecond\n\r\n\
              0\r\nDigest-Of-All: none\r\nLines: 2\r\n\r\n",
            "\"first\\nsecond\\n\", end at byte 87, trailers [Digest-Of-All: \"none\", Lines: \"2\"]",
        ),
        (
            "sizes with letters and with zeros in front",
            b"A\r\n0123456789\r\n00b\r\n0123456789a\r\n000\r\n\r\n",
            "\"01234567890123456789a\", end at byte 40, trailers []",
        ),
        (
            "data that looks like the end of a body",
            b"7\r\n\r\n0\r\n\r\n\r\n2\r\n\r\n\r\n0\r\n\r\n",
            "\"\\r\\n0\\r\\n\\r\\n\\r\\n\", end at byte 24, trailers []",
        ),
        (
            "the next response after the end",
            b"1\r\nx\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n",
            "\"x\", end at byte 11, trailers []",
        ),
    ];
    for (what, body, wanted) in bodies {
        decoded_however_cut(steps, what, body, wanted)?;
    }
    // The data that has arrived is given at once.
    let incomplete: [(&str, &[u8], &str); 4] = [
        ("the start of a chunk of 1 GB", b"3b9aca00\r\nfirst", "\"first\""),
        ("the start of a chunk of 2^64 - 1 bytes", b"ffffffffffffffff\r\nfirst", "\"first\""),
        ("a body whose last empty line is missing", b"1\r\nx\r\n0\r\n", "\"x\""),
        ("a body whose last byte is missing", b"1\r\nx\r\n0\r\n\r", "\"x\""),
    ];
    for (what, body, content) in incomplete {
        decoded_however_cut(steps, what, body, &format!("{content}, more is to come"))?;
    }
    // Two readers could find different ends in these.
    let hostile: [(&str, &[u8], &str); 7] = [
        ("more data than the size says", b"5\r\nHello!\r\n0\r\n\r\n", "\"Hello\", refused at byte 8"),
        ("a chunk without CRLF", b"5\r\nHello0\r\n\r\nGET /admin", "\"Hello\", refused at byte 8"),
        ("a chunk with CR alone", b"5\r\nHello\r0\r\n\r\n", "\"Hello\", refused at byte 9"),
        ("a chunk with LF alone", b"5\r\nHello\n0\r\n\r\n", "\"Hello\", refused at byte 8"),
        ("a second size below zero", b"1\r\nx\r\n-1\r\ny\r\n", "\"x\", refused at byte 6"),
        ("a second size like in C", b"1\r\nx\r\n0x1\r\ny\r\n", "\"x\", refused at byte 7"),
        ("a second size of 2^64", b"1\r\nx\r\n10000000000000000\r\n", "\"x\", refused at byte 6"),
    ];
    for (what, body, wanted) in hostile {
        decoded_however_cut(steps, what, body, wanted)?;
    }
    Ok(())
}
