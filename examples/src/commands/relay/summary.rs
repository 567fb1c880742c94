//! What a relay says: that it is ready, and at its end what became of the frames.

use std::time::Duration;

use barewire_dissect::count;
use barewire_internet::relay::{Fates, Tally};
use serde_json::{Value, json};

use crate::cli::RelayArgs;

/// What a relay has seen.
pub(super) struct Seen {
    pub(super) seed: u64,
    pub(super) time: Duration,
    pub(super) tally: Tally,
    /// How many frames the devices did not take, the left one first, if the relay has come to its end.
    pub(super) refused: Option<[u64; 2]>,
    /// How many frames the system had no room for before the relay saw them.
    pub(super) overflowed: [Option<u64>; 2],
}

/// From here on it relays.
pub(super) fn ready(args: &RelayArgs, seed: u64) -> String {
    let RelayArgs { left, right, .. } = args;
    if args.json {
        return format!("{}\n", json!({ "ready": true, "left": left, "right": right, "seed": seed }));
    }
    format!("relaying between {left} and {right}, seed {seed}; Ctrl+C ends it\n")
}

/// What became of all frames.
pub(super) fn end(args: &RelayArgs, seen: &Seen) -> String {
    if args.json { format!("{}\n", object(args, seen)) } else { table(args, seen) }
}

/// The rows of the table: what is counted, and the count each way.
fn rows(seen: &Seen) -> Vec<(&'static str, &'static str, [u64; 2])> {
    let both = |of: fn(&Fates) -> u64| [of(&seen.tally.to_right), of(&seen.tally.to_left)];
    let [left, right] = seen.refused.unwrap_or_default();
    // What overflowed on the left was to go to the right.
    let [at_left, at_right] = seen.overflowed.map(|count| count.unwrap_or(0));
    vec![
        ("came", "came", both(|fates| fates.came)),
        ("sent_on", "sent on", both(|fates| fates.sent)),
        ("lost", "lost by chance", both(|fates| fates.lost)),
        ("queue_full", "lost to a full queue", both(|fates| fates.queue_full)),
        ("dropped", "dropped by a rule", both(|fates| fates.dropped)),
        ("too_big", "too large for the wire", both(|fates| fates.too_big)),
        ("no_room", "lost, too many on the way", both(|fates| fates.no_room)),
        ("doubled", "sent twice", both(|fates| fates.doubled)),
        ("held", "held back", both(|fates| fates.held)),
        ("marked", "marked (ECN)", both(|fates| fates.marked)),
        ("under_way", "still on the way", both(Fates::under_way)),
        ("not_taken", "not taken by the device", [right, left]),
        ("overflowed", "lost before they came here", [at_left, at_right]),
    ]
}

fn table(args: &RelayArgs, seen: &Seen) -> String {
    let mut out = format!("{:.1} s, seed {}\n", seen.time.as_secs_f64(), seen.seed);
    out += &format!("{:28}{:>18}{:>18}\n", "", format!("to {}", args.right), format!("to {}", args.left));
    for (_, what, [right, left]) in rows(seen) {
        if right + left > 0 || matches!(what, "came" | "sent on") {
            out += &format!("{what:28}{:>18}{:>18}\n", count(right), count(left));
        }
    }
    out
}

fn object(args: &RelayArgs, seen: &Seen) -> Value {
    let way = |index: usize| {
        Value::Object(
            rows(seen).into_iter().map(|(key, _, counts)| (key.to_owned(), counts[index].into())).collect(),
        )
    };
    json!({
        "left": args.left, "right": args.right, "seed": seen.seed, "seconds": seen.time.as_secs_f64(),
        "to_right": way(0), "to_left": way(1),
    })
}
