//! The checks of tcp08, tcp09 and tcp10: what a sender makes of SACK, of time, and of the ACKs while it repairs.

use barewire_tcp::Config;

use super::played::Played;
use crate::steps::{Failed, Steps};

const REPORT: &str = "RFC 2883 §4: the first block tells what came twice";
const INSIDE: &str = "RFC 2883 §4.1.3: such a block lies within the second one";
const NOT_ONE: &str = "RFC 2883 §4: a block above the ACK, and not within the second one, is no report";
const UNDO: &str = "RFC 3708 §2: all that was sent twice has come twice, so nothing was lost";
const WAITS: &str = "RFC 8985 §6.2, step 4: a quarter of the least round trip, until three have arrived";
const LATE: &str = "RFC 8985 §6.2, step 5: sent before what has arrived, and its time is over";
const SHARE: &str =
    "RFC 6937 §3: prr_delivered * ssthresh / RecoverFS - prr_out, rounded up to whole segments";
const FULL: &str = "RFC 6937 §3: the pipe is filled up to the threshold, and not further";
const BOUND: &str = "RFC 6937 §3, PRR-SSRB: what was delivered, and one segment more";

/// The numbers of segments, in the order in which they left.
fn numbers(played: &mut Played) -> String {
    match played.segments()[..] {
        [] => "nothing".to_owned(),
        ref some => some.iter().map(|(seq, _)| seq.to_string()).collect::<Vec<_>>().join(", "),
    }
}

/// So many segments of 1000 bytes are written, and leave.
fn write(played: &mut Played, segments: usize) {
    let _ = played.connection.write(&vec![b'-'; 1000 * segments]);
    played.segments();
}

/// A connection on which six segments have left, and of which the peer says that the first two are missing. They have
/// been sent again. What is lost is found by counting: time is another exercise.
fn repaired(steps: &mut Steps) -> Result<Played, Failed> {
    let mut played = Played::with(Config { rack: false, ..Config::default() });
    steps.step("six segments leave, of 1000 bytes each, from number 1 on; 2001 to 6001 is reported");
    write(&mut played, 6);
    played.reports(1, &[(2001, 6001)]);
    steps.equal("it sends again", "1, 1001".to_owned(), numbers(&mut played), "RFC 6675 §4")?;
    Ok(played)
}

/// Whether the last reduction of the window was undone. The threshold is then what it was before the first loss: the
/// largest number.
fn undone(played: &Played) -> bool {
    played.connection.variables().ssthresh == u32::MAX
}

/// tcp08: the peer reports what came twice.
pub(crate) fn duplicates(steps: &mut Steps) -> Result<(), Failed> {
    let mut played = repaired(steps)?;
    for (ack, blocks, what, rule, wanted) in [
        (6001, &[][..], "all is acknowledged, with no block", REPORT, false),
        (6001, &[(1, 1001)], "the ACK says again 6001, with a block 1 to 1001", REPORT, false),
        (6001, &[(1001, 2001)], "and once more, with a block 1001 to 2001", UNDO, true),
    ] {
        steps.step(what);
        played.reports(ack, blocks);
        steps.equal("the reduction of the window is undone", wanted, undone(&played), rule)?;
    }
    let mut played = repaired(steps)?;
    steps.step("the ACK stays at 1. The first block is 1001 to 2001, the second one 1001 to 6001");
    played.reports(1, &[(1001, 2001), (1001, 6001)]);
    steps.equal("the reduction is undone", false, undone(&played), INSIDE)?;
    steps.step("all is acknowledged, with a block 1 to 1001: now both have come twice");
    played.reports(6001, &[(1, 1001)]);
    steps.equal("the reduction is undone", true, undone(&played), INSIDE)?;
    let mut played = repaired(steps)?;
    played.reports(6001, &[]);
    write(&mut played, 4);
    for (blocks, what) in [
        (&[(8001, 9001)][..], "of four new segments, 8001 to 9001 is reported"),
        (&[(9001, 10_001), (7001, 8001)], "then 9001 to 10001, and 7001 to 8001 after it"),
        (
            &[(7001, 10_001), (8001, 9001)],
            "then 7001 to 10001, and 8001 to 9001: the second within the first",
        ),
        (&[(7001, 9001), (8001, 10_001)], "then 7001 to 9001, and 8001 to 10001: they overlap"),
        (&[(3001, 1001)], "a block ends before it begins"),
        (&[(5001, 5001)], "a block holds nothing"),
        (&[(5001, 8001)], "a block begins below the ACK, and ends above it"),
    ] {
        steps.step(what);
        // Twice, since two were sent again.
        played.reports(6001, blocks);
        played.reports(6001, blocks);
        steps.equal("the reduction is undone", false, undone(&played), NOT_ONE)?;
    }
    Ok(())
}

/// tcp09: losses by time.
pub(crate) fn by_time(steps: &mut Steps) -> Result<(), Failed> {
    let open = || Played::with(Config::default());
    let nothing = || "nothing".to_owned();
    let mut played = open();
    steps.step(
        "five segments leave, from number 1 on. After 100 ms, 1001 to 4001 is reported: three segments",
    );
    write(&mut played, 5);
    played.wait(100);
    played.reports(1, &[(1001, 4001)]);
    steps.equal("it sends", "1".to_owned(), numbers(&mut played), LATE)?;
    played = open();
    steps.step("a new connection: three leave, and after 100 ms 1001 to 3001 is reported: two segments");
    write(&mut played, 3);
    played.wait(100);
    played.reports(1, &[(1001, 3001)]);
    steps.equal("it sends", nothing(), numbers(&mut played), WAITS)?;
    for (wait, wanted) in [(24, nothing()), (1, "1".to_owned())] {
        steps.step(format!("{wait} ms pass"));
        played.wait(wait);
        steps.equal("it sends", wanted, numbers(&mut played), WAITS)?;
    }
    played = open();
    steps.step("a new connection: two segments leave, and 60 ms later two more");
    write(&mut played, 2);
    played.wait(60);
    write(&mut played, 2);
    steps.step("40 ms later, 1001 to 2001 is reported, and 25 ms pass");
    played.wait(40);
    played.reports(1, &[(1001, 2001)]);
    played.wait(25);
    let what = "it sends, and not what left after that";
    steps.equal(what, "1".to_owned(), numbers(&mut played), LATE)?;
    steps.step("75 ms later, 3001 to 4001 is reported: 2001 left before it, and 1 left again after it");
    played.wait(75);
    played.reports(1, &[(3001, 4001), (1001, 2001)]);
    played.wait(25);
    steps.equal("it sends", "2001".to_owned(), numbers(&mut played), LATE)?;
    played = open();
    steps.step("a new connection: five segments leave, the first is lost, and goes out again");
    write(&mut played, 5);
    played.wait(100);
    played.reports(1, &[(1001, 5001)]);
    steps.equal("it sends", "1".to_owned(), numbers(&mut played), LATE)?;
    steps.step("1 ms later a new one leaves. It arrives: the retransmission before it was lost as well");
    played.wait(1);
    write(&mut played, 1);
    played.wait(100);
    played.reports(1, &[(1001, 6001)]);
    steps.equal("it sends", "1".to_owned(), numbers(&mut played), LATE)
}

/// How many segments leave after each ACK, where twenty are in flight and the first of them are lost. The ACKs report
/// the others, one after the other.
fn after_each(steps: &mut Steps, lost: u32, acks: &[(usize, &'static str)]) -> Result<(), Failed> {
    let config = Config { initial_window: 20, rack: false, ..Config::default() };
    let mut played = Played::with(config);
    let _ = played.connection.write(&[b'-'; 60_000]);
    let left = played.segments().len();
    steps.step(format!("20 segments leave at once. The first {lost} will be lost"));
    steps.equal("so many leave", 20, left, "RFC 6928 §2")?;
    for (number, (wanted, rule)) in acks.iter().enumerate() {
        let arrived = lost + number as u32 + 1;
        steps.step(format!("an ACK reports the segment number {arrived}"));
        played.reports(1, &[(1 + 1000 * lost, 1 + 1000 * arrived)]);
        steps.equal("so many segments leave", *wanted, played.segments().len(), rule)?;
    }
    Ok(())
}

/// tcp10: how much may leave during a repair. The first case and the last one are those of RFC 6937 §3.1.
pub(crate) fn proportion(steps: &mut Steps) -> Result<(), Failed> {
    const LIMITED: &str = "RFC 3042 §2: a new segment for each of the first two duplicate ACKs";
    const FIRST: &str = "RFC 6675 §5: the first retransmission leaves at once";
    let mut acks = vec![(1, LIMITED), (1, LIMITED), (1, FIRST)];
    // From ten for twenty that are delivered: one for each second ACK.
    acks.extend((0..12).map(|number| (number % 2, SHARE)));
    after_each(steps, 1, &acks)?;
    // From the third ACK on, the pipe holds 7, 8, 9 and 9 segments when an ACK has come; the threshold is ten.
    after_each(steps, 12, &[(1, LIMITED), (1, LIMITED), (2, BOUND), (2, BOUND), (1, FULL), (1, FULL)])?;
    after_each(steps, 15, &[(1, LIMITED), (1, LIMITED), (2, BOUND), (2, BOUND), (2, BOUND)])
}
