//! `--retry` and `-Z`, over the loopback against a server that does what a test says, and over the toy internet.

mod common;

use std::time::{Duration, Instant};

use barewire::failure::Failure;
use barewire::fetch::{Attempt, Config, Errand, Job, Limit, Redirects, Retries, Sink, Visit, visit};
use barewire::network::{Network, Toy, ToyOptions};
use common::scripted::{Does, Heard, Scripted, answer};
use common::{Run, TempFolder, barewire};

/// `barewire fetch --net os -sS` with these arguments.
fn over_os(arguments: &[&str]) -> Run {
    barewire(&[&["fetch", "--net", "os", "-sS", "--retry-delay", "0.001"], arguments].concat())
}

/// A server that answers with `status` to the first `times` requests, and with 200 to the next ones.
fn recovers(status: &'static str, fields: &'static str, times: usize) -> Scripted {
    Scripted::new(move |heard: &Heard| match heard.number < times {
        true => Does::Says(answer(status, fields, "not yet\n")),
        false => Does::Says(answer("200 OK", "", "here\n")),
    })
}

/// The codes of curl 7.88.1: src/tool_operate.c, "retry_http".
#[test]
fn these_answers_are_asked_again() {
    for (status, again) in [
        ("408 Request Timeout", true),
        ("429 Too Many Requests", true),
        ("500 Internal Server Error", true),
        ("502 Bad Gateway", true),
        ("503 Service Unavailable", true),
        ("504 Gateway Timeout", true),
        ("404 Not Found", false),
        ("501 Not Implemented", false),
        ("400 Bad Request", false),
    ] {
        let server = recovers(status, "", 2);
        let folder = TempFolder::new();
        let file = folder.file("page");
        let run = over_os(&["--retry", "3", "-o", &file, "-w", "%{http_code}", &server.url("/")]).succeeds();
        let (wanted, body, requests) =
            if again { ("200", "here\n", 3) } else { (&status[..3], "not yet\n", 1) };
        assert_eq!(run.stdout, wanted, "{status}: {run}");
        assert_eq!(std::fs::read_to_string(&file).expect("a file"), body, "the file begins again: {status}");
        assert_eq!(server.heard().len(), requests, "{status}");
    }
    let server = recovers("503 Service Unavailable", "", 2);
    let run = over_os(&["--retry", "1", "-f", &server.url("/")]);
    assert_eq!((run.code, server.heard().len()), (Some(22), 2), "no more than was asked for: {run}");
    let server = recovers("503 Service Unavailable", "", 2);
    over_os(&[&server.url("/")]).succeeds();
    assert_eq!(server.heard().len(), 1, "nobody asked for it");
    // Who asks for it has decided that a POST may be done twice, as in curl.
    let server = recovers("503 Service Unavailable", "", 1);
    over_os(&["--retry", "1", "-d", "a=b", &server.url("/")]).succeeds();
    assert_eq!(server.heard().iter().filter(|one| one.body == b"a=b").count(), 2);
}

#[test]
fn failures_are_tried_again() {
    // Time that ran out.
    let server = Scripted::new(|heard| match heard.connection {
        0 => Does::Hangs,
        _ => Does::Says(answer("200 OK", "", "here\n")),
    });
    let run = over_os(&["--retry", "1", "-m", "0.3", &server.url("/")]).succeeds();
    assert_eq!(run.stdout, "here\n", "{run}");
    // A connection that is refused, and any other failure, where that is asked for.
    let refused = "https://closed.example.test/";
    for (flags, url, attempts) in [
        (&[][..], refused, 1),
        (&["--retry-connrefused"], refused, 3),
        (&["--retry-all-errors"], refused, 3),
        (&["--retry-connrefused"], "https://expired.example.test/", 1),
        (&["--retry-all-errors"], "https://expired.example.test/", 3),
    ] {
        let words = [&["fetch", "--retry", "2", "--report", "/dev/null", url], flags].concat();
        let run = barewire(&words);
        let again = run.stderr.matches("it is tried again in ").count();
        assert_eq!(again, attempts - 1, "{run}");
    }
}

/// What a run of the library said of its attempts.
#[derive(Default)]
struct Attempts(Vec<Attempt>);

impl Sink for Attempts {
    fn body(&mut self, _: &[u8]) -> Result<(), Failure> {
        Ok(())
    }

    fn again(&mut self, attempt: &Attempt) -> Result<(), Failure> {
        self.0.push(attempt.clone());
        Ok(())
    }
}

/// In the toy internet, whose time is virtual: nobody waits.
fn in_the_toy(url: &str, retries: Retries) -> (Visit, Vec<Attempt>, Duration) {
    let mut toy = Toy::new(ToyOptions::default()).expect("the toy internet");
    let job = Job::get(url, toy.trust().expect("a root")).expect("a URL");
    let mut sink = Attempts::default();
    let began = toy.now();
    let errand = Errand { job, redirects: Redirects::new(Limit::Off), retries, sink: &mut sink };
    let visit = visit(&mut toy, vec![errand], &Config::default()).pop().expect("a visit");
    (visit, sink.0, toy.now() - began)
}

#[test]
fn waits_grow_until_the_time_is_over() {
    let url = "https://www.example.test/status/503";
    let (visit, attempts, took) = in_the_toy(url, Retries { most: 4, ..Retries::default() });
    assert_eq!((visit.retried, attempts.len(), attempts[0].left), (4, 4, 3));
    for (attempt, most) in attempts.iter().zip([1, 2, 4, 8]) {
        let most = Duration::from_secs(most);
        assert!(attempt.wait <= most && attempt.wait >= most * 3 / 4, "{attempts:?}");
    }
    let waited: Duration = attempts.iter().map(|attempt| attempt.wait).sum();
    assert!(took > waited && took < waited + Duration::from_secs(1), "{took:?}, of which {waited:?} waiting");
    // An attempt that would begin later than that does not begin.
    let retries = Retries { most: 9, max_time: Some(Duration::from_secs(5)), ..Retries::default() };
    let (visit, attempts, took) = in_the_toy(url, retries);
    assert!(attempts.len() < 9 && took < Duration::from_secs(10), "{attempts:?} {took:?}");
    assert!(visit.answer().is_some_and(|page| page.response.status == 503));
    // However many are asked for, the budget of a run is ten.
    let (_, attempts, _) = in_the_toy(url, Retries { most: 100, ..Retries::default() });
    assert!((10..=11).contains(&attempts.len()), "{} attempts", attempts.len());
}

/// RFC 9110 §10.2.3: in seconds, or as a date.
#[test]
fn the_server_says_when() {
    let server = recovers("429 Too Many Requests", "Retry-After: 1\r\n", 1);
    let began = Instant::now();
    let run = barewire(&[
        "fetch",
        "--net",
        "os",
        "--retry",
        "1",
        "--retry-delay",
        "30",
        "-o",
        "-",
        &server.url("/"),
    ]);
    assert!(run.stderr.contains("answered 429, with Retry-After: 1 s; it is tried again in 1.0 s"), "{run}");
    let took = began.elapsed();
    assert!(took >= Duration::from_secs(1) && took < Duration::from_secs(20), "{took:?}: {run}");
    // Later than there is time for: not at all.
    let server = recovers("503 Service Unavailable", "Retry-After: 3600\r\n", 1);
    over_os(&["--retry", "1", "--retry-max-time", "60", &server.url("/")]).succeeds();
    assert_eq!(server.heard().len(), 1);
}

#[test]
fn several_at_the_same_time() {
    let at = |path: &str| format!("https://www.example.test{path}");
    let urls = ["/slow", "/slow?2", "/slow?3"].map(at);
    let format = "%{urlnum} %{num_connects} %{time_connect} %{time_total} %{local_port}\\n";
    let outputs = ["-o", "/dev/null", "-o", "/dev/null", "-o", "/dev/null", "-w", format];
    let urls = urls.each_ref().map(String::as_str);
    let run_with =
        |flags: &[&str]| barewire(&[&["fetch", "-sS"], &outputs[..], &urls[..], flags].concat()).succeeds();
    let lines = |run: &Run| -> Vec<Vec<f64>> {
        let mut lines: Vec<Vec<f64>> = run
            .stdout
            .lines()
            .map(|line| line.split(' ').map(|word| word.parse().expect("a number")).collect())
            .collect();
        lines.sort_by(|one, other| one[0].total_cmp(&other[0]));
        lines
    };
    // DNS 10 ms, TCP, TLS and HTTP 50 ms each, five pieces of 120 ms.
    let run = run_with(&["-Z"]);
    for line in lines(&run) {
        assert_eq!(line[1], 1.0, "a connection for each: {run}");
        assert!((line[2] - 0.060).abs() < 0.011 && (line[3] - 0.760).abs() < 0.012, "{run}");
    }
    let ports: Vec<f64> = lines(&run).iter().map(|line| line[4]).collect();
    assert!(ports[0] != ports[1] && ports[1] != ports[2], "{run}");
    // Two at a time: the third one takes the connection of the first that is free.
    let run = run_with(&["-Z", "--parallel-max", "2"]);
    let connects: Vec<f64> = lines(&run).iter().map(|line| line[1]).collect();
    assert_eq!(connects, [1.0, 1.0, 0.0], "{run}");
    let run = run_with(&[]);
    assert_eq!(lines(&run).iter().map(|line| line[1]).sum::<f64>(), 1.0, "one after the other: {run}");
    let run = barewire(&["fetch", "-Z", "--net", "raw", "https://www.example.test/"]);
    assert_eq!(run.code, Some(2), "{run}");
}

/// Over the kernel's sockets: no answer comes before all six requests are there, and the seventh waits for a place.
#[test]
fn six_at_a_time_to_one_host() {
    let here = std::sync::Arc::new(std::sync::Barrier::new(6));
    let server = Scripted::new(move |heard| {
        if heard.number == 0 {
            here.wait();
        }
        Does::Says(answer("200 OK", "", "page\n"))
    });
    let urls: Vec<String> = (0..9).map(|number| server.url(&format!("/{number}"))).collect();
    let urls: Vec<&str> = urls.iter().map(String::as_str).collect();
    let run = over_os(&[&["-Z"], &urls[..]].concat()).succeeds();
    assert_eq!(run.stdout, "page\n".repeat(9), "{run}");
    let connections: std::collections::BTreeSet<usize> =
        server.heard().iter().map(|one| one.connection).collect();
    assert_eq!((server.heard().len(), connections.len()), (9, 6));
}

/// With -Z a failure is not hidden by what goes well after it.
#[test]
fn one_that_fails_among_others() {
    let (closed, page) = ("https://closed.example.test/", "https://www.example.test/bytes/5");
    let run = barewire(&["fetch", "-sS", "-Z", closed, page]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(7), "line "), "{run}");
}
