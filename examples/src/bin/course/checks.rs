//! The checks of the exercises, a file a layer.

mod dns;

use crate::steps::{Failed, Steps};

type Check = fn(&mut Steps) -> Result<(), Failed>;

/// Every exercise with its check.
const CHECKS: [(&str, Check); 3] =
    [("dns01", dns::pointers), ("dns02", dns::replies), ("dns03", dns::compression)];

/// Runs a check in this process, and prints its steps. `true`: it passed.
pub(crate) fn run(id: &str) -> bool {
    let Some((_, check)) = CHECKS.iter().find(|(known, _)| *known == id) else {
        println!("  *** {id} has no check");
        return false;
    };
    let mut steps = Steps::default();
    let ended = check(&mut steps);
    print!("{}", steps.report(&ended));
    ended.is_ok()
}
