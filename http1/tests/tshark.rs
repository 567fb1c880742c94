//! The observer against tshark, on the same packets: which heads it finds, and which response belongs to a request.
//!
//! The packets are those of `tests/captures`, the same with packets missing, and conversations by hand that go wrong.

mod need;
mod streams;

use std::path::PathBuf;
use std::process::Command;

use barewire_http1::observe::Direction::{self, ToClient, ToServer};
use barewire_http1::observe::{Asked, What};
use streams::{captures, connections, observe, packets};

/// A pcap file of these IP packets (draft-ietf-opsawg-pcap-05; link type 101 is IP without a link layer).
fn pcap(packets: &[Vec<u8>]) -> Vec<u8> {
    let mut file: Vec<u8> =
        [0xa1b2_c3d4u32, 0x0004_0002, 0, 0, 65535, 101].iter().flat_map(|word| word.to_le_bytes()).collect();
    for (number, packet) in packets.iter().enumerate() {
        let length = packet.len() as u32;
        let header = [number as u32, 0, length, length];
        file.extend(header.iter().flat_map(|word| word.to_le_bytes()));
        file.extend_from_slice(packet);
    }
    file
}

/// A file that is removed again.
struct TemporaryFile(PathBuf);

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Packets with a name. Together with others they make one capture, so that tshark runs once.
struct Case {
    name: String,
    packets: Vec<Vec<u8>>,
}

/// The packets of all cases. Each case gets addresses of its own, so that its connections are its own.
fn together(cases: &[Case]) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for (number, case) in cases.iter().enumerate() {
        for packet in &case.packets {
            let mut packet = packet.clone();
            // The second and the third byte of both addresses (RFC 791 §3.1).
            for address in [12, 16] {
                packet[address + 1] = (number / 256) as u8 + 1;
                packet[address + 2] = (number % 256) as u8;
            }
            all.push(packet);
        }
    }
    all
}

/// The heads that tshark finds in each stream: `GET /`; `200 OK`, with the request that it answers.
fn by_tshark(name: &str, packets: &[Vec<u8>]) -> Vec<Vec<String>> {
    let path = std::env::temp_dir().join(format!("barewire-http1-{}-{name}.pcap", std::process::id()));
    let file = TemporaryFile(path);
    std::fs::write(&file.0, pcap(packets)).unwrap();
    let fields = [
        "tcp.stream",
        "http.request.method",
        "http.request.uri",
        "http.response.code",
        "http.response.phrase",
        "http.response_for.uri",
    ];
    let mut command = Command::new("tshark");
    // A head is shown where it ends, and not where its body does, which may never come.
    command.arg("-r").arg(&file.0).args(["-o", "http.desegment_body:FALSE", "-d", "tcp.port==8000,http"]);
    command.args(["-Y", "http.request || http.response", "-T", "fields"]);
    // One packet may have several heads.
    command.args(["-E", "separator=|", "-E", "aggregator=;"]);
    command.args(fields.iter().flat_map(|field| ["-e", *field]));
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let mut streams: Vec<Vec<String>> = Vec::new();
    let mut unanswered: Vec<usize> = Vec::new();
    for line in text.lines() {
        let values: Vec<&str> = line.split('|').collect();
        let [stream, method, uri, code, phrase, request] = values[..] else { panic!("{name}: {line}") };
        let stream: usize = stream.parse().unwrap();
        streams.resize(streams.len().max(stream + 1), Vec::new());
        unanswered.resize(streams.len(), 0);
        if code.is_empty() {
            unanswered[stream] += 1;
            streams[stream].push(format!("{method} {uri}"));
            continue;
        }
        // tshark takes every response for one to the last request that it saw. RFC 9112 §9.2 gives each request one
        // final response.
        for (code, phrase) in code.split(';').zip(phrase.split(';')) {
            let answers = !request.is_empty() && unanswered[stream] > 0;
            if !code.starts_with('1') {
                unanswered[stream] = unanswered[stream].saturating_sub(1);
            }
            streams[stream].push(response(code, phrase, answers));
        }
    }
    streams
}

fn response(code: &str, phrase: &str, has_request: bool) -> String {
    let request = if has_request { "answers a request" } else { "its request was not seen" };
    format!("{code} {phrase}, {request}")
}

/// The heads that the observer finds in each stream.
fn by_observer(packets: &[Vec<u8>]) -> Vec<Vec<String>> {
    let heads = |connection| {
        let seen = observe(connection).into_iter();
        seen.filter_map(|one| match one.what {
            What::RequestHead(request) => Some(format!("{} {}", request.method, request.target)),
            What::ResponseHead { head, to, .. } => {
                Some(response(&head.status.to_string(), &head.reason, to != Asked::Unseen))
            }
            _ => None,
        })
        .collect()
    };
    connections(packets).iter().map(heads).collect()
}

/// Compares stream by stream. Gives how many heads there were.
fn compare(name: &str, cases: &[Case]) -> usize {
    let packets = together(cases);
    let mut theirs = by_tshark(name, &packets);
    let ours = by_observer(&packets);
    theirs.resize(ours.len(), Vec::new());
    let mut streams = ours.iter().zip(&theirs);
    for case in cases {
        for number in 0..connections(&case.packets).len() {
            let (ours, theirs) = streams.next().expect("as many streams as in the cases");
            assert_eq!(ours, theirs, "{}, stream {number}: ours left, tshark's right", case.name);
        }
    }
    ours.iter().map(Vec::len).sum()
}

#[test]
fn heads_of_recorded_connections() {
    if !need::can_run("heads_of_recorded_connections", "tshark") {
        return;
    }
    let cases: Vec<Case> =
        captures().into_iter().map(|(name, capture)| Case { name, packets: packets(&capture) }).collect();
    let heads = compare("recorded", &cases);
    assert!(heads >= 40, "{heads} heads");
}

/// The capture begins late: without its first packets.
#[test]
fn heads_when_the_first_packets_are_missing() {
    if !need::can_run("heads_when_the_first_packets_are_missing", "tshark") {
        return;
    }
    let mut cases = Vec::new();
    for (name, capture) in captures() {
        let packets = packets(&capture);
        for missing in 1..packets.len() {
            let name = format!("{name} without its first {missing} packets");
            cases.push(Case { name, packets: packets[missing..].to_vec() });
        }
    }
    let heads = compare("late", &cases);
    assert!(heads >= 300, "{heads} heads");
}

/// One packet is missing.
#[test]
fn heads_when_a_packet_is_missing() {
    if !need::can_run("heads_when_a_packet_is_missing", "tshark") {
        return;
    }
    let mut cases = Vec::new();
    for (name, capture) in captures() {
        let packets = packets(&capture);
        for missing in 0..packets.len() {
            let mut rest = packets.clone();
            rest.remove(missing);
            cases.push(Case { name: format!("{name} without packet {}", missing + 1), packets: rest });
        }
    }
    let heads = compare("missing", &cases);
    assert!(heads >= 300, "{heads} heads");
}

/// The packets of a conversation: its handshake, and one segment for each piece.
fn conversation(pieces: &[(Direction, &str)]) -> Vec<Vec<u8>> {
    const SYN: u8 = 0x02;
    const ACK: u8 = 0x10;
    let mut next = [1000u32, 5000];
    let mut packets = Vec::new();
    let mut send = |direction: Direction, flags: u8, data: &[u8]| {
        let [sequence, acknowledgment] = [next[direction.index()], next[direction.reversed().index()]];
        packets.push(segment(direction, sequence, acknowledgment, flags, data));
        next[direction.index()] += data.len() as u32 + u32::from(flags & SYN != 0);
    };
    send(ToServer, SYN, b"");
    send(ToClient, SYN | ACK, b"");
    send(ToServer, ACK, b"");
    for (direction, data) in pieces {
        send(*direction, ACK, data.as_bytes());
    }
    packets
}

/// One IPv4 packet with a TCP segment (RFC 791 §3.1, RFC 9293 §3.1). Its checksums are zero: tshark does not look.
fn segment(direction: Direction, sequence: u32, acknowledgment: u32, flags: u8, data: &[u8]) -> Vec<u8> {
    let (from, to, ports) = match direction {
        ToServer => (1, 2, [0xc000u16, 80]),
        ToClient => (2, 1, [80, 0xc000]),
    };
    let length = 40 + data.len() as u16;
    let mut packet = vec![0x45, 0];
    packet.extend(length.to_be_bytes());
    packet.extend([0, 1, 0x40, 0, 64, 6, 0, 0, 10, 0, 0, from, 10, 0, 0, to]);
    packet.extend(ports.iter().flat_map(|port| port.to_be_bytes()));
    packet.extend(sequence.to_be_bytes());
    packet.extend(if flags & 0x10 == 0 { 0 } else { acknowledgment }.to_be_bytes());
    packet.extend([0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
    packet.extend_from_slice(data);
    packet
}

/// Conversations in which something goes wrong, or ends being HTTP.
#[test]
fn heads_of_conversations_that_go_wrong() {
    if !need::can_run("heads_of_conversations_that_go_wrong", "tshark") {
        return;
    }
    let get = "GET /next HTTP/1.1\r\nHost: a\r\n\r\n";
    let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    let upgrade = "GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
    let switching = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
    let cases: [(&str, &[(Direction, &str)]); 7] = [
        (
            "100 and 103",
            &[
                (ToServer, "PUT /x HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"),
                (ToClient, "HTTP/1.1 100 Continue\r\n\r\n"),
                (ToServer, "hi"),
                (ToClient, "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"),
                (ToClient, ok),
            ],
        ),
        (
            "HEAD and 204",
            &[
                (ToServer, "HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n"),
                (ToClient, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"),
                (ToServer, "DELETE /x HTTP/1.1\r\nHost: a\r\n\r\n"),
                (ToClient, "HTTP/1.1 204 No Content\r\n\r\n"),
                (ToServer, get),
                (ToClient, ok),
            ],
        ),
        (
            "an upgrade",
            &[
                (ToServer, upgrade),
                (ToClient, switching),
                (ToServer, "\u{1}\u{2}ab"),
                (ToClient, "\u{1}\u{2}cd"),
            ],
        ),
        (
            "a tunnel",
            &[
                (ToServer, "CONNECT b.test:443 HTTP/1.1\r\nHost: b.test:443\r\n\r\n"),
                (ToClient, "HTTP/1.1 200 Connected\r\n\r\n"),
                (ToServer, "\u{16}\u{3}\u{1}"),
                (ToClient, "\u{16}\u{3}\u{3}"),
            ],
        ),
        (
            "a refused tunnel",
            &[
                (ToServer, "CONNECT b.test:443 HTTP/1.1\r\nHost: b.test:443\r\n\r\n"),
                (ToClient, "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno"),
                (ToServer, get),
                (ToClient, ok),
            ],
        ),
        (
            "a head in three pieces",
            &[
                (ToServer, "GET /thr"),
                (ToServer, "ee HTTP/1.1\r\nHo"),
                (ToServer, "st: a\r\n\r\n"),
                (ToClient, "HTTP/1.1 200 OK\r\nContent-"),
                (ToClient, "Length: 2\r\n\r\nhi"),
            ],
        ),
        (
            "a broken chunk",
            &[
                (ToServer, "GET /x HTTP/1.1\r\nHost: a\r\n\r\n"),
                (ToClient, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"),
                (ToServer, get),
                (ToClient, ok),
            ],
        ),
    ];
    let cases: Vec<Case> = cases
        .iter()
        .map(|(name, pieces)| Case { name: (*name).to_owned(), packets: conversation(pieces) })
        .collect();
    let heads = compare("wrong", &cases);
    assert!(heads >= 20, "{heads} heads");
}

/// What a server answers to a request that is refused here. tshark accepts some of these requests.
#[test]
fn answers_to_broken_requests() {
    if !need::can_run("answers_to_broken_requests", "tshark") {
        return;
    }
    let requests = [
        "CCM_POST/ HTTP/1.1\nHost: a\n\n",
        "GET / HTTP/1.1\nHost: a\n\n",
        "PUT /x HTTP/1.1\r\nHost : a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nA: \u{1}\r\n\r\n",
        "GET /\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    ];
    let bad = "HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\nno";
    let (get, ok) =
        ("GET /next HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
    let cases: Vec<Case> = requests
        .iter()
        .map(|request| Case {
            name: format!("{request:?}"),
            packets: conversation(&[(ToServer, request), (ToClient, bad), (ToServer, get), (ToClient, ok)]),
        })
        .collect();
    let packets = together(&cases);
    let responses = |heads: &Vec<String>| -> Vec<String> {
        let responses = heads.iter().filter(|head| head.starts_with(|first: char| first.is_ascii_digit()));
        responses.map(|head| head.split(',').next().unwrap().to_owned()).collect()
    };
    let (ours, theirs) = (by_observer(&packets), by_tshark("broken", &packets));
    for ((case, ours), theirs) in cases.iter().zip(&ours).zip(&theirs) {
        assert_eq!(responses(ours), ["400 Bad Request", "200 OK"], "{}", case.name);
        assert_eq!(responses(ours), responses(theirs), "{}: ours left, tshark's right", case.name);
        for response in ["400 Bad Request, answers a request", "200 OK, answers a request"] {
            assert!(ours.contains(&response.to_owned()), "{}: {ours:?}", case.name);
        }
    }
}
