//! No bytes that come in harm a prober: it does not panic, it ends, and what it holds is bounded by what it sent.

use std::time::{Duration, Instant};

use barewire::probe::answer::Answer;
use barewire::probe::ping::{self, Ping, Question};
use barewire::probe::scan::{self, Scan};
use barewire::probe::traceroute::{self, Method, Traceroute};
use barewire::probe::{Prober, run};
use barewire_packet::icmp::{ErrorKind, error_packet};
use barewire_packet::transit::Transit;
use proptest::collection::vec;
use proptest::prelude::*;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use crate::internet::{CLIENT, CLIENT_V6, SERVER, SERVER_V6, Written, ip};

/// What becomes of a probe on its way to an answer.
#[derive(Debug, Clone)]
enum Deed {
    /// Any bytes.
    Noise(Vec<u8>),
    /// An ICMP error that quotes so much of the probe.
    Error { kind: u8, code: u8, word: u32, quoted: usize },
    /// The probe itself comes back with its ends exchanged and some bytes changed; its checksums are wrong then.
    Mirror(Vec<(usize, u8)>),
    /// The same, but the checksum of what it carries is made right.
    Crafted(Vec<(usize, u8)>),
}

fn deed() -> impl Strategy<Value = Deed> {
    let changes = || vec((0usize..120, any::<u8>()), 0..4);
    prop_oneof![
        vec(any::<u8>(), 0..160).prop_map(Deed::Noise),
        (any::<u8>(), any::<u8>(), any::<u32>(), 0usize..120)
            .prop_map(|(kind, code, word, quoted)| Deed::Error { kind, code, word, quoted }),
        (prop_oneof![Just(3u8), Just(11), Just(1), Just(2)], 0u8..5, any::<u32>(), 0usize..120)
            .prop_map(|(kind, code, word, quoted)| Deed::Error { kind, code, word, quoted }),
        changes().prop_map(Deed::Mirror),
        changes().prop_map(Deed::Crafted),
    ]
}

fn answer_to(probe: &[u8], deed: &Deed) -> Vec<u8> {
    let Ok(packet) = Transit::parse(probe.to_vec()) else { return Vec::new() };
    match deed {
        Deed::Noise(bytes) => bytes.clone(),
        Deed::Error { kind, code, word, quoted } => {
            let kind = ErrorKind { kind: *kind, code: *code, word: *word };
            let quote = &probe[..probe.len().min(*quoted)];
            error_packet(packet.destination(), packet.source(), kind, quote)
        }
        Deed::Mirror(changes) | Deed::Crafted(changes) => {
            let mut bytes = probe.to_vec();
            let (at, length) = if bytes[0] >> 4 == 4 { (12, 4) } else { (8, 16) };
            for place in at..at + length {
                bytes.swap(place, place + length);
            }
            let payload = if bytes[0] >> 4 == 4 { 20 } else { 40 };
            bytes[payload..payload + 4].rotate_left(2);
            for (at, value) in changes {
                let length = bytes.len();
                bytes[at % length] = *value;
            }
            if let (Deed::Crafted(_), Ok(packet)) = (deed, Transit::parse(bytes.clone())) {
                let at = payload + if packet.protocol() == 6 { 16 } else { 2 };
                if let barewire_packet::checksum::Verdict::Wrong { wanted, .. } = packet.verdict()
                    && bytes.len() > at + 1
                {
                    bytes[at..at + 2].copy_from_slice(&wanted.to_be_bytes());
                }
            }
            bytes
        }
    }
}

/// Runs a prober to its end, however often it is answered, and gives how many events it had.
fn survive<P: Prober>(prober: &mut P, deeds: Vec<Deed>) -> usize {
    let mut at = 0;
    let mut link = Written::new(move |probe: &[u8]| {
        at += 1;
        deeds.iter().cycle().skip(at).take(2).map(|deed| (1, answer_to(probe, deed))).collect()
    });
    let mut events = 0;
    run(&mut link, prober, &|| false, |_, _| {
        events += 1;
        assert!(events < 10_000, "it does not end");
        Ok(())
    })
    .unwrap();
    assert!(prober.is_over());
    events
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in vec(any::<u8>(), 0..200)) {
        let _ = Answer::parse(&bytes);
    }

    /// The same, for bytes that look like a packet.
    #[test]
    fn any_icmp_is_read_or_refused(
        v6 in any::<bool>(), kind in any::<u8>(), code in any::<u8>(), word in any::<u32>(),
        quote in vec(any::<u8>(), 0..300),
    ) {
        let [from, to] = if v6 { [SERVER_V6, CLIENT_V6] } else { [SERVER, CLIENT] };
        let _ = Answer::parse(&error_packet(ip(from), ip(to), ErrorKind { kind, code, word }, &quote));
    }

    #[test]
    fn ping_ends(deeds in vec(deed(), 1..6), v6 in any::<bool>(), which in 0usize..3) {
        let [from, to] = if v6 { [CLIENT_V6, SERVER_V6] } else { [CLIENT, SERVER] };
        let question = [Question::Echo, Question::Syn(80), Question::Datagram(33_434)][which];
        let config = ping::Config { count: Some(4), question, ..ping::Config::new(ip(from), ip(to)) };
        let start = Instant::now();
        let events = survive(&mut Ping::new(start, config), deeds);
        // Two answers for each packet that leaves: four probes, and resets.
        prop_assert!(events <= 24);
    }

    #[test]
    fn traceroute_ends(
        deeds in vec(deed(), 1..6), v6 in any::<bool>(), which in 0usize..3, finds_mtu in any::<bool>(),
    ) {
        let [from, to] = if v6 { [CLIENT_V6, SERVER_V6] } else { [CLIENT, SERVER] };
        let method = [Method::Udp(33_434), Method::Icmp, Method::Tcp(80)][which];
        let usual = traceroute::Config::new(ip(from), ip(to));
        let config = traceroute::Config { method, finds_mtu, max_hops: 6, ..usual };
        let start = Instant::now();
        let mut traceroute = Traceroute::new(start, config);
        survive(&mut traceroute, deeds);
        prop_assert!(traceroute.counts().sent <= 6 * 3 + 40, "{:?}", traceroute.counts());
    }

    #[test]
    fn scan_ends(deeds in vec(deed(), 1..6), v6 in any::<bool>()) {
        let [from, to] = if v6 { [CLIENT_V6, SERVER_V6] } else { [CLIENT, SERVER] };
        let usual = scan::Config::new(ip(from), ip(to), (1..=10).collect());
        let config = scan::Config { wait: Duration::from_millis(50), ..usual };
        let start = Instant::now();
        let mut scan = Scan::new(start, config, &mut ChaCha8Rng::seed_from_u64(1));
        let events = survive(&mut scan, deeds);
        prop_assert_eq!(events, 10);
        prop_assert_eq!(scan.summary().known(), 10);
        prop_assert!(scan.summary().probes <= 30);
    }
}
