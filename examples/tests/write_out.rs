//! The figures of `-w` where no answer came, or where it was refused: as curl has them. Over the loopback, against a
//! server that does what a test says. Those of a good answer are compared with curl itself in `tests/live`.

mod common;

use common::scripted::{Does, Scripted, answer};
use common::{Run, barewire};

/// `barewire fetch --net os -sS` with these arguments.
fn over_os(arguments: &[&str]) -> Run {
    barewire(&[&["fetch", "--net", "os", "-sS"], arguments].concat())
}

/// What curl 7.88.1 prints of these answers, each of which is followed by a close. It takes some of them that are
/// refused here.
#[test]
fn a_head_that_came_counts_whatever_follows_it() {
    let of_type = "Content-Type: text/x\r\n";
    let refused = |start: &str, fields: &str| format!("HTTP/1.{start}\r\n{of_type}{fields}\r\n\r\n");
    let hint = "HTTP/1.1 103 Early Hints\r\nX: y\r\nA: b\r\n\r\n";
    let switch = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: odd\r\n\r\n";
    for (bytes, wanted) in [
        (refused("1 200 OK", "Content-Length: 5\r\nContent-Length: 6"), "200 1.1 3 79 text/x|text/x"),
        (refused("1 202 OK", "Transfer-Encoding: chunked, chunked"), "202 1.1 2 78 text/x|text/x"),
        (
            refused("1 202 OK", "Content-Length: 3\r\nTransfer-Encoding: chunked"),
            "202 1.1 3 88 text/x|text/x",
        ),
        (refused("0 202 OK", "Transfer-Encoding: chunked"), "202 1 2 69 text/x|text/x"),
        (hint.to_owned(), "103 1.1 2 40 |"),
        (hint.repeat(200), "103 1.1 2 8000 |"),
        (hint.replace("X: y", "Content-Type: a/b"), "103 1.1 2 53 a/b|"),
        (switch.to_owned(), "101 1.1 2 71 |"),
        (String::new(), "000 0 0 0 |"),
    ] {
        let sent = bytes.clone();
        let server = Scripted::new(move |_| Does::Ends(sent.clone()));
        let format = "%{http_code} %{http_version} %{num_headers} %{size_header} %{content_type}|%header{content-type}";
        let run = over_os(&["-o", "/dev/null", "-w", format, &server.url("/")]);
        assert_eq!(run.stdout, wanted, "{bytes:.90?}: {run}");
        assert_ne!(run.code, Some(0), "{bytes:.90?}: {run}");
    }
}

/// curl 7.88.1 prints 80 and 160 of its own requests.
#[test]
fn a_request_that_was_lost_and_sent_again_counts_twice() {
    let server = Scripted::new(|heard| match (heard.connection, heard.number) {
        (0, 1) => Does::Ends(String::new()),
        _ => Does::Says(answer("200 OK", "", "")),
    });
    let run = over_os(&["-w", "%{size_request} %{num_connects}\\n", &server.url("/a"), &server.url("/b")])
        .succeeds();
    let heads: Vec<usize> = server.heard().iter().map(|one| one.head.len()).collect();
    assert_eq!(heads.len(), 3, "{run}");
    assert_eq!(run.stdout, format!("{} 1\n{} 1\n", heads[0], heads[1] + heads[2]), "{run}");
}
