//! `barewire relay` between two kernels: a ping takes its delay, a transfer arrives right although it loses packets, at
//! Ctrl+C it says what became of the frames. Offloads are on, unless a test says otherwise.
//!
//! ```text
//!     client 10.92.9.1  ──veth──  client ▐ barewire relay ▌ server  ──veth──  10.92.9.2 server
//! ```

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::lab::Lab;
use crate::process::{Outcome, run};

const PROGRAM: &str = env!("CARGO_BIN_EXE_barewire");
const CLIENT: [&str; 2] = ["10.92.9.1", "fd00:92::1"];
const SERVER: [&str; 2] = ["10.92.9.2", "fd00:92::2"];

/// A relay in the router's place. It is killed when this is dropped.
struct Relay {
    child: Child,
    output: BufReader<std::process::ChildStdout>,
}

/// Joins client and server to one network: the router becomes a wire, and has no say any more.
fn join(lab: &Lab) {
    lab.set("router", "net.ipv4.ip_forward=0");
    for device in ["client", "server"] {
        must_in(lab, "router", &["ip", "addr", "flush", "dev", device]);
    }
    for (end, [v4, v6]) in [("client", CLIENT), ("server", SERVER)] {
        lab.set(end, "net.ipv6.conf.eth0.disable_ipv6=0");
        must_in(lab, end, &["ip", "addr", "add", &format!("{v4}/24"), "dev", "eth0"]);
        must_in(lab, end, &["ip", "addr", "add", &format!("{v6}/64"), "dev", "eth0", "nodad"]);
    }
}

impl Relay {
    /// A relay between the two devices of the router, or between two of its own.
    fn start(lab: &Lab, flags: &[&str]) -> Relay {
        Relay::between(lab, ["client", "server"], flags)
    }

    fn between(lab: &Lab, devices: [&str; 2], flags: &[&str]) -> Relay {
        let mut child = lab
            .command("router", PROGRAM)
            .args(["relay", devices[0], devices[1], "--json"])
            .args(flags)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut output = BufReader::new(child.stdout.take().expect("a pipe"));
        let ready = line(&mut output);
        assert_eq!(ready["ready"], true, "{ready}");
        Relay { child, output }
    }

    /// Ends it as Ctrl+C does. What became of the frames, and its exit code.
    fn interrupt(mut self) -> (Value, Option<i32>) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().expect("kill runs").success());
        (line(&mut self.output), self.child.wait().expect("a child").code())
    }

    /// Waits until it ends because this device is gone. What became of the frames.
    fn ends_because_of(mut self, device: &str) -> Value {
        let end = line(&mut self.output);
        assert_eq!(self.child.wait().expect("a child").code(), Some(56), "{end}");
        let said = self.said();
        assert!(said.contains(&format!("a device is gone: {device} was taken away")), "{said}");
        end
    }

    /// What it says beside its output. It has ended.
    fn said(&mut self) -> String {
        let mut said = String::new();
        let errors = self.child.stderr.as_mut().expect("a pipe");
        errors.read_to_string(&mut said).expect("text");
        said
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprint!("{}", self.said());
        }
    }
}

fn line(output: &mut impl BufRead) -> Value {
    let mut text = String::new();
    output.read_line(&mut text).expect("a line");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text:?}"))
}

fn must_in(lab: &Lab, end: &str, words: &[&str]) -> Outcome {
    let outcome = run(lab.command(end, words[0]).args(&words[1..]), Duration::from_secs(60));
    assert!(outcome.succeeded(), "{outcome}");
    outcome
}

/// Pings the server, one echo request after the other, and prints the round trips in milliseconds. The server's kernel
/// answers.
const PING: &str = "
import socket, struct, sys, time
address, count = sys.argv[1], int(sys.argv[2])
v6 = ':' in address
family, protocol, kind = (socket.AF_INET6, 58, 128) if v6 else (socket.AF_INET, 1, 8)
ping = socket.socket(family, socket.SOCK_RAW, protocol)
ping.settimeout(5)
def checksum(bytes):
    total = sum(struct.unpack('!%dH' % (len(bytes) // 2), bytes))
    return ~(total % 65535) & 65535
for number in range(count):
    head = lambda sum: struct.pack('!BBHHH', kind, 0, sum, 77, number)
    start = time.monotonic()
    ping.sendto(head(0 if v6 else checksum(head(0))), (address, 0))
    while True:
        answer = ping.recv(2000)[0 if v6 else 20:]
        if answer[0] == (129 if v6 else 0) and answer[4:8] == struct.pack('!HH', 77, number):
            break
    print(1000 * (time.monotonic() - start))
";

#[test]
fn a_ping_takes_the_delay_each_way() {
    let Some(lab) = Lab::raise("a_ping_takes_the_delay_each_way") else { return };
    join(&lab);
    let relay = Relay::start(&lab, &["--delay", "20ms", "--to-left", "delay=35.5ms", "--for", "60s"]);
    for server in SERVER {
        let outcome = must_in(&lab, "client", &["python3", "-c", PING, server, "5"]);
        let times: Vec<f64> = outcome.stdout.lines().map(|line| line.parse().expect("a time")).collect();
        assert_eq!(times.len(), 5, "{outcome}");
        assert!(times.iter().all(|time| *time >= 55.5), "{outcome}");
    }
    let (end, code) = relay.interrupt();
    assert_eq!(code, Some(0), "{end}");
    for way in ["to_left", "to_right"] {
        let of = |what: &str| end[way][what].as_u64().expect("a count");
        // ARP and neighbor discovery come on top.
        assert!(of("came") >= 10 && of("sent_on") + of("under_way") == of("came"), "{end}");
        assert_eq!((of("lost"), of("not_taken"), of("too_big")), (0, 0, 0), "{end}");
    }
}

/// Frames with a VLAN tag keep it, and what the router's own kernel sends is not passed on.
#[test]
fn a_vlan_tag_passes_and_the_routers_own_frames_do_not() {
    let Some(lab) = Lab::raise("a_vlan_tag_passes_and_the_routers_own_frames_do_not") else { return };
    join(&lab);
    let relay = Relay::start(&lab, &[]);
    // A broadcast with a tag, as a program at the client writes it, and one that the router sends by itself.
    let send = "
import socket, sys
device = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
device.bind((sys.argv[1], 0))
device.send(bytes.fromhex('ffffffffffff' + '020000000001' + sys.argv[2]) + bytes(46))
";
    let hear = "
import socket
device = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
device.bind(('eth0', 3))
device.setsockopt(263, 8, 1)
device.settimeout(10)
print('listening', flush=True)
while True:
    frame, control, _, address = device.recvmsg(2000, 200)
    if frame[6:12] == bytes.fromhex('020000000001') and address[2] != 4:
        status, _, _, _, _, tag, kind = __import__('struct').unpack('IIIHHHH', control[0][2])
        print(frame[12:14].hex(), hex(tag) if status & 16 else 'no tag', flush=True)
        if frame[12:14].hex() == '88b6':
            break
";
    let mut listener = lab
        .command("server", "python3")
        .args(["-c", hear])
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 starts");
    let mut output = BufReader::new(listener.stdout.take().expect("a pipe"));
    let mut said = String::new();
    output.read_line(&mut said).expect("a line");
    must_in(&lab, "client", &["python3", "-c", send, "eth0", "8100200788b5"]);
    must_in(&lab, "router", &["python3", "-c", send, "client", "88b7"]);
    must_in(&lab, "client", &["python3", "-c", send, "eth0", "88b6"]);
    let heard: Vec<String> = output.lines().map(|line| line.expect("a line")).collect();
    let _ = listener.wait();
    assert_eq!(heard, ["88b5 0x2007", "88b6 no tag"]);
    let (end, _) = relay.interrupt();
    assert!(end["to_right"]["sent_on"].as_u64() >= Some(2), "{end}");
}

/// Two TUN devices that the relay makes: each is given to an end, and is gone when the relay ends.
#[test]
fn tun_devices_of_its_own() {
    let Some(lab) = Lab::raise("tun_devices_of_its_own") else { return };
    let relay = Relay::between(&lab, ["left", "right"], &["--tun", "--delay", "15ms"]);
    for (end, device, address) in [("client", "left", "10.92.8.1/24"), ("server", "right", "10.92.8.2/24")] {
        must_in(&lab, "router", &["ip", "link", "set", device, "netns", &lab.space(end)]);
        must_in(&lab, end, &["ip", "addr", "add", address, "dev", device]);
        must_in(&lab, end, &["ip", "link", "set", device, "up"]);
    }
    let outcome = must_in(&lab, "client", &["python3", "-c", PING, "10.92.8.2", "3"]);
    let times: Vec<f64> = outcome.stdout.lines().map(|line| line.parse().expect("a time")).collect();
    assert!(times.len() == 3 && times.iter().all(|time| *time >= 30.0), "{outcome}");
    let (end, code) = relay.interrupt();
    assert_eq!(code, Some(0), "{end}");
    assert!(end["to_left"]["sent_on"].as_u64() >= Some(3), "{end}");
    for at in ["client", "server", "router"] {
        let links = must_in(&lab, at, &["ip", "-o", "link"]).stdout;
        assert!(!links.contains("left") && !links.contains("right"), "{links}");
    }
}

/// The server sends, and the client says what the digest of the bytes is.
const SEND: &str = "
import socket, sys
listener = socket.create_server((sys.argv[1], 8000), family=socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET)
print('listening', flush=True)
listener.accept()[0].sendall(bytes(at * at % 251 for at in range(2000000)))
";
const TAKE: &str = "
import hashlib, socket, sys
stream, digest, length = socket.create_connection((sys.argv[1], 8000), 30), hashlib.sha256(), 0
while part := stream.recv(65536):
    digest.update(part)
    length += len(part)
print(length, digest.hexdigest() == hashlib.sha256(bytes(at * at % 251 for at in range(2000000))).hexdigest())
";

fn transfer(lab: &Lab, server: &str) {
    let mut sender = lab
        .command("server", "python3")
        .args(["-c", SEND, server])
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 starts");
    let mut said = String::new();
    BufReader::new(sender.stdout.take().expect("a pipe")).read_line(&mut said).expect("a line");
    let outcome = run(lab.command("client", "python3").args(["-c", TAKE, server]), Duration::from_secs(120));
    let _ = sender.kill();
    let _ = sender.wait();
    assert_eq!(outcome.stdout, "2000000 True\n", "{outcome}");
}

#[test]
fn two_megabytes_arrive_right_although_packets_are_lost() {
    let Some(lab) = Lab::raise("two_megabytes_arrive_right_although_packets_are_lost") else { return };
    join(&lab);
    for offloads in ["on", "off"] {
        if offloads == "off" {
            lab.offloads_off();
        }
        for server in SERVER {
            let relay = Relay::start(&lab, &["--delay", "1ms", "--loss", "2%", "--seed", "7"]);
            transfer(&lab, server);
            let (end, code) = relay.interrupt();
            assert_eq!(code, Some(0), "{end}");
            let of = |what: &str| end["to_left"][what].as_u64().expect("a count");
            // 2 MB are 1381 segments of 1448 bytes; a packet of several is cut, or the device would not take it.
            assert!(of("came") >= 1381 && of("lost") > 0, "offloads {offloads}: {end}");
            assert_eq!(
                (of("not_taken"), of("too_big"), of("no_room")),
                (0, 0, 0),
                "offloads {offloads}: {end}"
            );
            assert_eq!(of("came"), of("sent_on") + of("lost") + of("under_way"), "{end}");
        }
    }
}

/// A device that is only down comes up again; one that was moved into another network namespace, or taken away, does
/// not.
#[test]
fn a_device_that_is_gone_ends_it() {
    let Some(lab) = Lab::raise("a_device_that_is_gone_ends_it") else { return };
    join(&lab);
    let relay = Relay::start(&lab, &[]);
    for change in ["down", "up"] {
        must_in(&lab, "router", &["ip", "link", "set", "server", change]);
    }
    must_in(&lab, "client", &["python3", "-c", PING, SERVER[0], "2"]);
    must_in(&lab, "router", &["ip", "link", "set", "client", "netns", &lab.space("server")]);
    let end = relay.ends_because_of("client");
    assert!(end["to_right"]["sent_on"].as_u64() >= Some(2), "{end}");

    // Once more, with one device that was down from the start.
    must_in(&lab, "server", &["ip", "link", "set", "client", "netns", &lab.space("router")]);
    let relay = Relay::start(&lab, &[]);
    must_in(&lab, "router", &["ip", "link", "del", "server"]);
    relay.ends_because_of("server");
}

#[test]
fn what_it_says_in_a_pipe() {
    let Some(lab) = Lab::raise("what_it_says_in_a_pipe") else { return };
    let flags = ["relay", "client", "server", "--seed", "9", "--for", "300ms"];
    let outcome = run(lab.command("router", PROGRAM).args(flags), Duration::from_secs(20));
    assert!(outcome.succeeded() && outcome.stderr.is_empty(), "{outcome}");
    let lines: Vec<&str> = outcome.stdout.lines().collect();
    assert_eq!(lines[0], "relaying between client and server, seed 9; Ctrl+C ends it");
    assert!(lines[1].ends_with(" s, seed 9"), "{outcome}");
    assert_eq!(lines[2].split_whitespace().collect::<Vec<_>>(), ["to", "server", "to", "client"]);
    assert!(lines[3].starts_with("came ") && lines[4].starts_with("sent on "), "{outcome}");
    assert!(lines.iter().all(|line| line.chars().count() <= 80), "{outcome}");
}

#[test]
fn what_it_refuses() {
    let Some(lab) = Lab::raise("what_it_refuses") else { return };
    let lacks_root = ["--reuid=65534", "--regid=65534", "--clear-groups", "--bounding-set=-all", PROGRAM];
    for (before, words, why) in [
        (&[][..], "client nowhere", "no network device is called nowhere"),
        (&[], "client client", "client is one device; a relay has two"),
        (&[], "client server --loss 2", "loss=2: \"2\" is not a share like 2% or 0.02"),
        (&[], "client server --to-left speed=1", "speed-to-left=1: there is no such word"),
        (&lacks_root, "client server", "CAP_NET_RAW"),
        (&lacks_root, "left right --tun", "left: "),
    ] {
        let mut command = match before {
            [] => lab.command("router", PROGRAM),
            _ => lab.command("router", "setpriv"),
        };
        command.args(before).arg("relay").args(words.split(' '));
        let outcome = run(&mut command, Duration::from_secs(20));
        assert_eq!(outcome.code, Some(2), "{outcome}");
        assert!(outcome.stderr.contains(why) && outcome.stdout.is_empty(), "wanted {why:?}:\n{outcome}");
    }
}
