//! Connections that become something else: a tunnel by CONNECT, and WebSocket by Upgrade (RFC 9110 §9.3.6, §7.8).

use std::io::{Read, Write};

use barewire_http1::{Request, driver};

use crate::need;
use crate::servers::{self, Server};
use crate::wire::Wire;

/// Sends this request, and then bytes that must come back. Gives the answer's status and its Sec-WebSocket-Accept.
fn echo_after(server: &Server, request: &Request) -> (u16, String) {
    let mut wire = Wire::to(server);
    let (head, _, reader) = driver::exchange(&mut wire.stream, &mut wire.connection, request, b"")
        .unwrap_or_else(|error| panic!("{error}"));
    assert!(reader.is_tunnel(), "{request}: {head:?}");
    drop(reader);
    let mut back = [0; 5];
    wire.stream.write_all(b"hello").expect("it is sent");
    wire.stream.read_exact(&mut back).expect("an echo");
    assert_eq!(&back, b"hello");
    (head.status, head.headers.get("Sec-WebSocket-Accept").unwrap_or_default().to_string())
}

#[test]
fn a_tunnel() {
    if !need::can_run("switching::a_tunnel", false, &["node"]) {
        return;
    }
    let server = servers::node();
    let request = Request::new("CONNECT", "echo.test:7", "echo.test:7");
    assert_eq!(echo_after(&server, &request).0, 200);
    // A refusal is an ordinary answer with a body.
    let refused = Wire::to(&server).ask(&Request::new("CONNECT", "other.test:7", "other.test:7"), b"");
    assert_eq!((refused.status, &refused.body[..]), (403, &b"no!"[..]));
    assert!(!refused.keeps_open());
}

/// The key and its answer are those of RFC 6455 §1.3. haproxy passes the switch on.
#[test]
fn a_websocket() {
    if !need::can_run("switching::a_websocket", false, &["node", "haproxy"]) {
        return;
    }
    let request = Request::get("localhost", "/chat")
        .with("Upgrade", "websocket")
        .with("Connection", "Upgrade")
        .with("Sec-WebSocket-Version", "13")
        .with("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
    for server in [servers::node(), servers::haproxy()] {
        let (status, accept) = echo_after(&server, &request);
        assert_eq!((status, accept.as_str()), (101, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    }
}
