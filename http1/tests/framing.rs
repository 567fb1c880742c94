//! RFC 9112 §6.3, rule by rule: what decides, and what is refused.

use barewire_http1::{Body, Framing, Headers, Reason, Request, Response, Version};

fn headers(lines: &[(&str, &str)]) -> Headers {
    let mut headers = Headers::new();
    for (name, value) in lines {
        headers.push(*name, *value);
    }
    headers
}

const TE: &str = "Transfer-Encoding";
const CL: &str = "Content-Length";

#[test]
fn responses() {
    let gets = [
        (200, vec![], Ok((8, Body::UntilClose))),
        (100, vec![(CL, "5")], Ok((1, Body::None))),
        (204, vec![(TE, "chunked")], Ok((1, Body::None))),
        (304, vec![(CL, "5")], Ok((1, Body::None))),
        (200, vec![(CL, "5")], Ok((6, Body::Length(5)))),
        (200, vec![(CL, "005")], Ok((6, Body::Length(5)))),
        (200, vec![(CL, "5 ,\t5")], Ok((6, Body::Length(5)))),
        (200, vec![(CL, "5"), (CL, "5")], Ok((6, Body::Length(5)))),
        (200, vec![(CL, "5"), (CL, "6")], Err(Reason::DifferentLengths(5, 6))),
        (200, vec![(CL, "5, 6")], Err(Reason::DifferentLengths(5, 6))),
        (200, vec![(CL, "18446744073709551615")], Ok((6, Body::Length(u64::MAX)))),
        (200, vec![(CL, "18446744073709551616")], Err(Reason::BadLength)),
        (200, vec![(CL, "+5")], Err(Reason::BadLength)),
        (200, vec![(CL, "-0")], Err(Reason::BadLength)),
        (200, vec![(CL, "0x5")], Err(Reason::BadLength)),
        (200, vec![(CL, "5 5")], Err(Reason::BadLength)),
        (200, vec![(CL, "5,")], Err(Reason::BadLength)),
        (200, vec![(CL, "")], Err(Reason::BadLength)),
        (200, vec![(TE, "chunked")], Ok((4, Body::Chunked))),
        (200, vec![(TE, "CHUNKED")], Ok((4, Body::Chunked))),
        (200, vec![(TE, "chunked, chunked")], Err(Reason::ChunkedTwice)),
        (200, vec![(TE, "chunked"), (TE, "chunked")], Err(Reason::ChunkedTwice)),
        (200, vec![(TE, "chunked;a=b")], Err(Reason::ChunkedParameters)),
        (200, vec![(TE, "")], Ok((4, Body::UntilClose))),
        (200, vec![(TE, "gzip, chunked")], Ok((4, Body::Chunked))),
        (200, vec![(TE, "gzip"), (TE, "chunked")], Ok((4, Body::Chunked))),
        (200, vec![(TE, "gzip")], Ok((4, Body::UntilClose))),
        (200, vec![(TE, "xchunked")], Ok((4, Body::UntilClose))),
        (200, vec![(TE, "chunked, gzip")], Ok((4, Body::UntilClose))),
        (200, vec![(TE, "identity")], Ok((4, Body::UntilClose))),
        (200, vec![(TE, "identity, chunked")], Ok((4, Body::Chunked))),
        (200, vec![(TE, "chunked, gzip, chunked")], Err(Reason::ChunkedTwice)),
        (200, vec![(TE, "gzip, chunked;q=1")], Err(Reason::ChunkedParameters)),
        (200, vec![(TE, "identity"), (CL, "5")], Err(Reason::LengthAndCoding)),
        (200, vec![(TE, "gzip"), (CL, "5")], Err(Reason::LengthAndCoding)),
        (200, vec![(CL, "5"), (TE, "chunked")], Err(Reason::LengthAndCoding)),
    ];
    for (status, lines, wanted) in gets {
        let response = Response { headers: headers(&lines), ..Response::new(status) };
        let got = Framing::of_response("GET", &response, false).map(|framing| (framing.rule, framing.body));
        assert_eq!(got, wanted, "{status} {lines:?}");
    }
    let response = Response::new(200).with(CL, "5").with(TE, "chunked");
    let rule = |method| Framing::of_response(method, &response, false).map(|framing| framing.rule);
    assert_eq!((rule("HEAD"), rule("CONNECT")), (Ok(1), Ok(2)), "rules 1 and 2 come before rule 3");
    // RFC 9110 §9.3.6: "Any 2xx (Successful) response indicates that the sender [...] will switch to tunnel mode".
    let without =
        |method| Framing::of_response(method, &Response::new(204), false).map(|framing| framing.rule);
    assert_eq!(
        (without("CONNECT"), without("GET")),
        (Ok(2), Ok(1)),
        "a 204 response to CONNECT begins a tunnel"
    );
    assert_eq!(rule("head"), Err(Reason::LengthAndCoding), "methods compare with their case");
    let framing = Framing::of_response("GET", &response, true).unwrap();
    assert_eq!((framing.rule, framing.body), (3, Body::Chunked), "as tolerated");
    let both = Response::new(200).with(CL, "5").with(TE, "gzip");
    let framing = Framing::of_response("GET", &both, true).unwrap();
    assert_eq!((framing.rule, framing.body), (3, Body::UntilClose), "as tolerated: the coding overrides");
    let old = Response { version: Version::HTTP_1_0, ..Response::new(200).with(TE, "chunked") };
    assert_eq!(Framing::of_response("GET", &old, false), Err(Reason::CodingInHttp10));
}

#[test]
fn requests() {
    let cases = [
        (vec![], Ok((7, Body::None))),
        (vec![(CL, "0")], Ok((6, Body::Length(0)))),
        (vec![(CL, "7")], Ok((6, Body::Length(7)))),
        (vec![(TE, "chunked")], Ok((4, Body::Chunked))),
        (vec![(TE, "chunked, gzip")], Err(Reason::ChunkedNotLast)),
        (vec![(TE, "gzip")], Err(Reason::ChunkedNotLast)),
        (vec![(TE, "gzip, chunked")], Err(Reason::OtherCoding("gzip".into()))),
        (vec![(TE, "identity")], Err(Reason::ChunkedNotLast)),
        (vec![(TE, "identity, chunked")], Err(Reason::OtherCoding("identity".into()))),
        (vec![(TE, "chunked, chunked")], Err(Reason::ChunkedTwice)),
        (vec![(TE, "chunked"), (CL, "7")], Err(Reason::LengthAndCoding)),
    ];
    for (lines, wanted) in cases {
        let request = Request { headers: headers(&lines), ..Request::get("example.test", "/") };
        let got = Framing::of_request(&request, false).map(|framing| (framing.rule, framing.body));
        assert_eq!(got, wanted, "{lines:?}");
    }
}

/// What a caller gets whose content is still coded: the sentence says so, and the codings have names.
#[test]
fn the_codings_that_stay_are_named() {
    let cases: [(&str, &[&str], &str); 6] = [
        ("chunked", &[], "chunked (RFC 9112 §6.3 rule 4: Transfer-Encoding: chunked)"),
        (
            "gzip, Chunked",
            &["gzip"],
            "chunked (RFC 9112 §6.3 rule 4: the last transfer coding is chunked; the content is still coded by others)",
        ),
        (
            "deflate, gzip",
            &["deflate", "gzip"],
            "until the connection closes (RFC 9112 §6.3 rule 4: the last transfer coding is not chunked, so only the \
             close ends the body; the content is still coded)",
        ),
        (
            "Identity",
            &[],
            "until the connection closes (RFC 9112 §6.3 rule 4: Transfer-Encoding: identity codes nothing, and only \
             the close ends such a body)",
        ),
        ("identity, chunked", &[], "chunked"),
        ("chunked, gzip", &["chunked", "gzip"], "until the connection closes"),
    ];
    for (value, names, text) in cases {
        let response = Response::new(200).with(TE, value);
        let framing = Framing::of_response("GET", &response, false).unwrap().to_string();
        assert!(framing.starts_with(text), "{value}: {framing}");
        assert_eq!(response.transfer_codings(), names, "{value}");
    }
}
