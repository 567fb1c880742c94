//! The relay in virtual time: delays are kept, rules hit what they name, chances are those of the seed, and every frame
//! is accounted for.

use std::time::{Duration, Instant};

use barewire_internet::relay::{Framing, Plan, Relay, Side};
use barewire_packet::ip::sums_up;

/// A frame of IPv4 and TCP with `payload` bytes; byte 53 of it is `mark`.
fn segment(payload: usize, mark: u8) -> Vec<u8> {
    let mut frame = [[0; 12].as_slice(), &[8, 0, 0x45, 2], &(40 + payload as u16).to_be_bytes()].concat();
    frame.extend([0, 0, 0x40, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
    frame.extend([0; 12]);
    frame.extend([0x50, 0x10, 0, 0, 0, 0, 0, mark]);
    frame.extend(vec![7; payload]);
    frame
}

fn relay(words: &str) -> Relay {
    Relay::new(Framing::Ethernet, &Plan::read(words.split_whitespace()).unwrap())
}

/// Sends ten frames with data to the right, 1 ms apart; gives when each arrived, in microseconds, and its mark. Between
/// them it waits as a loop does, from deadline to deadline.
fn arrivals(words: &str) -> (Vec<(u128, u8)>, Relay) {
    let start = Instant::now();
    let mut relay = relay(words);
    let mut seen = Vec::new();
    let mut take = |relay: &mut Relay, now: Instant| {
        while let Some((side, frame)) = relay.transmit(now) {
            assert_eq!(side, Side::Right);
            seen.push(((now - start).as_micros(), frame[53]));
        }
    };
    for number in 0..10u8 {
        let now = start + Duration::from_millis(number.into());
        while let Some(deadline) = relay.deadline().filter(|deadline| *deadline <= now) {
            take(&mut relay, deadline);
        }
        relay.receive(now, Side::Left, segment(100, number + 1));
        take(&mut relay, now);
    }
    while let Some(deadline) = relay.deadline() {
        take(&mut relay, deadline);
    }
    assert_eq!(relay.tally().to_right.under_way(), 0, "{}", relay.tally());
    (seen, relay)
}

#[test]
fn a_delay_is_kept_to_the_microsecond() {
    let all: Vec<(u128, u8)> = (0..10u8).map(|i| (20_250 + 1000 * u128::from(i), i + 1)).collect();
    assert_eq!(arrivals("delay=20.25ms").0, all);
    let one_way = arrivals("delay=20.25ms delay-to-left=3s").0;
    assert_eq!(one_way, all, "what leaves by the left side is delayed, and nothing else");
}

#[test]
fn rules_hit_what_they_name() {
    let words = "delay=20ms right:data:3:drop right:data:5-6:hold:10ms right:data:8:twice right:bare:1:drop left:data:1:drop";
    let (seen, relay) = arrivals(words);
    let wanted = [(20, 1), (21, 2), (23, 4), (26, 7), (27, 8), (27, 8), (28, 9), (29, 10), (34, 5), (35, 6)];
    assert_eq!(seen, wanted.map(|(at, mark)| (1000 * at, mark)), "{}", relay.tally());
    let said = "10 came, 10 sent on, 1 dropped by a rule, 1 sent twice, 2 held back";
    assert_eq!(relay.tally().to_right.to_string(), said);
}

#[test]
fn chances_are_those_of_the_seed() {
    let words = "delay=5ms jitter=1ms loss=0.5 duplicate=20% reorder=0.3:3ms";
    let (first, relay) = arrivals(&format!("{words} seed=3"));
    assert_eq!(first, arrivals(&format!("{words} seed=3")).0, "{}", relay.tally());
    assert_ne!(first, arrivals(&format!("{words} seed=4")).0, "{}", relay.tally());
    assert!(relay.tally().to_right.lost > 0, "{}", relay.tally());
    let one_way = arrivals("loss-to-left=100%").0;
    assert_eq!((one_way.len(), arrivals("loss-to-right=1").0.len()), (10, 0));
}

/// What goes the other way, and what a rule does, moves no other chance.
#[test]
fn a_seed_loses_the_same_frames_whatever_goes_the_other_way() {
    let lost = |words: &str, answers: bool| {
        let now = Instant::now();
        let mut relay = relay(words);
        let gone = (0..200u8).filter(|number| {
            if answers {
                relay.receive(now, Side::Right, segment(0, 0));
            }
            relay.receive(now, Side::Left, segment(100, *number));
            let left = std::iter::from_fn(|| relay.transmit(now)).filter(|(side, _)| *side == Side::Right);
            left.count() == 0
        });
        gone.collect::<Vec<u8>>()
    };
    let first = lost("loss=2% seed=11", false);
    assert!(!first.is_empty() && first.len() < 20, "{first:?}");
    assert_eq!(lost("loss=2% seed=11", true), first);
    assert_ne!(lost("loss=2% seed=12", false), first);
}

#[test]
fn a_rate_makes_a_queue_and_the_queue_has_an_end() {
    // 154 bytes at 308 kB/s take 0.5 ms; at 30.8 kB/s 5 ms, and two more may wait.
    assert_eq!(arrivals("rate=2464kbit").0.len(), 10);
    let (seen, relay) = arrivals("rate=246400 queue=460");
    let at: Vec<u128> = seen.iter().map(|(at, _)| *at).collect();
    assert_eq!(at, [5000, 10_000, 15_000, 20_000], "{}", relay.tally());
    assert_eq!(relay.tally().to_right.queue_full, 6);
}

#[test]
fn only_who_understands_marks_is_marked() {
    let start = Instant::now();
    let mut relay = relay("mark=1");
    for ecn in 0..4 {
        let mut frame = segment(1, 0);
        frame[15] = 0x28 | ecn;
        relay.receive(start, Side::Left, frame);
    }
    let seen: Vec<Vec<u8>> = std::iter::from_fn(|| relay.transmit(start)).map(|(_, frame)| frame).collect();
    assert_eq!(seen.iter().map(|frame| frame[15]).collect::<Vec<_>>(), [0x28, 0x2b, 0x2b, 0x2b]);
    assert!(sums_up(&seen[1][14..34]), "the checksum of the header is right again");
    assert_eq!(relay.tally().to_right.marked, 3);
}

/// ARP passes a wire that loses everything; a packet with VLAN tags, and one of a TUN device, are packets.
#[test]
fn what_is_not_ip_passes_at_once() {
    let now = Instant::now();
    let arp = [[0xff; 12].as_slice(), &[8, 6], &[0; 28]].concat();
    let plain = segment(100, 1);
    let tagged = [&plain[..12], &[0x88, 0xa8, 0, 5, 0x81, 0, 0, 7], &plain[12..]].concat();
    let mut ethernet = relay("loss=1 delay=1s");
    for frame in [&arp, &plain, &tagged] {
        ethernet.receive(now, Side::Right, frame.clone());
    }
    assert_eq!(ethernet.transmit(now), Some((Side::Left, arp)));
    assert_eq!((ethernet.transmit(now), ethernet.tally().to_left.lost), (None, 2));
    let mut bare = Relay::new(Framing::Ip, &Plan::read(["right:data:1:drop"]).unwrap());
    bare.receive(now, Side::Left, plain[14..].to_vec());
    assert_eq!((bare.transmit(now), bare.tally().to_right.dropped), (None, 1));
}

/// The law of the tally, over many seeds, with everything that can happen to a frame.
#[test]
fn every_frame_is_accounted_for() {
    for seed in 0..300 {
        let words = format!(
            "delay=3ms jitter=9ms rate=2mbit queue=2000 loss=10% duplicate=10% reorder=10%:7ms mark=10% seed={seed} \
             left:data:4-6:twice right:data:2:drop"
        );
        let (start, mut relay) = (Instant::now(), relay(&words));
        let (mut came, mut gone) = (0, 0);
        for step in 0..200u64 {
            let now = start + Duration::from_micros(313 * step);
            let from = if (step ^ seed) % 3 == 0 { Side::Left } else { Side::Right };
            relay.receive(now, from, segment((step * 7 % 400) as usize, 0));
            came += 1;
            gone += std::iter::from_fn(|| relay.transmit(now)).count() as u64;
        }
        while let Some(deadline) = relay.deadline() {
            gone += std::iter::from_fn(|| relay.transmit(deadline)).count() as u64;
        }
        let tally = relay.tally();
        let fates = [tally.to_left, tally.to_right];
        assert_eq!(fates.iter().map(|fates| fates.came).sum::<u64>(), came, "seed {seed}: {tally}");
        assert_eq!(fates.iter().map(|fates| fates.sent).sum::<u64>(), gone, "seed {seed}: {tally}");
        for fates in fates {
            assert_eq!(fates.sent + fates.all_lost(), fates.came + fates.doubled, "seed {seed}: {tally}");
        }
    }
}

/// Whatever comes in is passed on or counted, and nothing panics: frames cut at every byte.
#[test]
fn a_frame_may_end_anywhere() {
    let whole = segment(30, 1);
    for framing in [Framing::Ethernet, Framing::Ip] {
        let mut relay = Relay::new(framing, &Plan::read(["mark=1", "duplicate=1"]).unwrap());
        let now = Instant::now();
        for length in 0..=whole.len() {
            relay.receive(now, Side::Left, whole[..length].to_vec());
        }
        assert!(std::iter::from_fn(|| relay.transmit(now)).count() > whole.len());
    }
}

/// A peer that floods a slow wire fills no memory.
#[test]
fn no_more_than_65536_frames_are_on_the_way() {
    let now = Instant::now();
    let mut relay = relay("delay=1000s");
    (0..70_000).for_each(|_| relay.receive(now, Side::Left, segment(1, 0)));
    assert_eq!(relay.tally().to_right.no_room, 70_000 - 65_536);
}

#[test]
fn words_that_make_no_sense_are_refused() {
    for (word, why) in [
        ("delay=20", "delay=20: \"20\" is not a time like 20ms, 1.5s or 300us"),
        ("delay=-1ms", "delay=-1ms: \"-1ms\" is not a time like 20ms, 1.5s or 300us"),
        ("loss=2", "loss=2: \"2\" is not a share like 2% or 0.02"),
        ("loss=101%", "loss=101%: \"101%\" is not a share like 2% or 0.02"),
        ("rate=fast", "rate=fast: \"fast\" is not a rate like 20mbit or 512kbit"),
        ("rate=0", "rate=0: \"0\" is not a rate like 20mbit or 512kbit"),
        ("reorder=2%", "reorder=2%: wanted a share and a time, such as 2%:5ms"),
        ("speed=1", "speed=1: there is no such word"),
        ("speed-to-left=1", "speed-to-left=1: there is no such word"),
        ("up:data:1:drop", "up:data:1:drop: up is neither left nor right"),
        ("left:data:1:eat", "left:data:1:eat: \"eat\" is not drop, twice, mark or hold:TIME"),
        ("right:data:0:drop", "right:data:0:drop: 0-0 are no frames: they are counted from 1"),
        ("right:data:3-2:drop", "right:data:3-2:drop: 3-2 are no frames: they are counted from 1"),
        ("left", "left: wanted SIDE:KIND:NUMBERS:ACTION, such as right:data:12:drop"),
    ] {
        assert_eq!(Plan::read([word]).unwrap_err(), why);
    }
}
