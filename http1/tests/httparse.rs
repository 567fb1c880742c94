//! A second opinion on every head: httparse, which hyper reads with.
//!
//! Where both accept, all fields agree. Where we accept, httparse does. Where httparse accepts and we do not, we mean
//! to be stricter, and the list below says in what.

mod exchange;

use barewire_dissect::Refused;
use barewire_http1::{Config, Reason, head, write};
use proptest::prelude::*;

/// A head as httparse reads it: start line and fields.
type Read = (String, Vec<(String, Vec<u8>)>);

fn fields_of(fields: &[httparse::Header<'_>]) -> Vec<(String, Vec<u8>)> {
    fields.iter().map(|field| (field.name.to_owned(), joined(field.value))).collect()
}

/// A folded value on one line. httparse leaves folds as they came, but for those at the start, which it drops.
fn joined(value: &[u8]) -> Vec<u8> {
    if !value.contains(&b'\n') {
        return value.to_vec();
    }
    let lines: Vec<&[u8]> = value.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii).collect();
    lines.join(&b' ').trim_ascii().to_vec()
}

fn their_request(bytes: &[u8]) -> Option<Read> {
    let mut fields = [httparse::EMPTY_HEADER; 100];
    let mut head = httparse::Request::new(&mut fields);
    if !head.parse(bytes).ok()?.is_complete() {
        return None;
    }
    let start = format!("{} {} HTTP/1.{}", head.method?, head.path?, head.version?);
    Some((start, fields_of(head.headers)))
}

fn their_response(bytes: &[u8]) -> Option<Read> {
    let mut fields = [httparse::EMPTY_HEADER; 100];
    let mut head = httparse::Response::new(&mut fields);
    if !httparse::ParserConfig::default()
        .allow_obsolete_multiline_headers_in_responses(true)
        .parse_response(&mut head, bytes)
        .ok()?
        .is_complete()
    {
        return None;
    }
    Some((format!("HTTP/1.{} {} {}", head.version?, head.code?, head.reason?), fields_of(head.headers)))
}

fn our_request(bytes: &[u8]) -> Result<Read, Refused<Reason>> {
    let head = head::read_request(bytes, &Config::default())?.0.to_request();
    let fields = head.headers.iter().map(|field| (field.name.clone(), field.value.clone())).collect();
    Ok((head.to_string(), fields))
}

fn our_response(bytes: &[u8]) -> Result<Read, Refused<Reason>> {
    let head = head::read_response(bytes, &Config::default())?.0.to_response();
    let fields = head.headers.iter().map(|field| (field.name.clone(), field.value.clone())).collect();
    Ok((head.to_string(), fields))
}

/// Where we are stricter on purpose: what httparse accepts and we refuse, and for which reason.
fn stricter_on_purpose(bytes: &[u8], error: &Refused<Reason>) -> bool {
    // §2.2: it skips any number of empty lines in front; the server's core skips one, a client's none.
    let empty_lines = error.offset == 0 && matches!(bytes.first(), Some(b'\r' | b'\n'));
    let stricter = matches!(
        error.reason,
        Reason::BareLf                       // §2.2: it takes LF alone
            | Reason::TargetForm             // §3.2: it takes any target
            | Reason::TargetAuthority        // RFC 9110 §4.2: also one without a host
            | Reason::ConnectPort            // RFC 9110 §9.3.6: also one without a port
            | Reason::TargetByte(_)          // §3.2: it takes bytes above 0x7f
            | Reason::BadStatus // RFC 9110 §15: it takes 000 to 099
    );
    empty_lines || stricter
}

fn compare(bytes: &[u8], theirs: Option<Read>, ours: Result<Read, Refused<Reason>>) -> Result<(), String> {
    let text = String::from_utf8_lossy(bytes);
    match (theirs, ours) {
        (None, Err(_)) => Ok(()),
        (Some(theirs), Ok(ours)) if theirs == ours => Ok(()),
        // httparse gives an empty reason for one that is not ASCII.
        (Some(theirs), Ok(ours)) if theirs.1 == ours.1 && theirs.0.len() == 13 && !ours.0.is_ascii() => {
            Ok(())
        }
        // Where we are kinder: RFC 9110 §2.5 wants a higher minor version read as 1.1.
        (None, Ok((start, _))) if ('2'..='9').any(|minor| start.contains(&format!("HTTP/1.{minor}"))) => {
            Ok(())
        }
        (Some(_), Err(error)) if stricter_on_purpose(bytes, &error) => Ok(()),
        (theirs, ours) => Err(format!("{text:?}\n httparse {theirs:?}\n     ours {ours:?}")),
    }
}

const REQUEST: &[u8] =
    b"GET /wp-content/uploads/2010/03/hello.jpg?a=b HTTP/1.1\r\nHost: www.example.test\r\nAccept: text/html, */*;q=0.1\r\n\
      Cookie: a=b;\tc=\xc3\xa9\r\nEmpty:\r\nX-Long-Header-Name: 0123456789012345678901234567890123456789\r\n\r\n";
const RESPONSE: &[u8] =
    b"HTTP/1.1 200 All right\r\nServer: nginx/1.22.1\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 512\r\n\
      Set-Cookie: a=b; Path=/\r\nEmpty: \r\nETag: \"5f\"\r\n\r\n";

#[test]
fn both_read_the_same() {
    assert_eq!(our_request(REQUEST).ok(), their_request(REQUEST));
    assert_eq!(our_response(RESPONSE).ok(), their_response(RESPONSE));
    assert!(their_request(REQUEST).is_some() && their_response(RESPONSE).is_some());
}

#[test]
fn any_one_byte_changed_added_or_taken_away() {
    for (message, request) in [(REQUEST, true), (RESPONSE, false)] {
        for place in 0..message.len() {
            let mut taken = message.to_vec();
            taken.remove(place);
            let mut variants = vec![taken];
            for byte in 0..=255u8 {
                let mut changed = message.to_vec();
                changed[place] = byte;
                variants.push(changed);
            }
            for byte in *b"\r\n\t\0 :/,A5\x7f\x80" {
                let mut added = message.to_vec();
                added.insert(place, byte);
                variants.push(added);
            }
            for bytes in variants {
                let result = match request {
                    true => compare(&bytes, their_request(&bytes), our_request(&bytes)),
                    false => compare(&bytes, their_response(&bytes), our_response(&bytes)),
                };
                result.unwrap_or_else(|difference| panic!("at {place}: {difference}"));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 1024, ..ProptestConfig::default() })]

    /// Heads put together from the pieces that parsers trip over.
    #[test]
    fn heads_by_chance(pieces in proptest::collection::vec(prop_oneof![
        Just("GET "), Just("/"), Just(" "), Just("\t"), Just("HTTP/1.1"), Just("\r\n"), Just("\n"), Just("\r"),
        Just("A"), Just(":"), Just(": b"), Just("\0"), Just("\u{e9}"), Just("200"), Just(" OK"), Just("HTTP/1.0 "),
        Just("\r\n\r\n"), Just("GET / HTTP/1.1\r\n"), Just("HTTP/1.1 200 OK\r\n"), Just("A: b\r\n"), Just("12345678"),
    ], 0..12)) {
        let bytes = pieces.concat().into_bytes();
        let result = compare(&bytes, their_request(&bytes), our_request(&bytes))
            .and_then(|()| compare(&bytes, their_response(&bytes), our_response(&bytes)));
        prop_assert!(result.is_ok(), "{}", result.unwrap_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Heads as our writer makes them, with any fields, and then damaged in a few places.
    #[test]
    fn heads_that_were_written_and_damaged(
        exchanges in exchange::exchanges(),
        damage in proptest::collection::vec((0u8..5, any::<prop::sample::Index>(), prop_oneof![
            any::<u8>(), prop::sample::select(b"\r\n\0\t :,/#\"019".to_vec()),
        ]), 0..4),
    ) {
        for one in exchanges {
            let (mut request, mut response) = (Vec::new(), Vec::new());
            write::request_head(&one.request, &mut request).expect("a good request");
            write::response_head(&one.response, &mut response).expect("a good response");
            for (way, place, byte) in &damage {
                for bytes in [&mut request, &mut response] {
                    let at = place.index(bytes.len());
                    match way {
                        0 => bytes[at] = *byte,
                        1 => bytes.insert(at, *byte),
                        2 => drop(bytes.remove(at)),
                        // A fold, and a line end without CR.
                        3 => drop(bytes.splice(at..at, *b"\r\n ")),
                        _ => drop(bytes.splice(at..at, *b"\n")),
                    }
                }
            }
            let result = compare(&request, their_request(&request), our_request(&request))
                .and_then(|()| compare(&response, their_response(&response), our_response(&response)));
            prop_assert!(result.is_ok(), "{}", result.unwrap_err());
        }
    }
}
