//! RFC 4787, requirement by requirement, with the preset `rfc`.

use std::ops::RangeInclusive;

use barewire_internet::nat::{Config, Filtering, Nat, PortClass, Protocol};
use barewire_packet::build::datagram;

use crate::packets::{error, line, udp};
use crate::world::{lab, lab_with};

const A: &str = "192.168.1.42:52341";
const B: &str = "192.168.1.43:52341";
const S: &str = "203.0.113.80:53";
const S2: &str = "203.0.113.80:54";
const T: &str = "203.0.113.81:53";

fn external(port: u16) -> String {
    format!("203.0.113.5:{port}")
}

#[test]
fn rfc4787_req1_one_external_port_for_all_peers() {
    let mut lab = lab(Config::rfc());
    assert!(lab.send("a", udp(A, S)).starts_with("s: UDP 203.0.113.5:"));
    let port = lab.port();
    assert_eq!(lab.send("a", udp(A, S2)), format!("s: UDP 203.0.113.5:{port} > {S2}"));
    assert_eq!(lab.send("a", udp(A, T)), format!("t: UDP 203.0.113.5:{port} > {T}"));
}

#[test]
fn rfc4787_req3_ports_are_not_overloaded() {
    let mut lab = lab(Config { keep_port: true, ..Config::rfc() });
    assert_eq!(lab.send("a", udp(A, S)), format!("s: UDP 203.0.113.5:52341 > {S}"));
    // Not even towards another peer.
    lab.send("b", udp(B, T));
    assert_ne!(lab.port(), 52341);
}

#[test]
fn rfc4787_req3a_well_known_ports_stay_well_known() {
    let mut lab = lab(Config::rfc());
    let mut outside = |inside: u16| {
        lab.send("a", udp(&format!("192.168.1.42:{inside}"), S));
        lab.port()
    };
    assert!([1, 53, 123, 500, 1023].map(&mut outside).iter().all(|port| *port < 1024));
    assert!([1024, 1025, 5000, 65535].map(&mut outside).iter().all(|port| *port >= 1024));
    // The RFC has two ranges; Linux splits the lower one at 512.
    assert!((100..120).map(outside).any(|port| port >= 512));
}

#[test]
fn rfc4787_req4_parity_is_kept() {
    let mut lab = lab(Config::rfc());
    for inside in [52340_u16, 52341, 500, 501, 65534, 65535] {
        lab.send("a", udp(&format!("192.168.1.42:{inside}"), S));
        assert_eq!(lab.port() % 2, inside % 2, "{inside} became {}", lab.port());
    }
}

#[test]
fn rfc4787_req5_a_mapping_lives_five_minutes() {
    let mut lab = lab(Config::rfc());
    lab.send("a", udp(A, S));
    let port = lab.port();
    lab.wait(299.0);
    assert_eq!(lab.send("s", udp(S, &external(port))), format!("a: UDP {S} > {A}"));
    lab.wait(2.0);
    assert_eq!(lab.send("s", udp(S, &external(port))), "nothing");
}

#[test]
fn rfc4787_req6_packets_from_inside_refresh_and_those_from_outside_need_not() {
    let mut lab = lab(Config::rfc());
    lab.send("a", udp(A, S));
    let port = lab.port();
    lab.wait(200.0);
    lab.send("a", udp(A, S));
    lab.wait(200.0);
    assert_eq!(lab.send("s", udp(S, &external(port))), format!("a: UDP {S} > {A}"));
    lab.wait(101.0);
    assert_eq!(lab.send("s", udp(S, &external(port))), "nothing", "a packet from outside kept the mapping");
    // Nor does one of somebody that a has not sent to.
    lab.send("a", udp(A, S));
    let port = lab.port();
    lab.wait(200.0);
    assert_eq!(lab.send("t", udp(T, &external(port))), format!("a: UDP {T} > {A}"));
    lab.wait(101.0);
    assert_eq!(lab.send("t", udp(T, &external(port))), "nothing");
    // REQ-6a: it may be otherwise.
    let mut lab = crate::world::lab(Config { inbound_refresh: true, ..Config::rfc() });
    lab.send("a", udp(A, S));
    let port = lab.port();
    lab.wait(200.0);
    lab.send("s", udp(S, &external(port)));
    lab.wait(200.0);
    assert_eq!(lab.send("s", udp(S, &external(port))), format!("a: UDP {S} > {A}"));
}

#[test]
fn rfc4787_req8_filtering_in_three_kinds() {
    // Who gets through to a, which has sent to s:53 only: s:53, s:54, t:53.
    let through = |filtering| {
        let mut lab = lab(Config { filtering, ..Config::rfc() });
        lab.send("a", udp(A, S));
        let to = external(lab.port());
        [("s", S), ("s", S2), ("t", T)]
            .map(|(host, from)| lab.send(host, udp(from, &to)) == format!("a: UDP {from} > {A}"))
    };
    assert_eq!(through(Filtering::EndpointIndependent), [true, true, true]);
    assert_eq!(through(Filtering::AddressDependent), [true, true, false]);
    assert_eq!(through(Filtering::AddressAndPortDependent), [true, false, false]);
}

#[test]
fn rfc4787_req9_hairpin_shows_the_external_source() {
    let mut lab = lab(Config::rfc());
    lab.send("a", udp(A, S));
    let a = external(lab.port());
    lab.send("b", udp(B, S));
    let b = external(lab.port());
    assert_eq!(lab.send("a", udp(A, &b)), format!("b: UDP {a} > {B}"));
    assert_eq!(lab.send("b", udp(B, &a)), format!("a: UDP {b} > {A}"));
    // An inside host that has no mapping yet gets one by it.
    let c = "192.168.2.43:7000";
    assert!(lab.send("c", udp(c, &a)).starts_with("a: UDP 203.0.113.5:"));
    // And an external port that is nobody's leads nowhere.
    assert_eq!(lab.send("a", udp(A, &external(1))), "nothing");
}

#[test]
fn rfc4787_req11_the_same_seed_and_packets_give_the_same_ports() {
    let ports = |seed| {
        let mut lab = lab(Config { seed, ..Config::rfc() });
        let socket = |port: u16| format!("192.168.1.42:{port}");
        (2000..2050)
            .map(|port| {
                lab.send("a", udp(&socket(port), S));
                lab.port()
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(ports(1), ports(1));
    assert_ne!(ports(1), ports(2));
}

#[test]
fn rfc4787_req12_an_icmp_message_does_not_end_a_mapping() {
    let mut lab = lab(Config::rfc());
    lab.send("a", udp(A, S));
    let port = lab.port();
    let sent = lab.last[0].1.clone();
    for (kind, code) in [(3, 0), (3, 1), (3, 3), (3, 13), (11, 0), (12, 0)] {
        let told = lab.send("s", error("203.0.113.80", "203.0.113.5", kind, code, &sent));
        assert_eq!(told, format!("a: error {kind}/{code} 203.0.113.80 > 192.168.1.42 about UDP {A} > {S}"));
    }
    // REQ-12a: nor does it matter who sends it.
    let told = lab.send("t", error("203.0.113.81", "203.0.113.5", 11, 0, &sent));
    assert_eq!(told, format!("a: error 11/0 203.0.113.81 > 192.168.1.42 about UDP {A} > {S}"));
    assert_eq!(lab.send("s", udp(S, &external(port))), format!("a: UDP {S} > {A}"));
}

#[test]
fn rfc4787_req13_too_big_is_told_to_the_inside_host() {
    use barewire_internet::{Router, Topology, Wire};
    use barewire_packet::link::Link;
    let mut plan = Topology::new(std::time::Instant::now(), 1);
    plan.link("a", "192.168.1.42/24");
    plan.link("s", "203.0.113.80/24");
    let nat = Nat::new(Config::rfc(), &["203.0.113.5"]);
    plan.node("nat", &["192.168.1.1/24", "203.0.113.5/24"], Box::new(Router::new().with(Box::new(nat))));
    plan.wire("a", "nat", Wire::default());
    plan.wire("nat", "s", Wire::default().mtu(576));
    let world = plan.build().unwrap();
    let sends = |dont_fragment: bool| {
        let mut packet = datagram(A, S, &[7; 1000]);
        packet[6] = if dont_fragment { 0x40 } else { 0 };
        world.link("a").unwrap().send(&crate::packets::with_hops(packet, 64)).unwrap();
        world.run_for(std::time::Duration::from_millis(1));
        let mut arrived = Vec::new();
        for name in ["a", "s"] {
            let mut link = world.link(name).unwrap();
            while let Some(packet) = link.receive(Some(world.now())).unwrap() {
                arrived.push(format!("{name}: {}", &line_of_quote(&packet)));
            }
        }
        arrived
    };
    assert_eq!(sends(true), ["a: error 3/4 192.168.1.1"]);
    // REQ-13a: cut, and in order.
    assert_eq!(sends(false).len(), 2);

    /// The error quotes more than it can verify, so only its head is told.
    fn line_of_quote(packet: &[u8]) -> String {
        match packet[9] {
            1 => format!(
                "error {}/{} {}.{}.{}.{}",
                packet[20], packet[21], packet[12], packet[13], packet[14], packet[15]
            ),
            _ => line(packet),
        }
    }
}

/// Three ports for everybody.
const FEW: &[PortClass] = &[PortClass { inside: ALL, outside: 7000..=7005 }];
const ALL: RangeInclusive<u16> = 0..=65535;

#[test]
fn rfc5508_req8_who_gets_no_port_is_told() {
    let mut lab = lab(Config { classes: FEW, ..Config::rfc() });
    let socket = |port: u16| format!("192.168.1.42:{port}");
    let mut given: Vec<u16> = [1001, 1003, 1005]
        .map(|port| {
            lab.send("a", udp(&socket(port), S));
            lab.port()
        })
        .to_vec();
    given.sort_unstable();
    assert_eq!(given, [7001, 7003, 7005]);
    let told = lab.send("a", udp(&socket(1007), S));
    assert_eq!(
        told,
        "a: error 3/13 192.168.1.1 > 192.168.1.42 about UDP 192.168.1.42:1007 > 203.0.113.80:53"
    );
    // TCP has ports of its own, and another parity too.
    assert!(lab.send("a", udp(&socket(1008), S)).starts_with("s: UDP 203.0.113.5:700"));
}

#[test]
fn rfc4787_req3_a_forwarded_port_is_nobody_elses() {
    let config = Config { classes: FEW, ..Config::rfc() };
    let nat = Nat::new(config, &["nat-net"]).forward_port(Protocol::Udp, 7003, B.parse().unwrap());
    let mut lab = lab_with(nat);
    let mut given: Vec<u16> = [1001, 1003]
        .map(|port| {
            lab.send("a", udp(&format!("192.168.1.42:{port}"), S));
            lab.port()
        })
        .to_vec();
    given.sort_unstable();
    assert_eq!(given, [7001, 7005]);
    assert!(lab.send("a", udp("192.168.1.42:1005", S)).starts_with("a: error 3/13"));
}

#[test]
fn rfc5508_req8_who_finds_the_table_full_is_told() {
    let mut lab = lab(Config { most_sessions: 2, ..Config::rfc() });
    lab.send("a", udp(A, S));
    lab.send("a", udp(A, S2));
    let told = lab.send("a", udp(A, T));
    assert_eq!(told, format!("a: error 3/13 192.168.1.1 > 192.168.1.42 about UDP {A} > {T}"));
    lab.wait(301.0);
    assert!(lab.send("a", udp(A, T)).starts_with("t: UDP"), "expired sessions make room");
}

#[test]
fn a_forwarded_port_is_a_mapping_for_good() {
    let web = "192.168.1.43:80";
    let nat =
        Nat::new(Config::rfc(), &["203.0.113.5"]).forward_port(Protocol::Udp, 8080, web.parse().unwrap());
    let mut lab = lab_with(nat);
    assert_eq!(lab.send("t", udp(T, &external(8080))), format!("b: UDP {T} > {web}"));
    assert_eq!(lab.send("b", udp(web, T)), format!("t: UDP 203.0.113.5:8080 > {T}"));
    // Also what the inside socket begins itself shows that port (REQ-1).
    assert_eq!(lab.send("b", udp(web, S)), format!("s: UDP 203.0.113.5:8080 > {S}"));
    // From inside, too (REQ-9).
    lab.send("a", udp(A, S));
    let a = external(lab.port());
    assert_eq!(lab.send("a", udp(A, &external(8080))), format!("b: UDP {a} > {web}"));
    assert_eq!(lab.send("b", udp(web, &a)), format!("a: UDP 203.0.113.5:8080 > {A}"));
    lab.wait(100_000.0);
    assert_eq!(lab.send("t", udp(T, &external(8080))), format!("b: UDP {T} > {web}"));
}

#[test]
fn the_table_shows_the_sessions() {
    let mut lab = lab(Config { keep_port: true, ..Config::rfc() });
    lab.send("a", udp(A, S));
    lab.wait(100.0);
    lab.send("b", udp(B, S));
    let port = lab.port();
    lab.send("s", udp(S, &external(port)));
    assert_eq!(
        lab.sessions(),
        [
            "192.168.1.42:52341 203.0.113.5:52341 203.0.113.80:53 UDP not answered 199 s".to_owned(),
            format!("192.168.1.43:52341 203.0.113.5:{port} 203.0.113.80:53 UDP answered 299 s"),
        ]
    );
    lab.wait(500.0);
    assert_eq!(lab.sessions(), [""; 0]);
}

#[test]
fn a_full_table_lets_nobody_in() {
    let config = Config { most_sessions: 1, ..Config::rfc() };
    let nat = Nat::new(config, &["nat-net"]).forward_port(Protocol::Udp, 8080, B.parse().unwrap());
    let mut lab = lab_with(nat);
    assert_eq!(lab.send("s", udp(S, &external(8080))), format!("b: UDP {S} > {B}"));
    assert_eq!(lab.send("t", udp(T, &external(8080))), "nothing");
}

#[test]
fn packets_of_ipv6_pass_unchanged() {
    use barewire_internet::Port;
    use barewire_internet::router::{Decision, Middlebox};
    use barewire_packet::transit::Transit;
    let mut nat = Nat::new(Config::rfc(), &["nat-net"]);
    let bytes = datagram("[2001:db8::42]:52341", "[2001:db8:1::80]:53", b"data");
    let mut packet = Transit::parse(bytes.clone()).unwrap();
    let now = std::time::Instant::now();
    assert!(matches!(nat.incoming(now, Port(0), &mut packet), Decision::Pass));
    assert!(matches!(nat.outgoing(now, Port(1), &mut packet), Decision::Pass));
    assert_eq!(packet.bytes(), bytes);
}
