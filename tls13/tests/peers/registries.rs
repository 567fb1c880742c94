//! Go, node 24 (OpenSSL 3.5) and tlslite-ng (a cookie in its HelloRetryRequest), from the registries of PyPI and npm.
//!
//! They are too heavy for each run of the gate: `tls13/tests/peers/registries.sh` installs them into a folder and names
//! it in `BAREWIRE_PEERS`, then it runs the tests here, which cargo shows as ignored otherwise.

use crate::server::{Server, words};

/// A server for each of these groups: one that we send a share for, and one that it has to ask for.
fn comes_back(name: &str, command: &str) {
    let installed = std::env::var("BAREWIRE_PEERS").expect("registries.sh sets BAREWIRE_PEERS");
    let programs = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers");
    for (group, hello_retry) in [("X25519", false), ("P-256", true)] {
        let server = Server::start(&format!("{name}-{group}"), |port, _| {
            let line = command.replace("PEERS", &installed).replace("TESTS", programs);
            words(&format!("{} {group}", line.replace("PORT", &port.to_string())))
        });
        server.comes_back(hello_retry);
    }
}

#[test]
#[ignore = "Go is not installed: tls13/tests/peers/registries.sh runs it"]
fn go_resumes_and_asks_again() {
    comes_back("go", "PEERS/server 127.0.0.1:PORT");
}

#[test]
#[ignore = "node 24 is not installed: tls13/tests/peers/registries.sh runs it"]
fn node_24_resumes_and_asks_again() {
    comes_back("node", "PEERS/node TESTS/server.mjs 127.0.0.1 PORT");
}

#[test]
#[ignore = "tlslite-ng is not installed: tls13/tests/peers/registries.sh runs it"]
fn tlslite_ng_resumes_and_asks_again_with_a_cookie() {
    comes_back("tlslite", "PEERS/venv/bin/python TESTS/server.py 127.0.0.1 PORT");
}
