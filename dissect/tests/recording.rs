//! What a recording takes in, and what it leaves out: fields of other threads, and of other buffers.

use std::sync::Barrier;
use std::thread;

use barewire_dissect::{Tree, computed, describe, field, group, listening, record};
use nom::number::complete::{be_u16, u8};
use nom::{IResult, Parser};

const BYTES: [u8; 4] = [0, 1, 2, 3];

/// Two fields in a group.
fn pair(input: &[u8]) -> IResult<&[u8], (u16, u16)> {
    group("pair", "", |input| {
        let (input, first) = field("first", "", be_u16).parse(input)?;
        let (input, second) = field("second", "", be_u16).parse(input)?;
        describe(|| format!("{first} and {second}"));
        Ok((input, (first, second)))
    })
    .parse(input)
}

fn names(tree: &Tree) -> Vec<&'static str> {
    tree.walk().map(|(_, node)| node.name).collect()
}

#[test]
fn another_thread_is_not_recorded() {
    let (_, tree) = record(&BYTES, || {
        thread::scope(|scope| {
            let other = scope.spawn(|| (listening(), pair(&BYTES).map(|(_, pair)| pair)));
            assert_eq!(other.join().expect("no panic"), (false, Ok((1, 0x203))));
        });
        assert!(listening());
    });
    assert_eq!(names(&tree), [] as [&str; 0], "the same bytes, but read by another thread");
}

#[test]
fn a_recording_that_another_thread_begins_and_ends_meanwhile_changes_nothing() {
    let met = Barrier::new(2);
    // Reads the pair; the other thread records from the first wait to the second, inside the group.
    let wait_and_read = || {
        let mut waiting = group("waiting", "", |input| {
            met.wait();
            met.wait();
            pair(input)
        });
        waiting.parse(&BYTES[..]).map(|(_, pair)| pair)
    };
    thread::scope(|scope| {
        let other = scope.spawn(|| {
            [(), ()].map(|()| {
                met.wait();
                let (_, tree) = record(&BYTES, || pair(&BYTES).is_ok());
                met.wait();
                names(&tree)
            })
        });
        assert_eq!(wait_and_read(), Ok((1, 0x203)));
        let (result, tree) = record(&BYTES, wait_and_read);
        assert_eq!(result, Ok((1, 0x203)));
        assert_eq!(names(&tree), ["waiting", "pair", "first", "second"]);
        assert_eq!(other.join().expect("no panic"), [["pair", "first", "second"]; 2]);
    });
}

#[test]
fn many_threads_record_at_once() {
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for round in 0..500 {
                    let bytes = [0, 7, 0, 9];
                    let (result, tree) = record(&bytes, || pair(&bytes).is_ok());
                    assert!(result);
                    assert_eq!(names(&tree), ["pair", "first", "second"], "round {round}");
                    assert_eq!(tree.nodes[0].value.as_deref(), Some("7 and 9"), "round {round}");
                    assert!(!listening(), "round {round}");
                    assert!(pair(&bytes).is_ok());
                }
            });
        }
    });
}

#[test]
fn what_another_buffer_holds_stays_out_with_all_that_is_in_it() {
    let other = [9, 9, 9, 9];
    let (_, tree) = record(&BYTES, || {
        group("outer", "", |input| {
            let (rest, _) = group("elsewhere", "", |elsewhere| {
                let (rest, _) = field("there", "", u8).parse(elsewhere)?;
                // These bytes do lie in the recorded buffer.
                let _ = pair(input)?;
                computed("remark", "", || "about another buffer".into());
                describe(|| "of another buffer".into());
                Ok::<_, nom::Err<nom::error::Error<&[u8]>>>((rest, ()))
            })
            .parse(&other[..])?;
            assert_eq!(rest.len(), 3);
            // A parser that fails elsewhere, too, ends what it began.
            let beyond = field("too long", "", be_u16::<_, nom::error::Error<_>>).parse(&other[3..]);
            assert!(beyond.is_err());
            pair(input)
        })
        .parse(&BYTES[..])
        .is_ok()
    });
    assert_eq!(names(&tree), ["outer", "pair", "first", "second"]);
    assert_eq!(tree.nodes[0].value, None, "what is said elsewhere is not said of this buffer");
    assert_eq!(tree.check_coverage(), Ok(()));
}
