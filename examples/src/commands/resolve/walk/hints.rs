//! Where a walk begins: the root's servers, from a file, from the table of the real ones, or those of the toy internet.
//! And whom it trusts: keys from a file.

use std::fmt::Display;
use std::path::Path;

use barewire_dns::dnssec::Anchors;
use barewire_dns::resolver::Hints;

use crate::commands::input::read_file;
use crate::failure::{Failure, Step};
use crate::services::zones::root_hints;

/// The root's servers, as IANA publishes them.
const REAL: &str = include_str!("root.hints");

/// The hints of a file.
///
/// # Errors
/// [`Failure`]: it cannot be read, or has no server of the root.
pub(in crate::commands) fn from_file(path: &Path) -> Result<Hints, Failure> {
    Hints::parse(&read_file(path)?).map_err(|fault| unfit(Step::Input, path, &fault))
}

/// The servers of the real root.
///
/// # Errors
/// Never, unless the program has a bug.
pub(in crate::commands) fn real() -> Result<Hints, Failure> {
    Hints::parse(REAL.as_bytes()).map_err(|fault| Failure::new(Step::Usage, fault.to_string()))
}

/// The servers of the toy internet's root.
///
/// # Errors
/// Never, unless the program has a bug.
pub(super) fn toy() -> Result<Hints, Failure> {
    Hints::parse(root_hints().as_bytes()).map_err(|fault| Failure::new(Step::Usage, fault.to_string()))
}

/// The trust anchors of a file.
///
/// # Errors
/// [`Failure`]: it cannot be read, or has no key to trust.
pub(in crate::commands) fn anchors(path: &Path) -> Result<Anchors, Failure> {
    let bytes = read_file(path)?;
    let text = String::from_utf8(bytes).map_err(|error| unfit(Step::Anchors, path, &error))?;
    Anchors::parse(&text).map_err(|fault| unfit(Step::Anchors, path, &fault))
}

fn unfit(step: Step, path: &Path, fault: &dyn Display) -> Failure {
    Failure::new(step, format!("{}: {fault}", path.display()))
}
