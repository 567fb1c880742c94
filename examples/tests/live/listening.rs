//! `barewire listen` over a raw socket, with clients that nobody here wrote: the kernel's TCP under curl and Python.
//! The server is in the lab's server, and a router stands between.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::time::Duration;

use crate::fetch::{sha256, tshark_fields};
use crate::lab::{Lab, SERVER, SERVER_V6};
use crate::process::{Outcome, run};

const PROGRAM: &str = env!("CARGO_BIN_EXE_barewire");
const PORT: &str = "7000";

/// A server that listens. It is killed when this is dropped.
struct Server {
    child: Child,
    output: BufReader<std::process::ChildStdout>,
}

impl Server {
    fn start(lab: &Lab, address: &str, flags: &[&str]) -> Server {
        let mut command = lab.command("server", PROGRAM);
        command.args(["listen", PORT, "--net", "raw", "--bind", address]).args(flags);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("the program");
        let mut output = BufReader::new(child.stdout.take().expect("its output"));
        let mut line = String::new();
        output.read_line(&mut line).expect("a first line");
        assert!(line.starts_with("listening at ") && line.chars().count() <= 81, "{line}");
        Server { child, output }
    }

    /// What it still says, until it ends.
    fn rest(&mut self) -> String {
        let mut text = String::new();
        std::io::Read::read_to_string(&mut self.output, &mut text).expect("its output");
        text
    }

    /// Ctrl+C.
    fn interrupt(&mut self) -> String {
        let process = self.child.id().to_string();
        crate::process::must("kill", &["-INT", &process]);
        self.rest()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn client(lab: &Lab, program: &str, words: &[&str]) -> Outcome {
    run(lab.command("client", program).args(words), Duration::from_secs(60))
}

/// Sends a file, closes its half, and writes what comes back; several at the same time.
const CLIENT: &str = "
import socket, sys, threading
def talk(name):
    s = socket.create_connection((sys.argv[1], int(sys.argv[2])), 30)
    data = open(sys.argv[3], 'rb').read()
    def write():
        s.sendall(data)
        s.shutdown(socket.SHUT_WR)
    writer = threading.Thread(target=write)
    writer.start()
    with open(name, 'wb') as out:
        while part := s.recv(65536):
            out.write(part)
    writer.join()
threads = [threading.Thread(target=talk, args=(name,)) for name in sys.argv[4:]]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
";

fn ten_megabytes() -> Vec<u8> {
    (0..10_000_000u32)
        .flat_map(|at| (at.wrapping_mul(2_654_435_761) >> 24).to_le_bytes()[..1].to_vec())
        .collect()
}

#[test]
fn ten_megabytes_come_back() {
    let Some(lab) = Lab::raise("ten_megabytes_come_back") else { return };
    lab.add_ipv6();
    let sent = lab.write("sent", ten_megabytes());
    let sum = sha256(&lab, std::fs::read(&sent).unwrap().as_slice());
    for address in [SERVER, SERVER_V6] {
        let mut server = Server::start(&lab, address, &["--once", "-q"]);
        let back = lab.path("back");
        let outcome = client(&lab, "python3", &["-c", CLIENT, address, PORT, &sent, &back]);
        assert!(outcome.succeeded(), "{outcome}");
        let got = std::fs::read(&back).unwrap();
        assert_eq!((got.len(), sha256(&lab, &got)), (10_000_000, sum.clone()), "{address}");
        let said = server.rest();
        assert!(said.contains("1 connection, 1 closed by both ends, 0 still open"), "{said}");
    }
}

#[test]
fn three_clients_at_once_and_ctrl_c() {
    let Some(lab) = Lab::raise("three_clients_at_once_and_ctrl_c") else { return };
    let recorder = lab.record("server.pcap");
    let mut server = Server::start(&lab, SERVER, &[]);
    let sent = lab.write("sent", &ten_megabytes()[..300_000]);
    let names = ["one", "two", "three"].map(|name| lab.path(name));
    let words = [&["-c", CLIENT, SERVER, PORT, &sent][..], &names.each_ref().map(String::as_str)].concat();
    let outcome = client(&lab, "python3", &words);
    assert!(outcome.succeeded(), "{outcome}");
    for name in &names {
        assert!(std::fs::read(name).unwrap() == ten_megabytes()[..300_000], "{name}");
    }
    let said = server.interrupt();
    assert!(
        said.contains("3 connections, 3 closed by both ends, 0 still open; 900,000 bytes came"),
        "{said}"
    );
    assert!(said.contains("SYN ACK"), "{said}");
    // The kernel of the server was kept quiet: nobody reset anything.
    let seen = recorder.stop();
    let resets = tshark_fields(&seen, "tcp.flags.reset == 1", &["frame.number"]);
    assert!(resets.is_empty(), "{resets:?} in {seen}");
}

/// The server's way to its clients is gone for a moment, as when a cable is pulled. It serves on when that is back.
#[test]
fn a_way_that_is_gone_for_a_moment() {
    let Some(lab) = Lab::raise("a_way_that_is_gone_for_a_moment") else { return };
    let route = |words: &[&str]| {
        let outcome = run(lab.command("server", "ip").arg("route").args(words), Duration::from_secs(10));
        assert!(outcome.succeeded(), "{outcome}");
        outcome.stdout
    };
    let mut server = Server::start(&lab, SERVER, &[]);
    let connect = "import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), 1)";
    let words = ["-c", connect, SERVER, PORT];
    let default = route(&["show", "default"]);
    route(&["del", "default"]);
    assert!(!client(&lab, "python3", &words).succeeded());
    route(&[&["add"], &default.split_whitespace().collect::<Vec<_>>()[..]].concat());
    let outcome = client(&lab, "python3", &words);
    assert!(outcome.succeeded(), "{outcome}");
    let said = server.interrupt();
    assert!(said.contains("is connected"), "{said}");
}

#[test]
fn files_and_pages_for_curl() {
    let Some(lab) = Lab::raise("files_and_pages_for_curl") else { return };
    let content = lab.write("content", ten_megabytes());
    let sum = sha256(&lab, &ten_megabytes());
    {
        let _server = Server::start(&lab, SERVER, &["--file", &content, "-q"]);
        let got = lab.path("got");
        let outcome =
            client(&lab, "curl", &["-s", "--http0.9", "-o", &got, &format!("http://{SERVER}:{PORT}/")]);
        assert!(outcome.succeeded(), "{outcome}");
        assert_eq!(sha256(&lab, &std::fs::read(&got).unwrap()), sum);
    }
    let _server = Server::start(&lab, SERVER, &["--http", "-q"]);
    let outcome = client(&lab, "curl", &["-s", "-w", "%{http_code}", &format!("http://{SERVER}:{PORT}/")]);
    assert!(outcome.succeeded() && outcome.stdout.ends_with("200"), "{outcome}");
}
