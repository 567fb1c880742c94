//! `barewire serve-dns`: zones from files over real sockets, and what it says of files that it cannot serve.

mod common;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use barewire_dns::{Deframer, Message, Name, RecordType, frame};
use common::{TempFolder, barewire};

const ZONE: &str = "$TTL 1h\n@ SOA ns1 joe 1 2h 1h 2w 5m\n@ NS ns1\nns1 A 192.0.2.53\nwww A 192.0.2.80\n";

/// A server on a free port. It ends with the test.
struct Server {
    child: Child,
    ports: Vec<SocketAddr>,
    output: BufReader<ChildStdout>,
}

impl Server {
    fn start(arguments: &[&str]) -> Server {
        let mut child = Command::new(env!("CARGO_BIN_EXE_barewire"))
            .arg("serve-dns")
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut output = BufReader::new(child.stdout.take().expect("piped"));
        let (mut serving, mut at) = (String::new(), String::new());
        output.read_line(&mut serving).expect("a line");
        output.read_line(&mut at).expect("a line");
        assert!(serving.starts_with("serving "), "{serving}");
        let ports = at.trim_start_matches("at ").split(", UDP").next().unwrap_or_default();
        let ports = ports.split(", ").map(|port| port.parse().unwrap_or_else(|_| panic!("{at}"))).collect();
        Server { child, ports, output }
    }

    fn udp(&self, port: usize, query: &Message) -> Message {
        let to = self.ports[port];
        let here = if to.is_ipv6() { "[::1]:0" } else { "127.0.0.1:0" };
        let socket = UdpSocket::bind(here).expect("a port");
        socket.set_read_timeout(Some(Duration::from_secs(20))).expect("a limit");
        socket.send_to(&query.encode().unwrap(), to).expect("sent");
        let mut buffer = [0; 65_535];
        let (length, from) = socket.recv_from(&mut buffer).expect("a reply");
        assert_eq!(from, to);
        Message::parse_strictly(&buffer[..length]).unwrap()
    }

    /// All replies to bytes on one connection, until the server closes it.
    fn tcp(&self, bytes: &[u8]) -> Vec<Message> {
        let mut stream = TcpStream::connect(self.ports[0]).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a limit");
        stream.write_all(bytes).expect("queries");
        stream.shutdown(std::net::Shutdown::Write).expect("an end");
        let (mut all, mut messages) = (Vec::new(), Deframer::default());
        stream.read_to_end(&mut all).expect("replies");
        messages.push(&all);
        let replies = std::iter::from_fn(|| messages.message());
        let replies = replies.map(|reply| Message::parse_strictly(&reply).unwrap()).collect();
        assert_eq!(messages.pending(), 0);
        replies
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn query(id: u16, owner: &str, rtype: RecordType) -> Message {
    Message::query(id, Name::parse_text(owner).unwrap(), rtype)
}

fn file(folder: &TempFolder, name: &str, text: &str) -> String {
    let path = folder.file(name);
    std::fs::write(&path, text).expect("a file");
    path
}

#[test]
fn udp_and_tcp_over_both_families() {
    let folder = TempFolder::new();
    let zone = format!("z.test={}", file(&folder, "z", ZONE));
    let own = file(&folder, "own", &format!("$ORIGIN own.test.\n{ZONE}"));
    let server = Server::start(&[&zone, &own, "--listen", "127.0.0.1:0", "--listen", "[::1]:0"]);
    for port in 0..2 {
        for owner in ["www.z.test", "www.own.test"] {
            let reply = server.udp(port, &query(7, owner, RecordType::A));
            assert!(reply.header.aa && reply.header.id == 7);
            assert_eq!(reply.answers[0].data.to_string(), "192.0.2.80", "{owner}");
        }
    }
    // Two queries on one connection, the second in pieces of a frame with the first (RFC 7766 §6.2.1.1).
    let bytes =
        [1, 2].map(|id| frame(&query(id, "www.z.test", RecordType::A).encode().unwrap()).unwrap()).concat();
    let ids: Vec<u16> = server.tcp(&bytes).iter().map(|reply| reply.header.id).collect();
    assert_eq!(ids, [1, 2]);
    // Nobody said --axfr.
    let axfr = frame(&query(3, "z.test", RecordType::AXFR).encode().unwrap()).unwrap();
    assert_eq!(server.tcp(&axfr)[0].header.rcode.name(), "REFUSED");
}

#[test]
fn axfr_and_a_line_for_each_query() {
    let folder = TempFolder::new();
    let zone = format!("z.test={}", file(&folder, "z", ZONE));
    let mut server = Server::start(&[&zone, "--listen", "127.0.0.1:0", "--axfr", "-v"]);
    let axfr = frame(&query(3, "z.test", RecordType::AXFR).encode().unwrap()).unwrap();
    assert_eq!(server.tcp(&axfr)[0].answers.len(), 5);
    server.udp(0, &query(4, "nobody.z.test", RecordType::A));
    let mut lines = [String::new(), String::new()];
    for line in &mut lines {
        server.output.read_line(line).expect("a line");
    }
    assert!(lines[0].contains(" TCP: AXFR? z.test -> SOA "), "{}", lines[0]);
    assert!(lines[1].contains(" UDP: A? nobody.z.test -> NXDOMAIN nobody.z.test, "), "{}", lines[1]);
}

/// What the program says of these zone files, and its exit code.
fn refused(arguments: &[&str]) -> (String, Option<i32>) {
    let run = barewire(&[&["serve-dns"], arguments].concat());
    (run.stderr, run.code)
}

#[test]
fn faults_have_file_and_line() {
    let folder = TempFolder::new();
    let text = format!("{ZONE}www CNAME ns1\n$INCLUDE more\n");
    let path = file(&folder, "z", &text);
    file(&folder, "more", "mail A 192.0.2.25\n\nmail 60 A 192.0.2.26\n");
    let (said, code) = refused(&[&format!("z.test={path}")]);
    assert_eq!(code, Some(26));
    assert!(said.contains(&format!("{path}:6: www.z.test. has CNAME and A; an alias")), "{said}");
    let more = folder.file("more");
    assert!(said.contains(&format!("{more}:3: mail.z.test. has A records with different TTLs")), "{said}");
    // A line that cannot be read.
    let path = file(&folder, "broken", &format!("{ZONE}www A 192.0.2\n"));
    let (said, code) = refused(&[&format!("z.test={path}")]);
    assert_eq!(code, Some(26));
    assert!(said.contains(&format!("{path}:6: `192.0.2` at byte ")), "{said}");
}

#[test]
fn a_zone_needs_a_name_and_is_there_once() {
    let folder = TempFolder::new();
    let path = file(&folder, "z", ZONE);
    let (said, code) = refused(&[&path]);
    assert_eq!(code, Some(26));
    assert!(
        said.contains("its names are relative, and nothing says to which name: write NAME=FILE"),
        "{said}"
    );
    let named = format!("z.test={path}");
    let (said, code) = refused(&[&named, &named]);
    assert_eq!(code, Some(2));
    assert!(said.contains("the zone z.test was in a file before"), "{said}");
    let (said, code) = refused(&[&folder.file("nothing")]);
    assert_eq!(code, Some(26));
    assert!(said.contains("nothing"), "{said}");
}
