//! What a packet costs: over a link, and by plain `send` and `recv` of the same kind of socket.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::os::fd::{AsFd, IntoRawFd};
use std::time::{Duration, Instant};

use barewire_packet::ip::write_header;
use barewire_packet::link::Link;
use barewire_packet::link::datalink::{DatalinkLink, DatalinkOptions};
use barewire_packet::link::layer3::{Layer3Link, Layer3Options};
use barewire_packet::link::raw::{RawLink, RawOptions};
use barewire_packet::link::tun::{Tun, TunOptions};
use socket2::{Domain, Protocol, Socket, Type};

use super::room::{LOOP_FAR_MAC, LOOP_GONE, LOOP_MAC, LOOP_NEAR, LOOP_OURS, TUN};
use crate::measure::{Comparison, Stopwatch, Unit};

/// How many packets a round sends.
const SENT: usize = 20_000;
/// How many wait in a queue before they are received, and how often.
const BATCH: usize = 400;
const BATCHES: usize = 50;
/// The size of IP packets, in bytes: a bare ACK, and a full segment.
const SIZES: [usize; 2] = [40, 1500];
const TCP: u8 = 6;
/// A port at which nobody listens.
const PORT: u16 = 10;
const QUEUE: usize = 4 << 20;

pub(super) fn compare(rounds: usize) -> Vec<Comparison> {
    let mut lines = Vec::new();
    for size in SIZES {
        lines.extend([raw_send(size, rounds), layer3_send(size, rounds), datalink_send(size, rounds)]);
        lines.extend([tun_send(size, rounds), raw_receive(size, rounds), layer3_receive(size, rounds)]);
        lines.extend([datalink_receive(size, rounds), tun_receive(size, rounds)]);
    }
    lines
}

/// An IP packet with a bare segment, filled up to this size.
fn packet(from: [u8; 4], to: [u8; 4], size: usize) -> Vec<u8> {
    let mut packet = Vec::new();
    write_header(IpAddr::from(from), IpAddr::from(to), TCP, size - 20, &mut packet);
    packet.extend(PORT.to_be_bytes());
    packet.extend(PORT.to_be_bytes());
    packet.extend([0, 0, 0, 0, 0, 0, 0, 0, 0x50, 0x10, 1, 0, 0, 0, 0, 0]);
    packet.resize(size, 0);
    packet
}

fn frame(destination: [u8; 6], source: [u8; 6], packet: &[u8]) -> Vec<u8> {
    [&destination[..], &source, &[8, 0], packet].concat()
}

/// Sends packets, and gives the nanoseconds of each.
fn sends(mut send: impl FnMut()) -> f64 {
    crate::measure::repeat(SENT as u64, &mut send)
}

/// Fills a queue off the clock, and empties it on the clock.
fn receives(mut fill: impl FnMut(usize), mut receive: impl FnMut()) -> f64 {
    let mut watch = Stopwatch::default();
    for _ in 0..BATCHES {
        fill(BATCH);
        watch.run(|| (0..BATCH).for_each(|_| receive()));
    }
    watch.per((BATCH * BATCHES) as u64)
}

fn line(
    what: &str,
    size: usize,
    peer: &str,
    rounds: usize,
    ours: impl FnMut() -> f64,
    theirs: impl FnMut() -> f64,
) -> Comparison {
    Comparison::run(format!("Link {what}, packets of {size} bytes"), peer, Unit::Events, rounds, ours, theirs)
}

/// A raw socket that sends whole packets of IPv4, and receives those of this protocol.
fn raw_socket(protocol: Protocol) -> UdpSocket {
    let socket = Socket::new(Domain::IPV4, Type::RAW, Some(protocol)).expect("a raw socket");
    socket.set_header_included_v4(true).expect("an option");
    socket.set_recv_buffer_size(QUEUE).expect("an option");
    socket.into()
}

/// A packet socket on a device, of frames or of what is in them. pnet binds it, as std and socket2 have no address for
/// that.
fn packet_socket(name: &str, kind: Type) -> Socket {
    let socket = Socket::new(Domain::PACKET, kind, None).expect("a packet socket");
    socket.set_recv_buffer_size(QUEUE).expect("an option");
    let interface =
        pnet_datalink::interfaces().into_iter().find(|found| found.name == name).expect("the device");
    let config = pnet_datalink::Config {
        promiscuous: false,
        socket_fd: Some(socket.try_clone().expect("a handle").into_raw_fd()),
        ..pnet_datalink::Config::default()
    };
    pnet_datalink::channel(&interface, config).map(drop).expect("it binds");
    socket.set_nonblocking(false).expect("an option");
    socket
}

fn raw_link() -> RawLink {
    let options = RawOptions { ephemeral: 0, ports: vec![PORT], ..RawOptions::default() };
    RawLink::open(IpAddr::from(LOOP_NEAR), &options).expect("a raw link")
}

fn layer3() -> Layer3Link {
    let options = Layer3Options { device: Some("eth1".to_owned()), ..Layer3Options::default() };
    Layer3Link::open(&options).expect("a layer 3 link")
}

/// A data link whose neighbour is known.
fn datalink() -> DatalinkLink {
    let addresses = vec![(IpAddr::from(LOOP_OURS), 24)];
    let options = DatalinkOptions { addresses, probes: 0, ..DatalinkOptions::default() };
    let mut link = DatalinkLink::open("eth1", &options).expect("a data link");
    link.send(&packet(LOOP_OURS, LOOP_GONE, 40)).expect("it asks");
    // Nobody answers at the far end of this wire, so the answer is made here: operation 2 of ARP.
    let answer = [&[0, 1, 8, 0, 6, 4, 0, 2][..], &LOOP_FAR_MAC, &LOOP_GONE, &LOOP_MAC, &LOOP_OURS];
    let frame = [&LOOP_MAC[..], &LOOP_FAR_MAC, &[8, 6], &answer.concat()].concat();
    (&packet_socket("in1", Type::RAW)).write_all(&frame).expect("sent");
    let _ = link.receive(Some(Instant::now() + Duration::from_millis(50)));
    assert_eq!(link.neighbours().known().count(), 1, "the neighbour is known");
    link
}

fn tun() -> Tun {
    let addresses = vec![(IpAddr::from(TUN[0]), 24)];
    let options = TunOptions { addresses, name: Some("tun0".to_owned()), ..TunOptions::default() };
    Tun::open(&options).expect("a TUN device")
}

fn next(link: &mut dyn Link) {
    let got = link.receive(Some(Instant::now() + Duration::from_secs(1))).expect("the link");
    assert!(got.is_some(), "a packet is missing");
}

fn raw_send(size: usize, rounds: usize) -> Comparison {
    let (mut link, plain) = (raw_link(), raw_socket(Protocol::TCP));
    let (packet, to) = (packet(LOOP_NEAR, LOOP_GONE, size), SocketAddr::from((LOOP_GONE, 0)));
    line(
        "raw, sent",
        size,
        "send, raw socket",
        rounds,
        || sends(|| link.send(&packet).expect("sent")),
        || {
            sends(|| {
                plain.send_to(&packet, to).expect("sent");
            })
        },
    )
}

fn layer3_send(size: usize, rounds: usize) -> Comparison {
    let (mut link, plain) = (layer3(), raw_socket(Protocol::from(255)));
    let (packet, to) = (packet(LOOP_NEAR, LOOP_GONE, size), SocketAddr::from((LOOP_GONE, 0)));
    line(
        "layer3, sent",
        size,
        "send, raw socket",
        rounds,
        || sends(|| link.send(&packet).expect("sent")),
        || {
            sends(|| {
                plain.send_to(&packet, to).expect("sent");
            })
        },
    )
}

fn datalink_send(size: usize, rounds: usize) -> Comparison {
    let mut link = datalink();
    let packet = packet(LOOP_OURS, LOOP_GONE, size);
    let frame = frame(LOOP_FAR_MAC, LOOP_MAC, &packet);
    line(
        "datalink, sent",
        size,
        "send, packet socket",
        rounds,
        || sends(|| link.send(&packet).expect("sent")),
        || {
            // Only for this round: while it is open, it gets a copy of what others send.
            let mut plain = packet_socket("eth1", Type::RAW);
            sends(|| {
                plain.write_all(&frame).expect("sent");
            })
        },
    )
}

fn tun_send(size: usize, rounds: usize) -> Comparison {
    let mut link = tun();
    let mut plain = File::from(link.as_fd().try_clone_to_owned().expect("a handle"));
    // To an address without a route: the kernel drops it.
    let packet = packet(TUN[1], [192, 0, 2, 1], size);
    line(
        "tun, sent",
        size,
        "write, TUN device",
        rounds,
        || sends(|| link.send(&packet).expect("sent")),
        || {
            sends(|| {
                plain.write_all(&packet).expect("sent");
            })
        },
    )
}

/// Puts packets for `to` on the wire, so that they come in at `eth1`.
fn filler(to: [u8; 4], size: usize) -> impl FnMut(usize) {
    let mut socket = packet_socket("in1", Type::RAW);
    let frame = frame(LOOP_MAC, LOOP_FAR_MAC, &packet(LOOP_GONE, to, size));
    move |count| {
        (0..count).for_each(|_| {
            socket.write_all(&frame).expect("sent");
        })
    }
}

/// Both receive from a socket that is opened for the round: while it is open, the kernel copies each packet to it.
fn received(
    what: &str,
    size: usize,
    peer: &str,
    rounds: usize,
    to: [u8; 4],
    (mut link, mut plain): (impl FnMut() -> Box<dyn Link>, impl FnMut() -> Box<dyn Read>),
) -> Comparison {
    let (mut fill, mut again) = (filler(to, size), filler(to, size));
    let mut buffer = vec![0; 1 << 16];
    line(
        what,
        size,
        peer,
        rounds,
        || {
            let mut link = link();
            receives(&mut fill, || next(&mut *link))
        },
        || {
            let mut plain = plain();
            receives(&mut again, || {
                assert!(plain.read(&mut buffer).expect("received") > 0);
            })
        },
    )
}

/// std's type has no `Read`; the socket has.
fn raw_reader() -> Box<dyn Read> {
    let socket = Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::TCP)).expect("a raw socket");
    socket.set_recv_buffer_size(QUEUE).expect("an option");
    Box::new(socket)
}

fn raw_receive(size: usize, rounds: usize) -> Comparison {
    let ends = (|| Box::new(raw_link()) as Box<dyn Link>, raw_reader);
    received("raw, received", size, "recv, raw socket", rounds, LOOP_NEAR, ends)
}

fn layer3_receive(size: usize, rounds: usize) -> Comparison {
    let plain = || Box::new(packet_socket("eth1", Type::DGRAM)) as Box<dyn Read>;
    let ends = (|| Box::new(layer3()) as Box<dyn Link>, plain);
    received("layer3, received", size, "recv, packet socket", rounds, LOOP_OURS, ends)
}

fn datalink_receive(size: usize, rounds: usize) -> Comparison {
    let plain = || Box::new(packet_socket("eth1", Type::RAW)) as Box<dyn Read>;
    let ends = (|| Box::new(datalink()) as Box<dyn Link>, plain);
    received("datalink, received", size, "recv, packet socket", rounds, LOOP_OURS, ends)
}

/// The kernel sends what a UDP socket writes.
fn tun_receive(size: usize, rounds: usize) -> Comparison {
    let mut link = tun();
    let mut plain = File::from(link.as_fd().try_clone_to_owned().expect("a handle"));
    let socket = UdpSocket::bind((std::net::Ipv4Addr::from(TUN[0]), 0)).expect("a port");
    let (payload, to) = (vec![0; size - 28], SocketAddr::from((TUN[1], PORT)));
    let fill = |count| {
        (0..count).for_each(|_| {
            socket.send_to(&payload, to).expect("sent");
        })
    };
    // What the kernel has to say of itself to a new device.
    while link.receive(Some(Instant::now())).expect("the link").is_some() {}
    let mut buffer = vec![0; 1 << 16];
    line(
        "tun, received",
        size,
        "read, TUN device",
        rounds,
        || receives(fill, || next(&mut link)),
        || {
            receives(fill, || {
                assert!(plain.read(&mut buffer).expect("received") > 0);
            })
        },
    )
}
