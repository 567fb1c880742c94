//! The checks of the exercises, a file a layer.

mod dns;
mod http1;
mod tcp;
mod tls13;

use crate::steps::{Failed, Steps};

type Check = fn(&mut Steps) -> Result<(), Failed>;

/// Every exercise with its check.
const CHECKS: &[(&str, Check)] = &[
    ("dns01", dns::pointers),
    ("dns02", dns::replies),
    ("dns03", dns::compression),
    ("http01", http1::chunks),
    ("http02", http1::framing),
    ("http03", http1::fields),
    ("tcp01", tcp::circle),
    ("tcp02", tcp::pieces),
    ("tcp03", tcp::timeout),
    ("tls01", tls13::nonces),
    ("tls02", tls13::labels),
    ("tls03", tls13::transcripts),
];

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
