//! Coming back to servers that other people wrote, over loopback: `openssl s_server` (no ticket, five,
//! HelloRetryRequest, early data), gnutls-serv and nginx (tickets and early data). nginx also shows what a replay does.

mod common;
#[path = "../../examples/tests/live/need.rs"]
mod need;
#[path = "../../examples/tests/live/port.rs"]
mod port;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use barewire_tls13::{
    Client, Config, EarlyData, Event, MemoryStore, PreSharedKey, SessionStore, Summary, TlsStream, Verified,
};
use common::{Identity, rng};
use port::free_port;
use rcgen::KeyPair;

/// A server in a process of its own, with a folder of its own; both go when it is dropped.
struct Server {
    child: Child,
    port: u16,
    folder: PathBuf,
    identity: Identity,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Server {
    /// Starts what `words` makes of port and folder, and waits until it listens.
    fn start(name: &str, words: impl FnOnce(u16, &str) -> Vec<String>) -> Server {
        let key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
        let identity = Identity::of_key(key, |leaf| leaf.not_after = rcgen::date_time_ymd(2040, 1, 1));
        let folder = std::env::temp_dir().join(format!("barewire-peers-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("cert.pem"), &identity.certificate_pem).unwrap();
        std::fs::write(folder.join("key.pem"), &identity.key_pem).unwrap();
        let port = free_port();
        let words = words(port, folder.to_str().unwrap());
        let log = std::fs::File::create(folder.join("log")).unwrap();
        let child = Command::new(&words[0])
            .args(&words[1..])
            .current_dir(&folder)
            .stdin(Stdio::piped()) // some servers end when their input does
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let server = Server { child, port, folder, identity };
        for _ in 0..500 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return server;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("{words:?} does not listen: {}", server.log());
    }

    fn openssl(name: &str, more: &[&str]) -> Server {
        Server::start(name, |port, _| {
            let words =
                format!("openssl s_server -accept 127.0.0.1:{port} -tls1_3 -cert cert.pem -key key.pem");
            words.split(' ').chain(more.iter().copied()).map(str::to_owned).collect()
        })
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    fn config(&self, store: &mut MemoryStore) -> Config {
        let mut config = self.identity.client();
        config.wall_clock = SystemTime::now();
        config.pre_shared_key =
            store.take(&config.wanted()).map(|session| PreSharedKey::Session(Box::new(session)));
        config
    }

    /// One connection, from the store's newest session if there is one: what was agreed on, and what came. With
    /// `early` the request goes out as early data. Tickets go into the store.
    fn ask(&self, store: &mut MemoryStore, request: &[u8], early: bool) -> (Summary, Vec<u8>) {
        let mut config = self.config(store);
        config.replayable_early_data = early;
        let mut client = Client::new(Instant::now(), config, &mut rng()).unwrap();
        if early {
            assert_eq!(client.write_early_replayable(request), Ok(request.len()));
        }
        let socket = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let mut stream =
            TlsStream::connect(socket, client).unwrap_or_else(|error| panic!("{error}: {}", self.log()));
        let summary = stream.summary().clone();
        if summary.early_data != EarlyData::Accepted {
            stream.write_all(request).unwrap();
        }
        // A server that was asked nothing waits for our goodbye.
        if !request.starts_with(b"GET") {
            stream.close().unwrap();
        }
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer); // not every server says goodbye
        while let Some(event) = stream.client_mut().event() {
            if let Event::Ticket(session) = event {
                store.insert(*session);
            }
        }
        (summary, answer)
    }
}

fn is_resumed(summary: &Summary) -> bool {
    matches!(summary.verified, Verified::InSession(_))
}

#[test]
fn openssl_with_five_tickets_and_with_none() {
    if !need::can_run("openssl_with_five_tickets_and_with_none", false, &["openssl"]) {
        return;
    }
    for tickets in [5, 0] {
        let server = Server::openssl(&format!("tickets{tickets}"), &["-num_tickets", &tickets.to_string()]);
        let mut store = MemoryStore::default();
        let (summary, _) = server.ask(&mut store, b"", false);
        assert!(!is_resumed(&summary));
        assert_eq!(store.sessions().count(), tickets);
        for _ in 0..3 {
            let (summary, _) = server.ask(&mut store, b"", false);
            assert_eq!(is_resumed(&summary), tickets > 0);
        }
    }
}

#[test]
fn openssl_asks_again_for_a_group_and_resumes() {
    if !need::can_run("openssl_asks_again_for_a_group_and_resumes", false, &["openssl"]) {
        return;
    }
    for suite in ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"] {
        let server = Server::openssl(suite, &["-groups", "P-256", "-ciphersuites", suite]);
        let mut store = MemoryStore::default();
        for resumed in [false, true, true] {
            let (summary, _) = server.ask(&mut store, b"", false);
            assert_eq!((is_resumed(&summary), summary.hello_retry), (resumed, true), "{}", server.log());
            assert_eq!(summary.suite.name(), suite);
        }
    }
}

#[test]
fn openssl_takes_early_data() {
    if !need::can_run("openssl_takes_early_data", false, &["openssl"]) {
        return;
    }
    let server = Server::openssl("early", &["-early_data", "-max_early_data", "100"]);
    let mut store = MemoryStore::default();
    server.ask(&mut store, b"", false);
    assert!(store.sessions().all(|session| session.max_early_data == 100));
    let (summary, _) = server.ask(&mut store, b"the early bird\n", true);
    assert_eq!((is_resumed(&summary), summary.early_data), (true, EarlyData::Accepted), "{}", server.log());
    let log = server.log();
    assert!(log.contains("Early data received:") && log.contains("the early bird\n"), "{log}");
}

#[test]
fn openssl_with_an_external_key() {
    if !need::can_run("openssl_with_an_external_key", false, &["openssl"]) {
        return;
    }
    let server =
        Server::openssl("external", &["-psk", "00112233445566778899aabbccddeeff", "-psk_identity", "us"]);
    let connect = |key: &[u8]| {
        let mut config = server.config(&mut MemoryStore::default());
        let suite = barewire_tls13::Suite::Aes128GcmSha256;
        let external = barewire_tls13::ExternalPsk { identity: b"us".to_vec(), key: key.to_vec(), suite };
        config.pre_shared_key = Some(PreSharedKey::External(external));
        let client = Client::new(Instant::now(), config, &mut rng()).unwrap();
        let socket = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
        TlsStream::connect(socket, client).map(|stream| stream.summary().clone())
    };
    let key: Vec<u8> = (0..16).map(|n| n * 0x11).collect();
    let summary = connect(&key).unwrap();
    assert_eq!(summary.verified, Verified::PreSharedKey { identity: b"us".to_vec() });
    assert_eq!((summary.signature, summary.chain.len()), (None, 0));
    // The binder of another key does not fit.
    let error = connect(&key[1..]).unwrap_err().to_string();
    assert!(error.contains("the server gave up with the alert illegal_parameter"), "{error}");
}

#[test]
fn gnutls_resumes_and_takes_early_data() {
    if !need::can_run("gnutls_resumes_and_takes_early_data", false, &["gnutls-serv"]) {
        return;
    }
    let server = Server::start("gnutls", |port, _| {
        let words = format!(
            "gnutls-serv --http --port {port} --x509certfile cert.pem --x509keyfile key.pem --disable-client-cert \
             --earlydata --maxearlydata=1000 --quiet"
        );
        words.split(' ').map(str::to_owned).collect()
    });
    let request = b"GET / HTTP/1.0\r\n\r\n";
    let mut store = MemoryStore::default();
    let (summary, answer) = server.ask(&mut store, request, false);
    assert!(!is_resumed(&summary) && answer.starts_with(b"HTTP/1."), "{}", server.log());
    let (summary, answer) = server.ask(&mut store, request, false);
    assert!(is_resumed(&summary) && answer.starts_with(b"HTTP/1."), "{}", server.log());
    // It takes early data, but does not look for a request in it.
    let (summary, _) = server.ask(&mut store, b"early", true);
    assert_eq!((is_resumed(&summary), summary.early_data), (true, EarlyData::Accepted), "{}", server.log());
}

fn nginx() -> Server {
    Server::start("nginx", |port, folder| {
        let places = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|kind| format!("{kind}_temp_path {folder}/{kind};"))
            .concat();
        let config = format!(
            "daemon off; master_process off; pid {folder}/pid; error_log stderr; events {{}}\n\
             http {{ {places} log_format short '$request_uri'; access_log {folder}/requests short;\n\
             server {{ listen 127.0.0.1:{port} ssl; ssl_certificate {folder}/cert.pem;\n\
             ssl_certificate_key {folder}/key.pem; ssl_protocols TLSv1.3; ssl_early_data on;\n\
             return 200 'reused $ssl_session_reused early $ssl_early_data.'; }} }}\n"
        );
        std::fs::write(format!("{folder}/nginx.conf"), config).unwrap();
        ["nginx", "-p", folder, "-e", "stderr", "-c", &format!("{folder}/nginx.conf")]
            .map(str::to_owned)
            .to_vec()
    })
}

fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: www.example.test\r\nConnection: close\r\n\r\n").into_bytes()
}

#[test]
fn nginx_resumes_and_takes_early_data_even_twice() {
    if !need::can_run("nginx_resumes_and_takes_early_data_even_twice", false, &["nginx"]) {
        return;
    }
    let server = nginx();
    let mut store = MemoryStore::default();
    for (early, resumed) in [(false, false), (false, true), (true, true)] {
        let (summary, answer) = server.ask(&mut store, &get("/"), early);
        let answer = String::from_utf8_lossy(&answer).into_owned();
        // It says "early 1" only if it read the request before our Finished came.
        let says = format!("reused {} early ", if resumed { "r" } else { "." });
        assert!(answer.contains(&says), "{answer}\n{}", server.log());
        assert_eq!((is_resumed(&summary), summary.early_data == EarlyData::Accepted), (resumed, early));
    }
    // A copy of the flight, sent on two connections: the server acts twice (RFC 8446 §8).
    let config = Config { replayable_early_data: true, ..server.config(&mut store) };
    let mut client = Client::new(Instant::now(), config, &mut rng()).unwrap();
    client.write_early_replayable(&get("/pay")).unwrap();
    let flight = client.transmit(Instant::now()).unwrap();
    let send = || {
        let mut socket = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
        socket.write_all(&flight).unwrap();
        socket
    };
    let _open = [send(), send()];
    let requests = || std::fs::read_to_string(server.folder.join("requests")).unwrap();
    let acted = || requests().lines().filter(|line| *line == "/pay").count();
    for _ in 0..500 {
        if acted() == 2 {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("{} times: {}\n{}", acted(), requests(), server.log());
}
