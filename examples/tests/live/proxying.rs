//! nginx as the proxy, and ours: the same faults of an origin, the same answers to the client. What differs stands in
//! the table of `services/proxy.rs`.

use std::process::Command;
use std::time::Duration;

use barewire::fetch::{Job, fetch};
use barewire::network::Network;
use barewire::services::app::Say;
use barewire_http1::Response;
use barewire_tls13::Trust;

use crate::lab::{Lab, SERVER};
use crate::need;
use crate::origin::{Answer, half, proxied, whole};
use crate::process::run;

/// An origin, and what a client gets through a proxy that waits for 1 s.
struct Case {
    name: &'static str,
    /// What the origin of nginx does with a connection after it has read a request. `None`: nobody listens.
    python: Option<&'static str>,
    ours: Option<Answer>,
    status: u16,
    /// Whether the client gets a whole answer.
    is_whole: bool,
    seconds: u64,
}

const CASES: [Case; 5] = [
    Case {
        name: "it answers",
        python: Some(r"c.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello')"),
        ours: Some(|_| whole(Response::new(200), b"hello")),
        status: 200,
        is_whole: true,
        seconds: 0,
    },
    Case { name: "nobody listens", python: None, ours: None, status: 502, is_whole: true, seconds: 0 },
    Case {
        name: "it says nothing",
        python: Some("time.sleep(4)"),
        ours: Some(|_| Vec::new()),
        status: 504,
        is_whole: true,
        seconds: 1,
    },
    Case {
        name: "it closes after the request",
        python: Some("pass"),
        ours: Some(|_| vec![Say::Abort]),
        status: 502,
        is_whole: true,
        seconds: 0,
    },
    Case {
        name: "three of ten bytes, and then the end",
        python: Some(r"c.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc')"),
        ours: Some(half),
        status: 200,
        is_whole: false,
        seconds: 0,
    },
];

const FIRST_ORIGIN: u16 = 9000;

#[test]
fn nginx_and_our_proxy_answer_alike() {
    if !need::can_run("nginx_and_our_proxy_answer_alike", true, &["curl"]) {
        return;
    }
    let Some(lab) = Lab::raise("nginx_and_our_proxy_answer_alike") else { return };
    let mut locations = String::new();
    for (case, port) in CASES.iter().zip(FIRST_ORIGIN..) {
        locations += &format!("location /{port} {{ proxy_pass http://127.0.0.1:{port}; }}\n");
        if let Some(does) = case.python {
            let script = lab.write(&format!("origin-{port}.py"), origin(port, does));
            lab.serve(port, &["python3", &script]);
        }
    }
    let dir = lab.dir().display();
    let config = lab.write(
        "proxy.conf",
        format!(
            "user root;\ndaemon off;\nworker_processes 1;\npid {dir}/nginx.pid;\nerror_log stderr;\nevents {{}}\nhttp {{\n\
             access_log off;\nproxy_temp_path {dir}/nginx-proxy;\nproxy_read_timeout 1s;\nproxy_connect_timeout 1s;\n\
             server {{ listen {SERVER}:80;\n{locations}}} }}\n"
        ),
    );
    lab.serve(80, &["nginx", "-p", &lab.path(""), "-e", "stderr", "-c", &config]);
    for (case, port) in CASES.iter().zip(FIRST_ORIGIN..) {
        let wanted = (case.status, case.is_whole, case.seconds);
        assert_eq!(through_nginx(&lab, port), wanted, "nginx: {}", case.name);
        assert_eq!(through_ours(case), wanted, "ours: {}", case.name);
    }
}

/// An origin in Python that reads a request and then does this.
fn origin(port: u16, does: &str) -> String {
    format!(
        "import socket, time\n\
         s = socket.create_server(('127.0.0.1', {port}))\n\
         while True:\n    c, _ = s.accept()\n    c.recv(4096)\n    {does}\n    c.close()\n"
    )
}

/// The status, whether the answer was whole, and how many seconds it took.
fn through_nginx(lab: &Lab, port: u16) -> (u16, bool, u64) {
    let mut curl: Command = lab.command("client", "curl");
    curl.args(["-s", "-o", "/dev/null", "-w", "%{http_code} %{time_total} %{exitcode}"]);
    curl.arg(format!("http://{SERVER}/{port}"));
    let outcome = run(&mut curl, Duration::from_secs(10));
    let words: Vec<f64> = outcome.stdout.split(' ').map(|word| word.parse().expect("a number")).collect();
    let [status, seconds, exit_code] = words[..] else { panic!("{outcome}") };
    (status as u16, exit_code == 0.0, seconds as u64)
}

fn through_ours(case: &Case) -> (u16, bool, u64) {
    let (mut toy, _) = proxied(case.ours);
    let job = Job::get("http://10.0.0.80/", Trust::Nothing).expect("a URL");
    let begins = toy.now();
    match fetch(&mut toy, &job, &mut std::io::sink()) {
        Ok(page) => (page.response.status, true, (toy.now() - begins).as_secs()),
        // The head came, and then the connection broke.
        Err(_) => (200, false, (toy.now() - begins).as_secs()),
    }
}
