//! What ping, traceroute and scan share: the place where they send, names looked up there, and what they print.
//!
//! ```text
//!   --net toy   a seat in a scene of the toy internet       names: its resolver     virtual time
//!   --net raw   Layer3Link: raw and packet sockets          names: the system's     real time
//! ```
//!
//! Tested in `tests/probing.rs`, and over real wires in `tests/live/probing.rs`.

mod names;
mod place;
mod recorded;

use std::io::{self, Write};
use std::time::{Duration, Instant};

use barewire_packet::link::Link;
use serde_json::Value;

use super::interrupt;
use super::output::unwritable;
use crate::failure::{Failure, Step};
use crate::probe::{Prober, run};

pub(super) use names::address_in;
pub(super) use place::{Place, device, open};

/// Prints while probes are under way. A reader that went away ends the run.
pub(super) fn say(text: &str) -> io::Result<()> {
    anstream::stdout().write_all(text.as_bytes())
}

/// Prints a JSON object as a line.
pub(super) fn say_json(value: &Value) -> io::Result<()> {
    say(&format!("{value}\n"))
}

/// Runs a prober at a place to its end, or until Ctrl+C. False: the reader of the output has gone.
pub(super) fn drive<P: Prober>(
    place: &mut Place,
    prober: &mut P,
    tell: impl FnMut(Instant, P::Event) -> io::Result<()>,
) -> Result<bool, Failure> {
    interrupt::take_requests().map_err(|error| usage(format!("Ctrl+C cannot be caught: {error}")))?;
    match run(place.link.as_mut(), prober, &interrupt::is_requested, tell) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(usage(error.to_string())),
        Ok(()) => Ok(true),
    }
}

/// Every failure of these commands is 2, as ping has it.
pub(super) fn usage(why: impl Into<String>) -> Failure {
    Failure::new(Step::Usage, why)
}

/// A sentence about packets that the kernel dropped because its queue was full; empty if there are none.
pub(super) fn drops(link: &dyn Link) -> String {
    match link.drops() {
        Some(drops) if drops > 0 => {
            format!(
                "the receive queue was full: {drops} packets were dropped, and answers may be among them\n"
            )
        }
        _ => String::new(),
    }
}

/// Writes the packets that were sent and heard, if that was asked for.
pub(super) fn write_capture(place: &Place) -> Result<(), Failure> {
    let Some((path, trace)) = &place.capture else { return Ok(()) };
    let capture = trace.take(place.link.now());
    std::fs::write(path, capture.write()).map_err(|error| unwritable(&path.display().to_string(), &error))
}

/// A time as ping and traceroute print it, three decimals of a millisecond.
pub(super) fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}
