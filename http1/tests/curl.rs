//! curl against our server core, over the kernel's TCP: a client that nobody here wrote.

mod need;

use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use barewire_http1::{Config, Response, driver, server};

/// Serves connections for as long as the test runs: what was uploaded comes back, else a greeting.
fn serve() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
            let mut connection = server::Connection::new(Config::default());
            while let Ok(Some((request, body))) = driver::next_request(&mut stream, &mut connection, 8 << 20)
            {
                let mut response = Response::new(200);
                if request.target == "/chunked" {
                    response = response.with("Transfer-Encoding", "chunked");
                }
                let body = if body.is_empty() { b"hello".to_vec() } else { body };
                if !driver::answer(&mut stream, &mut connection, &response, &body).unwrap_or(false) {
                    break;
                }
            }
        }
    });
    address
}

fn curl(arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut child = Command::new("curl")
        .args(["-q", "-sS", "--noproxy", "*", "--max-time", "20"])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "curl {arguments:?}: {} {complaint}", output.status);
    output.stdout
}

#[test]
fn curl_is_served() {
    if !need::can_run("curl_is_served", "curl") {
        return;
    }
    let base = format!("http://{}", serve());
    let (plain, chunked) = (format!("{base}/"), format!("{base}/chunked"));
    let body = curl(&["-w", "%{num_connects} ", &plain, &chunked, &plain], b"");
    assert_eq!(String::from_utf8_lossy(&body), "hello1 hello0 hello0 ", "three requests on one connection");
    assert_eq!(curl(&["--http1.0", &chunked], b""), b"hello");
    let head = curl(&["-I", &plain], b"");
    assert!(String::from_utf8_lossy(&head).contains("Content-Length: 5\r\n"), "{head:?}");
    let big: Vec<u8> = (0..3_000_000u32).map(|n| (n % 251) as u8).collect();
    assert!(curl(&["-T", "-", &plain], &big) == big, "chunked up, with Expect: 100-continue");
    assert!(curl(&["--data-binary", "@-", &chunked], &big) == big, "chunked down");
}
