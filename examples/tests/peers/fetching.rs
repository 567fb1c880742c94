//! The same servers, by the program: what a user types, and what must be in its output.

use std::process::Command;

use crate::need;
use crate::servers::{self, FILES, Server};

const PAGE: &str = FILES[0].1;
const LONG: &str = FILES[1].1;

/// What `barewire fetch --net os URL WORDS` prints, and its exit code.
fn fetch(server: &Server, path: &str, words: &[&str]) -> (String, Option<i32>) {
    let output = Command::new(env!("CARGO_BIN_EXE_barewire"))
        .args(["fetch", "--net", "os", &server.url(path)])
        .args(words)
        .env("NO_COLOR", "1")
        .output()
        .expect("the program starts");
    (String::from_utf8_lossy(&output.stdout).into_owned(), output.status.code())
}

/// The whole output is this.
fn prints(server: &Server, path: &str, words: &[&str], wanted: &str) {
    let (got, code) = fetch(server, path, words);
    assert_eq!((got.as_str(), code), (wanted, Some(0)), "{path} {words:?}:\n{}", server.log());
}

/// The output has all of these in it, in this order. haproxy writes names in small letters.
fn shows(server: &Server, path: &str, words: &[&str], wanted: &[&str]) {
    let (got, code) = fetch(server, path, words);
    let small = got.to_ascii_lowercase();
    let mut rest = small.as_str();
    for piece in wanted.iter().map(|piece| piece.to_ascii_lowercase()) {
        let at = rest.find(&piece).unwrap_or_else(|| panic!("{path} {words:?}: wanted {piece:?} in:\n{got}"));
        rest = &rest[at + piece.len()..];
    }
    assert_eq!(code, Some(0), "{path} {words:?}:\n{got}");
}

#[test]
fn files() {
    if !need::can_run("fetching::files", false, &["nginx", "apache2", "lighttpd", "caddy", "python3"]) {
        return;
    }
    let all = [servers::nginx(), servers::apache(), servers::lighttpd(), servers::caddy(), servers::python()];
    for server in &all {
        prints(server, "/page.html", &["-sS"], PAGE);
        prints(server, "/page.html", &["-sS", "-0"], PAGE);
        shows(server, "/page.html", &["-sI"], &["200 OK", &format!("Content-Length: {}", PAGE.len())]);
        assert_eq!(fetch(server, "/missing", &["-sf"]).1, Some(22), "404 and -f");
    }
    // Python's server has no ranges.
    for server in &all[..4] {
        prints(server, "/page.html", &["-sS", "-r", "6-13"], &PAGE[6..14]);
        prints(server, "/page.html", &["-s", "-o", "/dev/null", "-w", "%{http_code}", "-r", "9999-"], "416");
    }
    // Each server has its own favourite among gzip, br and zstd, and all of them know gzip.
    for (server, favourite) in [(&all[0], "gzip"), (&all[1], "br"), (&all[3], "zstd")] {
        prints(server, "/long.txt", &["-sS", "--compressed"], LONG);
        for (asked, coding) in [(favourite, favourite), ("gzip", "gzip")] {
            let field = format!("Accept-Encoding: {asked}");
            let coded = ["-v", "--compressed", "-H", &field];
            shows(
                server,
                "/long.txt",
                &coded,
                &[&format!("Content-Encoding: {coding}"), "RFC 9112 §6.3 rule"],
            );
            prints(server, "/long.txt", &["-sS", "--compressed", "-H", &field], LONG);
        }
        prints(server, "/long.txt", &["-sS"], LONG);
    }
}

/// Three pages in one command are three requests on one connection, as the server sees it, and end in one body.
#[test]
fn several_pages_on_one_connection() {
    if !need::can_run("fetching::several_pages_on_one_connection", false, &["node"]) {
        return;
    }
    let server = servers::node();
    let (second, third) = (server.url("/port"), server.url("/port"));
    let (got, code) = fetch(&server, "/port", &["-sS", &second, &third]);
    let ports: Vec<&str> = got.split_whitespace().collect();
    assert!(code == Some(0) && ports.len() == 3 && ports.iter().all(|port| *port == ports[0]), "{got}");
    let (got, code) = fetch(&server, "/port", &["-sS", "--no-keepalive", &second, &third]);
    let ports: std::collections::HashSet<&str> = got.split_whitespace().collect();
    assert!(code == Some(0) && ports.len() == 3, "{got}");
}

#[test]
fn what_only_node_says() {
    if !need::can_run("fetching::what_only_node_says", false, &["node", "haproxy"]) {
        return;
    }
    for server in [servers::node(), servers::haproxy()] {
        prints(&server, "/trailers", &["-sS"], "first second");
        shows(
            &server,
            "/trailers",
            &["-v"],
            &["rule 4", "after the last chunk", "X-Sum: 12", "first second"],
        );
        shows(
            &server,
            "/hints",
            &["-v"],
            &["103 Early Hints", "Link: </style.css>", "interim", "200 OK", "hinted"],
        );
        prints(&server, "/echo", &["-sS", "-d", "a=b"], "a=b");
        prints(&server, "/echo", &["-sS", "-d", "waited", "-H", "Expect: 100-continue"], "waited");
    }
}
