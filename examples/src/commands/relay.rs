//! `barewire relay`: a poor wire between two network devices, since kernels often lack netem.
//!
//! The core and the loop are [`barewire_internet::relay`]; here are the words around them. Nothing on the machine is
//! changed, so nothing has to be put back: when the program ends, however it ends, its sockets are closed. Linux only.
//! Tested in `tests/live/relaying.rs`.

#[cfg(target_os = "linux")]
mod ends;
#[cfg(target_os = "linux")]
mod summary;

use crate::cli::RelayArgs;
use crate::failure::{Failure, Step};

/// Runs the command until it is ended.
///
/// # Errors
/// [`Failure`]: the words make no sense, or a device cannot be opened.
#[cfg(target_os = "linux")]
pub fn run(args: &RelayArgs) -> Result<u8, Failure> {
    use barewire_dissect::count;
    use barewire_internet::relay::{Plan, Relay, driver};
    use rand_core::Rng;
    use std::time::Instant;

    use super::output::print;
    use super::{interrupt, progress::Progress, seed};

    let usage = |why: String| Failure::new(Step::Usage, why);
    let seed = args.seed.map_or_else(|| seed::generator(None).map(|mut dice| dice.next_u32().into()), Ok)?;
    let plan = Plan::read(args.words(seed).iter().map(String::as_str)).map_err(usage)?;
    let mut ends = ends::open(args)?;
    interrupt::take_requests().map_err(|error| usage(format!("Ctrl+C cannot be caught: {error}")))?;
    print(&summary::ready(args, seed))?;
    let (start, mut progress, mut relay) =
        (Instant::now(), Progress::new(), Relay::new(ends[0].framing(), &plan));
    let outcome = driver::run(&mut relay, &mut ends, &mut |relay| {
        let tally = relay.tally();
        progress.show(|| {
            let came = tally.to_left.came + tally.to_right.came;
            let lost = tally.to_left.all_lost() + tally.to_right.all_lost();
            format!("{} frames came, {} of them lost", count(came), count(lost))
        });
        !interrupt::is_requested() && plan.lasts.is_none_or(|time| start.elapsed() < time)
    });
    drop(progress);
    let overflowed = ends.each_mut().map(|end| end.overflowed());
    let refused = outcome.as_ref().map(|refused| refused.each_ref().map(|refused| refused.frames)).ok();
    print(&summary::end(
        args,
        &summary::Seen { seed, time: start.elapsed(), tally: relay.tally(), refused, overflowed },
    ))?;
    match outcome {
        Ok(_) => Ok(0),
        Err(error) => Err(Failure::new(Step::BrokenReply, format!("a device is gone: {error}"))),
    }
}

/// Fails: only Linux gives a program the frames of a device in this way.
///
/// # Errors
/// [`Failure`], always.
#[cfg(not(target_os = "linux"))]
pub fn run(_: &RelayArgs) -> Result<u8, Failure> {
    let why = "relay passes on the frames of two network devices, which only Linux gives to a program in this way; \
               on Windows, WSL2 has it. The toy internet delays and loses everywhere: barewire --rtt 200 --loss 2";
    Err(Failure::new(Step::Usage, why))
}
