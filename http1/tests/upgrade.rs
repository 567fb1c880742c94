//! RFC 9110 §7.8 and §15.2.2: a switch is offered, and named, by `Upgrade` beside `Connection: upgrade`. Both roles.

use barewire_dissect::Refused;
use barewire_http1::{Body, Config, Headers, Kind, Reason, Request, Response, Version, client, server};
use std::time::Instant;

type Lines<'a> = &'a [(&'a str, &'a str)];

fn headers(lines: Lines<'_>) -> Headers {
    let mut headers = Headers::new();
    lines.iter().for_each(|(name, value)| headers.push(*name, *value));
    headers
}

/// What our client says of the 101 response, and what our server says when it is told to send it.
fn both(version: Version, offer: Lines<'_>, answer: Lines<'_>) -> [Result<(), Refused<Reason>>; 2] {
    let now = Instant::now();
    let mut request = Request { version, ..Request::get("a", "/") };
    headers(offer).iter().for_each(|field| request.headers.push(&*field.name, field.value.clone()));
    let response = Response { headers: headers(answer), ..Response::new(101) };
    let mut client = client::Connection::new(Config::default());
    client.request(&request, Body::None).unwrap();
    let mut server = server::Connection::new(Config::default());
    server.receive(now, &client.transmit(now).unwrap()).unwrap();
    let sent = server.respond(&response, Body::None).map(|_| ());
    let mut bytes = Vec::new();
    barewire_http1::write::response_head(&response, &mut bytes).unwrap();
    [client.receive(now, &bytes).map(drop), sent]
}

#[test]
fn a_switch_is_offered_and_named() {
    const X: (&str, &str) = ("Upgrade", "x");
    const CONNECTION: (&str, &str) = ("Connection", "keep-alive, Upgrade");
    let (unasked, unnamed) = (Some(Reason::UnaskedUpgrade), Some(Reason::UnnamedUpgrade));
    let cases: [(Lines<'_>, Lines<'_>, Option<Reason>); 12] = [
        (&[X, CONNECTION], &[X, CONNECTION], None),
        (&[("upgrade", "y/2, X"), CONNECTION], &[X, CONNECTION], None),
        (&[("Upgrade", "y"), X, CONNECTION], &[("Upgrade", "X, Y"), CONNECTION], None),
        // Not offered.
        (&[], &[X, CONNECTION], unasked.clone()),
        (&[X], &[X, CONNECTION], unasked.clone()),
        (&[CONNECTION], &[X, CONNECTION], unasked.clone()),
        (&[X, ("Connection", "close")], &[X, CONNECTION], unasked.clone()),
        (&[X, CONNECTION], &[("Upgrade", "y"), CONNECTION], unasked.clone()),
        (&[X, CONNECTION], &[("Upgrade", "x, y"), CONNECTION], unasked.clone()),
        // Not named.
        (&[X, CONNECTION], &[CONNECTION], unnamed.clone()),
        (&[X, CONNECTION], &[X], unnamed.clone()),
        (&[X, CONNECTION], &[], unnamed),
    ];
    for (offer, answer, wanted) in cases {
        let got = both(Version::HTTP_1_1, offer, answer).map(|result| result.err().map(|got| got.reason));
        assert_eq!(got, [wanted.clone(), wanted], "offered {offer:?}, answered {answer:?}");
    }
    // RFC 9110 §7.8: a server must ignore Upgrade in an HTTP/1.0 request.
    let [client, server] = both(Version::HTTP_1_0, &[X, CONNECTION], &[X, CONNECTION]);
    assert_eq!(client.unwrap_err().reason, unasked.unwrap());
    assert!(server.is_err());
}

#[test]
fn the_error_points_at_the_field() {
    let connection = ("Connection", "upgrade");
    let [client, _] =
        both(Version::HTTP_1_1, &[("Upgrade", "x"), connection], &[connection, ("Upgrade", "y")]);
    let error = client.unwrap_err();
    assert_eq!(error.offset, "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: ".len());
    assert_eq!(
        error.to_string(),
        "the 101 response at byte 64 switches to what the request did not offer; RFC 9110 §7.8 lets a server \
         switch only to a protocol that the client offered"
    );
}

/// RFC 9110 §7.8: "If a server receives both an Upgrade and an Expect header field with the "100-continue" expectation
/// (Section 10.1.1), the server MUST send a 100 (Continue) response before sending a 101 (Switching Protocols)
/// response." A client that went on would lose the body: the other protocol begins after the whole request.
#[test]
fn a_body_that_waits_for_100_is_not_dropped_for_a_switch() {
    let offer = || {
        let now = Instant::now();
        let mut client = client::Connection::new(Config::default());
        let request = Request::new("POST", "a.test", "/").with("Upgrade", "x").with("Connection", "upgrade");
        client.request(&request.with("Expect", "100-continue"), Body::Length(4)).unwrap();
        client.body(b"body").unwrap();
        client.transmit(now).unwrap();
        (client, now)
    };
    let switch = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n";
    for whole in [false, true] {
        let (mut client, now) = offer();
        if whole {
            client.finish().unwrap();
        }
        let error = client.receive(now, switch).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the 101 response at byte 0 comes while the request's body waits for 100; RFC 9110 §7.8 wants 100 \
             before it, and the whole request"
        );
        assert_eq!((client.event(), error.reason.kind()), (None, Kind::Broken), "nothing was switched");
    }

    // After 100, and also after the wait is over, the body has gone out.
    for continues in [true, false] {
        let (mut client, now) = offer();
        if continues {
            client.receive(now, b"HTTP/1.1 100 Continue\r\n\r\n").unwrap();
        } else {
            client.on_deadline(client.deadline().unwrap()).unwrap();
        }
        client.finish().unwrap();
        assert_eq!(client.transmit(now).as_deref(), Some(&b"body"[..]));
        client.receive(now, switch).unwrap();
        assert_eq!(std::iter::from_fn(|| client.event()).last(), Some(client::Event::Tunnel));
    }
}
