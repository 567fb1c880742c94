//! The flags of `fetch` that have curl's names, over the toy internet. Beside curl they are tried in `tests/live`.

mod common;

use common::{Run, TempFolder, barewire};

/// The address of a page of the toy internet.
fn at(path: &str) -> String {
    format!("https://www.example.test{path}")
}

/// `barewire fetch -sS` of this page with these arguments.
fn silent(path: &str, arguments: &[&str]) -> Run {
    barewire(&[&["fetch", "-sS", &at(path)], arguments].concat())
}

#[test]
fn redirects_are_followed_when_they_are_asked_for() {
    let all = "%{http_code} %{num_redirects} %{size_download} %{url_effective} %{redirect_url}";
    let run = silent("/redirect/3", &["-w", all]).succeeds();
    let wanted = format!("302 0 54 {} {}", at("/redirect/3"), at("/redirect/2"));
    assert!(run.stdout.ends_with(&wanted), "wanted {wanted}: {run}");
    let run = silent("/redirect/3#top", &["-L", "-w", all]).succeeds();
    assert!(run.stdout.starts_with("<!doctype html>"), "only the body of the answer: {run}");
    assert!(run.stdout.ends_with(&format!("200 3 416 {} ", at("/#top"))), "{run}");
}

#[test]
fn without_the_flag_a_line_says_where_it_leads() {
    let run = barewire(&["fetch", &at("/moved/301")]).succeeds();
    assert_eq!(run.stderr, format!("barewire: 301 leads to {}; -L follows it\n", at("/echo")), "{run}");
    assert_eq!(silent("/moved/301", &[]).stderr, "", "-s says nothing");
    assert_eq!(barewire(&["fetch", &at("/status/404")]).stderr, "");
}

#[test]
fn each_hop_is_in_the_ladder_and_in_the_report() {
    let run = barewire(&["fetch", "-L", "-v", &at("/redirect/2")]).succeeds();
    for wanted in ["GET /redirect/2", "GET /redirect/1", "GET / ", "302 Found", "200 OK", "  the redirects\n"]
    {
        assert!(run.stdout.contains(wanted), "wanted {wanted:?}: {run}");
    }
    assert_eq!(run.stdout.matches("A? www.example.test").count(), 1, "the name is asked for once: {run}");
    let run = barewire(&["fetch", "-L", "--report", "-", &at("/redirect/2")]).succeeds();
    let fetch =
        run.stdout.lines().find(|line| line.contains(r#""kind":"fetch""#)).expect("the line of the fetch");
    let fetch: serde_json::Value = serde_json::from_str(fetch).expect("JSON");
    let hops: Vec<_> =
        fetch["hops"].as_array().unwrap().iter().map(|hop| hop["http"]["status"].as_u64()).collect();
    assert_eq!(hops, [Some(302), Some(302), Some(200)]);
    assert_eq!(fetch["hops"][0]["leads_to"], at("/redirect/1"));
}

#[test]
fn too_many_redirects_are_an_error() {
    for (flags, followed) in
        [(&["-L"][..], "50"), (&["-L", "--max-redirs", "2"], "2"), (&["-L", "--max-redirs", "0"], "0")]
    {
        let run = silent("/loop", &[flags, &["-w", "%{num_redirects} %{http_code} %{exitcode}"]].concat());
        assert_eq!((run.code, run.stdout.as_str()), (Some(47), &*format!("{followed} 302 47")), "{run}");
        assert!(run.stderr.contains(&format!("{followed} redirects were followed")), "{run}");
    }
    silent("/redirect/60", &["-L", "--max-redirs", "-1"]).succeeds();
}

#[test]
fn another_origin_gets_no_credentials() {
    let with = ["-L", "-u", "joe:pw", "-H", "Cookie: k", "-H", "X-M: y"];
    let same = silent("/moved/307", &with).succeeds().stdout;
    assert!(same.contains("Authorization: Basic am9lOnB3\n") && same.contains("Cookie: k\n"), "{same}");
    let other = silent("/away", &with).succeeds().stdout;
    assert!(other.contains("Host: retry.example.test\n") && other.contains("X-M: y\n"), "{other}");
    assert!(!other.contains("Authorization") && !other.contains("Cookie"), "{other}");
}

#[test]
fn heads_stand_before_the_body() {
    let run = silent("/moved/302", &["-i", "-L"]).succeeds();
    assert!(run.stdout.starts_with("HTTP/1.1 302 Found\r\nServer: toy\r\n"), "{run}");
    assert!(run.stdout.contains("\r\n\r\nHTTP/1.1 200 OK\r\n"), "no body between them: {run}");
    let run = silent("/early", &["-i"]).succeeds();
    assert!(run.stdout.starts_with("HTTP/1.1 103 Early Hints\r\nLink: "), "{run}");
    let run = silent("/", &["-I"]).succeeds();
    assert!(run.stdout.ends_with("Content-Length: 416\r\n\r\n"), "{run}");
    let loud = barewire(&["fetch", "-i", &at("/close")]).succeeds();
    assert!(
        loud.stdout.starts_with("HTTP/1.1 200 OK") && loud.stderr.contains("where the time went"),
        "{loud}"
    );
}

#[test]
fn silence_and_failure() {
    let run = barewire(&["fetch", "-s", "https://closed.example.test/"]);
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (Some(7), "", ""), "{run}");
    let run = barewire(&["fetch", "-sS", "https://closed.example.test/"]);
    assert!(run.stderr.contains("(7)"), "{run}");
    let run = silent("/status/404", &["-f", "-w", "%{http_code} %{size_download}"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(22), "404 0"), "{run}");
    assert!(run.stderr.contains("404 Not Found"), "{run}");
    let run = silent("/status/404", &[]).succeeds();
    assert_eq!(run.stdout, "the status of this page is 404\n");
}

#[test]
fn files_are_named_by_the_url() {
    let folder = TempFolder::new();
    let file = folder.file("heads");
    silent("/bytes/5", &["-i", "-o", &file]).succeeds();
    let text = std::fs::read_to_string(&file).expect("the file");
    assert!(text.starts_with("HTTP/1.1 200 OK\r\n") && text.ends_with("\r\n\r\nline "), "{text:?}");
    let run = silent("/", &["-O"]);
    assert_eq!(run.code, Some(23), "{run}");
}

/// As in curl 7.88.1, the line ends of the file do not count: those that are wanted are written as \n.
#[test]
fn a_format_can_stand_in_a_file() {
    let folder = TempFolder::new();
    let file = folder.file("format");
    std::fs::write(&file, "%{http_code}\r\n and\\n\n%{size_download}\\n\n").expect("a file");
    let run = silent("/bytes/5", &["-o", "/dev/null", "-w", &format!("@{file}")]).succeeds();
    assert_eq!(run.stdout, "200 and\n5\n");
}

/// The times are those of the budget: in the toy internet to the microsecond.
#[test]
fn times_are_those_of_the_trace() {
    let names = ["namelookup", "connect", "appconnect", "pretransfer", "starttransfer", "total"];
    let format: String = names.map(|name| format!("%{{time_{name}}}\n")).concat();
    let run =
        silent("/bytes/40000", &["-o", "/dev/null", "-w", &format, "--report", "/dev/stderr"]).succeeds();
    let times: Vec<f64> = run.stdout.lines().map(|line| line.parse().expect("seconds")).collect();
    let budget = run.stderr.lines().find(|line| line.contains(r#""kind":"budget""#)).expect("a budget");
    let budget: serde_json::Value = serde_json::from_str(budget).expect("JSON");
    let end = |name: &str| {
        let phase =
            budget["phases"].as_array().unwrap().iter().find(|phase| phase["name"] == name).expect("a phase");
        (phase["start_ms"].as_f64().unwrap() + phase["ms"].as_f64().unwrap()) / 1000.0
    };
    let wanted = ["DNS", "TCP", "TLS", "TLS", "wait", "transfer"].map(end);
    for ((got, wanted), name) in times.iter().zip(wanted).zip(names) {
        assert!((got - wanted).abs() < 2e-6, "time_{name}: wanted {wanted}, got {got}: {run}");
    }
}

/// An upload that is longer than the first window takes a while to send: the answer follows its last byte.
#[test]
fn the_time_of_an_upload_is_apart() {
    let folder = TempFolder::new();
    let file = folder.file("upload");
    std::fs::write(&file, vec![b'x'; 100_000]).expect("a file");
    let format = "\n%{time_pretransfer} %{time_posttransfer} %{time_starttransfer} %{time_total} %{speed_upload} \
        %{num_certs} %{url.path}";
    let run = silent("/echo", &["-T", &file, "-w", format]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let words: Vec<&str> = run.stdout.lines().last().unwrap_or_default().split(' ').collect();
    let number = |index: usize| words[index].parse::<f64>().expect("a number");
    let [asked, sent, answered, total, speed] = [0, 1, 2, 3, 4].map(number);
    assert!(asked + 0.045 < sent && sent + 0.045 < answered, "{words:?}");
    assert!((speed - 100_000.0 / total).abs() < 2.0, "{words:?}");
    assert_eq!(words[5..], ["1", "/echo"], "one certificate");
}

#[test]
fn times_of_hops_add_up() {
    let format = "%{time_namelookup} %{time_connect} %{time_redirect} %{time_starttransfer} %{time_total}";
    let run = silent("/redirect/2", &["-L", "-o", "/dev/null", "-w", format]).succeeds();
    let times: Vec<f64> = run.stdout.split(' ').map(|word| word.parse().expect("seconds")).collect();
    let [namelookup, connect, redirect, starttransfer, total] = times[..] else { panic!("{run}") };
    assert!((namelookup - 0.010).abs() < 0.001, "one question: {run}");
    assert!((connect - 0.060).abs() < 0.001, "one connection: {run}");
    // DNS, then TCP, TLS and the request; from the second hop on, the request alone.
    for (name, got, wanted) in [
        ("redirect", redirect, 0.160 + 0.050),
        ("total", total, 0.160 + 2.0 * 0.050),
        ("starttransfer", starttransfer, total),
    ] {
        assert!((got - wanted).abs() < 0.002, "time_{name}: wanted {wanted}, got {got}: {run}");
    }
}

/// Each phase is given up at its limit, as curl gives up at its own: exit code 28, and the flag that sets it.
#[test]
fn each_timeout_says_which_one_it_was() {
    let silent_host = "https://silent.example.test/";
    let page = at("/slow");
    for (url, flags, time, wanted) in [
        (
            &*page,
            &["--dns-timeout", "0.004"][..],
            0.004,
            "(28) nobody has answered A? www.example.test; the time for the name",
        ),
        (
            silent_host,
            &[],
            10.010,
            "203.0.113.86:443 has not answered our SYN; the time for TCP, 10 s, ran out",
        ),
        (silent_host, &["--tcp-timeout", "3"], 3.010, "ran out (--tcp-timeout)"),
        (silent_host, &["--tcp-timeout", "0", "--connect-timeout", "4"], 4.0, "ran out (--connect-timeout)"),
        (
            &*page,
            &["--tls-timeout", "0.04"],
            0.100,
            "the TLS handshake is not done; the time for TLS, 0.04 s, ran out",
        ),
        (
            &*page,
            &["--connect-timeout", "0.09"],
            0.090,
            "the TLS handshake is not done; the time for name, TCP and TLS",
        ),
        (
            &*page,
            &["-m", "0.5"],
            0.500,
            "the response is not complete; the time for the whole fetch, 0.5 s, ran out",
        ),
    ] {
        let run =
            barewire(&[&["fetch", "-sS", "-o", "/dev/null", "-w", "%{time_total}", url], flags].concat());
        assert!(run.code == Some(28) && run.stderr.contains(wanted), "wanted {wanted:?}: {run}");
        let total: f64 = run.stdout.parse().expect("seconds");
        assert!((total - time).abs() < 0.001, "wanted {time} s: {run}");
    }
    // 0 turns the limit off. The whole page takes 0.7 s.
    for flag in ["--dns-timeout", "--tcp-timeout", "--tls-timeout", "--connect-timeout", "--max-time"] {
        silent("/slow", &[flag, "0"]).succeeds();
    }
}

#[test]
fn what_a_request_can_be() {
    let echo = |arguments: &[&str]| silent("/echo", arguments).succeeds().stdout;
    let json = echo(&["--json", "{\"a\":1}"]);
    for wanted in [
        "POST /echo HTTP/1.1\n",
        "Content-Type: application/json\n",
        "Accept: application/json\n",
        "\n\n{\"a\":1}",
    ] {
        assert!(json.contains(wanted), "wanted {wanted:?}: {json}");
    }
    let all = echo(&["-A", "me", "-e", "http://r/", "-r", "0-3", "-0", "-H", "X-E;"]);
    for wanted in
        ["GET /echo HTTP/1.0\n", "User-Agent: me\n", "Referer: http://r/\n", "Range: bytes=0-3\n", "X-E: \n"]
    {
        assert!(all.contains(wanted), "wanted {wanted:?}: {all}");
    }
    let folder = TempFolder::new();
    let file = folder.file("lines");
    std::fs::write(&file, "one\r\ntwo\n").expect("a file");
    assert!(echo(&["-d", &format!("@{file}"), "-d", "c"]).ends_with("\n\nonetwo&c"));
    assert!(echo(&["--data-binary", &format!("@{file}")]).ends_with("\n\none\r\ntwo\n"));
    let put = echo(&["-T", &file]);
    assert!(put.starts_with("PUT /echo ") && put.contains("Expect: 100-continue\n"), "{put}");
    let chunks =
        Run::with_input(&["fetch", "-sS", &at("/echo"), "-T", "-"], b"as it comes").succeeds().stdout;
    assert!(
        chunks.contains("Transfer-Encoding: chunked\n") && chunks.ends_with("\n\nas it comes"),
        "{chunks}"
    );
    for refused in [
        &["-d", "a", "-I"][..],
        &["-d", "a", "-T", "x"],
        &["-u", "joe"],
        &["--max-redirs", "x"],
        &["--tolerate", "x"],
    ] {
        assert_eq!(silent("/echo", refused).code, Some(2), "{refused:?}");
    }
}

/// A redirect after a POST asks again as curl does.
#[test]
fn methods_after_redirects() {
    for (status, wanted) in [(301, "GET"), (302, "GET"), (303, "GET"), (307, "POST"), (308, "POST")] {
        let got = silent(&format!("/moved/{status}"), &["-L", "-d", "a=b"]).succeeds().stdout;
        assert!(got.starts_with(&format!("{wanted} /echo ")), "{status}: {got}");
        assert_eq!(got.contains("Content-Type"), wanted == "POST", "{status}: {got}");
    }
}

#[test]
fn verbose_tells_what_else_was_said() {
    let run = barewire(&["fetch", "-v", &at("/trailers")]).succeeds();
    let framed = "    * the body: chunked (RFC 9112 §6.3 rule 4: Transfer-Encoding: chunked)\n";
    for wanted in [framed, "    * after the last chunk:\n    < Server-Timing: pieces;dur=0.5\n"] {
        assert!(run.stdout.contains(wanted), "wanted {wanted:?}: {run}");
    }
    let run = barewire(&["fetch", "-v", &at("/early")]).succeeds();
    let interim =
        "    < HTTP/1.1 103 Early Hints\n    < Link: </style.css>; rel=preload; as=style\n    * interim:";
    assert!(run.stdout.contains(interim), "{run}");
    let run = barewire(&["fetch", "-v", &at("/moved/302")]).succeeds();
    assert!(run.stdout.contains("    < Location: /echo\n"), "{run}");
    assert!(run.stdout.contains("    * a redirect to /echo (RFC 9110 §15.4)\n"), "{run}");
    let run = barewire(&["fetch", "-sv", &at("/close")]).succeeds();
    assert!(run.stdout.starts_with("piece 1") && run.stderr.contains("    < HTTP/1.1 200 OK\n"), "{run}");
}

#[test]
fn help_fits_and_says_what_is_left_to_curl() {
    let run = barewire(&["fetch", "--help"]).succeeds();
    for line in run.stdout.lines() {
        assert!(line.chars().count() <= 80, "{} columns: {line}", line.chars().count());
    }
    for wanted in ["The request:\n", "The answer:\n", "The network:\n", "Examples:\n", "left to curl"] {
        assert!(run.stdout.contains(wanted), "wanted {wanted:?}: {run}");
    }
}

/// The server of this name takes P-256 alone: it asks for another share, it finds the one it wants, or there is none.
#[test]
fn curves_are_the_groups_of_the_key_exchange() {
    let url = "https://retry.example.test/";
    for (list, retried) in
        [("X25519:P-256", true), ("P-384:P-256", true), ("P-256", false), ("secp256r1:X25519", false)]
    {
        let run = barewire(&["fetch", "--curves", list, url]).succeeds();
        assert_eq!(run.stdout.contains("HelloRetryRequest"), retried, "{run}");
        assert!(run.stdout.contains("ServerHello secp256r1"), "{run}");
    }
    assert_eq!(barewire(&["fetch", "--curves", "X25519", url]).code, Some(35));
    let run = barewire(&["fetch", "--curves", "P-384"]).succeeds();
    assert!(run.stdout.contains("ClientHello secp384r1") && run.stdout.contains("secp384r1,"), "{run}");
    for (list, why) in [("P-521", "is not one of"), ("", "is not one of"), ("P-256:X25519:P-256", "twice")] {
        let run = barewire(&["fetch", "--curves", list]);
        assert!(run.code == Some(2) && run.stderr.contains(why), "{run}");
    }
}

/// As curl does; and no server is asked before.
#[test]
fn a_file_of_cacert_that_is_of_no_use_is_77() {
    let folder = TempFolder::new();
    let (missing, text) = (folder.file("missing.pem"), folder.file("text.pem"));
    std::fs::write(&text, "buy milk\n").unwrap();
    for (file, says) in [(&missing, "missing.pem: "), (&text, "holds no certificate that can be one")] {
        let run = barewire(&["fetch", "--cacert", file, &at("/")]);
        assert_eq!((run.code, run.stdout.as_str()), (Some(77), ""), "{run}");
        assert!(run.stderr.starts_with("barewire: (77) ") && run.stderr.contains(says), "{run}");
    }
}
