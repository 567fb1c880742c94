//! A script of segments and waits into a host that listens, and has one connection open: nothing panics, what it
//! sends and keeps is bounded, its variables keep their order. Bytes left over behind the last step stand for a large
//! buffer, whose windows are scaled, and for SACK.
#![no_main]

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use barewire_tcp::options::{Options, Timestamps};
use barewire_tcp::{Config, Event, Flags, Handle, Host, ReceivedNote, Segment, SeqNumber};
use libfuzzer_sys::fuzz_target;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

/// Twelve bytes a step: what, flags, two numbers (near the connection's own), window, length, time.
fn step(host: &mut Host, now: &mut Instant, handle: Handle, bytes: &[u8], here: IpAddr, there: IpAddr) {
    let [what, flags, s0, s1, a0, a1, w0, w1, l0, l1, t, port] = *bytes else { return };
    let (near_seq, near_ack) = (u16::from_be_bytes([s0, s1]), u16::from_be_bytes([a0, a1]));
    let (rcv, snd) = host.variables(handle).map_or((0, 0), |v| (v.rcv.nxt.0, v.snd.una.0));
    let payload = vec![what; usize::from(u16::from_be_bytes([l0, l1]) % 3000)];
    match what % 8 {
        0 => drop(host.write(handle, &payload)),
        1 => drop(host.read(handle, &mut [0; 700])),
        2 => host.close(handle),
        _ => {
            let timestamps =
                (what & 0x10 != 0).then_some(Timestamps { value: u32::from(t), echo: u32::from(w1) });
            let segment = Segment {
                seq: SeqNumber(rcv.wrapping_add(near_seq as i16 as u32)),
                ack: SeqNumber(snd.wrapping_add(near_ack as i16 as u32)),
                flags: Flags(flags),
                window: u16::from_be_bytes([w0, w1]),
                options: Options { timestamps, ..Options::default() },
                payload: &payload,
                ..Segment::empty(u16::from(port % 3) + 1, 7)
            };
            let note = host.receive(*now, &segment.ip_packet(there, here));
            assert!(!matches!(note, Some(ReceivedNote::Dropped(_))), "{note:?}");
        }
    }
    *now += Duration::from_millis(u64::from(t) * 10);
    if host.deadline().is_some_and(|deadline| deadline <= *now) {
        host.on_deadline(*now);
    }
    let sent = std::iter::from_fn(|| host.transmit(*now)).take(2000).count();
    assert!(sent < 2000, "it stops sending");
    let most = host.config().receive_buffer * 9 / 8;
    if let Some(v) = host.variables(handle) {
        assert!(v.snd.una.at_or_before(v.snd.nxt), "{v}");
        assert!(v.unread + v.out_of_order <= most, "{v}");
    }
    while host.event().is_some() {}
}

fuzz_target!(|bytes: &[u8]| {
    let [here, there]: [IpAddr; 2] = [[203, 0, 113, 80].into(), [10, 0, 0, 2].into()];
    let large = bytes.len() % 12 != 0;
    let config = Config { receive_buffer: if large { 1 << 17 } else { 10_000 }, ..Config::default() };
    let mut host = Host::new(vec![here], config, Box::new(ChaCha20Rng::seed_from_u64(1)));
    let mut now = Instant::now();
    host.listen(7, 4).expect("a free port");
    let options = Options { window_scale: large.then_some(7), sack_permitted: large, ..Options::default() };
    let syn = Segment { seq: SeqNumber(0), flags: Flags::SYN, window: 9000, options, ..Segment::empty(1, 7) };
    assert_eq!(host.receive(now, &syn.ip_packet(there, here)), None);
    while host.transmit(now).is_some() {}
    let handle = host.handle_of(SocketAddr::new(here, 7), SocketAddr::new(there, 1)).expect("half open");
    let iss = host.variables(handle).expect("half open").snd.iss;
    let ack =
        Segment { seq: SeqNumber(1), ack: iss + 1, flags: Flags::ACK, window: 9000, ..Segment::empty(1, 7) };
    assert_eq!(host.receive(now, &ack.ip_packet(there, here)), None);
    assert!(matches!(host.event(), Some(Event::Accepted { .. })));
    for bytes in bytes.chunks_exact(12).take(200) {
        step(&mut host, &mut now, handle, bytes, here, there);
    }
    host.receive(now, bytes);
});
