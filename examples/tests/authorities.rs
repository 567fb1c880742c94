//! The authoritative servers of the toy internet: what their zones say, and one walk from the root down, as a resolver
//! goes it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use barewire::name_servers::NameServers;
use barewire::network::Network;
use barewire::network::toy::{Toy, ToyOptions};
use barewire::services::zones::SERVERS;
use barewire_dns::authority::Zone;
use barewire_dns::driver::Transport;
use barewire_dns::resolver::{Config, Resolution};
use barewire_dns::stub::{Protocol, Transmit};
use barewire_dns::zone_file::ZoneFile;
use barewire_dns::{Message, Name, RData, Rcode, Record, RecordType};

fn name(text: &str) -> Name {
    Name::parse_text(text).unwrap()
}

fn zones() -> impl Iterator<Item = (&'static str, Zone)> {
    SERVERS.iter().flat_map(|server| server.zones.iter().map(|text| (server.address, *text))).map(
        |(address, text)| {
            let file = ZoneFile::parse(text.as_bytes(), &Name::root());
            assert_eq!(file.faults, []);
            (address, Zone::new(file.records, None).unwrap_or_else(|faults| panic!("{}", faults[0])))
        },
    )
}

/// One question to one server, across the toy internet.
fn ask(toy: &Toy, server: IpAddr, owner: &str, rtype: RecordType) -> Message {
    let bytes = Message::query(7, name(owner), rtype).encode().unwrap();
    let to = SocketAddr::new(server, 53);
    let deadline = toy.now() + Duration::from_secs(2);
    let mut udp = toy.udp();
    udp.send(&Transmit {
        protocol: Protocol::Udp,
        to,
        source_port: 40_000,
        bytes,
        note: Default::default(),
        deadline,
    })
    .unwrap();
    let received = udp.receive(deadline).unwrap().expect("a reply in time");
    assert_eq!(received.from, to);
    Message::parse_strictly(&received.bytes).unwrap()
}

/// The resolver has a table of its own; what it says of nothing is what the zone's server says (RFC 2308 §3).
#[test]
fn the_resolver_says_of_nothing_what_the_zones_say() {
    let toy = Toy::new(ToyOptions::default()).unwrap();
    let resolver: IpAddr = "10.0.0.53".parse().unwrap();
    for (server, owner, rtype, rcode) in [
        ("203.0.113.53", "nowhere.example.test", RecordType::A, Rcode::NXDOMAIN),
        ("203.0.113.53", "www.example.test", RecordType::TXT, Rcode::NOERROR),
        ("198.51.100.11", "test", RecordType::A, Rcode::NOERROR),
        ("198.51.100.11", "nowhere.test", RecordType::A, Rcode::NXDOMAIN),
        ("198.51.100.1", "nowhere", RecordType::A, Rcode::NXDOMAIN),
    ] {
        let wanted = ask(&toy, server.parse().unwrap(), owner, rtype);
        let got = ask(&toy, resolver, owner, rtype);
        assert_eq!((got.header.rcode, wanted.header.rcode), (rcode, rcode), "{owner}");
        assert_eq!(got.authorities, wanted.authorities, "{owner}");
        assert!(got.answers.is_empty() && got.negative_ttl().is_some(), "{owner}: {}", got.summary());
    }
}

#[test]
fn from_the_root_down() {
    let toy = Toy::new(ToyOptions::default()).unwrap();
    let mut server: IpAddr = "198.51.100.1".parse().unwrap();
    let mut walked = Vec::new();
    let reply = loop {
        let reply = ask(&toy, server, "www.example.test", RecordType::A);
        if !reply.is_referral() {
            break reply;
        }
        walked.push(reply.authorities[0].name.to_string());
        let glue =
            |record: &barewire_dns::Record| (record.name == ns_of(&reply)).then(|| record.data.address());
        server = reply.additionals.iter().find_map(glue).flatten().expect("glue");
    };
    assert_eq!(walked, ["test", "example.test"]);
    assert!(reply.header.aa);
    assert_eq!(reply.addresses().collect::<Vec<_>>(), [Ipv4Addr::new(203, 0, 113, 80)]);
}

fn ns_of(referral: &Message) -> Name {
    let ns = |record: &barewire_dns::Record| match &record.data {
        RData::Ns(server) => Some(server.clone()),
        _ => None,
    };
    referral.authorities.iter().find_map(ns).expect("a server")
}

#[test]
fn servers_without_glue_and_lame_ones() {
    let toy = Toy::new(ToyOptions::default()).unwrap();
    let nic = "198.51.100.11".parse().unwrap();
    // The server of shop.test is in hoster.test: its address only helps, and is not below the cut.
    let reply = ask(&toy, nic, "www.shop.test", RecordType::A);
    assert!(reply.is_referral() && ns_of(&reply) == name("ns.hoster.test"));
    // lame.test is delegated to a server that does not have it: it sends the client to itself again.
    let reply = ask(&toy, nic, "www.lame.test", RecordType::A);
    assert!(reply.is_referral() && ns_of(&reply) == name("a.nic.test"));
    let reply = ask(&toy, "203.0.113.53".parse().unwrap(), "www.shop.test", RecordType::A);
    assert_eq!(reply.header.rcode.name(), "REFUSED");
    let reply = ask(&toy, "203.0.113.54".parse().unwrap(), "80.113.0.203.in-addr.arpa", RecordType::PTR);
    assert_eq!(reply.answers[0].data.to_string(), "www.example.test.");
}

/// The zones agree with each other: a cut names the servers that the zone below names too, and each of them that is a
/// host of the toy internet has the zone.
#[test]
fn parents_and_children_agree() {
    let servers_of = |zone: &Zone, owner: &Name| -> Vec<Name> {
        let ns = zone.records().filter(|record| record.name == *owner);
        let mut servers: Vec<Name> = ns
            .filter_map(|record| match &record.data {
                RData::Ns(server) => Some(server.clone()),
                _ => None,
            })
            .collect();
        servers.sort();
        servers
    };
    let all: Vec<(&str, Zone)> = zones().collect();
    let mut cuts = 0;
    for (_, child) in &all {
        let (apex, servers) = (child.apex(), servers_of(child, child.apex()));
        for (_, parent) in
            all.iter().filter(|(_, parent)| parent.apex() != apex && apex.is_within(parent.apex()))
        {
            let delegated = servers_of(parent, apex);
            cuts += usize::from(!delegated.is_empty());
            // The cut of 113.0.203.in-addr.arpa names one of the two.
            assert!(delegated.iter().all(|server| servers.contains(server)), "{apex}");
        }
        let having =
            SERVERS.iter().filter(|server| server.zones.iter().any(|text| text.contains(&origin(apex))));
        assert_eq!(having.count(), servers.len(), "{apex}");
    }
    assert!(cuts >= 5, "{cuts}");
}

fn origin(apex: &Name) -> String {
    format!("$ORIGIN {}\n", apex.with_dot())
}

/// What the resolver's table says, the zones say too.
#[test]
fn the_resolver_says_what_the_zones_say() {
    let toy = Toy::new(ToyOptions::default()).unwrap();
    let hosts = [
        "www",
        "expired",
        "wrong",
        "untrusted",
        "retry",
        "closed",
        "silent",
        "early",
        "late",
        "mail",
        "ns1",
        "ns2",
    ];
    for owner in hosts.map(|host| format!("{host}.example.test")).into_iter().chain(["example.test".into()]) {
        let table = ask(&toy, "10.0.0.53".parse().unwrap(), &owner, RecordType::A);
        let zone = ask(&toy, "203.0.113.53".parse().unwrap(), &owner, RecordType::A);
        let data = |message: &Message| -> Vec<RData> {
            message.answers.iter().map(|record| record.data.clone()).collect()
        };
        assert_eq!(data(&table), data(&zone), "{owner}");
        // The time to live of what a resolver knows is what is left of it.
        assert!(table.answers[0].ttl <= zone.answers[0].ttl, "{owner}");
    }
}

/// What a new resolver finds: a response code, and data.
fn find(servers: &NameServers) -> (Rcode, Vec<String>) {
    let mut resolver = servers.resolver(Config::default(), None, 1).unwrap();
    let found: Box<Resolution> = servers.ask(&mut resolver, "mail.example.test", RecordType::A).unwrap();
    (found.answer.rcode, found.answer.records().map(|record| record.data.to_string()).collect())
}

#[test]
fn servers_whose_zones_are_edited_and_whose_replies_are_changed() {
    let servers = NameServers::new().unwrap();
    let address = |text: &str| (Rcode::NOERROR, vec![text.to_owned()]);
    assert_eq!(find(&servers), address("203.0.113.25"));
    servers.edit("mail            A     203.0.113.25", "mail A 203.0.113.26").unwrap();
    assert_eq!(find(&servers), address("203.0.113.26"));
    for host in ["ns1", "ns2"] {
        let other = Record::parse_text("mail.example.test. 60 IN A 203.0.113.27").unwrap();
        servers.change(host, move |reply| reply.answers = vec![other.clone()]).unwrap();
    }
    assert_eq!(find(&servers), address("203.0.113.27"));
}

#[test]
fn a_server_is_silent_from_one_time_to_another() {
    let servers = NameServers::new().unwrap();
    let at = Duration::from_secs;
    for host in ["ns1", "ns2"] {
        servers.silence(host, at(10), at(60)).unwrap();
    }
    assert_eq!(find(&servers).0, Rcode::NOERROR);
    let before = servers.asked("ns1").unwrap() + servers.asked("ns2").unwrap();
    servers.wait_until(at(10)).unwrap();
    assert_eq!(find(&servers).0, Rcode::SERVFAIL);
    assert!(servers.asked("ns1").unwrap() + servers.asked("ns2").unwrap() > before + 2, "asked, and again");
    servers.wait_until(at(60)).unwrap();
    assert_eq!(servers.elapsed(), at(60));
    assert_eq!(find(&servers).0, Rcode::NOERROR);
}

#[test]
fn what_servers_cannot_do_is_an_error() {
    let servers = NameServers::new().unwrap();
    let said = |result: Result<(), Box<dyn std::error::Error>>| result.unwrap_err().to_string();
    assert_eq!(said(servers.edit("nobody A 1", "")), "no zone has \"nobody A 1\"");
    assert!(said(servers.edit("mail            A     203", "mail A x")).contains("line"));
    assert_eq!(find(&servers).1, ["203.0.113.25"], "the zone is as before");
    assert_eq!(
        said(servers.silence("ns3", Duration::ZERO, Duration::ZERO)),
        "no name server is called \"ns3\""
    );
}
