//! The observer over runs of our own on a bad path, against what the run itself knows.

use std::collections::BTreeMap;
use std::time::Duration;

use barewire_dissect::Direction;
use barewire_tcp::observe::{Chunk, Note, Observer, Outcome, Retransmission, Seen};
use barewire_tcp::packet::Packet;
use barewire_tcp::{Config, SentNote};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::common::server_address;
use super::common::wire::{self, Sighting, Wire};

/// What a sender without SACK says of a segment that it sends again, and what the observer beside it says: the same, in
/// all but one of fifty.
#[test]
fn why_it_was_sent_again() {
    let (wrong, all, table) = disagreements(Config { sack: false, ..Config::default() });
    assert!(all > 500 && wrong * 50 <= all, "{wrong} of {all} are called something else: {table:#?}");
}

/// With SACK the sender goes by its clock too (RFC 8985 §6), and the observer does not see that clock. It still finds
/// the reason of six in seven.
#[test]
fn why_it_was_sent_again_with_sack() {
    let (wrong, all, table) = disagreements(Config::default());
    assert!(all > 600 && wrong * 7 <= all, "{wrong} of {all} are called something else: {table:#?}");
}

/// What was said, as a table: by the sender, by the observer, how often.
type Table = BTreeMap<(&'static str, String), u32>;

/// How many retransmissions the two call something else, of how many.
fn disagreements(config: Config) -> (u32, u32, Table) {
    let mut table = Table::new();
    for seed in 0..60 {
        let wire = Wire {
            delay: Duration::from_millis(2 + 3 * seed),
            loss: 10 * (1 + seed as u32 % 4),
            reorder: 10 * (seed as u32 % 2),
            duplicate: 0,
        };
        let run = wire::run(config, wire, 200_000, seed);
        for (capture, own) in run.captures.iter().zip(Direction::BOTH) {
            for_each_seen(capture, |seen, note| {
                let sent = note.and_then(reason);
                if seen.direction == own && (sent.is_some() || observed(seen).is_some()) {
                    let (sent, observed) =
                        (sent.unwrap_or("new"), observed(seen).unwrap_or("nothing".into()));
                    *table.entry((sent, observed)).or_default() += 1;
                }
            });
        }
    }
    let right = |(sent, observed): &(&str, String)| match *sent {
        "timer" => ["Timer", "AfterTimer", "Syn"].contains(&observed.as_str()),
        "sack" => ["Fast", "Sack", "PartialAck"].contains(&observed.as_str()),
        sent => sent == observed,
    };
    let all = table.values().sum();
    let wrong = table.iter().filter(|(key, _)| !right(key)).map(|(_, count)| count).sum();
    (wrong, all, table)
}

/// What the sender says, in the observer's words. The timer sends a whole flight again.
fn reason(note: SentNote) -> Option<&'static str> {
    match note {
        SentNote::FastRetransmission => Some("Fast"),
        SentNote::PartialAck => Some("PartialAck"),
        SentNote::TimerRanOut { .. } | SentNote::PeerRepeatsSyn => Some("timer"),
        SentNote::SackShowsLoss | SentNote::RackShowsLoss => Some("sack"),
        SentNote::TailProbe => Some("TailLossProbe"),
        _ => None,
    }
}

/// The name of the observer's reason.
fn observed(seen: &Seen<'_>) -> Option<String> {
    seen.notes.iter().find_map(|note| match note {
        Note::Retransmission(Retransmission::Fast { .. }) => Some("Fast".into()),
        Note::Retransmission(reason) => format!("{reason:?}").split_whitespace().next().map(str::to_owned),
        Note::OutOfOrder => Some("OutOfOrder".into()),
        _ => None,
    })
}

/// Shows a capture to an observer. `look` gets each segment, and what its sender said of it. Gives the observer.
fn for_each_seen(capture: &[Sighting], mut look: impl FnMut(&Seen<'_>, Option<SentNote>)) -> Observer {
    let mut observer = Observer::default();
    for (index, (time, bytes, note)) in capture.iter().enumerate() {
        let packet = Packet::parse(bytes).expect("a good packet");
        look(&observer.packet(index as u64 + 1, *time, &packet).expect("TCP"), *note);
    }
    observer
}

#[test]
fn a_run_has_its_milestones() {
    for seed in 0..60 {
        for (capture, streams) in captures_of(seed) {
            let observer = for_each_seen(&capture, |_, _| {});
            let summary = &observer.connections()[0];
            assert_eq!((summary.server, summary.client_known), (server_address(), true));
            assert_eq!(summary.stream, streams.each_ref().map(|stream| stream.len() as u64), "seed {seed}");
            assert!(
                summary.syn < summary.established || summary.syn_ack < summary.established,
                "{summary:?}"
            );
            assert_eq!(summary.outcome(), Outcome::Closed, "seed {seed}: {summary:?}");
        }
    }
}

/// What an end captured of a run over a poor wire: the streams are what was sent.
#[test]
fn streams_at_either_end() {
    for seed in 0..60 {
        for (capture, streams) in captures_of(seed) {
            let (got, missing) = streams_in_order(&capture, seed, |_| true);
            assert_eq!(missing, [0, 0], "seed {seed}: nothing is missing");
            assert!(got == streams, "seed {seed}: both streams come out whole");
        }
    }
}

/// The capture itself has lost frames: what it shows stands in its place, and what it does not show is a gap.
#[test]
fn streams_of_a_capture_with_holes() {
    for seed in 0..60 {
        for (capture, streams) in captures_of(seed) {
            let mut dice = ChaCha20Rng::seed_from_u64(seed);
            // The handshake stays, so that offsets count from the SYN.
            let (got, missing) =
                streams_in_order(&capture, seed, |index| index < 3 || dice.next_u32() % 20 != 0);
            for way in 0..2 {
                let wrong = got[way].iter().zip(&streams[way]).filter(|(got, sent)| got != sent).count();
                assert!(
                    wrong <= missing[way],
                    "seed {seed}: {wrong} bytes differ, {} are missing",
                    missing[way]
                );
                assert!((50_000..=60_001).contains(&got[way].len()), "seed {seed}: {} bytes", got[way].len());
            }
        }
    }
}

/// Both captures of a run, each with the streams that were sent.
fn captures_of(seed: u64) -> impl Iterator<Item = (Vec<Sighting>, [Vec<u8>; 2])> {
    let wire = Wire {
        delay: Duration::from_millis(1 + seed),
        loss: 10 * (seed as u32 % 5),
        reorder: 20 * (seed as u32 % 3),
        duplicate: 10 * (seed as u32 % 2),
    };
    let run = wire::run(Config::default(), wire, 60_000, seed);
    run.captures.into_iter().map(move |capture| (capture, run.streams.clone()))
}

/// Both streams of a capture, gaps filled with zeros, and how many bytes lie in gaps.
fn streams_in_order(
    capture: &[Sighting],
    seed: u64,
    mut keep: impl FnMut(usize) -> bool,
) -> ([Vec<u8>; 2], [usize; 2]) {
    let (mut observer, mut streams, mut missing) = (Observer::default(), [vec![], vec![]], [0, 0]);
    let mut take = |notes: &[Note], chunks: &[Chunk<'_>]| {
        for note in notes {
            if let Note::Gap { direction, bytes, .. } = note {
                missing[direction.index()] += *bytes as usize;
            }
        }
        for chunk in chunks {
            let stream: &mut Vec<u8> = &mut streams[chunk.direction.index()];
            assert!(chunk.offset >= stream.len() as u64, "seed {seed}: offsets only grow");
            stream.resize(chunk.offset as usize, 0);
            stream.extend_from_slice(&chunk.bytes);
        }
    };
    for (index, (time, bytes, _)) in capture.iter().enumerate().filter(|(index, _)| keep(*index)) {
        let packet = Packet::parse(bytes).expect("a good packet");
        let seen = observer.packet(index as u64 + 1, *time, &packet).expect("TCP");
        take(&seen.notes, &seen.chunks);
    }
    let (notes, chunks) = observer.finish(0);
    take(&notes, &chunks);
    (streams, missing)
}
