//! nftables' `forward` chain as the firewall.

use std::time::{Duration, Instant};

use barewire_internet::firewall::Firewall;
use barewire_internet::router::Limit;
use barewire_internet::tracking::Timers;
use barewire_internet::{Router, Topology, Wire, World};
use barewire_packet::build::datagram;

use super::lab::{End, Lab, can_run};
use super::segments::{ACK, FIN, RST, SYN, echo, error, tcp, tcp_at};
use super::{Step, compare, step};

const CLIENT: &str = "192.168.1.42";
const SERVER: &str = "203.0.113.80";
const CLIENT_V6: &str = "2001:db8:1::42";
const SERVER_V6: &str = "2001:db8:2::80";

const ENDS: [End; 2] = [
    ("client", &["192.168.1.1/24", "2001:db8:1::1/64"], &[CLIENT, CLIENT_V6]),
    ("server", &["203.0.113.1/24", "2001:db8:2::1/64"], &[SERVER, SERVER_V6]),
];

fn markers() -> [(&'static str, Vec<u8>); 2] {
    [
        ("client", echo(CLIENT, "192.168.1.1", false, 0xbeef)),
        ("server", echo(SERVER, "203.0.113.1", false, 0xbeef)),
    ]
}

fn world(firewall: Firewall) -> World {
    let mut plan = Topology::new(Instant::now(), 1);
    plan.link("client", "192.168.1.42/24 2001:db8:1::42/64");
    let router = Router::new().limit(Limit::none()).with(Box::new(firewall));
    plan.node(
        "box",
        &["192.168.1.1/24 2001:db8:1::1/64", "203.0.113.1/24 2001:db8:2::1/64"],
        Box::new(router),
    );
    plan.link("server", "203.0.113.80/24 2001:db8:2::80/64");
    plan.wire("client", "box", Wire::ms(0));
    plan.wire("box", "server", Wire::ms(0));
    plan.build().unwrap()
}

fn chain(policy: &str, rules: &str) -> String {
    let chain = format!("type filter hook forward priority 0; policy {policy};\n{rules}\n");
    format!("table inet judge {{\nchain forward {{\n{chain}}}\n}}\n")
}

fn from_client(port: u16, flags: u8) -> Vec<u8> {
    tcp(&format!("{CLIENT}:40000"), &format!("{SERVER}:{port}"), flags)
}

fn from_client_v6(port: u16, flags: u8) -> Vec<u8> {
    tcp(&format!("[{CLIENT_V6}]:40000"), &format!("[{SERVER_V6}]:{port}"), flags)
}

/// Each line of ours, and the line of nft that says the same.
const RULES: [(&str, &str); 12] = [
    ("tcp 443 accept", "tcp dport 443 accept"),
    ("tcp 5432 drop", "tcp dport 5432 drop"),
    ("tcp 81 reject", "tcp dport 81 reject"),
    ("tcp 82 reject prohibited", "tcp dport 82 reject with icmpx admin-prohibited"),
    ("tcp 83 reject reset", "tcp dport 83 reject with tcp reset"),
    ("udp 84 reject", "udp dport 84 reject"),
    (
        "tcp 1000-1999,3000 flags syn,!ack drop",
        "tcp dport { 1000-1999, 3000 } tcp flags & (syn|ack) == syn drop",
    ),
    ("tcp source-port 500-600 drop", "tcp sport 500-600 drop"),
    ("in box-server icmp echo-request reject", "iifname server icmp type echo-request reject"),
    ("icmp echo-reply drop", "icmp type echo-reply drop\nicmpv6 type echo-reply drop"),
    (
        "from 203.0.113.0/25 to 192.168.1.42 udp drop",
        "ip saddr 203.0.113.0/25 ip daddr 192.168.1.42 meta l4proto udp drop",
    ),
    ("protocol 47 drop", "meta l4proto 47 drop"),
];

#[test]
fn nftables_filters_alike_without_states() {
    if !can_run("nftables_filters_alike_without_states") {
        return;
    }
    let mut steps = Vec::new();
    let flags = [("SYN", SYN), ("ACK", ACK), ("SYN+ACK", SYN | ACK), ("RST", RST), ("FIN+ACK", FIN | ACK)];
    for port in [443, 5432, 81, 82, 83, 1000, 1999, 2000, 3000] {
        for (name, flags) in flags {
            steps.push(step(&format!("{name} to {port}"), "client", from_client(port, flags)));
            steps.push(step(&format!("{name} to {port}, IPv6"), "client", from_client_v6(port, flags)));
        }
    }
    let udp = |from: &str, to: &str| datagram(from, to, b"x");
    steps.extend([
        step("source port 500", "client", tcp("192.168.1.42:500", "203.0.113.80:9", SYN)),
        step("source port 600", "client", tcp("192.168.1.42:600", "203.0.113.80:9", SYN)),
        step("source port 601", "client", tcp("192.168.1.42:601", "203.0.113.80:9", SYN)),
        step("UDP to 84", "client", udp("192.168.1.42:1", "203.0.113.80:84")),
        step("UDP to 85", "client", udp("192.168.1.42:1", "203.0.113.80:85")),
        step("UDP to 84, IPv6", "client", udp("[2001:db8:1::42]:1", "[2001:db8:2::80]:84")),
        step("UDP back", "server", udp("203.0.113.80:1", "192.168.1.42:9")),
        step("UDP back, IPv6", "server", udp("[2001:db8:2::80]:1", "[2001:db8:1::42]:9")),
        step("ping", "client", echo(CLIENT, SERVER, false, 7)),
        step("ping from outside", "server", echo(SERVER, CLIENT, false, 7)),
        step("pong", "server", echo(SERVER, CLIENT, true, 7)),
        step("pong, IPv6", "server", echo(SERVER_V6, CLIENT_V6, true, 7)),
    ]);
    let ours: String = RULES.iter().map(|(ours, _)| format!("{ours}\n")).collect();
    let linux: String = RULES.iter().map(|(_, linux)| format!("{linux}\n")).collect();
    let mut lab = Lab::raise(&ENDS);
    lab.nft(&chain("accept", &linux));
    compare(&mut lab, &markers(), &world(Firewall::parse(&ours).unwrap()), &steps);
}

const HOME: &str =
    "state established,related accept\nstate invalid drop\nin client-box accept\ndefault reject prohibited";
const HOME_NFT: &str = "ct state established,related accept\nct state invalid drop\niifname client accept\n\
                        reject with icmpx admin-prohibited";

/// A connection of the client's port: segments with the numbers that they would have.
struct Conversation {
    port: u16,
    /// The next sequence numbers of client and server.
    next: (u32, u32),
}

impl Conversation {
    fn new(port: u16) -> Conversation {
        Conversation { port, next: (1000, 2000) }
    }

    fn there(&mut self, flags: u8) -> Step {
        let (client, server) = (format!("{CLIENT}:{}", self.port), format!("{SERVER}:443"));
        let ack = if flags & ACK == 0 { 0 } else { self.next.1 };
        let packet = tcp_at(&client, &server, flags, (self.next.0, ack));
        self.next.0 += u32::from(flags & (SYN | FIN) != 0);
        step(&format!("port {}: {flags:#04x} there", self.port), "client", packet)
    }

    fn back(&mut self, flags: u8) -> Step {
        let (client, server) = (format!("{CLIENT}:{}", self.port), format!("{SERVER}:443"));
        let ack = if flags & ACK == 0 { 0 } else { self.next.0 };
        let packet = tcp_at(&server, &client, flags, (self.next.1, ack));
        self.next.1 += u32::from(flags & (SYN | FIN) != 0);
        step(&format!("port {}: {flags:#04x} back", self.port), "server", packet)
    }

    fn opened(port: u16) -> (Conversation, [Step; 3]) {
        let mut conversation = Conversation::new(port);
        let steps = [conversation.there(SYN), conversation.back(SYN | ACK), conversation.there(ACK)];
        (conversation, steps)
    }
}

#[test]
fn conntrack_follows_connections_alike() {
    if !can_run("conntrack_follows_connections_alike") {
        return;
    }
    let mut steps =
        vec![step("from outside", "server", tcp(&format!("{SERVER}:443"), &format!("{CLIENT}:22"), SYN))];
    // A whole life, the closing of both ends, and the port used again.
    let (mut life, opening) = Conversation::opened(40001);
    steps.extend(opening);
    steps.extend([
        life.back(ACK),
        life.there(FIN | ACK),
        life.back(ACK),
        life.back(FIN | ACK),
        life.there(ACK),
    ]);
    (life.next.0, life.next.1) = (900_000, 900_000);
    steps.extend([life.there(SYN), life.back(SYN | ACK), life.there(ACK), life.back(RST | ACK)]);
    // Segments that cannot be the first.
    for (index, flags) in
        [SYN | ACK, FIN | ACK, RST, RST | ACK, 0, SYN | FIN, SYN | RST, FIN, ACK].into_iter().enumerate()
    {
        steps.push(Conversation::new(40100 + index as u16).there(flags));
        steps.push(Conversation::new(40200 + index as u16).back(flags));
    }
    // Segments that do not fit.
    for (index, flags) in [SYN | ACK, SYN | FIN, 0, SYN | RST].into_iter().enumerate() {
        let (mut open, opening) = Conversation::opened(40300 + index as u16);
        steps.extend(opening);
        steps.push(open.there(flags));
    }
    let (mut open, opening) = Conversation::opened(40310);
    steps.extend(opening);
    steps.push(open.back(SYN));
    // Before an answer: data, FIN, and a reset.
    let mut half = Conversation::new(40320);
    steps.extend([half.there(SYN), half.there(FIN | ACK)]);
    let mut half = Conversation::new(40321);
    steps.extend([half.there(SYN), half.back(RST | ACK), half.back(ACK)]);
    // Outside of the window: we do not look at sequence numbers.
    let (mut open, opening) = Conversation::opened(40330);
    steps.extend(opening);
    open.next.0 = 1_000_000_000;
    steps.push(Step { name: "after the window".to_owned(), ..open.there(ACK).differs() });
    open.next.0 = 3_000_000_000;
    steps.push(Step { name: "before the window".to_owned(), ..open.there(ACK) });
    let mut damaged = Conversation::new(40340).there(SYN);
    damaged.packet[39] ^= 1;
    steps.push(Step { name: "wrong checksum".to_owned(), ..damaged });
    let mut lab = Lab::raise(&ENDS);
    lab.nft(&chain("accept", HOME_NFT));
    compare(&mut lab, &markers(), &world(Firewall::parse(HOME).unwrap()), &steps);
}

#[test]
fn conntrack_relates_datagrams_pings_and_errors_alike() {
    if !can_run("conntrack_relates_datagrams_pings_and_errors_alike") {
        return;
    }
    let ask = datagram("192.168.1.42:5000", "203.0.113.80:53", b"?");
    let answer = datagram("203.0.113.80:53", "192.168.1.42:5000", b"!");
    let syn = from_client(443, SYN);
    let about = |packet: &[u8], code: (u8, u8)| error(SERVER, CLIENT, code, packet);
    let ask_v6 = datagram("[2001:db8:1::42]:5000", "[2001:db8:2::80]:53", b"?");
    let steps = [
        step("answer without a question", "server", answer.clone()),
        step("error without a question", "server", about(&ask, (3, 3))),
        step("question", "client", ask.clone()),
        step("answer", "server", answer.clone()),
        step("answer from another port", "server", datagram("203.0.113.80:54", "192.168.1.42:5000", b"!")),
        step("error about the question", "server", about(&ask, (3, 3))),
        step("time exceeded about the question", "server", about(&ask, (11, 0))),
        step(
            "error about another question",
            "server",
            about(&datagram("192.168.1.42:5001", "203.0.113.80:53", b"?"), (3, 3)),
        ),
        step("error of the client about the answer", "client", error(CLIENT, SERVER, (3, 3), &answer)),
        step("pong without a ping", "server", echo(SERVER, CLIENT, true, 9)),
        step("ping", "client", echo(CLIENT, SERVER, false, 9)),
        step("pong", "server", echo(SERVER, CLIENT, true, 9)),
        step("pong of another number", "server", echo(SERVER, CLIENT, true, 10)),
        step("ping from outside with the same number", "server", echo(SERVER, CLIENT, false, 9)),
        step("error about the ping", "server", about(&echo(CLIENT, SERVER, false, 9), (3, 1))),
        step("SYN", "client", syn.clone()),
        step("error about the SYN", "server", about(&syn, (3, 13))),
        step("question, IPv6", "client", ask_v6.clone()),
        step("error about it, IPv6", "server", error(SERVER_V6, CLIENT_V6, (1, 4), &ask_v6)),
        step("pong without a ping, IPv6", "server", echo(SERVER_V6, CLIENT_V6, true, 9)),
        step("ping, IPv6", "client", echo(CLIENT_V6, SERVER_V6, false, 9)),
        step("pong, IPv6", "server", echo(SERVER_V6, CLIENT_V6, true, 9)),
        step("ping from outside, IPv6", "server", echo(SERVER_V6, CLIENT_V6, false, 10)),
    ];
    let mut lab = Lab::raise(&ENDS);
    lab.nft(&chain("accept", HOME_NFT));
    compare(&mut lab, &markers(), &world(Firewall::parse(HOME).unwrap()), &steps);
}

/// Connections of random segments: their flags in any order, with the numbers that would fit.
#[test]
fn conntrack_follows_random_segments_alike() {
    if !can_run("conntrack_follows_random_segments_alike") {
        return;
    }
    let seed = 1u64;
    println!("seed {seed}");
    let mut state = seed;
    let mut roll = move |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut steps = Vec::new();
    for port in 41_000..41_060 {
        let mut conversation = Conversation::new(port);
        if roll(2) == 0 {
            let (opened, opening) = Conversation::opened(port);
            conversation = opened;
            steps.extend(opening);
        }
        for _ in 0..6 {
            let side = roll(2) as usize;
            let reset = [RST, RST | ACK][side];
            let flags = [SYN, SYN | ACK, ACK, ACK, FIN | ACK, FIN | ACK, reset, SYN | FIN][roll(8) as usize];
            // What is not acknowledged is sent again: the numbers stay.
            conversation.next = match (flags & SYN != 0, side) {
                (false, _) => (1001, 2001),
                (true, 0) => (1000, 2001),
                (true, _) => (1001, 2000),
            };
            steps.push(if side == 0 { conversation.there(flags) } else { conversation.back(flags) });
        }
    }
    let mut lab = Lab::raise(&ENDS);
    lab.nft(&chain("accept", HOME_NFT));
    compare(&mut lab, &markers(), &world(Firewall::parse(HOME).unwrap()), &steps);
}

/// Linux with timers of one second, and ours: what is too late for both.
#[test]
fn conntrack_forgets_alike() {
    if !can_run("conntrack_forgets_alike") {
        return;
    }
    let mut lab = Lab::raise(&ENDS);
    lab.nft(&chain("accept", HOME_NFT));
    for timer in ["udp_timeout", "icmp_timeout", "tcp_timeout_established"] {
        lab.within("box", &["sysctl", "-qw", &format!("net.netfilter.nf_conntrack_{timer}=1")]);
    }
    let second = Duration::from_secs(1);
    let timers = Timers { udp: second, icmp: second, tcp_established: second, ..Timers::linux() };
    let world = world(Firewall::parse(HOME).unwrap().timers(timers));
    let (mut open, opening) = Conversation::opened(40400);
    let answer = datagram("203.0.113.80:53", "192.168.1.42:5000", b"!");
    let before = [
        step("question", "client", datagram("192.168.1.42:5000", "203.0.113.80:53", b"?")),
        step("answer", "server", answer.clone()),
        step("ping", "client", echo(CLIENT, SERVER, false, 9)),
    ];
    compare(&mut lab, &markers(), &world, &before.into_iter().chain(opening).collect::<Vec<_>>());
    // Linux looks for what has ended when a packet comes, and now and then.
    std::thread::sleep(2 * second);
    world.run_for(2 * second);
    let after = [
        step("late answer", "server", answer),
        step("late pong", "server", echo(SERVER, CLIENT, true, 9)),
        step("the server goes on after the silence", "server", open.back(ACK).packet),
        step("the client goes on after the silence", "client", open.there(ACK).packet),
        step("and is heard", "server", open.back(ACK).packet),
    ];
    compare(&mut lab, &markers(), &world, &after);
}
