//! RFC 9110 §7.6.1: a proxy removes the fields that are for one connection, and those that `Connection` names.

use barewire_http1::{ONE_HOP, Request, remove_one_hop};

fn left(fields: &[(&str, &str)]) -> Vec<String> {
    let request = Request::new("GET", "www.test", "/");
    let mut headers =
        fields.iter().fold(request, |request, (name, value)| request.with(*name, *value)).headers;
    remove_one_hop(&mut headers);
    headers.iter().map(|field| field.name.clone()).collect()
}

#[test]
fn the_fields_that_the_rfc_names() {
    for name in ONE_HOP {
        assert_eq!(left(&[(name, "x"), ("Accept", "*/*")]), ["Host", "Accept"], "{name}");
    }
}

#[test]
fn the_fields_that_connection_names_in_any_case_and_in_several_lines() {
    let fields = [
        ("connection", "x-one,  X-TWO ,,"),
        ("X-One", "1"),
        ("x-two", "2"),
        ("x-two", "2, again"),
        ("Connection", "close, X-Three"),
        ("X-Three", "3"),
        ("X-Four", "4"),
    ];
    assert_eq!(left(&fields), ["Host", "X-Four"]);
}

/// What the field does not name is for the end: the RFC's example is `Via`.
#[test]
fn everything_else_stays() {
    let fields =
        [("Via", "1.1 a"), ("Content-Length", "3"), ("Cache-Control", "no-cache"), ("Authorization", "x")];
    assert_eq!(left(&fields).len(), 5);
}
