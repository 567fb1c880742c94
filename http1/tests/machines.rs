//! The tables of the three machines: what the docs show is what the code asks, and every state can be reached and left.

use std::fmt::Display;

use barewire_http1::machines::receiving::{Input, State};
use barewire_http1::machines::{Row, answering, receiving, sending};

/// The figure stands in the docs as a block of text.
#[track_caller]
fn assert_shown(table: &impl Display, page: &str) {
    let shown = format!("```text\n{table}```\n");
    assert_eq!(page, shown, "the page must be:\n{shown}");
}

#[test]
fn the_docs_show_the_tables() {
    assert_shown(&receiving::TABLE, include_str!("../src/machines/receiving.md"));
    assert_shown(&sending::TABLE, include_str!("../src/machines/sending.md"));
    assert_shown(&answering::TABLE, include_str!("../src/machines/answering.md"));
}

/// No two rows for the same case, and no state that is never entered, but the first.
#[track_caller]
fn assert_sound<S: Copy + PartialEq + std::fmt::Debug, I: Copy + PartialEq + std::fmt::Debug, A>(
    rows: &[Row<S, I, A>],
    first: S,
) {
    for (index, (state, input, ..)) in rows.iter().enumerate() {
        let same = |row: &&Row<S, I, A>| (row.0, row.1) == (*state, *input);
        assert_eq!(rows[index + 1..].iter().filter(same).count(), 0, "two rows for {state:?}, {input:?}");
        let entered = *state == first || rows.iter().any(|row| row.2 == *state && row.0 != *state);
        assert!(entered, "{state:?} is never entered");
    }
}

#[test]
fn the_tables_are_sound() {
    assert_sound(receiving::TABLE.rows, State::Idle);
    assert_sound(sending::TABLE.rows, sending::Sending::Idle);
    assert_sound(answering::TABLE.rows, answering::Answering::Waiting);
}

/// A row by hand, from RFC 9110 §15.2 and RFC 9112 §9.3: a 1xx response is followed by another one; a message ends, and
/// its direction rests.
#[test]
fn a_few_rows_by_the_rfcs() {
    let next = |state, input| receiving::TABLE.next(state, input).map(|(next, _)| next);
    assert_eq!(next(State::Head, Input::Interim), Some(State::Head));
    assert_eq!(next(State::Body, Input::Ended), Some(State::Idle));
    assert_eq!(next(State::Idle, Input::Switched), None, "nothing was offered");
    assert_eq!(next(State::Closed, Input::Expected), None, "nothing can come any more");
}
