//! `barewire serve-dns` with clients that we did not write: dig and kdig ask it, and unbound resolves through it and
//! checks each proof that it gives.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use barewire_dns::{Edns, Message, Name, RecordType};

use crate::need::can_run;
use crate::port::free_port;

/// The signed zones of `dns/tests/zones`.
const SIGNED: [&str; 3] = ["nsec", "nsec3", "optout"];

/// A process that ends with the test.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn zone_file(name: &str) -> String {
    let zones = Path::new(env!("CARGO_MANIFEST_DIR")).join("../dns/tests/zones");
    zones.join(format!("{name}.zone")).display().to_string()
}

/// `barewire serve-dns` with the signed zones and `steps.test`.
fn serve() -> (Process, SocketAddr) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_barewire"))
        .args(["serve-dns", "--axfr", "--listen", "127.0.0.1:0"])
        .args(SIGNED.map(zone_file))
        .arg(zone_file("steps"))
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let at = lines.map_while(Result::ok).find(|line| line.starts_with("at ")).expect("an address");
    let port = at.trim_start_matches("at ").split(',').next().and_then(|port| port.parse().ok());
    (Process(child), port.unwrap_or_else(|| panic!("{at}")))
}

/// What a program prints, its lines without white space at both ends.
fn printed(program: &str, arguments: &[&str]) -> Vec<String> {
    let output = Command::new(program).args(arguments).output().expect("it runs");
    assert!(output.status.success(), "{program} {arguments:?}: {output:?}");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

#[test]
fn dig_and_kdig_ask() {
    if !can_run("dig_and_kdig_ask", false, &["dig", "kdig"]) {
        return;
    }
    let (_server, address) = serve();
    let port = address.port().to_string();
    for program in ["dig", "kdig"] {
        let ask = |more: &[&str]| printed(program, &[&["@127.0.0.1", "-p", &port, "+norec"], more].concat());
        let mut short = ask(&["+short", "www.steps.test", "A"]);
        short.sort();
        assert_eq!(short, ["192.0.2.80", "192.0.2.81"], "{program}");
        // Too long for 512 bytes: both come again over TCP.
        assert_eq!(ask(&["+noedns", "+short", "big.steps.test", "TXT"]).len(), 6, "{program}");
        assert_eq!(ask(&["+tcp", "+short", "chain1.steps.test", "A"]).len(), 5, "{program}");
        let whole = ask(&["+noall", "+answer", "nsec.test", "AXFR"]);
        let records = |line: &&String| !line.starts_with(';');
        assert!(whole.iter().filter(records).count() > 100, "{program}: {} lines", whole.len());
        let refused = ask(&["www.example.com", "A"]).join("\n");
        assert!(refused.contains("status: REFUSED"), "{program}: {refused}");
    }
    let version = ["@127.0.0.1", "-p", &port, "+edns=1", "+noednsneg", "www.steps.test", "A"];
    assert!(printed("dig", &version).join("\n").contains("BADVERS"));
}

/// A running unbound that knows the keys of the signed zones, in a folder of its own.
struct Unbound {
    _process: Process,
    address: SocketAddr,
    folder: PathBuf,
}

impl Unbound {
    fn over(server: SocketAddr) -> Unbound {
        let port = free_port();
        let folder = std::env::temp_dir().join(format!("barewire-unbound-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let keys: String =
            SIGNED.iter().map(|zone| keys(&std::fs::read_to_string(zone_file(zone)).unwrap())).collect();
        let keys_file = folder.join("keys");
        std::fs::write(&keys_file, keys).unwrap();
        let mut conf = format!(
            "server:\n interface: 127.0.0.1@{port}\n do-daemonize: no\n username: \"\"\n chroot: \"\"\n \
             directory: \"{dir}\"\n pidfile: \"\"\n use-syslog: no\n do-not-query-localhost: no\n do-ip6: no\n \
             local-zone: \"test.\" nodefault\n trust-anchor-file: \"{keys}\"\n module-config: \"validator iterator\"\n \
             val-override-date: \"20260601000000\"\n aggressive-nsec: no\n minimal-responses: yes\n\
             remote-control:\n control-enable: no\n",
            dir = folder.display(),
            keys = keys_file.display(),
        );
        for zone in SIGNED {
            conf += &format!("stub-zone:\n name: {zone}.test\n stub-addr: 127.0.0.1@{}\n", server.port());
        }
        let file = folder.join("unbound.conf");
        std::fs::File::create(&file).unwrap().write_all(conf.as_bytes()).unwrap();
        let log = std::fs::File::create(folder.join("log")).unwrap();
        let mut unbound = Command::new("unbound");
        unbound.arg("-d").arg("-c").arg(&file).stdout(Stdio::null()).stderr(log);
        let process = Process(unbound.spawn().expect("unbound starts"));
        Unbound { _process: process, address: (Ipv4Addr::LOCALHOST, port).into(), folder }
    }

    fn ask(&self, owner: &str, rtype: RecordType) -> Message {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        socket.connect(self.address).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
        let edns = Some(Edns { dnssec_ok: true, ..Edns::new(4096) });
        let query = Message { edns, ..Message::query(7, Name::parse_text(owner).unwrap(), rtype) };
        let (begun, mut buffer) = (Instant::now(), [0; 65_535]);
        // Until unbound listens, the kernel refuses what is sent to its port.
        while begun.elapsed() < Duration::from_secs(20) {
            let sent = socket.send(&query.encode().unwrap());
            match sent.and_then(|_| socket.recv(&mut buffer)) {
                Ok(length) => return Message::parse(&buffer[..length]).unwrap(),
                Err(_) => std::thread::sleep(Duration::from_millis(50)),
            }
        }
        panic!("unbound does not answer: {}", std::fs::read_to_string(self.folder.join("log")).unwrap());
    }
}

impl Drop for Unbound {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The DNSKEY records of a zone file.
fn keys(text: &str) -> String {
    let is_key = |line: &&str| line.split_whitespace().nth(3) == Some("DNSKEY");
    text.lines().filter(is_key).map(|line| format!("{line}\n")).collect()
}

#[test]
fn unbound_checks_each_proof() {
    if !can_run("unbound_checks_each_proof", false, &["unbound"]) {
        return;
    }
    let (_server, address) = serve();
    let unbound = Unbound::over(address);
    // Where an opt-out span covers the next closer name, nothing is proved, and AD stays clear (RFC 5155 §9.2).
    let (always, not_with_opt_out) = (true, false);
    for (owner, rtype, rcode, answers, secure) in [
        ("www", "A", "NOERROR", 2, always),
        ("", "DNSKEY", "NOERROR", 1, always),
        ("chain1", "A", "NOERROR", 5, always),
        ("www", "TXT", "NOERROR", 0, always),
        ("ent.deep", "A", "NOERROR", 0, always),
        ("deep", "TXT", "NOERROR", 0, always),
        ("old", "DNAME", "NOERROR", 1, always),
        ("a.old", "A", "NOERROR", 3, always),
        ("big", "TXT", "NOERROR", 6, always),
        ("signed", "DS", "NOERROR", 1, always),
        ("sub", "DS", "NOERROR", 0, not_with_opt_out),
        ("nobody", "A", "NXDOMAIN", 0, not_with_opt_out),
        ("x.y.www", "A", "NXDOMAIN", 0, not_with_opt_out),
        ("b.old", "A", "NXDOMAIN", 2, not_with_opt_out),
        ("dangling", "A", "NXDOMAIN", 1, not_with_opt_out),
        ("x.wild", "A", "NOERROR", 1, not_with_opt_out),
        ("x.y.wild", "MX", "NOERROR", 1, not_with_opt_out),
        ("x.wild", "TXT", "NOERROR", 0, not_with_opt_out),
        ("x.aliases", "A", "NOERROR", 3, not_with_opt_out),
        ("x.empty", "A", "NOERROR", 0, not_with_opt_out),
    ] {
        for zone in SIGNED {
            let owner = format!("{owner}.{zone}.test").trim_start_matches('.').to_owned();
            let reply = unbound.ask(&owner, RecordType::from_name(rtype).unwrap());
            let data = reply.answers.iter().filter(|record| record.rtype() != RecordType::RRSIG).count();
            let wanted = (rcode, answers, secure || zone != "optout");
            assert_eq!(
                (reply.header.rcode.name().as_str(), data, reply.header.ad),
                wanted,
                "{owner} {rtype}"
            );
        }
    }
}
