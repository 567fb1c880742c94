//! NSS's selfserv: tickets on request, early data once it has run for a while.

use std::path::Path;
use std::process::{Command, Stdio};

use barewire_tls13::EarlyData;

use crate::need;
use crate::server::{Server, get, words};

/// selfserv reads its certificate from a database of NSS.
fn start(name: &str, more: &str) -> Server {
    Server::start(name, |port, folder| {
        run(folder, "certutil -N -d sql:. --empty-password");
        run(folder, "openssl pkcs12 -export -in cert.pem -inkey key.pem -name us -passout pass: -out id.p12");
        run(folder, "pk12util -i id.p12 -d sql:. -K  -W ");
        words(&format!("selfserv -d sql:. -e us -n us -p {port} -V tls1.3: {more}"))
    })
}

fn run(folder: &Path, line: &str) {
    let mut words = line.split(' ');
    let mut command = Command::new(words.next().unwrap());
    let output = command.args(words).current_dir(folder).stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{line}: {output:?}");
}

const TOOLS: [&str; 4] = ["selfserv", "certutil", "pk12util", "openssl"];

/// In its first ten seconds it refuses early data, because it cannot know what was sent to it before that: its guard
/// against replays is empty (RFC 8446 §8.2). Then it takes some.
#[test]
fn nss_resumes_and_takes_early_data_when_it_has_run_for_a_while() {
    if !need::can_run("nss_resumes_and_takes_early_data_when_it_has_run_for_a_while", false, &TOOLS) {
        return;
    }
    let server = start("nss", "-u -Z");
    let mut store = server.comes_back(false);
    server.wait("it takes no early data", || {
        let asked = server.ask_early(&mut store, &get("/"));
        assert!(asked.is_resumed() && asked.text().starts_with("HTTP/1."), "{}", server.log());
        (asked.summary.early_data == EarlyData::Accepted).then_some(())
    });
}

#[test]
fn nss_asks_again_for_a_group() {
    if !need::can_run("nss_asks_again_for_a_group", false, &TOOLS) {
        return;
    }
    start("nss-p256", "-u -I P256").comes_back(true);
}

#[test]
fn nss_without_tickets_does_not_resume() {
    if !need::can_run("nss_without_tickets_does_not_resume", false, &TOOLS) {
        return;
    }
    let server = start("nss-none", "");
    let mut store = Default::default();
    for _ in 0..2 {
        let asked = server.ask(&mut store, &get("/"));
        assert_eq!((asked.is_resumed(), asked.tickets), (false, 0));
    }
}
