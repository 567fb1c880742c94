//! Our end: a stack over the link under test, and the conversation.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use barewire_packet::link::Link;
use barewire_packet::link::datalink::{DatalinkLink, DatalinkOptions};
use barewire_packet::link::host::HostLink;
use barewire_packet::link::layer3::{Layer3Link, Layer3Options};
use barewire_packet::link::raw::{RawLink, RawOptions};
use barewire_packet::link::route;
use barewire_packet::link::tun::{Tun, TunOptions};
use barewire_tcp::{Config, Host, Stack, TcpStream};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::bytes::{Hash, read_all, write_all};
use crate::peer::{EXCHANGES, FLOODS, IS_RESET, OURS, REFUSES, RESETS};
use crate::room::{self, Ends, VLAN};

const PATIENCE: Duration = Duration::from_secs(30);

/// Has the conversation over a link with a queue of this size: 0 is what the link has by default.
pub(crate) fn play(link: &str, version: u8, bytes: u64, queue: usize) {
    let ends = Ends::of(link, version);
    let (stack, drops) = open(link, ends, queue);
    let at = |port| SocketAddr::new(ends.theirs, port);
    println!("open");
    if queue > 0 {
        exchange(&stack, at(FLOODS), bytes, Duration::from_millis(2));
    } else {
        exchange(&stack, at(EXCHANGES), bytes, Duration::ZERO);
        println!("ours is reset: {:?}", is_reset(&stack, at(RESETS)));
        resets(&stack, at(IS_RESET));
        println!("ours resets");
        println!("ours refused: {:?}", is_refused(&stack, at(REFUSES)));
    }
    // The peer may not have heard our last ACK.
    stack.run_until(Instant::now() + Duration::from_millis(500)).unwrap();
    println!("ours drops: {}", drops());
}

/// Is there for a while, and does nothing on its own account.
pub(crate) fn stand(link: &str, version: u8) {
    let (stack, _) = open(link, Ends::of(link, version), 0);
    println!("open");
    stack.run_until(Instant::now() + PATIENCE).unwrap();
}

/// A stack over the link, and how many packets the link has lost so far.
fn open(link: &str, ends: Ends, queue: usize) -> (Stack, Box<dyn Fn() -> u64>) {
    let prefix = if ends.ours.is_ipv4() { 24 } else { 64 };
    let counted: Arc<AtomicU64> = Arc::default();
    let (link, ports): (Box<dyn Link>, Vec<u16>) = match link.trim_start_matches("path-") {
        "raw" => {
            let mtu = route::mtu_toward(SocketAddr::new(ends.theirs, 1)).unwrap();
            let mut options = RawOptions { mtu, ..RawOptions::default() };
            if queue > 0 {
                options.receive_buffer = queue;
            }
            let link = RawLink::open(ends.ours, &options).unwrap();
            let ports = link.ports();
            (Box::new(link), ports)
        }
        "layer3" => {
            let mtu = route::mtu_toward(SocketAddr::new(ends.theirs, 1)).unwrap();
            let mut options = Layer3Options { guarded: vec![0; 8], mtu, ..Layer3Options::default() };
            if queue > 0 {
                options.receive_buffer = queue;
            }
            let link = Layer3Link::open(&options).unwrap();
            let ports = link.ports();
            (Box::new(link), ports)
        }
        "tun" => {
            // The kernel's end has its address of IPv6 already: so a device that is there is used, too.
            let addresses = if ends.theirs.is_ipv4() { vec![(ends.theirs, prefix)] } else { Vec::new() };
            let mtu = std::env::var("BAREWIRE_LINKS_MTU").ok().map(|mtu| mtu.parse().unwrap());
            let mut options =
                TunOptions { addresses, mtu, name: Some("tun0".into()), ..TunOptions::default() };
            if queue > 0 {
                options.queue = 4;
            }
            (Box::new(HostLink::new(Tun::open(&options).unwrap(), vec![ends.ours])), vec![])
        }
        "datalink" | "vlan" => {
            let mut options =
                DatalinkOptions { addresses: vec![(ends.ours, prefix)], ..DatalinkOptions::default() };
            options.gateways = vec![room::router(ends.ours)];
            if link == "vlan" {
                (options.vlan, options.mtu) = (Some(VLAN), Some(1500));
            }
            if queue > 0 {
                options.receive_buffer = queue;
            }
            let link = DatalinkLink::open("eth0", &options).unwrap();
            (Box::new(HostLink::new(link, vec![ends.ours])), vec![])
        }
        other => panic!("no such link: {other}"),
    };
    let config = Config { mtu: link.mtu(), ..Config::default() };
    let dice = ChaCha20Rng::seed_from_u64(u64::from(std::process::id()));
    let mut host = Host::new(vec![ends.ours], config, Box::new(dice));
    ports.into_iter().for_each(|port| host.reserve_port(port));
    let count = counted.clone();
    let stack = Stack::new(Box::new(Counting { link, drops: counted }), host);
    (stack, Box::new(move || count.load(Ordering::Relaxed)))
}

/// A link whose drops can be asked for while a stack has it.
struct Counting {
    link: Box<dyn Link>,
    drops: Arc<AtomicU64>,
}

impl Link for Counting {
    fn now(&self) -> Instant {
        self.link.now()
    }

    fn mtu(&self) -> usize {
        self.link.mtu()
    }

    fn send(&mut self, packet: &[u8]) -> io::Result<()> {
        self.link.send(packet)
    }

    fn receive(&mut self, deadline: Option<Instant>) -> io::Result<Option<Vec<u8>>> {
        let packet = self.link.receive(deadline)?;
        if packet.is_none() {
            let drops = self.link.drops().unwrap_or(0);
            self.drops.store(drops, Ordering::Relaxed);
        }
        Ok(packet)
    }

    fn patience(&self) -> Option<Duration> {
        self.link.patience()
    }
}

/// Bytes there, and bytes back. `rest` is how long the reader does nothing after each read.
pub(crate) fn exchange(stack: &Stack, server: SocketAddr, bytes: u64, rest: Duration) -> [Hash; 2] {
    let start = Instant::now();
    let stream = connect(stack, server);
    let hash = write_all(&mut stream.clone(), OURS, bytes).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let came = read_all(&mut stream.clone(), rest).unwrap();
    stream.close(PATIENCE).unwrap();
    println!("ours sent {bytes} bytes {hash}");
    println!("ours received {} bytes {}", came.bytes, came.hash);
    println!("ours took {} ms, longest read {} ms", start.elapsed().as_millis(), came.longest.as_millis());
    [hash, came.hash]
}

/// What a read gives when the peer resets the connection.
pub(crate) fn is_reset(stack: &Stack, server: SocketAddr) -> Result<usize, io::ErrorKind> {
    let mut stream = connect(stack, server);
    stream.write_all(b"x").unwrap();
    stream.read(&mut [0]).map_err(|error| error.kind())
}

/// A connection that is closed before all was read is reset (RFC 2525 §2.17, RFC 9293 §3.10.4).
pub(crate) fn resets(stack: &Stack, server: SocketAddr) {
    let mut stream = connect(stack, server);
    stream.read_exact(&mut [0]).unwrap();
}

/// What opening gives where nobody listens.
pub(crate) fn is_refused(stack: &Stack, server: SocketAddr) -> Result<(), io::ErrorKind> {
    TcpStream::connect_timeout(stack, server, PATIENCE).map(drop).map_err(|error| error.kind())
}

fn connect(stack: &Stack, server: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect_timeout(stack, server, PATIENCE).unwrap();
    stream.set_read_timeout(Some(PATIENCE));
    stream.set_write_timeout(Some(PATIENCE));
    stream
}
