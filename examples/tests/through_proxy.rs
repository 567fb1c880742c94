//! `-x`: what a proxy is asked, and what its answers mean, over the loopback. With a proxy that others wrote:
//! `tests/live/through_proxy.rs`.

mod common;

use common::scripted::{Does, Scripted, answer};
use common::{Run, barewire};

/// `barewire fetch --net os -sS -x PROXY` with these arguments.
fn through(proxy: &Scripted, arguments: &[&str]) -> Run {
    let address = format!("http://{}", proxy.address);
    barewire(&[&["fetch", "--net", "os", "-sS", "-x", &address], arguments].concat())
}

/// RFC 9112 §3.2.2: the whole URL is the target, and Host agrees with it. One connection serves all hosts.
#[test]
fn plain_http_is_asked_in_absolute_form() {
    let proxy = Scripted::new(|heard| Does::Says(answer("200 OK", "", &format!("{}\n", heard.line()))));
    let run = through(&proxy, &["-U", "joe:pw", "http://a.test/x?y", "http://b.test:81/"]).succeeds();
    assert_eq!(run.stdout, "GET http://a.test/x?y\nGET http://b.test:81/\n", "{run}");
    let heard = proxy.heard();
    let hosts: Vec<_> = heard.iter().map(|one| (one.connection, one.field("Host"))).collect();
    assert_eq!(hosts, [(0, Some("a.test")), (0, Some("b.test:81"))]);
    // RFC 7617 §2: the credentials are those of joe:pw, as curl sends them.
    assert!(heard.iter().all(|one| one.field("Proxy-Authorization") == Some("Basic am9lOnB3")), "{heard:?}");
}

/// RFC 9110 §9.3.6: host and port, and nothing of what is for the server.
#[test]
fn https_asks_for_a_tunnel() {
    let refusals =
        [("407 Proxy Authentication Required", "407"), ("403 Forbidden", "403"), ("302 Found", "302")];
    for (status, code) in refusals {
        let proxy = Scripted::new(move |_| Does::Says(answer(status, "", "no")));
        let url = "https://a.test/secret";
        let format = "%{http_code} %{http_connect}";
        let run = through(&proxy, &["-u", "joe:pw", "-H", "X-Mine: 1", "-w", format, url]);
        // What curl 7.88.1 does: exit code 56, and the status of the proxy is not that of the page.
        assert_eq!((run.code, run.stdout), (Some(56), format!("000 {code}")), "{}", run.stderr);
        assert!(run.stderr.contains(&format!("answered {status} to CONNECT")), "{}", run.stderr);
        let heard = proxy.heard();
        assert_eq!((heard.len(), heard[0].line()), (1, "CONNECT a.test:443"));
        assert_eq!(heard[0].field("Host"), Some("a.test:443"));
        assert!(!heard[0].head.contains("Authorization") && !heard[0].head.contains("X-Mine"), "{heard:?}");
    }
}

#[test]
fn a_proxy_can_fail() {
    let proxy = Scripted::new(|_| Does::Ends(String::new()));
    let run = through(&proxy, &["https://a.test/"]);
    assert_eq!(run.code, Some(56), "closed without an answer: {run}");
    let proxy = Scripted::new(|_| Does::Hangs);
    let run = through(&proxy, &["--tcp-timeout", "0.2", "https://a.test/"]);
    assert!(run.code == Some(28) && run.stderr.contains("has not answered our CONNECT"), "{run}");
    let run = barewire(&["fetch", "-sS", "-x", "nosuch.test:1", "https://www.example.test/"]);
    assert_eq!(run.code, Some(5), "a proxy without an address: {run}");
    let run = barewire(&["fetch", "-sS", "-x", "closed.example.test", "https://www.example.test/"]);
    assert!(run.code == Some(7) && run.stderr.contains(":1080 "), "nobody listens: {run}");
    for refused in [&["-x", "socks5://a:1"][..], &["-U", "joe:pw"], &["-x", "a:1", "-U", "joe"]] {
        let run = barewire(&[&["fetch", "https://www.example.test/"], refused].concat());
        assert_eq!(run.code, Some(2), "{run}");
    }
}

#[test]
fn some_hosts_are_asked_directly() {
    let proxy = Scripted::new(|_| Does::Says(answer("200 OK", "", "from the proxy\n")));
    let server = Scripted::new(|heard| Does::Says(answer("200 OK", "", &format!("{}\n", heard.line()))));
    let here = server.url("/direct");
    let run = through(&proxy, &["--noproxy", "x.test,127.0.0.1", &here, "http://a.test/"]).succeeds();
    assert_eq!(run.stdout, "GET /direct\nfrom the proxy\n", "{run}");
    assert_eq!((proxy.heard().len(), server.heard().len()), (1, 1));
    // A redirect to such a host leaves the proxy.
    let leads = answer("302 Found", &format!("Location: {here}\r\n"), "");
    let proxy = Scripted::new(move |_| Does::Says(leads.clone()));
    let run = through(&proxy, &["-L", "--noproxy", "127.0.0.1", "http://a.test/"]).succeeds();
    assert_eq!(run.stdout, "GET /direct\n", "{run}");
}
