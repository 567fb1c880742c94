//! gnutls-serv: early data, a server that asks for a certificate unless told not to, small records.

use barewire_tls13::EarlyData;

use crate::need;
use crate::server::{Server, get, words};

fn start(name: &str, more: &str) -> Server {
    Server::start(name, |port, _| {
        words(&format!(
            "gnutls-serv --http --port {port} --x509certfile cert.pem --x509keyfile key.pem --quiet {more}"
        ))
    })
}

#[test]
fn gnutls_resumes_and_takes_early_data() {
    if !need::can_run("gnutls_resumes_and_takes_early_data", false, &["gnutls-serv"]) {
        return;
    }
    let server = start("gnutls", "--disable-client-cert --earlydata --maxearlydata=1000");
    let mut store = server.comes_back(false);
    // It takes early data, but does not look for a request in it.
    let asked = server.ask_early(&mut store, b"early");
    assert!(asked.is_resumed(), "{}", server.log());
    assert_eq!(asked.summary.early_data, EarlyData::Accepted, "{}", server.log());
}

#[test]
fn gnutls_asks_for_a_certificate_and_for_another_group() {
    if !need::can_run("gnutls_asks_for_a_certificate_and_for_another_group", false, &["gnutls-serv"]) {
        return;
    }
    let server = start("gnutls-asks", "--priority NORMAL:-GROUP-ALL:+GROUP-SECP256R1");
    server.comes_back(true);
    let asked = server.ask(&mut Default::default(), &get("/"));
    assert!(asked.summary.certificate_requested);
}

#[test]
fn gnutls_with_small_records() {
    if !need::can_run("gnutls_with_small_records", false, &["gnutls-serv"]) {
        return;
    }
    start("gnutls-small", "--disable-client-cert --recordsize 512").comes_back(false);
}
