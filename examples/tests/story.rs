//! What is read from captures: direction, conversations, what was not read, and the budget. Each fault that a user once
//! met is here with the smallest capture that shows it.

#[path = "common/wire.rs"]
mod wire;

use barewire::story::{
    Application, Budget, Config, Fate, Layer, Note, PhaseName, Role, Says, Story, Transport, Uncounted,
};
use barewire::views::{self, Style};
use barewire_dns::RData;
use barewire_packet::capture::{Capture, Origin, linktype};
use barewire_packet::udp;
use wire::{ACK, RST_ACK, SYN, Talk, Wire, at, plain_http, story, told};

fn captured(file: &str) -> Story {
    let path = format!("{}/../{file}", env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let capture = Capture::read(&bytes).unwrap_or_else(|error| panic!("{path}: {error}"));
    Story::of(&capture, Config::default())
}

fn phases(budget: &Budget) -> Vec<(&'static str, u128, u32, bool)> {
    let phase = |p: &barewire::story::Phase| (p.name.name(), p.took().as_millis(), p.round_trips, p.ended);
    budget.phases.iter().map(phase).collect()
}

/// A machine with both IP versions asks for AAAA over IPv4 and connects over IPv6: one client, four round trips less
/// TLS.
#[test]
fn a_name_over_ipv4_and_a_page_over_ipv6_have_one_client() {
    let mut wire = Wire::default();
    let address = RData::Aaaa("2001:db8::80".parse().unwrap());
    wire.dns(at("10.0.0.2:40000"), at("10.0.0.53:53"), "a.test", Some(address), 10);
    plain_http(&mut wire, at("[2001:db8::2]:50000"), at("[2001:db8::80]:80"), 50);
    let story = story(&wire);
    let told = told(&story);
    assert_eq!(told[0], "client > resolver: A? a.test".replace("A?", "AAAA?"), "{told:#?}");
    assert!(told[2].starts_with("client > server: SYN"), "{told:#?}");
    assert!(told[3].starts_with("server > client: SYN ACK"), "{told:#?}");
    let wanted =
        [("DNS", 10, 1, true), ("TCP", 50, 1, true), ("wait", 50, 1, true), ("transfer", 0, 0, true)];
    assert_eq!(phases(&story.budget()), wanted);
    let client = story.hosts.iter().find(|host| host.role == Role::Client).unwrap();
    assert_eq!(client.to_string(), "10.0.0.2, 2001:db8::2");
    let ladder = views::ladder(&story, &Style::default());
    assert!(ladder.starts_with("      ms  client 10.0.0.2, 2001:db8::2"), "{ladder}");
}

/// The same with real software, and once with IPv6 broken, so that a second attempt over IPv4 brings the page.
#[test]
fn a_recorded_machine_with_both_versions_of_ip_is_one_client() {
    for (file, attempts) in [("dual_stack", 1), ("fallback", 2)] {
        let story = captured(&format!("examples/tests/captures/{file}.pcapng"));
        let clients: Vec<String> = story
            .hosts
            .iter()
            .filter(|host| host.role == Role::Client)
            .map(|host| host.to_string())
            .collect();
        assert_eq!(clients, ["10.91.1.2, 2001:db8:91:1::2"], "{file}");
        assert_eq!((story.pages.len(), story.pages[0].tcp.len()), (1, attempts), "{file}");
        for row in story.rows.iter().filter(|row| row.opens()) {
            assert_eq!(story.hosts[row.from.0].role, Role::Client, "{file}, frame {}", row.frame);
        }
        let phases = phases(&story.budget());
        let names: Vec<&str> = phases.iter().map(|phase| phase.0).collect();
        assert_eq!(names, ["DNS", "TCP", "TLS", "wait", "transfer"], "{file}");
        assert!(phases.iter().all(|phase| phase.3), "{file}: {phases:?}");
        let [tcp, tls, wait] = [1, 2, 3].map(|index| phases[index].2);
        assert_eq!((tcp, tls, wait), (1, 1, 1), "{file}");
    }
}

/// The client is the end that asked, not the end that speaks first in the file.
#[test]
fn who_asked_is_the_client_whoever_comes_first() {
    let mut wire = Wire::default();
    // Somebody else's reply comes first in this file, then a whole page.
    let (client, server) = (at("10.0.0.2:50000"), at("203.0.113.80:80"));
    wire.packet(&udp::ip_packet(at("203.0.113.80:9"), at("10.0.0.2:9"), b"noise"));
    plain_http(&mut wire, client, server, 50);
    let story = story(&wire);
    let tcp = story.conversations.iter().find(|one| one.transport == Transport::Tcp).unwrap();
    assert_eq!(tcp.ends, [client, server]);
    assert_eq!(story.hosts[tcp.hosts[0].0].role, Role::Client);
}

/// A reply alone still says which end is the resolver; a resolver may stand on any port, and on our own machine.
#[test]
fn a_resolver_is_known_by_what_it_says() {
    let mut wire = Wire::default();
    let (client, server) = (at("127.0.0.1:4454"), at("127.0.0.1:21041"));
    wire.dns(client, server, "a.test", Some(RData::A("127.0.0.1".parse().unwrap())), 10);
    plain_http(&mut wire, at("127.0.0.1:50000"), at("127.0.0.1:8080"), 5);
    let whole = story(&wire);
    let rows = told(&whole);
    assert!(rows[0].starts_with("client > resolver: A? a.test"), "{rows:#?}");
    assert!(rows[1].starts_with("resolver > client: A 127.0.0.1"), "{rows:#?}");
    assert!(rows[2].starts_with("client > server: SYN"), "{rows:#?}");
    assert_eq!(phases(&whole.budget())[0], ("DNS", 10, 1, true));

    let mut late = Wire::default();
    late.capture.interfaces = wire.capture.interfaces.clone();
    late.capture.frames.push(wire.capture.frames[1].clone());
    let late = story(&late);
    assert_eq!(late.conversations[0].ends, [client, server], "one reply");
    assert_eq!(told(&late)[0].split(':').next(), Some("resolver > client"));
}

/// Many tools write checksum 0. The segment is followed all the same, and the row says what is wrong.
#[test]
fn a_wrong_checksum_is_said_and_the_segment_followed() {
    let mut wire = Wire::default();
    plain_http(&mut wire, at("10.0.0.2:50000"), at("203.0.113.80:80"), 50);
    let right = told(&story(&wire));
    for frame in &mut wire.capture.frames {
        frame.bytes[36..38].fill(0);
    }
    let wrong = story(&wire);
    assert_eq!(told(&wrong), right, "numbers, window and HTTP are as with right checksums");
    for row in &wrong.rows {
        let said = row.notes.iter().any(|note| note.to_string().contains("checksum wrong: 0x0000"));
        assert!(said, "frame {}: {:?}", row.frame, row.notes);
    }
}

/// Every frame is a row or is counted, under the number that Wireshark gives it.
#[test]
fn frames_that_are_not_read_are_counted() {
    let mut wire = Wire::default();
    wire.frame(195, Origin::Seen, &[1, 2, 3]);
    let eap = [&[0xff; 6][..], &[2; 6], &[0x88, 0x8e, 1, 1, 0, 0]].concat();
    wire.frame(linktype::ETHERNET, Origin::Seen, &eap);
    wire.frame(linktype::ETHERNET, Origin::Seen, &eap);
    wire.packet(&[0x45, 0, 0]);
    plain_http(&mut wire, at("10.0.0.2:50000"), at("203.0.113.80:80"), 50);
    let story = story(&wire);
    assert!(story.tally.is_complete(), "{:?}", story.tally);
    assert_eq!((story.tally.frames, story.tally.rows), (12, 8));
    assert_eq!(story.rows[0].frame, 5);
    let counted = views::tally(&story, &Style::default());
    for wanted in ["1 frame: link type 195", "2 frames: EtherType 0x888e", "(first: 2)", "IP header"] {
        assert!(counted.contains(wanted), "wanted {wanted:?} in:\n{counted}");
    }
}

#[test]
fn arp_and_icmp_have_a_word_each() {
    let mut wire = Wire::default();
    let mac = [2, 0, 0, 0, 0, 2];
    let ask = [
        &[0xff; 6][..],
        &mac,
        &[8, 6, 0, 1, 8, 0, 6, 4, 0, 1],
        &mac,
        &[10, 0, 0, 2],
        &[0; 6],
        &[10, 0, 0, 1],
    ];
    wire.frame(linktype::ETHERNET, Origin::Seen, &ask.concat());
    let mut echo = barewire_packet::udp::ip_packet(at("10.0.0.2:8"), at("10.0.0.1:0"), b"");
    echo[9] = 1; // ICMP: an echo request, identifier 0, sequence 0
    echo[20..28].copy_from_slice(&[8, 0, 0xf7, 0xff, 0, 0, 0, 0]);
    wire.packet(&echo);
    let told = told(&story(&wire));
    assert!(told[0].contains("who has 10.0.0.1"), "{told:?}");
    assert!(told[1].contains("echo request"), "{told:?}");
}

/// A capture that keeps 60 bytes of each frame: numbers and lengths are right, and the row says that something is
/// missing.
#[test]
fn a_short_snap_length_is_not_an_error() {
    let mut wire = Wire::default();
    plain_http(&mut wire, at("10.0.0.2:50000"), at("203.0.113.80:80"), 50);
    let whole = story(&wire);
    for frame in &mut wire.capture.frames {
        frame.bytes.truncate(44);
    }
    let cut = story(&wire);
    assert!(cut.tally.is_complete() && cut.tally.without.is_empty(), "{:?}", cut.tally);
    let payloads = |story: &Story| story.rows.iter().map(|row| row.payload).collect::<Vec<_>>();
    assert_eq!(payloads(&cut), payloads(&whole));
    let fin = |story: &Story| told(story).last().cloned();
    assert_eq!(fin(&cut), fin(&whole), "the numbers go on over what was not captured");
    let said = cut.rows[3].notes.iter().any(|note| matches!(note, Note::Cut { .. }));
    assert!(said, "{:?}", cut.rows[3].notes);
}

/// Two fragments of a DNS reply: the first is a fragment, the second completes the message.
#[test]
fn fragments_are_put_together() {
    let mut wire = Wire::default();
    wire.dns(
        at("10.0.0.2:40000"),
        at("10.0.0.53:53"),
        "a.test",
        Some(RData::A("192.0.2.1".parse().unwrap())),
        10,
    );
    let reply = wire.capture.frames.pop().unwrap().bytes;
    let (header, payload) = reply.split_at(20);
    let piece = |offset: usize, more: bool, bytes: &[u8]| {
        let mut piece = [header, bytes].concat();
        let (length, word) = (piece.len() as u16, (offset as u16 / 8) | if more { 0x2000 } else { 0 });
        piece[2..4].copy_from_slice(&length.to_be_bytes());
        piece[4..6].copy_from_slice(&[0x12, 0x34]);
        piece[6..8].copy_from_slice(&word.to_be_bytes());
        piece[10..12].fill(0);
        let sum = barewire_packet::checksum::checksum(&piece[..20]);
        piece[10..12].copy_from_slice(&sum.to_be_bytes());
        piece
    };
    wire.packet(&piece(16, false, &payload[16..]));
    wire.packet(&piece(0, true, &payload[..16]));
    let story = story(&wire);
    let told = told(&story);
    assert!(told[1].contains("fragment from byte 16"), "{told:?}");
    assert!(told[2].ends_with("A 192.0.2.1, ttl 300"), "{told:?}");
    assert!(story.rows[2].notes.contains(&Note::LastFragment));
}

/// Application data that nobody knows is bytes, never an error; HTTP/2 is named.
#[test]
fn unknown_data_is_bytes_and_http2_is_named() {
    let mut wire = Wire::default();
    let mut talk = wire.handshake(at("10.0.0.2:50000"), at("203.0.113.80:9999"), 10);
    talk.send(&mut wire, 0, ACK, b"\x00\x01\x02\x03ping");
    talk.send(&mut wire, 1, ACK, b"\x00\x01\x02\x03pong!");
    let mut h2 = wire.handshake(at("10.0.0.2:50001"), at("203.0.113.80:80"), 10);
    h2.send(&mut wire, 0, ACK, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    let story = story(&wire);
    let told = told(&story);
    assert_eq!(told[3], "client > server: 8 bytes");
    assert_eq!(told[4], "server > client: 9 bytes");
    assert_eq!(story.rows[8].messages[0].layer(), Layer::Http2, "{told:?}");
    let spoken: Vec<_> = story.conversations.iter().map(|one| one.spoken.application).collect();
    assert_eq!(spoken, [Some(Application::Unknown), Some(Application::Http2)]);
}

/// A capture that begins in the middle: the first request tells who the client is.
#[test]
fn in_the_middle_of_a_connection_the_first_request_tells() {
    let mut wire = Wire::default();
    let (client, server) = (at("10.0.0.2:50000"), at("203.0.113.80:80"));
    let mut talk = Talk::in_the_middle(client, server);
    talk.send(&mut wire, 1, ACK, b"");
    talk.send(&mut wire, 0, ACK, b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
    talk.send(&mut wire, 1, ACK, b"HTTP/1.1 204 No Content\r\n\r\n");
    let story = story(&wire);
    assert_eq!(story.conversations[0].ends, [client, server]);
    let told = told(&story);
    assert_eq!(told[1], "client > server: GET / HTTP/1.1");
    assert!(told[2].starts_with("server > client: 204 No Content"), "{told:?}");
}

/// The phase that failed is in the budget, up to the moment of giving up.
#[test]
fn a_phase_that_did_not_end_is_in_the_budget() {
    let (client, server) = (at("10.0.0.2:50000"), at("203.0.113.80:80"));
    let mut silent = Wire::default();
    let mut talk = Talk::in_the_middle(client, server);
    let syn = talk.packet(0, SYN, b"");
    for pause in [1000, 2000, 4000] {
        silent.packet(&syn);
        silent.wait(pause);
    }
    silent.capture.end = Some(silent.capture.frames[0].time + std::time::Duration::from_millis(9000));
    let story_of_silence = story(&silent);
    assert_eq!(phases(&story_of_silence.budget()), [("TCP", 9000, 0, false)]);
    let drawn = views::budget(&story_of_silence.budget(), &Style::default());
    assert!(drawn.contains("TCP did not end: given up after 9000.0 ms"), "{drawn}");

    let mut refused = Wire::default();
    let mut talk = Talk::in_the_middle(client, server);
    talk.send(&mut refused, 0, SYN, b"");
    refused.wait(50);
    talk.send(&mut refused, 1, RST_ACK, b"");
    assert_eq!(phases(&story(&refused).budget()), [("TCP", 50, 1, false)]);
}

/// A packet that the simulated network lost is one row, which says so; it takes no part in the connection.
#[test]
fn a_lost_packet_is_drawn_where_it_vanished() {
    let (client, server) = (at("10.0.0.2:50000"), at("203.0.113.80:80"));
    let mut wire = Wire::default();
    let mut talk = wire.handshake(client, server, 50);
    let request = talk.packet(0, ACK, b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
    wire.packet(&request);
    wire.frame(linktype::RAW, Origin::Lost, &request);
    wire.wait(200);
    wire.packet(&request);
    wire.wait(50);
    let response = talk.packet(1, ACK, b"HTTP/1.1 204 No Content\r\n\r\n");
    wire.frame(linktype::RAW, Origin::Lost, &response);
    wire.wait(200);
    wire.packet(&response);
    let story = story(&wire);
    let fates: Vec<(u64, Fate)> = story.rows.iter().map(|row| (row.frame, row.fate)).collect();
    let wanted = [
        (1, Fate::Seen),
        (2, Fate::Seen),
        (3, Fate::Seen),
        (4, Fate::Lost),
        (6, Fate::Seen),
        (7, Fate::Lost),
        (8, Fate::Seen),
    ];
    assert_eq!(fates, wanted);
    assert!(story.tally.is_complete() && story.tally.without.contains_key(&Uncounted::DrawnWhereSent));
    assert_eq!(story.conversations[0].lost, 2);
    let ladder = views::ladder(&story, &Style::default());
    assert_eq!(ladder.matches('╳').count(), 3, "two rows and the legend:\n{ladder}");
    assert_eq!(story.budget().phase(PhaseName::Wait).map(|phase| phase.round_trips), Some(1));
}

/// Another machine's conversation in the same file does not turn arrows round.
#[test]
fn two_clients_in_one_file() {
    let mut wire = Wire::default();
    plain_http(&mut wire, at("10.0.0.2:50000"), at("203.0.113.80:80"), 50);
    wire.dns(at("10.0.0.3:40000"), at("10.0.0.53:53"), "b.test", None, 10);
    let story = story(&wire);
    let told = told(&story);
    assert!(told.last().unwrap().starts_with("resolver > client 2: NODATA"), "{told:#?}");
    let ladder = views::ladder(&story, &Style::default());
    assert!(ladder.contains("client 1") && ladder.contains("client 2"), "a column for each host:\n{ladder}");
}

/// The README of the captures says so: this one was taken with checksum offload, that one without.
#[test]
fn unfinished_checksums_are_explained_in_the_legend() {
    let ladder = |file: &str| views::ladder(&captured(file), &Style::default());
    let offloaded = ladder("tcp/tests/captures/offloads.pcapng");
    assert!(offloaded.contains("left for a network card"), "{offloaded}");
    assert!(!ladder("tcp/tests/captures/open_close.pcapng").contains("network card"));
}

/// Also the packets that carry nothing of DNS: the handshake, and bare ACKs.
#[test]
fn dns_over_tcp_is_dns() {
    let story = captured("dns/tests/captures/tcp_pipeline.pcapng");
    let roles: Vec<Role> = story.hosts.iter().map(|host| host.role).collect();
    assert_eq!(roles, [Role::Client, Role::Resolver, Role::Resolver]);
    assert!(story.rows.iter().any(|row| row.says(|says| matches!(says, Says::Dns { reply: true, .. }))));
}
