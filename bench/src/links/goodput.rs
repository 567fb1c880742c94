//! What our TCP makes of a link, beside a plain sender on the same link.
//!
//! The plain sender writes UDP datagrams as large as our segments to a socket that reads them, and waits for nothing;
//! some of them find its queue full. Our TCP sends to the kernel's, which reads all and acknowledges: so ours also
//! receives ACKs, and keeps what is not acknowledged. Both go over the link itself, in the same thread. Counted are the
//! bytes of the payload. Only those that arrived count for TCP; for the plain sender all that it sent.
//!
//! On a wire without a rate the processor is what ends both, and the kernel's work for the far end counts as ours: each
//! packet is carried to the far socket within our call. On a wire with a rate the time that passes is compared.

use std::io::Write;
use std::net::{IpAddr, Shutdown, SocketAddr};
use std::time::{Duration, Instant};

use barewire_packet::link::Link;
use barewire_packet::link::datalink::{DatalinkLink, DatalinkOptions};
use barewire_packet::link::raw::{RawLink, RawOptions};
use barewire_packet::link::tun::{Tun, TunOptions};
use barewire_packet::udp;
use barewire_tcp::{Config, Host, Stack, TcpStream};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use super::room::{self, FAR, NEAR, OURS, PORT, TUN};
use crate::measure::{Comparison, Stopwatch, Unit};

/// How much goes over the link in a round, in bytes: without a rate, and on the wire that has one.
const TOTAL: usize = 64 << 20;
const TOTAL_AT_A_RATE: usize = 16 << 20;
/// Of one segment and one datagram, in bytes: 1500, less the headers of IPv4 and TCP with timestamps.
const PAYLOAD: usize = 1448;
const PATIENCE: Duration = Duration::from_secs(30);

type Open = fn() -> (Box<dyn Link>, Vec<u16>);

/// What is measured: the CPU time of our thread, or on a wire with a rate the time that passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Time {
    Spent,
    Passes,
}

impl Time {
    /// How many bytes go over the link.
    fn total(self) -> usize {
        if self == Time::Passes { TOTAL_AT_A_RATE } else { TOTAL }
    }

    /// Nanoseconds for each of these bytes.
    fn of(self, bytes: usize, work: impl FnOnce()) -> f64 {
        let (mut watch, start) = (Stopwatch::default(), Instant::now());
        watch.run(work);
        match self {
            Time::Spent => watch.per(bytes as u64),
            Time::Passes => start.elapsed().as_nanos() as f64 / bytes as f64,
        }
    }
}

pub(super) fn compare(rounds: usize) -> Vec<Comparison> {
    let links: [(&str, [[u8; 4]; 2], Open); 3] =
        [("raw", [NEAR, FAR], raw), ("datalink", [OURS, FAR], datalink), ("tun", [TUN[1], TUN[0]], tun)];
    let line = |(name, ends, open): (&str, [[u8; 4]; 2], Open), time: Time| {
        let how = if time == Time::Passes { ", 100 Mbit/s, time that passes" } else { "" };
        Comparison::run(
            format!("Link {name}, our TCP to the kernel's, {} MiB{how}", time.total() >> 20),
            "datagrams over the link",
            Unit::MegabytesPerSecond,
            rounds,
            || stream(open(), ends, time),
            || datagrams(&mut *open().0, ends, time),
        )
    };
    let mut lines: Vec<Comparison> = links.map(|link| line(link, Time::Spent)).into();
    // The far end has no queue toward a TUN device, so only two of them have such a wire.
    room::tc("qdisc add dev eth0 root tbf rate 100mbit burst 32kb limit 4mb");
    lines.extend(links[..2].iter().map(|link| line(*link, Time::Passes)));
    lines
}

fn raw() -> (Box<dyn Link>, Vec<u16>) {
    let options = RawOptions { ephemeral: 1, ..RawOptions::default() };
    let link = RawLink::open(IpAddr::from(NEAR), &options).expect("a raw link");
    let ports = link.ports();
    (Box::new(link), ports)
}

fn datalink() -> (Box<dyn Link>, Vec<u16>) {
    let addresses = vec![(IpAddr::from(OURS), 24)];
    let options = DatalinkOptions { addresses, probes: 0, ..DatalinkOptions::default() };
    (Box::new(DatalinkLink::open("eth0", &options).expect("a data link")), Vec::new())
}

fn tun() -> (Box<dyn Link>, Vec<u16>) {
    let addresses = vec![(IpAddr::from(TUN[0]), 24)];
    let options = TunOptions { addresses, name: Some("tun0".to_owned()), ..TunOptions::default() };
    (Box::new(Tun::open(&options).expect("a TUN device")), Vec::new())
}

/// Nanoseconds a byte of a connection, from the first byte to the acknowledgment of the last.
fn stream((link, ports): (Box<dyn Link>, Vec<u16>), [ours, theirs]: [[u8; 4]; 2], time: Time) -> f64 {
    let config = Config { send_buffer: 1 << 20, ..Config::default() };
    let mut host = Host::new(vec![IpAddr::from(ours)], config, Box::new(ChaCha20Rng::seed_from_u64(1)));
    ports.into_iter().for_each(|port| host.reserve_port(port));
    let stack = Stack::new(link, host);
    let to = SocketAddr::from((theirs, PORT));
    let mut stream = TcpStream::connect_timeout(&stack, to, PATIENCE).expect("a connection");
    stream.set_write_timeout(Some(PATIENCE));
    let chunk = vec![7; 1 << 16];
    time.of(time.total(), || {
        (0..time.total() / chunk.len()).for_each(|_| stream.write_all(&chunk).expect("written"));
        stream.shutdown(Shutdown::Write).expect("closed");
        stream.close(PATIENCE).expect("all of it is acknowledged");
    })
}

/// Nanoseconds a byte of a sender that waits for nothing.
fn datagrams(link: &mut dyn Link, [ours, theirs]: [[u8; 4]; 2], time: Time) -> f64 {
    let (from, to) = (SocketAddr::from((ours, PORT + 2)), SocketAddr::from((theirs, PORT)));
    let packet = udp::ip_packet(from, to, &[7; PAYLOAD]);
    // The neighbour is asked for off the clock.
    link.send(&packet).expect("sent");
    let _ = link.receive(Some(link.now() + Duration::from_millis(50)));
    let count = time.total() / PAYLOAD;
    time.of(count * PAYLOAD, || (0..count).for_each(|_| link.send(&packet).expect("sent")))
}
