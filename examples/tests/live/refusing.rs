//! What must not pass: each case with its own exit code (curl's numbers) and a sentence that says what was wrong.
//!
//! Each test runs all its cases over both networks before it complains, so that one run shows the whole picture.

use std::time::Duration;

use crate::certificates::{Authority, HOST};
use crate::fetch::{Net, fetch, refusal_complaint};
use crate::lab::{Lab, SERVER};
use crate::servers::{self, Site};

/// The exit codes of the program.
mod code {
    /// The server does not speak HTTP, as curl's code 1 says of HTTP/0.9.
    pub(super) const UNSPOKEN: i32 = 1;
    pub(super) const DNS: i32 = 6;
    pub(super) const CONNECT: i32 = 7;
    pub(super) const TRUNCATED: i32 = 18;
    pub(super) const TIMEOUT: i32 = 28;
    pub(super) const TLS: i32 = 35;
    pub(super) const EMPTY: i32 = 52;
    pub(super) const BROKEN: i32 = 56;
    pub(super) const CERTIFICATE: i32 = 60;
}

/// One fetch that must fail.
struct Case<'a> {
    url: String,
    arguments: Vec<&'a str>,
    code: i32,
    /// One of these must be in the message.
    words: &'a [&'a str],
    /// The longest it may take.
    within: Duration,
}

impl<'a> Case<'a> {
    fn new(url: impl Into<String>, arguments: &[&'a str], code: i32, words: &'a [&'a str]) -> Case<'a> {
        Case { url: url.into(), arguments: arguments.to_vec(), code, words, within: Duration::from_secs(20) }
    }

    fn within(mut self, seconds: u64) -> Case<'a> {
        self.within = Duration::from_secs(seconds);
        self
    }
}

fn assert_refused(lab: &Lab, cases: &[Case<'_>]) {
    let mut complaints = Vec::new();
    for net in Net::BOTH {
        for case in cases {
            let outcome = fetch(lab, net, &case.url, &case.arguments);
            if let Some(complaint) = refusal_complaint(&outcome, case.code, case.words) {
                complaints.push(complaint);
            } else if outcome.took > case.within {
                complaints.push(format!("it should end within {:?}:\n{outcome}", case.within));
            }
        }
    }
    let count = complaints.len();
    assert!(complaints.is_empty(), "{count} of {} cases:\n{}", 2 * cases.len(), complaints.join("\n"));
}

#[test]
fn names_that_lead_nowhere() {
    let Some(lab) = Lab::raise("names_that_lead_nowhere") else { return };
    servers::unbound(&lab);
    let by_name = ["--resolver", SERVER];
    let silent = format!("{SERVER}:5353");
    lab.swallow_port(5353);
    assert_refused(
        &lab,
        &[
            Case::new("https://nobody.live.test/", &by_name, code::DNS, &["nobody.live.test"]),
            Case::new("https://noaddress.live.test/", &by_name, code::DNS, &["noaddress.live.test"]),
            Case::new(
                format!("https://{HOST}/"),
                &["--resolver", &silent, "--max-time", "2"],
                code::TIMEOUT,
                &["time", "no answer", "did not answer"],
            )
            .within(4),
        ],
    );
}

#[test]
fn hosts_that_do_not_talk() {
    let Some(lab) = Lab::raise("hosts_that_do_not_talk") else { return };
    lab.swallow_port(8081);
    let authority = Authority::new(&lab, "root");
    servers::scripted(&lab, 9443, &authority.good("good"));
    let root = authority.certificate();
    let [closed, silent, stalling] = [81, 8081, 9443].map(|port| format!("{HOST}:{port}:{SERVER}"));
    let time = ["time", "no answer", "did not answer"];
    assert_refused(
        &lab,
        &[
            Case::new(
                format!("https://{HOST}:81/"),
                &["--resolve", &closed],
                code::CONNECT,
                &["refused", "RST", "reset"],
            )
            .within(2),
            Case::new(
                format!("https://{HOST}:8081/"),
                &["--resolve", &silent, "--max-time", "2"],
                code::TIMEOUT,
                &time,
            )
            .within(4),
            Case::new(
                format!("https://{HOST}:8081/"),
                &["--resolve", &silent, "--connect-timeout", "1"],
                code::TIMEOUT,
                &time,
            )
            .within(3),
            Case::new(
                format!("https://{HOST}:9443/stall"),
                &["--resolve", &stalling, "--cacert", &root, "--max-time", "2"],
                code::TIMEOUT,
                &time,
            )
            .within(4),
        ],
    );
}

/// Nobody answers the SYN: the budget has the phase that failed, up to the moment of giving up.
#[test]
fn a_silent_host_is_in_the_budget() {
    let Some(lab) = Lab::raise("a_silent_host_is_in_the_budget") else { return };
    lab.swallow_port(8081);
    let silent = format!("{HOST}:8081:{SERVER}");
    for net in Net::BOTH {
        let url = format!("https://{HOST}:8081/");
        let outcome = fetch(&lab, net, &url, &["--resolve", &silent, "--max-time", "1"]);
        assert_eq!(outcome.code, Some(code::TIMEOUT), "{outcome}");
        let given_up = outcome.stdout.split_once("TCP did not end: given up after ").map(|(_, after)| after);
        let ms = given_up.and_then(|after| after.split(' ').next()?.parse::<f64>().ok());
        assert!(ms.is_some_and(|ms| ms >= 900.0), "over {net:?}, {ms:?}:\n{outcome}");
    }
}

#[test]
fn certificates_that_prove_nothing() {
    let Some(lab) = Lab::raise("certificates_that_prove_nothing") else { return };
    let authority = Authority::new(&lab, "root");
    let stranger = Authority::new(&lab, "stranger");
    servers::nginx(
        &lab,
        &[
            Site::new(8443, &authority.expired("expired")),
            Site::new(8444, &authority.wrong_name("wrong")),
            Site::new(8445, &stranger.good("unknown")),
        ],
    );
    let root = authority.certificate();
    let at = [8443, 8444, 8445].map(|port| format!("{HOST}:{port}:{SERVER}"));
    let case = |port: usize, words: &'static [&'static str]| {
        let arguments = ["--cacert", &root, "--resolve", &at[port - 8443]];
        Case::new(format!("https://{HOST}:{port}/page.html"), &arguments, code::CERTIFICATE, words)
    };
    assert_refused(
        &lab,
        &[
            case(8443, &["expired", "2020"]),
            case(8444, &["other.live.test", "not valid for", "name"]),
            case(8445, &["issuer", "trust", "root"]),
        ],
    );
}

#[test]
fn handshakes_that_cannot_succeed() {
    let Some(lab) = Lab::raise("handshakes_that_cannot_succeed") else { return };
    let authority = Authority::new(&lab, "root");
    let identity = authority.good("good");
    servers::nginx(&lab, &[Site { port: 8446, identity: &identity, protocols: "TLSv1.2" }]);
    // A group that no client here offers: the server ends the handshake with an alert.
    servers::openssl(&lab, 8447, &identity, &["-tls1_3", "-groups", "P-521"]);
    let root = authority.certificate();
    let at = [8446, 8447, 80].map(|port| format!("{HOST}:{port}:{SERVER}"));
    let arguments = |index: usize| ["--cacert", root.as_str(), "--resolve", at[index].as_str()];
    assert_refused(
        &lab,
        &[
            Case::new(
                format!("https://{HOST}:8446/page.html"),
                &arguments(0),
                code::TLS,
                &["TLS 1.2", "version"],
            ),
            Case::new(
                format!("https://{HOST}:8447/page.html"),
                &arguments(1),
                code::TLS,
                &["handshake_failure"],
            ),
            // Plain HTTP where TLS should be: the first byte of "HTTP/1.1 400" is no record type.
            Case::new(
                format!("https://{HOST}:80/page.html"),
                &arguments(2),
                code::TLS,
                &["record", "RFC 8446"],
            ),
        ],
    );
}

#[test]
fn replies_that_are_cut_or_broken() {
    let Some(lab) = Lab::raise("replies_that_are_cut_or_broken") else { return };
    let authority = Authority::new(&lab, "root");
    servers::scripted(&lab, 9443, &authority.good("good"));
    let root = authority.certificate();
    let at = format!("{HOST}:9443:{SERVER}");
    let case = |path: &str, code: i32, words: &'static [&'static str]| {
        Case::new(format!("https://{HOST}:9443{path}"), &["--cacert", &root, "--resolve", &at], code, words)
    };
    assert_refused(
        &lab,
        &[
            // 40 bytes of 100, once with close_notify and once without.
            case("/short", code::TRUNCATED, &["40", "60"]),
            case("/short-cut", code::TRUNCATED, &["40", "60", "close_notify"]),
            case("/short-chunks", code::TRUNCATED, &["chunk"]),
            // Only close_notify tells the end of such a body from a line that was cut (RFC 8446 §6.1).
            case("/until-cut", code::TRUNCATED, &["close_notify", "RFC 9112 §9.8"]),
            case("/nothing", code::EMPTY, &["empty", "nothing", "no reply", "without"]),
            case("/both", code::BROKEN, &["Transfer-Encoding"]),
            case("/two-lengths", code::BROKEN, &["Content-Length"]),
            case("/bad-chunk", code::BROKEN, &["chunk"]),
            case("/not-http", code::UNSPOKEN, &["RFC 9112", "status line", "status-line"]),
        ],
    );
}
