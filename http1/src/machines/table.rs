//! A state machine as a table. The code asks it for each transition, and the docs print it, so the figure cannot differ
//! from the program. [`machines`](super) shows the three tables of this crate. Tested in `tests/machines.rs`.

use std::fmt::{self, Debug, Display};

/// One row: in this state, when this happens, the next state, and what is done.
pub type Row<State, Input, Action> = (State, Input, State, Action);

/// All transitions of one machine. What is not in a row cannot happen, or is refused.
#[derive(Debug)]
pub struct Table<State: 'static, Input: 'static, Action: 'static> {
    /// The rows, by state.
    pub rows: &'static [Row<State, Input, Action>],
}

impl<State: Copy + PartialEq, Input: Copy + PartialEq, Action: Copy> Table<State, Input, Action> {
    /// Where `input` leads from `state`, and what is done then. `None`: the table has no such row.
    pub fn next(&self, state: State, input: Input) -> Option<(State, Action)> {
        let row = self.rows.iter().find(|row| (row.0, row.1) == (state, input));
        row.map(|&(_, _, next, action)| (next, action))
    }
}

/// The figure: one line for each row, in columns. A state is named where its rows begin.
impl<State: Copy + PartialEq + Debug, Input: Display, Action: Display> Display
    for Table<State, Input, Action>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut named = None;
        for (state, input, next, action) in self.rows {
            let name = if named == Some(*state) { String::new() } else { format!("{state:?}") };
            named = Some(*state);
            let row = format!("{name:<9} {:<36} ──▶ {:<9} {action}", input.to_string(), format!("{next:?}"));
            writeln!(f, "{}", row.trim_end())?;
        }
        Ok(())
    }
}
