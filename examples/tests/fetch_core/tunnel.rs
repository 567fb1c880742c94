//! A fetch through a proxy, by hand: CONNECT, its answer, and TLS through the tunnel.

use barewire::fetch::{Input, Proxy};
use barewire::network::toy;

use super::hand::{Hand, job};
use super::steps::{server_reads, server_says};

/// A fetch that has asked the proxy for a tunnel.
fn asking() -> Hand {
    let mut job = job("https://www.example.test/");
    let (proxy, _) = Proxy::parse("10.0.0.9:3128").expect("a proxy");
    job.proxy = Some(Proxy { authorization: Some("Basic am9lOnB3".into()), ..proxy });
    let mut hand = Hand::new(job);
    assert_eq!(hand.lines(), ["resolved 10.0.0.9:3128", "connect to 10.0.0.9:3128"], "the proxy is the peer");
    let lines = hand.give(Input::Connected);
    assert_eq!(lines, ["connected to 10.0.0.9:3128", "write \"CONNECT www.example.test:443 HTTP/1.1\""]);
    let wanted = format!(
        "CONNECT www.example.test:443 HTTP/1.1\r\nHost: www.example.test:443\r\nProxy-Authorization: Basic \
         am9lOnB3\r\nUser-Agent: barewire/{}\r\n\r\n",
        env!("CARGO_PKG_VERSION")
    );
    assert_eq!(String::from_utf8_lossy(&std::mem::take(&mut hand.written)), wanted);
    hand
}

#[test]
fn tls_goes_through_the_tunnel() {
    let mut hand = asking();
    assert!(hand.give(Input::Bytes(b"HTTP/1.1 200 Connection est")).is_empty());
    let lines = hand.give(Input::Bytes(b"ablished\r\nContent-Length: 9\r\n\r\n"));
    assert_eq!(lines, ["tunneled 200", "write a TLS record of type 22"]);
    let mut server = toy::server("www.example.test").expect("the toy server");
    let flight = server_says(&mut server, &std::mem::take(&mut hand.written));
    let lines = hand.give(Input::Bytes(&flight));
    assert_eq!(lines[0], "handshake done: TLS_AES_128_GCM_SHA256", "{lines:?}");
    server_says(&mut server, &std::mem::take(&mut hand.written));
    let request = String::from_utf8_lossy(&server_reads(&mut server)).into_owned();
    assert!(request.starts_with("GET / HTTP/1.1\r\nHost: www.example.test\r\n"), "{request}");
    assert!(!request.contains("Proxy-Authorization"), "{request}");
}

#[test]
fn a_proxy_that_refuses_or_talks_nonsense() {
    for (said, wanted) in [
        (
            &b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n"[..],
            "failed 56: the proxy answered 407 No to CONNECT",
        ),
        (b"HTTP/1.1 503\r\nContent-Length: 0\r\n\r\n", "failed 56: the proxy answered 503 to CONNECT"),
        (b"SSH-2.0-OpenSSH\r\n", "failed 56: "),
    ] {
        let mut hand = asking();
        let lines = hand.give(Input::Bytes(said));
        assert!(lines.iter().any(|line| line.starts_with(wanted)), "wanted {wanted}, got {lines:?}");
        assert_eq!(lines.last().map(String::as_str), Some("release"));
    }
    let mut hand = asking();
    let lines = hand.give(Input::End);
    assert!(lines[0].starts_with("failed 56: "), "{lines:?}");
}
