//! IP by rule, on links with an address of our own: pings are answered, also in fragments; a path that is narrower than
//! the link is found out by ICMP, through a router; nothing of ours is cut on the way.

use std::io::Read;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use barewire_packet::icmp::echo_packet;
use socket2::{Domain, Protocol, Socket, Type};

use crate::bytes::hash_of;
use crate::peer::{EXCHANGES, OURS, THEIRS};
use crate::room::{Ends, Room, Wires, tshark};

const LIMIT: Duration = Duration::from_secs(60);
const IDENTIFIER: u16 = 0xbead;

#[test]
fn pings_are_answered() {
    for link in ["datalink", "tun"] {
        for version in [4, 6] {
            let Some(room) = Room::raise("pings_are_answered", link, Wires::default()) else { return };
            room.make_tun(version);
            let mut ours = room.process("near", &format!("stand {link} {version}"));
            ours.wait_for("open", LIMIT);
            // The second is larger than the MTU: three fragments there, and three back.
            for size in [56, 4000] {
                let to = Ends::of(link, version).ours;
                let mut ping = room.process(room.far(), &format!("ping {to} {size}"));
                ping.wait_for(&format!("{size} bytes came back"), LIMIT);
            }
        }
    }
}

/// Sends an echo request by the kernel, and waits for the reply.
pub(crate) fn ping(to: IpAddr, size: usize) {
    let (domain, protocol, header) = match to {
        IpAddr::V4(_) => (Domain::IPV4, Protocol::ICMPV4, 20),
        IpAddr::V6(_) => (Domain::IPV6, Protocol::ICMPV6, 40),
    };
    let mut socket = Socket::new(domain, Type::RAW, Some(protocol)).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
    let data: Vec<u8> = (0..size).map(|byte| byte as u8).collect();
    // The kernel writes IP's header, and the checksum of ICMPv6.
    let request = echo_packet(to, to, false, (IDENTIFIER, 7), &data);
    let mut buffer = vec![0; 65_536];
    for _ in 0..10 {
        socket.send_to(&request[header..], &SocketAddr::new(to, 0).into()).unwrap();
        while let Ok(length) = socket.read(&mut buffer) {
            let start = if to.is_ipv4() { 20 } else { 0 };
            let reply = &buffer[start..length];
            if matches!(reply[0], 0 | 129) && reply[4..6] == IDENTIFIER.to_be_bytes() {
                assert!(reply[8..] == data, "other bytes came back");
                println!("{size} bytes came back");
                return;
            }
        }
    }
    panic!("no reply");
}

/// The path behind the router takes 1280 bytes, and both ends announce more: the router says so to us.
#[test]
fn a_narrow_path_is_found_out() {
    for link in ["path-raw", "path-datalink"] {
        for version in [4, 6] {
            let Some(room) = Room::raise("a_narrow_path_is_found_out", link, Wires::default()) else {
                return;
            };
            let (ends, bytes) = (Ends::of(link, version), 300_000);
            let recorders =
                [("near", "eth0"), ("far", "eth0")].map(|(space, device)| room.record(space, device, space));
            let mut peer = room.process("far", &format!("peer {} {bytes}", ends.theirs));
            peer.wait_for("listening", LIMIT);
            let mut ours = room.process("near", &format!("end {link} {version} {bytes} 0"));
            peer.wait_for(
                &format!("peer {EXCHANGES}: received {bytes} bytes {}", hash_of(OURS, bytes)),
                LIMIT,
            );
            ours.wait_for(&format!("ours received {bytes} bytes {}", hash_of(THEIRS, bytes)), LIMIT);
            ours.finish(LIMIT);
            for (recorder, name) in recorders.into_iter().zip(["near", "far"]) {
                room.stop(recorder, name);
            }
            let too_big = "icmp.type == 3 && icmp.code == 4 && icmp.mtu == 1280 || icmpv6.type == 2";
            let said = tshark(&room.path("near"), too_big, &["frame.number"]);
            assert!(
                !said.is_empty(),
                "{link}, IPv{version}: the router has not said that packets are too large"
            );
            let cut = "ip.flags.mf == 1 || ip.frag_offset > 0 || ipv6.fraghdr";
            let cut = tshark(&room.path("far"), cut, &["frame.number"]);
            assert_eq!(cut, Vec::<String>::new(), "{link}, IPv{version}: cut on the way");
        }
    }
}
