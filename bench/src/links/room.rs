//! The namespaces: this program again, under `unshare --net`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, UdpSocket};
use std::process::{Child, Command, Stdio};
use std::thread;

/// The variable that says where this program is.
pub(super) const ROLE: &str = "BAREWIRE_BENCH_LINKS";

pub(super) const NEAR: [u8; 4] = [10, 96, 0, 1];
pub(super) const FAR: [u8; 4] = [10, 96, 0, 2];
/// An address that no kernel owns.
pub(super) const OURS: [u8; 4] = [10, 96, 0, 9];
/// The wire whose other end is a device here: the kernel's address, one that no kernel owns, and one of a host that is
/// not there.
pub(super) const LOOP_NEAR: [u8; 4] = [10, 96, 2, 1];
pub(super) const LOOP_OURS: [u8; 4] = [10, 96, 2, 9];
pub(super) const LOOP_GONE: [u8; 4] = [10, 96, 2, 7];
pub(super) const LOOP_MAC: [u8; 6] = [2, 0, 0, 0, 1, 1];
pub(super) const LOOP_FAR_MAC: [u8; 6] = [2, 0, 0, 0, 1, 2];
/// Both ends of the TUN device: the kernel's, and ours.
pub(super) const TUN: [[u8; 4]; 2] = [[10, 96, 1, 1], [10, 96, 1, 2]];
/// Where the far end reads all that comes, by TCP and by UDP.
pub(super) const PORT: u16 = 9;

/// Starts this program again in a new network namespace, for this subject alone.
pub(super) fn enter(rounds: u32, markdown: bool) {
    let program = std::env::current_exe().expect("the path of this program");
    let mut command = Command::new("unshare");
    command.args(["--net", "--kill-child=KILL"]).arg(program).env(ROLE, "near");
    command.args(["links", "--rounds", &rounds.to_string()]);
    if markdown {
        command.arg("--markdown");
    }
    let why = match command.status() {
        Ok(status) if status.success() => return,
        Ok(status) => status.to_string(),
        Err(error) => format!("unshare: {error}"),
    };
    eprintln!("SKIPPED: links, which need root and the programs unshare and ip: {why}");
}

/// The far end, which ends with this.
pub(super) struct Far(Child);

impl Drop for Far {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Makes the wires, and starts the far end.
pub(super) fn furnish() -> Far {
    let program = std::env::current_exe().expect("the path of this program");
    let mut far = Command::new("unshare")
        .args(["--net", "--kill-child=KILL"])
        .arg(program)
        .arg("links")
        .env(ROLE, "far")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("unshare");
    let mut said = BufReader::new(far.stdout.take().expect("its output"));
    let pid = line(&mut said);
    ip("link set lo up");
    ip("link add eth0 address 02:00:00:00:00:01 type veth peer name far address 02:00:00:00:00:02");
    ip(&format!("link set far netns {pid}"));
    ip("addr add 10.96.0.1/24 dev eth0");
    ip("link set eth0 up");
    let mut input = far.stdin.take().expect("its input");
    input.write_all(b"the wire is there\n").expect("it listens");
    assert_eq!(line(&mut said), "ready");
    ip("neigh replace 10.96.0.2 lladdr 02:00:00:00:00:02 dev eth0 nud permanent");
    ip("link add eth1 address 02:00:00:00:01:01 type veth peer name in1 address 02:00:00:00:01:02");
    ip("addr add 10.96.2.1/24 dev eth1");
    ip("link set eth1 up");
    ip("link set in1 up");
    ip("neigh replace 10.96.2.7 lladdr 02:00:00:00:01:02 dev eth1 nud permanent");
    // It ends when nobody holds its input any more.
    std::mem::forget(input);
    serve();
    Far(far)
}

/// The far end: tells its process, waits for the wire, reads all that comes.
pub(super) fn far() {
    println!("{}", std::process::id());
    let mut input = std::io::stdin().lock();
    let _ = input.read_line(&mut String::new());
    ip("link set lo up");
    ip("addr add 10.96.0.2/24 dev far");
    ip("link set far up");
    ip("neigh replace 10.96.0.1 lladdr 02:00:00:00:00:01 dev far nud permanent");
    serve();
    println!("ready");
    let _ = input.read_line(&mut String::new());
}

/// Reads all that comes to the port, by TCP and by UDP, in threads of their own.
fn serve() {
    let (listener, socket) = (TcpListener::bind(("0.0.0.0", PORT)), UdpSocket::bind(("0.0.0.0", PORT)));
    let (listener, socket) = (listener.expect("a port"), socket.expect("a port"));
    thread::spawn(move || {
        let mut waste = vec![0; 1 << 16];
        while socket.recv(&mut waste).is_ok() {}
    });
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            thread::spawn(move || {
                let mut waste = vec![0; 1 << 20];
                while matches!(stream.read(&mut waste), Ok(1..)) {}
            });
        }
    });
}

fn line(said: &mut impl BufRead) -> String {
    let mut line = String::new();
    said.read_line(&mut line).expect("the far end speaks");
    line.trim().to_owned()
}

fn ip(words: &str) {
    iproute2("ip", words);
}

/// Gives a device a rate.
pub(super) fn tc(words: &str) {
    iproute2("tc", words);
}

fn iproute2(program: &str, words: &str) {
    let status = Command::new(program).args(words.split(' ')).status().expect("iproute2");
    assert!(status.success(), "{program} {words}: {status}");
}
