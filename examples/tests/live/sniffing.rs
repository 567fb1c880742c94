//! `barewire sniff` on a wire: beside tcpdump it sees the same frames; a page is told while it comes, its TLS opened
//! with a key log that curl is still writing; what is written is whole after SIGKILL; an ordinary user sniffs in a lab.

use std::fs::{self, File};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use barewire_packet::capture::{Capture, Frame};
use serde_json::Value;

use crate::certificates::{Authority, HOST};
use crate::fetch::{Net, fetch, resolver};
use crate::lab::{Lab, SERVER, SERVER_V6};
use crate::need;
use crate::process::run;
use crate::servers::{Site, nginx, unbound};

const PROGRAM: &str = env!("CARGO_BIN_EXE_barewire");
const LIMIT: Duration = Duration::from_secs(60);

/// A sniffer at the server's end, with its output in files. It is killed when this is dropped.
struct Sniffer<'a> {
    child: Child,
    lab: &'a Lab,
}

impl Sniffer<'_> {
    /// Starts it, and waits until it hears.
    fn start<'a>(lab: &'a Lab, words: &[&str]) -> Sniffer<'a> {
        let out = |name: &str| File::create(lab.dir().join(name)).expect("a file");
        let mut command = lab.command("server", PROGRAM);
        command.arg("sniff").args(words).env("NO_COLOR", "1").env_remove("SSLKEYLOGFILE");
        command.stdin(Stdio::null()).stdout(out("sniff.out")).stderr(out("sniff.err"));
        let sniffer = Sniffer { child: command.spawn().expect("the program starts"), lab };
        sniffer.wait_for("sniff.err", "Ctrl+C ends");
        sniffer
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.lab.dir().join(name)).expect("a file")
    }

    fn wait_for(&self, name: &str, text: &str) {
        let start = Instant::now();
        while !self.read(name).contains(text) {
            let seen = format!("{}{}", self.read("sniff.out"), self.read("sniff.err"));
            assert!(start.elapsed() < Duration::from_secs(15), "no {text:?} in {name}: {seen}");
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Sends it a signal, and gives its exit code.
    fn end(mut self, signal: &str) -> Option<i32> {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().expect("kill runs").success());
        self.child.wait().expect("a child").code()
    }
}

impl Drop for Sniffer<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn capture(path: &str) -> Capture {
    Capture::read(&fs::read(path).expect("a file")).expect("a capture")
}

/// A GET with curl at the client's end, whose secrets go to `keys.log` as it has them.
fn curl(lab: &Lab, url: &str) {
    let mut command = lab.command("client", "curl");
    command.args(["-sk", "-o", "/dev/null", url]).env("SSLKEYLOGFILE", lab.path("keys.log"));
    let outcome = run(&mut command, LIMIT);
    assert!(outcome.succeeded(), "{outcome}");
}

#[test]
fn a_page_is_told_while_it_comes_and_tcpdump_sees_the_same_frames() {
    let test = "a_page_is_told_while_it_comes_and_tcpdump_sees_the_same_frames";
    if !need::can_run(test, true, &["curl"]) {
        return;
    }
    let Some(lab) = Lab::raise(test) else { return };
    lab.add_ipv6();
    let identity = Authority::new(&lab, "root").good("good");
    unbound(&lab);
    nginx(&lab, &[Site::new(443, &identity)]);
    lab.reach_over_ipv6(443);
    let (file, keys) = (lab.path("ours.pcapng"), lab.path("keys.log"));
    let recorder = lab.record("theirs.pcap");
    let sniffer = Sniffer::start(&lab, &["eth0", "ip", "or", "tcp", "--keylog", &keys, "-w", &file]);

    let fetched = fetch(&lab, Net::Os, &format!("http://{HOST}/page.html"), &resolver());
    assert!(fetched.succeeded(), "{fetched}");
    sniffer.wait_for("sniff.out", "HTTP GET /page.html HTTP/1.1");
    sniffer.wait_for("sniff.out", &format!("DNS  A? {HOST}"));
    curl(&lab, &format!("https://{SERVER}/page.html"));
    sniffer.wait_for("sniff.out", "HTTP ▒ GET /page.html HTTP/1.1");
    curl(&lab, &format!("https://[{SERVER_V6}]/page.html"));
    sniffer.wait_for("sniff.out", &format!("[{SERVER_V6}]:443"));
    thread::sleep(Duration::from_millis(600)); // the ends of the connections
    let theirs = capture(&recorder.stop());
    let (out, errors) = (sniffer.read("sniff.out"), lab.dir().join("sniff.err"));
    assert_eq!(out.matches("HTTP ▒ 200 OK, text/html").count(), 2, "{out}");
    assert_eq!(sniffer.end("-INT"), Some(0));
    let errors = fs::read_to_string(errors).expect("a file");
    assert!(errors.contains(" 0 dropped by the kernel"), "{errors}");

    let ours = capture(&file);
    assert_eq!((ours.interfaces.len(), ours.interfaces[0].name.as_str()), (1, "eth0"));
    assert!(ours.frames.iter().all(|frame| frame.way.is_some() && frame.comment.is_none()));
    let is_v4 = |frame: &&Frame| frame.bytes.get(12..14) == Some(&[8, 0]);
    let of = |capture: &Capture| -> Vec<Vec<u8>> {
        capture.frames.iter().filter(is_v4).map(|frame| frame.bytes.clone()).collect()
    };
    assert!(of(&ours).len() >= 25, "{} frames", of(&ours).len());
    assert_eq!(of(&ours), of(&theirs));
    // tshark opens TLS with the secrets that stand before each ServerHello.
    let outcome = run(Command::new("tshark").args(["-n", "-r", &file, "-Y", "tls and http.request"]), LIMIT);
    assert_eq!(outcome.stdout.lines().count(), 2, "{outcome}");
}

/// A queue of a few KiB, and a sender that does not wait: what was sent is what was heard and what is said to be lost.
#[test]
fn every_packet_is_heard_or_counted() {
    let Some(lab) = Lab::raise("every_packet_is_heard_or_counted") else { return };
    let sniffer = Sniffer::start(&lab, &["eth0", "--json", "-B", "64", "udp", "port", "9"]);
    let send = format!(
        "import socket; s = socket.socket(2, 2); s.connect(('{SERVER}', 9))
for _ in range(20000):
    try: s.send(b'hello')
    except ConnectionRefusedError: s.send(b'hello')"
    );
    let sent = run(lab.command("client", "python3").args(["-c", &send]), LIMIT);
    assert!(sent.succeeded(), "{sent}");
    let out = lab.dir().join("sniff.out");
    assert_eq!(sniffer.end("-INT"), Some(0));
    let text = fs::read_to_string(out).expect("a file");
    let counts: Value = serde_json::from_str(text.lines().last().expect("counts")).expect("JSON");
    let of = |what: &str| counts[what].as_u64().expect("a count");
    let rows = text.lines().filter(|line| line.contains("\"kind\":\"row\"")).count() as u64;
    let drops: u64 =
        text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()?["dropped"].as_u64()).sum();
    assert_eq!((of("shown"), of("taken")), (rows, rows), "{counts}");
    assert!(of("dropped") > 0 && drops > of("dropped"), "they are said as they happen: {counts}");
    // ARP may be lost, too.
    assert!((20_000..20_010).contains(&(of("taken") + of("dropped"))), "{counts}");
}

/// Killed without a word, it leaves what it had written: a capture without a cut.
#[test]
fn what_was_written_is_whole_after_sigkill() {
    let Some(lab) = Lab::raise("what_was_written_is_whole_after_sigkill") else { return };
    let file = lab.path("ours.pcapng");
    let sniffer = Sniffer::start(&lab, &["any", "udp", "port", "9", "-w", &file]);
    let send = format!(
        "import socket; s = socket.socket(2, 2); [s.sendto(bytes(700), ('{SERVER}', 9)) for _ in range(500)]"
    );
    assert!(run(lab.command("client", "python3").args(["-c", &send]), LIMIT).succeeded());
    sniffer.wait_for("sniff.out", "UDP");
    let start = Instant::now();
    while capture(&file).frames.len() < 500 && start.elapsed() < Duration::from_secs(10) {
        thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(sniffer.end("-KILL"), None);
    let ours = capture(&file);
    assert_eq!((ours.frames.len(), ours.cut), (500, None));
    assert_eq!(ours.interfaces[0].name, "eth0");
}

/// Without root, in a lab of namespaces that it makes itself.
#[test]
fn an_ordinary_user_sniffs_in_a_lab() {
    let test = "an_ordinary_user_sniffs_in_a_lab";
    if !need::can_run(test, true, &["setpriv", "python3", "tshark"]) {
        return;
    }
    let folder = std::env::temp_dir().join(format!("barewire-sniff-{}", std::process::id()));
    fs::create_dir(&folder).expect("a folder");
    let (copy, file) = (folder.join("barewire"), folder.join("ours.pcapng"));
    // The build folder may be closed to others. `cp` makes the copy, as fetch.rs explains.
    let folder_text = folder.display().to_string();
    assert!(Command::new("cp").arg(PROGRAM).arg(&copy).status().expect("cp").success());
    assert!(Command::new("chmod").args(["777", &folder_text]).status().expect("chmod").success());
    let script = "
        \"$0\" sniff any udp port 9 or icmp -c 6 --time 20 -w \"$1\" & sniffer=$!
        for step in 1 2 3 4 5 6 7 8 9 10; do
            python3 -c \"import socket; socket.socket(2, 2).sendto(b'hello', ('10.77.0.2', 9))\"
            sleep 0.2
        done
        wait $sniffer";
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups", "--"]).arg(&copy);
    command.args(["lab", "run", "-q", "--", "sh", "-c", script]).arg(&copy).arg(&file).env("NO_COLOR", "1");
    let outcome = run(&mut command, LIMIT);
    assert!(outcome.succeeded(), "{outcome}");
    assert!(outcome.stdout.contains(":9\n"), "the conversation is introduced: {outcome}");
    assert!(outcome.stdout.contains("port unreachable"), "{outcome}");
    assert!(outcome.stderr.contains("6 taken by the filter, 6 shown, 0 dropped by the kernel"), "{outcome}");
    let theirs = run(Command::new("tshark").args(["-n", "-r"]).arg(&file), LIMIT);
    assert_eq!(theirs.stdout.lines().count(), 6, "{theirs}");
    let _ = fs::remove_dir_all(&folder);
}
