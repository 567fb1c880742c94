//! Several URLs in one command: which connection carries each of them, and what is sent again when one is lost. Over
//! the toy internet, and over the kernel's sockets against a server that does what a test says.

mod common;

use common::scripted::{Does, Heard, Scripted, answer};
use common::{Run, TempFolder, barewire};

/// The address of a page of the toy internet.
fn at(path: &str) -> String {
    format!("https://www.example.test{path}")
}

/// `barewire fetch -sS` with these arguments.
fn silent(arguments: &[&str]) -> Run {
    barewire(&[&["fetch", "-sS"], arguments].concat())
}

/// The same over the kernel's sockets.
fn over_os(arguments: &[&str]) -> Run {
    silent(&[&["--net", "os"], arguments].concat())
}

/// A server that answers with the path.
fn tells_path(heard: &Heard) -> String {
    answer("200 OK", "", &format!("{}\n", heard.line()))
}

#[test]
fn urls_of_one_origin_share_a_connection() {
    let format = "%{urlnum} %{num_connects} %{local_port} %{time_total}\\n";
    let run =
        silent(&["-o", "/dev/null", "-o", "/dev/null", "-w", format, &at("/"), &at("/bytes/5")]).succeeds();
    let words: Vec<Vec<&str>> = run.stdout.lines().map(|line| line.split(' ').collect()).collect();
    assert_eq!((words[0][..2].join(" "), words[1][..2].join(" ")), ("0 1".into(), "1 0".into()), "{run}");
    assert_eq!(words[0][2], words[1][2], "one port: {run}");
    // DNS 10 ms, then 50 ms each for TCP, TLS and HTTP; the second one takes HTTP alone.
    for (line, wanted) in words.iter().zip([0.160, 0.050]) {
        let total: f64 = line[3].parse().expect("seconds");
        assert!((total - wanted).abs() < 0.001, "wanted {wanted}: {run}");
    }
    let run = barewire(&["fetch", &at("/"), &at("/bytes/5")]).succeeds();
    assert_eq!(run.stdout.matches("SYN     seq").count(), 1, "{run}");
    for wanted in
        ["GET / HTTP/1.1", "GET /bytes/5 HTTP/1.1", "2  GET https://www.example.test/bytes/5: 200 OK"]
    {
        assert!(run.stdout.contains(wanted), "wanted {wanted:?}: {run}");
    }
}

#[test]
fn another_origin_has_its_own() {
    let other = "https://retry.example.test/bytes/5";
    let run = silent(&["-w", " %{num_connects}\\n", &at("/bytes/5"), other, &at("/bytes/5")]).succeeds();
    assert_eq!(run.stdout, "line  1\nline  1\nline  0\n", "{run}");
}

#[test]
fn without_reuse_each_request_says_close() {
    let run = silent(&["--no-keepalive", "-w", "%{num_connects}\\n", &at("/echo"), &at("/echo")]).succeeds();
    assert_eq!(run.stdout.matches("Connection: close\n").count(), 2, "{run}");
    assert_eq!(run.stdout.matches("\n1\n").count(), 2, "{run}");
    let run = silent(&[&at("/echo")]).succeeds();
    assert!(!run.stdout.contains("Connection"), "{run}");
    let run = barewire(&["fetch", "--no-keepalive", &at("/"), &at("/")]).succeeds();
    assert!(run.stdout.contains("another connection to the same server: 100."), "{run}");
}

/// RFC 7413: the first connection asks for a cookie; from the second one on the request goes with the SYN.
#[test]
fn fast_open_saves_a_round_trip() {
    let fetch = |scheme: &str, flags: &[&str]| {
        let url = format!("{scheme}://www.example.test/echo");
        let usual = ["--no-keepalive", "-w", "\n%{time_total}\n", &url, &url, &url];
        let run = silent(&[flags, &usual].concat()).succeeds();
        let seconds = |line: &str| line.starts_with("0.").then(|| line.parse().expect("seconds"));
        run.stdout.lines().filter_map(seconds).collect::<Vec<f64>>()
    };
    for (scheme, first, later, saved) in [("https", 0.160, 0.150, 0.050), ("http", 0.110, 0.100, 0.050)] {
        for (flags, later) in [(&[][..], later), (&["--tcp-fastopen"], later - saved)] {
            let took = fetch(scheme, flags);
            let wanted = [first, later, later];
            let is_about = |(took, wanted): (&f64, f64)| (took - wanted).abs() < 0.001;
            assert!(took.iter().zip(wanted).all(is_about), "{scheme} {flags:?}: {took:?}, wanted {wanted:?}");
        }
    }
    let run = barewire(&["fetch", "--tcp-fastopen", "--no-keepalive", &at("/"), &at("/")]).succeeds();
    for (wanted, times) in [
        ("↳ asks for a Fast Open cookie", 1),
        ("↳ Fast Open: text with the SYN", 1),
        ("TCP           0.0 ms", 1),
        ("another connection to the same server: 50.1 ms and 1 round trip", 1),
    ] {
        assert_eq!(run.stdout.matches(wanted).count(), times, "{wanted:?}: {run}");
    }
    let run = over_os(&["--tcp-fastopen", "http://127.0.0.1:1/"]);
    assert!(run.stderr.contains("--tcp-fastopen is for our TCP"), "{run}");
}

#[test]
fn bodies_come_one_after_the_other() {
    let run = silent(&[&at("/status/404"), &at("/bytes/5"), "http://www.example.test/bytes/6"]).succeeds();
    assert_eq!(run.stdout, "the status of this page is 404\nline line 0", "{run}");
    let folder = TempFolder::new();
    let (one, two) = (folder.file("one"), folder.file("two"));
    let run = silent(&["-o", &one, "-o", &two, &at("/bytes/5"), &at("/bytes/6"), &at("/bytes/7")]).succeeds();
    assert_eq!(run.stdout, "line 00", "what has no -o is printed: {run}");
    let read = |file: &str| std::fs::read_to_string(file).expect("a file");
    assert_eq!((read(&one).as_str(), read(&two).as_str()), ("line ", "line 0"));
    let run = silent(&["-o", &one, "-o", &two, &at("/bytes/5")]);
    assert_eq!(run.code, Some(2), "{run}");
}

#[test]
fn a_redirect_goes_over_the_same_connection() {
    let run = silent(&["-L", "-w", "\\n%{num_connects} %{num_redirects}", &at("/redirect/3")]).succeeds();
    assert!(run.stdout.ends_with("\n1 3"), "{run}");
    let run = silent(&["-L", "-w", "\\n%{num_connects}", &at("/away")]).succeeds();
    assert!(run.stdout.ends_with("\n2"), "another host: {run}");
}

/// As in curl, the exit code is that of the last one.
#[test]
fn one_that_fails_does_not_stop_the_others() {
    let closed = "https://closed.example.test/";
    let run = silent(&[closed, &at("/bytes/5")]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), "line "), "{run}");
    assert!(run.stderr.contains("(7)"), "{run}");
    let run = silent(&[&at("/bytes/5"), closed]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(7), "line "), "{run}");
}

#[test]
fn the_report_has_a_line_for_each() {
    let run = barewire(&["fetch", "--report", "-", &at("/"), &at("/bytes/5")]).succeeds();
    let lines: Vec<serde_json::Value> =
        run.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let of_fetch: Vec<_> = lines.iter().filter(|line| line["kind"] == "fetch").collect();
    let urls: Vec<_> = of_fetch.iter().map(|line| line["url"].as_str().expect("a URL")).collect();
    assert_eq!(urls, [at("/"), at("/bytes/5")]);
}

/// The server closes after its answer, without a word in it. The next request finds that out before it is sent.
#[test]
fn a_connection_that_was_closed_is_not_used() {
    let server = Scripted::new(|heard| Does::Ends(tells_path(heard)));
    let run = over_os(&[&server.url("/a"), &server.url("/b")]).succeeds();
    assert_eq!(run.stdout, "GET /a\nGET /b\n", "{run}");
    let connections: Vec<_> = server.heard().iter().map(|one| (one.connection, one.number)).collect();
    assert!(connections == [(0, 0), (1, 0)], "{connections:?}: {run}");
}

/// RFC 9112 §9.3.1: the server closes a kept connection under the second request.
#[test]
fn a_get_that_was_lost_on_a_kept_connection_is_sent_again() {
    let script = |heard: &Heard| match (heard.connection, heard.number) {
        (0, 1) => Does::Ends(String::new()),
        _ => Does::Says(tells_path(heard)),
    };
    let server = Scripted::new(script);
    let run = over_os(&["-w", "%{num_connects}\\n", &server.url("/a"), &server.url("/b")]).succeeds();
    assert_eq!(run.stdout, "GET /a\n1\nGET /b\n1\n", "{run}");
    let came: Vec<_> = server.heard().iter().map(|one| (one.connection, one.line().to_owned())).collect();
    assert_eq!(came, [(0, "GET /a".to_owned()), (0, "GET /b".to_owned()), (1, "GET /b".to_owned())]);
}

/// RFC 9110 §9.2.2: nobody knows whether the server has acted on it.
#[test]
fn a_post_that_was_lost_is_not_sent_again() {
    let server = Scripted::new(|heard| match heard.number {
        0 => Does::Says(tells_path(heard)),
        _ => Does::Ends(String::new()),
    });
    let run = over_os(&["-d", "a=b", &server.url("/a"), &server.url("/b")]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(52), "POST /a\n"), "{run}");
    assert!(run.stderr.contains("not sent again") && run.stderr.contains("RFC 9110 §9.2.2"), "{run}");
    assert_eq!(server.heard().len(), 2, "{run}");
}

#[test]
fn what_fails_on_a_new_connection_is_not_sent_again() {
    let server = Scripted::new(|_| Does::Ends(String::new()));
    let run = over_os(&[&server.url("/a")]);
    assert_eq!((run.code, server.heard().len()), (Some(52), 1), "{run}");
    // Half an answer is an answer: on a kept connection, too.
    let server = Scripted::new(|heard| match heard.number {
        0 => Does::Says(tells_path(heard)),
        _ => Does::Ends("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf".to_owned()),
    });
    let run = over_os(&[&server.url("/a"), &server.url("/b")]);
    assert_eq!((run.code, server.heard().len()), (Some(18), 2), "{run}");
}

/// The connection lies idle while another server takes its time: its end is a packet all the same.
#[test]
fn a_kept_connection_that_is_reset_is_seen_to_end() {
    let resets = Scripted::new(|heard| match heard.connection {
        0 => Does::Resets(tells_path(heard)),
        _ => Does::Says(tells_path(heard)),
    });
    let slow = Scripted::new(|heard| {
        std::thread::sleep(std::time::Duration::from_millis(200));
        Does::Says(tells_path(heard))
    });
    let urls = [resets.url("/a"), slow.url("/b"), resets.url("/c")];
    let [a, b, c] = urls.each_ref().map(String::as_str);
    let run = barewire(&["fetch", "--net", "os", a, b, c]).succeeds();
    assert_eq!(run.stdout.matches("TCP  RST ACK").count(), 1, "{run}");
    let place = |what: &str| run.stdout.find(what).unwrap_or_else(|| panic!("wanted {what:?}: {run}"));
    assert!(place("GET /b") < place("RST ACK") && place("RST ACK") < place("GET /c"), "{run}");
}
