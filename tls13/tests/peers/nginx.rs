//! nginx: tickets, HelloRetryRequest, early data, and what a replay does.

use std::io::Write;
use std::time::Instant;

use barewire_tls13::{Config, EarlyData};

use crate::need;
use crate::server::{Server, get};

fn start(name: &str, more: &str) -> Server {
    Server::start(name, |port, folder| {
        let folder = folder.display();
        let places = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|kind| format!("{kind}_temp_path {folder}/{kind};"))
            .concat();
        let config = format!(
            "daemon off; master_process off; pid {folder}/pid; error_log stderr; events {{}}\n\
             http {{ {places} log_format short '$request_uri'; access_log {folder}/requests short;\n\
             server {{ listen 127.0.0.1:{port} ssl; ssl_certificate {folder}/cert.pem;\n\
             ssl_certificate_key {folder}/key.pem; ssl_protocols TLSv1.3; {more}\n\
             return 200 'reused $ssl_session_reused early $ssl_early_data.'; }} }}\n"
        );
        std::fs::write(format!("{folder}/nginx.conf"), config).unwrap();
        ["nginx", "-p", &folder.to_string(), "-e", "stderr", "-c", &format!("{folder}/nginx.conf")]
            .map(str::to_owned)
            .to_vec()
    })
}

#[test]
fn nginx_resumes_and_takes_early_data_even_twice() {
    if !need::can_run("nginx_resumes_and_takes_early_data_even_twice", false, &["nginx"]) {
        return;
    }
    let server = start("nginx", "ssl_early_data on;");
    let mut store = server.comes_back(false);
    let asked = server.ask_early(&mut store, &get("/"));
    // It says "early 1" only if it read the request before our Finished came.
    assert!(asked.text().contains("reused r early "), "{}\n{}", asked.text(), server.log());
    assert_eq!(asked.summary.early_data, EarlyData::Accepted);
    // A copy of the flight, sent on two connections: the server acts twice (RFC 8446 §8).
    let mut client = server.client(Config { replayable_early_data: true, ..server.config(&mut store) });
    client.write_early_replayable(&get("/pay")).unwrap();
    let flight = client.transmit(Instant::now()).unwrap();
    let send = || {
        let mut socket = server.connect();
        socket.write_all(&flight).unwrap();
        socket
    };
    let _open = [send(), send()];
    server.wait("it did not act twice", || {
        (server.file("requests").lines().filter(|line| *line == "/pay").count() == 2).then_some(())
    });
}

#[test]
fn nginx_asks_again_for_a_group() {
    if !need::can_run("nginx_asks_again_for_a_group", false, &["nginx"]) {
        return;
    }
    start("nginx-p256", "ssl_ecdh_curve prime256v1;").comes_back(true);
}
