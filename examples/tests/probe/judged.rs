//! What the probers send, as tshark reads it: every header whole, every checksum right, every field as asked for.
//! Skipped loudly where tshark is not installed; `BAREWIRE_REQUIRE_LIVE=1` forbids that.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use barewire::probe::ping::{self, Ping, Question};
use barewire::probe::scan::{self, Scan};
use barewire::probe::traceroute::{self, Method, Traceroute};
use barewire_packet::capture::{Capture, Frame, Interface, Origin};
use barewire_packet::frame::linktype;
use barewire_packet::link::Link;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use crate::internet::{CLIENT, CLIENT_V6, SERVER, SERVER_V6, Written, events, ip};
use crate::need::can_run;

/// What tshark is asked of each packet. A checksum that is right is 1.
const FIELDS: [&str; 20] = [
    "_ws.malformed",
    "ip.checksum.status",
    "udp.checksum.status",
    "tcp.checksum.status",
    "icmp.checksum.status",
    "icmpv6.checksum.status",
    "ip.ttl",
    "ipv6.hlim",
    "ip.flags.df",
    "icmp.type",
    "icmpv6.type",
    "icmp.seq",
    "icmpv6.echo.sequence_number",
    "udp.dstport",
    "tcp.dstport",
    "tcp.flags.str",
    "tcp.options.mss_val",
    "ip.len",
    "ipv6.plen",
    "ip.id",
];

type Row = BTreeMap<&'static str, String>;

fn tshark(test: &str, packets: &[Vec<u8>]) -> Vec<Row> {
    let mut capture = Capture::default();
    let interface = Interface { link_type: linktype::RAW, name: "probe".to_owned(), origin: Origin::Seen };
    capture.interfaces.push(interface);
    for (index, bytes) in packets.iter().enumerate() {
        capture.frames.push(Frame {
            number: index as u64 + 1,
            time: Duration::new(1_700_000_000, index as u32 * 1_000_000),
            bytes: bytes.clone(),
            original_len: bytes.len() as u32,
            ..Frame::default()
        });
    }
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{test}.pcapng"));
    std::fs::write(&path, capture.write()).unwrap();
    let mut command = Command::new("tshark");
    command.arg("-n").arg("-r").arg(&path).args(["-T", "fields", "-E", "occurrence=f"]);
    for layer in ["ip", "udp", "tcp"] {
        command.args(["-o", &format!("{layer}.check_checksum:TRUE")]);
    }
    FIELDS.iter().for_each(|field| {
        command.args(["-e", field]);
    });
    let answer = command.output().unwrap();
    let text = String::from_utf8(answer.stdout).unwrap();
    let row = |line: &str| FIELDS.into_iter().zip(line.split('\t').map(str::to_owned)).collect();
    let rows: Vec<Row> = text.lines().map(row).collect();
    assert_eq!(rows.len(), packets.len(), "{}", String::from_utf8_lossy(&answer.stderr));
    rows
}

/// Nothing is malformed, and each checksum that is there is right.
fn is_sound(rows: &[Row]) {
    for row in rows {
        assert_eq!(row["_ws.malformed"], "", "{row:?}");
        let sums = FIELDS.iter().filter(|field| field.ends_with("checksum.status"));
        let sums: Vec<&str> = sums.map(|field| row[field].as_str()).filter(|sum| !sum.is_empty()).collect();
        assert!(!sums.is_empty() && sums.iter().all(|sum| *sum == "1"), "{row:?}");
    }
}

fn of<'a>(rows: &'a [Row], field: &str) -> Vec<&'a str> {
    rows.iter().map(|row| row[field].as_str()).collect()
}

fn ends(v6: bool) -> (std::net::IpAddr, std::net::IpAddr) {
    let [from, to] = if v6 { [CLIENT_V6, SERVER_V6] } else { [CLIENT, SERVER] };
    (ip(from), ip(to))
}

#[test]
fn pings() {
    if !can_run("pings", false, &["tshark"]) {
        return;
    }
    for v6 in [false, true] {
        let sent = |question, dont_fragment| {
            let (from, to) = ends(v6);
            let patience = Duration::from_secs(1);
            let usual = ping::Config::new(from, to);
            let config = ping::Config { count: Some(3), hops: 9, patience, question, dont_fragment, ..usual };
            let mut link = Written::new(|_: &[u8]| Vec::new());
            let mut ping = Ping::new(link.now(), config);
            events(&mut link, &mut ping);
            link.sent
        };
        let rows = tshark("pings", &sent(Question::Echo, true));
        is_sound(&rows);
        let (kind, seq, hops, length) = match v6 {
            false => (("icmp.type", "8"), "icmp.seq", "ip.ttl", ("ip.len", "84")),
            true => (("icmpv6.type", "128"), "icmpv6.echo.sequence_number", "ipv6.hlim", ("ipv6.plen", "64")),
        };
        assert_eq!(of(&rows, kind.0), [kind.1; 3]);
        assert_eq!(of(&rows, seq), ["1", "2", "3"]);
        assert_eq!(of(&rows, hops), ["9"; 3]);
        assert_eq!(of(&rows, length.0), [length.1; 3]);
        let flag = if v6 { "" } else { "1" };
        assert_eq!(of(&rows, "ip.flags.df"), [flag; 3]);
        let may_be_cut = tshark("pings", &sent(Question::Echo, false));
        is_sound(&may_be_cut);
        assert_eq!(of(&may_be_cut, "ip.flags.df"), [if v6 { "" } else { "0" }; 3]);
        let syns = tshark("pings", &sent(Question::Syn(443), true));
        is_sound(&syns);
        assert_eq!(of(&syns, "tcp.dstport"), ["443"; 3]);
        assert!(of(&syns, "tcp.flags.str").iter().all(|flags| flags.trim_matches('·') == "S"), "{syns:?}");
        assert_eq!(of(&syns, "tcp.options.mss_val"), [if v6 { "1440" } else { "1460" }; 3]);
        let datagrams = tshark("pings", &sent(Question::Datagram(33_434), true));
        is_sound(&datagrams);
        assert_eq!(of(&datagrams, "udp.dstport"), ["33434"; 3]);
    }
}

#[test]
fn traceroutes() {
    if !can_run("traceroutes", false, &["tshark"]) {
        return;
    }
    for v6 in [false, true] {
        for (method, classic) in [
            (Method::Udp(33_434), false),
            (Method::Udp(33_434), true),
            (Method::Icmp, false),
            (Method::Tcp(443), false),
        ] {
            let (from, to) = ends(v6);
            let usual = traceroute::Config::new(from, to);
            let config = traceroute::Config { method, classic, max_hops: 4, queries: 2, ..usual };
            let mut link = Written::new(|_: &[u8]| Vec::new());
            let mut traceroute = Traceroute::new(link.now(), config);
            events(&mut link, &mut traceroute);
            let rows = tshark("traceroutes", &link.sent);
            is_sound(&rows);
            let hops = of(&rows, if v6 { "ipv6.hlim" } else { "ip.ttl" });
            assert_eq!(hops, ["1", "1", "2", "2", "3", "3", "4", "4"]);
            let ports = of(&rows, "udp.dstport");
            match (method, classic) {
                (Method::Udp(_), false) => assert_eq!(ports, ["33434"; 8]),
                (Method::Udp(_), true) => assert_eq!(ports[..3], ["33434", "33435", "33436"]),
                (Method::Tcp(_), _) => assert_eq!(of(&rows, "tcp.dstport"), ["443"; 8]),
                (Method::Icmp, _) => {}
            }
            if !matches!(method, Method::Tcp(_)) {
                let length = if v6 { ("ipv6.plen", "40") } else { ("ip.len", "60") };
                assert_eq!(of(&rows, length.0), [length.1; 8], "{method:?}");
            }
        }
    }
}

#[test]
fn scans() {
    if !can_run("scans", false, &["tshark"]) {
        return;
    }
    for v6 in [false, true] {
        let (from, to) = ends(v6);
        let config =
            scan::Config { retries: 0, in_order: true, ..scan::Config::new(from, to, vec![22, 80, 443]) };
        let mut link = Written::new(|_: &[u8]| Vec::new());
        let mut scan = Scan::new(link.now(), config, &mut ChaCha8Rng::seed_from_u64(1));
        events(&mut link, &mut scan);
        let rows = tshark("scans", &link.sent);
        is_sound(&rows);
        assert_eq!(of(&rows, "tcp.dstport"), ["22", "80", "443"]);
        assert!(of(&rows, "tcp.flags.str").iter().all(|flags| flags.trim_matches('·') == "S"), "{rows:?}");
    }
}
