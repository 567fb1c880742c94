//! Path MTU discovery over the raw link (RFC 1191, RFC 8201): a router of the kernel says that our segments are too
//! large, the link hears it, and the connection sends smaller ones.
//!
//! ```text
//!   left  ──1500──  router  ──1280──  right
//!   our TCP                           the kernel's
//! ```
//!
//! Live: it needs root, and says so where it skips.
#![cfg(target_os = "linux")]

#[path = "../../packet/tests/live/need.rs"]
mod need;
#[path = "../../packet/tests/live/space.rs"]
#[allow(dead_code, reason = "here the namespaces are wired otherwise")]
mod space;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use barewire_packet::link::raw::{RawLink, RawOptions};
use barewire_tcp::packet::{Packet, Payload};
use barewire_tcp::{Config, Direction, Host, Stack, Tap, TcpStream};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use space::Space;

/// What the stack sent and was told: the length of each segment's packet, and `None` for each ICMP message.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<Option<usize>>>>);

impl Tap for Seen {
    fn packet(&mut self, _: Instant, direction: Direction, packet: &[u8], note: &str) {
        let seen = match (direction, Packet::parse(packet).unwrap().payload) {
            (Direction::Sent, _) => Some(packet.len()),
            (Direction::Received, Payload::Tcp(_)) => return,
            (Direction::Received, _) => {
                assert!(!note.is_empty(), "an ICMP message that the stack has nothing to say about");
                None
            }
        };
        self.0.lock().unwrap().push(seen);
    }
}

/// The three namespaces, or nothing.
fn raise() -> Option<[Space; 3]> {
    let test = "the_routers_word_makes_segments_smaller";
    let spaces = [(); 3].map(|()| Space::raise(test, &[]));
    let [left, router, right] = spaces;
    let (left, router, right) = (left?, router?, right?);
    left.wire("eth0", &router, "left");
    right.wire("eth0", &router, "right");
    for (space, device, addresses) in [
        (&left, "eth0", ["10.91.0.1/24", "fd91::1/64"]),
        (&router, "left", ["10.91.0.254/24", "fd91::fe/64"]),
        (&router, "right", ["10.92.0.254/24", "fd92::fe/64"]),
        (&right, "eth0", ["10.92.0.2/24", "fd92::2/64"]),
    ] {
        space.ip(&format!("addr add {} dev {device}", addresses[0]));
        space.ip(&format!("addr add {} dev {device} nodad", addresses[1]));
    }
    // Only the router's device: the server offers segments for 1500 bytes.
    router.ip("link set right mtu 1280");
    for (space, routers) in [(&left, ["10.91.0.254", "fd91::fe"]), (&right, ["10.92.0.254", "fd92::fe"])] {
        routers.iter().for_each(|router| space.ip(&format!("route add default via {router}")));
    }
    router.set("net/ipv4/ip_forward", "1");
    router.set("net/ipv6/conf/all/forwarding", "1");
    Some([left, router, right])
}

#[test]
fn the_routers_word_makes_segments_smaller() {
    let Some([left, _router, right]) = raise() else { return };
    for (here, there) in [("10.91.0.1", "10.92.0.2:80"), ("fd91::1", "[fd92::2]:80")] {
        let there: SocketAddr = there.parse().unwrap();
        let listener = right.run(move || TcpListener::bind(there).unwrap());
        let server = thread::spawn(move || {
            let mut text = Vec::new();
            listener.accept().unwrap().0.read_to_end(&mut text).unwrap();
            text
        });
        let text: Vec<u8> = (0..1_000_000_u32).map(|count| (count / 7) as u8).collect();
        let sent = text.clone();
        let seen = left.run(move || {
            let here = here.parse().unwrap();
            let link = RawLink::open(here, &RawOptions { ephemeral: 1, ..RawOptions::default() }).unwrap();
            let mut host = Host::new(vec![here], Config::default(), Box::new(ChaCha20Rng::seed_from_u64(1)));
            link.ports().into_iter().for_each(|port| host.reserve_port(port));
            let stack = Stack::new(Box::new(link), host);
            let seen = Seen::default();
            stack.set_tap(Box::new(seen.clone()));
            let mut stream = TcpStream::connect_timeout(&stack, there, Duration::from_secs(10)).unwrap();
            stream.write_all(&sent).unwrap();
            stream.close(Duration::from_secs(30)).unwrap();
            assert_eq!((stack.drops(), stack.unsent()), (Some(0), 0));
            seen.0.lock().unwrap().clone()
        });
        assert!(server.join().unwrap() == text, "other bytes than were sent");
        let told = seen.iter().position(Option::is_none).expect("a message of the router");
        let [before, after] = [&seen[..told], &seen[told..]].map(|part| part.iter().flatten().max().copied());
        assert_eq!((before, after), (Some(1500), Some(1280)), "{here}");
    }
}
