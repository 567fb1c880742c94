//! `barewire serve-dns --recursive`: a resolver at a port. Its servers are three more of this program, at loopback
//! addresses of their own and one port. Linux has all of 127.0.0.0/8 at hand. dig judges it in `tests/peers`.
#![cfg(target_os = "linux")]

mod common;
#[path = "common/tree.rs"]
mod tree;

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::time::Duration;

use barewire_dns::{Deframer, Edns, EdnsOption, Message, Name, Rcode, RecordType, frame};
use common::barewire;
use tree::Tree;

const PATIENCE: Duration = Duration::from_secs(20);

/// A socket that asks one server.
struct Client(UdpSocket);

impl Client {
    fn of(server: SocketAddr) -> Client {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a port");
        socket.set_read_timeout(Some(PATIENCE)).expect("a limit");
        socket.connect(server).expect("a server");
        Client(socket)
    }

    fn send(&self, query: &Message) {
        self.0.send(&query.encode().unwrap()).expect("sent");
    }

    fn reply(&self) -> Message {
        let mut buffer = [0; 65_535];
        let length = self.0.recv(&mut buffer).expect("a reply");
        Message::parse_strictly(&buffer[..length]).unwrap()
    }

    fn ask(&self, query: &Message) -> Message {
        self.send(query);
        self.reply()
    }
}

fn query(id: u16, owner: &str, rtype: RecordType) -> Message {
    Message::query(id, Name::parse_text(owner).unwrap(), rtype)
}

fn data(reply: &Message) -> Vec<String> {
    reply.answers.iter().map(|record| record.data.to_string()).collect()
}

fn codes(reply: &Message) -> Vec<u16> {
    let options = reply.edns.iter().flat_map(|edns| &edns.options);
    let errors = options.filter_map(|option| match option {
        EdnsOption::ExtendedError(error) => Some(error.code),
        _ => None,
    });
    errors.collect()
}

#[test]
fn answers_from_the_root_down() {
    let tree = Tree::grow();
    let resolver = tree.resolver(&["-v"]);
    let client = Client::of(resolver.at);
    let reply = client.ask(&query(1, "alias.example.test", RecordType::A));
    assert_eq!((reply.header.id, reply.header.rcode, reply.header.ra), (1, Rcode::NOERROR, true));
    assert!(!reply.header.aa && !reply.header.ad, "{reply:?}");
    assert_eq!(data(&reply), ["www.example.test.", "203.0.113.80"]);
    for (owner, rtype, rcode) in [
        ("nope.example.test", RecordType::A, Rcode::NXDOMAIN),
        ("www.example.test", RecordType::MX, Rcode::NOERROR),
    ] {
        let reply = client.ask(&query(2, owner, rtype));
        assert_eq!((reply.header.rcode, reply.answers.len()), (rcode, 0), "{owner}");
        assert_eq!(reply.authorities[0].rtype(), RecordType::SOA, "{owner}");
    }
    let mut said = resolver.output();
    let line = said.next().expect("a line");
    assert!(line.contains(" UDP: A? alias.example.test -> "), "{line}");
}

/// The servers are gone, and what is remembered is still answered.
#[test]
fn answers_from_the_cache() {
    let tree = Tree::grow();
    let resolver = tree.resolver(&[]);
    let client = Client::of(resolver.at);
    let first = client.ask(&query(1, "www.example.test", RecordType::A));
    drop(tree);
    let second = client.ask(&query(2, "WWW.example.test", RecordType::A));
    assert_eq!((data(&first), second.header.rcode), (data(&second), Rcode::NOERROR));
    let mut query = query(3, "mail.example.test", RecordType::A);
    query.edns = Some(Edns::new(1232));
    let other = client.ask(&query);
    assert_eq!((other.header.rcode, codes(&other)), (Rcode::SERVFAIL, vec![22]), "No Reachable Authority");
}

/// The flags of the cache, by the TTL of the second answer. That of the zone is 300 s, and 60 s for what is not there.
#[test]
fn the_cache_keeps_what_its_flags_say() {
    let tree = Tree::grow();
    let ttls = |flags: &[&str]| {
        let resolver = tree.resolver(flags);
        let client = Client::of(resolver.at);
        let mut ttls = Vec::new();
        for owner in ["www.example.test", "nope.example.test"] {
            client.ask(&query(1, owner, RecordType::A));
            let second = client.ask(&query(2, owner, RecordType::A));
            ttls.push(second.answers.iter().chain(&second.authorities).next().expect("a record").ttl);
        }
        ttls
    };
    // A second may pass between the two.
    let near = |ttls: Vec<u32>, wanted: [u32; 2]| {
        let is_near = ttls.iter().zip(wanted).all(|(ttl, wanted)| (wanted - 20..=wanted).contains(ttl));
        assert!(is_near, "{ttls:?}, wanted {wanted:?}");
    };
    near(ttls(&["--cache-size", "64k"]), [300, 60]);
    near(ttls(&["--cache-min-ttl", "900"]), [900, 60]);
    near(ttls(&["--cache-max-ttl", "100", "--cache-max-negative-ttl", "30"]), [100, 30]);
    // Without room each question goes to the servers, and has the TTL that they give.
    assert_eq!(ttls(&["--cache-size", "0", "--cache-max-ttl", "100"]), [300, 60]);
}

/// RFC 7766 §6.2.1.1: several queries over one connection; and what does not fit a datagram comes that way.
#[test]
fn over_tcp() {
    let tree = Tree::grow();
    let resolver = tree.resolver(&[]);
    let cut = Client::of(resolver.at).ask(&query(1, "big.example.test", RecordType::TXT));
    assert!(cut.header.tc && cut.answers.is_empty(), "{cut:?}");
    let mut stream = TcpStream::connect(resolver.at).expect("a connection");
    stream.set_read_timeout(Some(PATIENCE)).expect("a limit");
    for (id, owner, rtype) in
        [(2, "big.example.test", RecordType::TXT), (3, "www.example.test", RecordType::A)]
    {
        stream.write_all(&frame(&query(id, owner, rtype).encode().unwrap()).unwrap()).expect("sent");
    }
    stream.shutdown(std::net::Shutdown::Write).expect("an end");
    let (mut all, mut messages) = (Vec::new(), Deframer::default());
    stream.read_to_end(&mut all).expect("replies");
    messages.push(&all);
    let replies: Vec<Message> = std::iter::from_fn(|| messages.message())
        .map(|reply| Message::parse_strictly(&reply).unwrap())
        .collect();
    let told: Vec<_> = replies.iter().map(|reply| (reply.header.id, reply.answers.len())).collect();
    assert_eq!(told, [(2, 40), (3, 1)]);
}

/// As many connections as there are workers have asked nothing. They have five seconds, but not while others wait.
#[test]
fn idle_connections_keep_nobody_waiting() {
    let tree = Tree::grow();
    let resolver = tree.resolver(&[]);
    let idle: Vec<TcpStream> = (0..64).map(|_| TcpStream::connect(resolver.at).unwrap()).collect();
    let mut stream = TcpStream::connect(resolver.at).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(4))).unwrap();
    stream
        .write_all(&frame(&query(1, "www.example.test", RecordType::A).encode().unwrap()).unwrap())
        .unwrap();
    let mut length = [0; 2];
    stream.read_exact(&mut length).expect("a reply before the others have had their five seconds");
    drop(idle);
}

/// 160 questions are open at once, and one more waits for a server that never answers: it keeps nobody.
#[test]
fn many_clients_and_a_server_that_is_silent() {
    let tree = Tree::grow();
    let resolver = tree.resolver(&[]);
    let waiting = Client::of(resolver.at);
    waiting.send(&query(9, "www.silent.test", RecordType::A));
    let clients: Vec<Client> = (0..16).map(|_| Client::of(resolver.at)).collect();
    for (place, client) in clients.iter().enumerate() {
        (0..10).for_each(|id| client.send(&query(id, &format!("n{place}x{id}.example.test"), RecordType::A)));
    }
    for client in &clients {
        let replies: Vec<Message> = (0..10).map(|_| client.reply()).collect();
        assert!(replies.iter().all(|reply| reply.header.rcode == Rcode::NXDOMAIN), "{replies:?}");
        let ids: BTreeSet<u16> = replies.iter().map(|reply| reply.header.id).collect();
        assert_eq!(ids, (0..10).collect());
    }
    waiting.0.set_nonblocking(true).unwrap();
    let error = waiting.0.recv(&mut [0; 512]).expect_err("its server says nothing");
    assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock);
    waiting.0.set_nonblocking(false).unwrap();
    let reply = waiting.reply();
    assert_eq!((reply.header.id, reply.header.rcode), (9, Rcode::SERVFAIL));
}

#[test]
fn what_is_not_a_question_for_a_resolver() {
    let tree = Tree::grow();
    let resolver = tree.resolver(&[]);
    let client = Client::of(resolver.at);
    let mut without_rd = query(1, "www.example.test", RecordType::A);
    without_rd.header.rd = false;
    without_rd.edns = Some(Edns::new(1232));
    let reply = client.ask(&without_rd);
    assert_eq!((reply.header.rcode, codes(&reply)), (Rcode::REFUSED, vec![20]));
    let mut response = query(2, "www.example.test", RecordType::A);
    response.header.qr = true;
    client.send(&response);
    client.0.send(b"\x00").expect("sent");
    let reply = client.ask(&query(3, "www.example.test", RecordType::AXFR));
    assert_eq!((reply.header.id, reply.header.rcode), (3, Rcode::NOTIMP), "nothing came before");
}

#[test]
fn flags_that_make_no_sense() {
    let zone = common::TempFolder::new();
    let (hints, nothing) = (zone.file("hints"), zone.file("nothing"));
    std::fs::write(&hints, ". 1d NS a.\na. 1d A 127.0.0.1\n").unwrap();
    std::fs::write(&nothing, "").unwrap();
    for (words, code, says) in [
        (&["--recursive", "a.zone"][..], 2, "cannot be used with"),
        (&["--recursive", "--axfr"], 2, "cannot be used with"),
        (&["--hints", "f", "a.zone"], 2, "cannot be used with"),
        (&["--server-port", "5300", "a.zone"], 2, "cannot be used with"),
        (&["--i-own-this-network"], 2, "--recursive"),
        (&["--cache-size", "8m", "a.zone"], 2, "cannot be used with"),
        (&["--recursive", "--cache-size", "8 MB"], 2, "such as 500000, 64k, 8m or 1g"),
        (&["--recursive", "--cache-size", "99999999999g"], 2, "such as 500000, 64k, 8m or 1g"),
        (&["--recursive", "--cache-size", ""], 2, "such as 500000, 64k, 8m or 1g"),
        (&[], 2, "ZONEFILE"),
        (&["--recursive", "--hints", &nothing], 26, "no NS record of the root"),
        (&["--recursive", "--hints", &hints, "--anchor", &nothing], 77, "has no DS or DNSKEY record"),
        (&["--recursive", "--nta", "test"], 2, "--anchor"),
        (&["--recursive", "--no-aggressive-nsec"], 2, "--anchor"),
        (
            &["--recursive", "--listen", "8.8.8.8:5300"],
            2,
            "answers of a resolver go only to loopback, the lab",
        ),
        (&["--recursive", "--listen", "192.168.9.9:5300"], 2, "say so with --i-own-this-network"),
        (
            &["--recursive", "--i-own-this-network", "--listen", "8.8.8.8:5300"],
            2,
            "for addresses of private ranges",
        ),
    ] {
        let run = barewire(&[&["serve-dns"], words].concat());
        assert_eq!((run.code, run.stdout.as_str()), (Some(code), ""), "{run}");
        assert!(run.stderr.contains(says), "{says}: {run}");
    }
}

#[test]
fn the_head_says_what_is_served() {
    let tree = Tree::grow();
    let resolver = tree.resolver(&[]);
    assert_eq!(
        resolver.head,
        "serving as a resolver, from 1 server of the root down; signatures are not checked"
    );
}

/// Nothing in this tree is signed, and the root has an anchor: only what is excepted has an answer.
#[test]
fn nothing_is_checked_below_a_negative_anchor() {
    let (tree, folder) = (Tree::grow(), common::TempFolder::new());
    let key = folder.file("root.key");
    let ds = ". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D\n";
    std::fs::write(&key, ds).unwrap();
    for (flags, head, rcode) in [
        (&["--anchor", &key][..], "signatures are checked from . down", Rcode::SERVFAIL),
        (
            &["--anchor", &key, "--nta", "test", "--nta", "other.example"],
            "signatures are checked from . down, but not from other.example., test.",
            Rcode::NOERROR,
        ),
    ] {
        let resolver = tree.resolver(flags);
        assert_eq!(resolver.head, format!("serving as a resolver, from 1 server of the root down; {head}"));
        let reply = Client::of(resolver.at).ask(&query(1, "www.example.test", RecordType::A));
        assert_eq!((reply.header.rcode, reply.header.ad), (rcode, false), "{flags:?}: {reply:?}");
    }
}

/// A signed zone says between which names there is none (RFC 8198): a second such name is answered when its server is
/// gone. With the flag it would have been asked for.
#[test]
fn names_that_signed_records_deny() {
    let folder = common::TempFolder::new();
    let zone = concat!(env!("CARGO_MANIFEST_DIR"), "/../dns/tests/zones/nsec.zone");
    let (root, hints, keys) = (folder.file("root"), folder.file("hints"), folder.file("keys"));
    let text = "@ SOA a.root. joe 1 1 1 1 300\n@ NS a.root.\na.root. A 127.0.0.1\n\
        nsec.test. NS ns1.nsec.test.\nns1.nsec.test. A 127.0.0.1\n";
    std::fs::write(&root, format!("$ORIGIN .\n$TTL 3600\n{text}")).unwrap();
    std::fs::write(&hints, ". 3600 NS a.root.\na.root. 3600 A 127.0.0.1\n").unwrap();
    let signed = std::fs::read_to_string(zone).unwrap();
    let key = signed.lines().find(|line| line.contains("\tDNSKEY\t257")).expect("a key");
    std::fs::write(&keys, format!("{key}\n")).unwrap();
    for (flags, rcode) in [(&[][..], Rcode::NXDOMAIN), (&["--no-aggressive-nsec"], Rcode::SERVFAIL)] {
        let server = tree::Program::start(&["--listen", "127.0.0.1:0", &root, zone]).expect("a server");
        let port = server.at.port().to_string();
        let words = ["--recursive", "--listen", "127.0.0.1:0", "--hints", &hints, "--server-port", &port];
        let resolver = tree::Program::start(&[&words[..], &["--anchor", &keys], flags].concat()).unwrap();
        let client = Client::of(resolver.at);
        let first = client.ask(&query(1, "zz1.nsec.test", RecordType::A));
        assert_eq!(first.header.rcode, Rcode::NXDOMAIN, "{flags:?}: {first:?}");
        drop(server);
        let second = client.ask(&query(2, "zz2.nsec.test", RecordType::A));
        assert_eq!(second.header.rcode, rcode, "{flags:?}: {second:?}");
    }
}
