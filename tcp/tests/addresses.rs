//! With which addresses and ports a host speaks: RFC 9293 §3.9.1.1 and §3.9.2.3. From which addresses a SYN may come:
//! `host.rs`.

mod common;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use barewire_packet::checksum::checksum;
use barewire_tcp::packet::Packet;
use barewire_tcp::{Config, Error, Flags, Host, ReceivedNote, Segment, SeqNumber, State};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use common::*;

/// MUST-46: nobody can be connected with all hosts, or with none.
#[test]
fn s3_9_1_1_open_to_an_impossible_address_is_refused() {
    let now = Instant::now();
    let mut client = host(CLIENT.into(), Config::default(), 1);
    for address in [[224, 0, 0, 1], [239, 255, 0, 1], [255, 255, 255, 255], [0, 0, 0, 0]] {
        let address = IpAddr::from(address);
        let wanted = Err(Error::BadDestination(address));
        assert_eq!(client.connect(now, SocketAddr::new(address, 80)), wanted);
        assert_eq!(client.connect_from(now, 5000, SocketAddr::new(address, 80)), wanted);
    }
    let mut client = host("2001:db8::2".parse().unwrap(), Config::default(), 1);
    let all_nodes = "[ff02::1]:80".parse::<SocketAddr>().unwrap();
    assert_eq!(client.connect(now, all_nodes), Err(Error::BadDestination(all_nodes.ip())));
    assert!(client.transmit(now).is_none());
}

/// MUST-41 and MUST-42: a port can be listened on while a connection leaves from it, and that connection goes on.
#[test]
fn s3_9_1_1_a_port_is_listened_on_while_a_connection_leaves_from_it() {
    let now = Instant::now();
    let mut both = host(CLIENT.into(), Config::default(), 1);
    let out = both.connect_from(now, PORT, server_address()).unwrap();
    let before = both.variables(out);
    both.listen(PORT, 1).unwrap();
    assert_eq!((both.state(out), both.variables(out)), (State::SynSent, before.clone()));
    assert_eq!(both.listen(PORT, 1), Err(Error::PortInUse(PORT)));
    assert_eq!((both.state(out), both.variables(out)), (State::SynSent, before));
    let syn = Segment { seq: SeqNumber(5), flags: Flags::SYN, window: 1000, ..Segment::empty(9, PORT) };
    assert_eq!(both.receive(now, &syn.ip_packet([192, 0, 2, 9].into(), CLIENT.into())), None);
    let to: Vec<IpAddr> = std::iter::from_fn(|| both.transmit(now))
        .map(|transmit| Packet::parse(&transmit.packet).unwrap().ip.header.destination())
        .collect();
    assert_eq!(
        to,
        [IpAddr::from(SERVER), [192, 0, 2, 9].into()],
        "the SYN of one, and the SYN-ACK of the other"
    );
}

/// MUST-44 and MUST-45: an active open takes the address of the peer's family, a passive one that which was called. All
/// further packets have the same.
#[test]
fn s3_9_1_1_a_connection_keeps_its_address() {
    let now = Instant::now();
    let second = Ipv4Addr::new(10, 0, 0, 3);
    let six: IpAddr = "2001:db8::2".parse().unwrap();
    let rng = Box::new(ChaCha20Rng::seed_from_u64(1));
    let mut many = Host::new(vec![six, CLIENT.into(), second.into()], Config::default(), rng);
    many.connect(now, server_address()).unwrap();
    many.listen(PORT, 4).unwrap();
    let from = |many: &mut Host, now: Instant| -> Vec<IpAddr> {
        std::iter::from_fn(|| many.transmit(now))
            .map(|transmit| Packet::parse(&transmit.packet).unwrap().ip.header.source())
            .collect()
    };
    assert_eq!(from(&mut many, now), [IpAddr::from(CLIENT)]);
    // MUST-43: or that which the caller names, if it is one of ours that can reach the peer.
    many.connect_at(now, second.into(), server_address()).unwrap();
    assert_eq!(from(&mut many, now), [IpAddr::from(second)]);
    for other in [six, [10, 0, 0, 4].into()] {
        let refused = Err(Error::NoAddress(server_address()));
        assert_eq!(many.connect_at(now, other, server_address()), refused);
    }
    let syn = Segment { seq: SeqNumber(5), flags: Flags::SYN, window: 1000, ..Segment::empty(9, PORT) };
    for seconds in 0..3 {
        let now = now + Duration::from_secs(seconds);
        many.receive(now, &syn.ip_packet(SERVER.into(), second.into()));
        assert_eq!(from(&mut many, now), [IpAddr::from(second)]);
    }
}

/// §3.9.2.3, MUST-57: a SYN that is addressed to many hosts is not answered.
#[test]
fn s3_9_2_3_a_syn_to_many_hosts_is_dropped() {
    let now = Instant::now();
    let mut server = host(SERVER.into(), Config::default(), 1);
    server.listen(PORT, 4).unwrap();
    for address in [[224, 0, 0, 1], [255, 255, 255, 255]] {
        let address = IpAddr::from(address);
        let syn = Segment { flags: Flags::SYN, window: 1000, ..Segment::empty(9, PORT) };
        let note = server.receive(now, &syn.ip_packet(CLIENT.into(), address));
        assert_eq!(note, Some(ReceivedNote::Dropped(Error::NotOurs(address))));
        assert!(server.transmit(now).is_none());
    }
}

/// §3.9.2, MUST-50: what IP says in options of its own is not TCP's business.
#[test]
fn s3_9_2_options_of_ip_are_passed_over() {
    let now = Instant::now();
    let mut server = host(SERVER.into(), Config::default(), 1);
    server.listen(PORT, 4).unwrap();
    let syn = Segment { flags: Flags::SYN, window: 1000, ..Segment::empty(9, PORT) };
    let mut packet = syn.ip_packet(CLIENT.into(), SERVER.into());
    // Four more bytes of header: an option of kind 30, which nobody knows.
    packet.splice(20..20, [30, 4, 1, 2]);
    packet[0] = 0x46;
    packet[3] += 4;
    packet[10..12].fill(0);
    let sum = checksum(&packet[..24]);
    packet[10..12].copy_from_slice(&sum.to_be_bytes());
    assert_eq!(server.receive(now, &packet), None);
    assert!(server.transmit(now).is_some(), "a SYN-ACK");
}
