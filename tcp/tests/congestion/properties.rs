//! Whatever a sender says, in whatever order: no panic, and a window and a pacing rate between their bounds.

use std::time::{Duration, Instant};

use barewire_tcp::congestion::controller::{
    Congestion, Controller, Delivery, LARGEST_WINDOW, RateSample, Repair, Sign,
};
use barewire_tcp::congestion::table::TABLE;
use proptest::prelude::*;

/// A call, with the time that passed before it.
#[derive(Debug, Clone)]
enum Call {
    Ack(Box<Ack>),
    Congestion { flight_size: u32, mark: bool },
    Timeout { flight_size: u32, again: bool },
    Undo,
    Idle(Duration),
    SegmentSize(u32),
}

/// A [`Delivery`], without the time.
#[derive(Debug, Clone)]
struct Ack {
    delivered: u32,
    acknowledged: u32,
    rtts: [Option<Duration>; 3],
    in_flight: [u32; 2],
    window_was_used: bool,
    round_ended: bool,
    repair: Repair,
    lost: u32,
    rate: Option<RateSample>,
}

/// Small numbers, ordinary ones, and the largest that there are.
fn bytes() -> impl Strategy<Value = u32> {
    prop_oneof![Just(0), 1u32..3, 500u32..20_000, 20_000u32..10_000_000, any::<u32>(), Just(u32::MAX)]
}

fn duration() -> impl Strategy<Value = Duration> {
    prop_oneof![
        Just(Duration::ZERO),
        (0u64..2000).prop_map(Duration::from_nanos),
        (0u64..500).prop_map(Duration::from_millis),
        (0u64..100).prop_map(Duration::from_secs),
        (0u64..100_000_000).prop_map(Duration::from_secs),
    ]
}

/// A round trip that a sender claims to have measured.
fn round_trip() -> impl Strategy<Value = Option<Duration>> {
    proptest::option::of(prop_oneof![4 => duration(), 1 => Just(Duration::MAX)])
}

fn rate() -> impl Strategy<Value = RateSample> {
    let totals = (any::<u64>(), any::<u64>(), prop_oneof![any::<u64>(), bytes().prop_map(u64::from)]);
    let rest = (prop_oneof![duration(), Just(Duration::MAX)], any::<bool>(), bytes(), bytes());
    (totals, rest).prop_map(|((prior, total, delivered), (interval, application_limited, then, lost))| {
        RateSample {
            prior_delivered: prior,
            total_delivered: total,
            delivered,
            interval,
            application_limited,
            in_flight_then: then,
            lost,
        }
    })
}

fn ack() -> impl Strategy<Value = Ack> {
    let repair = prop_oneof![
        4 => Just(Repair::None),
        1 => Just(Repair::FastRecovery),
        1 => Just(Repair::AfterTimeout),
    ];
    let sizes = (bytes(), bytes(), [bytes(), bytes()], bytes());
    let flags = (proptest::bool::weighted(0.8), any::<bool>(), repair);
    let times = ([round_trip(), round_trip(), round_trip()], proptest::option::of(rate()));
    (sizes, flags, times).prop_map(|(sizes, flags, times)| Ack {
        delivered: sizes.0,
        acknowledged: sizes.1,
        in_flight: sizes.2,
        lost: sizes.3,
        window_was_used: flags.0,
        round_ended: flags.1,
        repair: flags.2,
        rtts: times.0,
        rate: times.1,
    })
}

fn call() -> impl Strategy<Value = Call> {
    prop_oneof![
        12 => ack().prop_map(|ack| Call::Ack(Box::new(ack))),
        2 => (bytes(), any::<bool>()).prop_map(|(flight_size, mark)| Call::Congestion { flight_size, mark }),
        1 => (bytes(), any::<bool>()).prop_map(|(flight_size, again)| Call::Timeout { flight_size, again }),
        1 => Just(Call::Undo),
        1 => duration().prop_map(Call::Idle),
        1 => bytes().prop_map(Call::SegmentSize),
    ]
}

fn say(controller: &mut dyn Controller, now: Instant, call: &Call) {
    let congestion = |flight_size, sign| Congestion { now, flight_size, sign };
    match call {
        Call::Ack(ack) => controller.on_ack(&Delivery {
            now,
            delivered: ack.delivered,
            acknowledged: ack.acknowledged,
            rtt: ack.rtts[0],
            srtt: ack.rtts[1],
            min_rtt: ack.rtts[2],
            in_flight_before: ack.in_flight[0],
            in_flight: ack.in_flight[1],
            window_was_used: ack.window_was_used,
            round_ended: ack.round_ended,
            repair: ack.repair,
            lost: ack.lost,
            rate: ack.rate,
        }),
        Call::Congestion { flight_size, mark: true } => {
            controller.on_congestion(&congestion(*flight_size, Sign::Mark));
        }
        Call::Congestion { flight_size, mark: false } => {
            controller.on_congestion(&congestion(*flight_size, Sign::Loss));
        }
        Call::Timeout { flight_size, again } => {
            controller.on_timeout(&congestion(*flight_size, Sign::Loss), *again);
        }
        Call::Undo => controller.undo(),
        Call::Idle(idle) => controller.on_idle(now, *idle),
        Call::SegmentSize(smss) => controller.on_segment_size(*smss),
    }
}

/// How small a window may be, in segments. BBR keeps four on the way, so that ACKs of every second segment suffice, as
/// soon as an ACK has come.
fn least(name: &str, after: &Call) -> u32 {
    match after {
        Call::Ack(ack) if name == "bbr" && ack.delivered > 0 => 4,
        _ => 1,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn a_window_is_between_its_bounds(
        smss in bytes(),
        initial_window in bytes(),
        seed in any::<u32>(),
        calls in proptest::collection::vec((duration(), call()), 0..120),
        backwards in proptest::bool::weighted(0.05),
    ) {
        for row in &TABLE {
            let mut controller = row.control.controller(smss, initial_window, seed);
            let mut smss = smss;
            let mut now = Instant::now() + Duration::from_secs(86_400);
            for (n, (passes, call)) in calls.iter().enumerate() {
                now = match backwards && n % 7 == 0 {
                    true => now.checked_sub(*passes).unwrap_or(now),
                    false => now + *passes,
                };
                say(&mut *controller, now, call);
                if let Call::SegmentSize(new) = call {
                    smss = *new;
                }
                let window = controller.window();
                let segment = smss.clamp(1, 65_535);
                let why = format!("{}, call {n}: {call:?}", row.name);
                prop_assert!(window >= least(row.name, call) * segment, "{}: {} < {} of {}", why, window, least(row.name, call), segment);
                prop_assert!(window <= LARGEST_WINDOW, "{}: {}", why, window);
                prop_assert!(controller.threshold() >= segment, "{}: ssthresh {}", why, controller.threshold());
                for srtt in [None, Some(Duration::ZERO), Some(Duration::from_nanos(1)), Some(Duration::MAX)] {
                    prop_assert_ne!(controller.pacing_rate(srtt), Some(0), "{}: nothing is ever sent", why);
                }
                let _ = controller.phase().to_string();
            }
        }
    }
}
