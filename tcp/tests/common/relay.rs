//! The relay of `barewire-internet` between two devices, as the tests and the recorder of captures run it: it writes
//! `ready` when it listens, and ends with its standard input.

use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use std::{io, thread};

use barewire_internet::relay::driver::{self, End, Ethernet};
use barewire_internet::relay::{Framing, Plan, Relay};

/// How long it runs at the most, if the plan does not say.
const LONGEST: Duration = Duration::from_secs(600);

/// Relays as `words` say, and gives what became of the frames.
pub(crate) fn run(left: &str, right: &str, words: &[&str]) -> Result<String, String> {
    let plan = Plan::read(words.iter().copied())?;
    let mut relay = Relay::new(Framing::Ethernet, &plan);
    let open = |name| Ethernet::open(name).map(|end| Box::new(end) as Box<dyn End>);
    let mut ends = [open(left).map_err(text)?, open(right).map_err(text)?];
    let input_ended = Arc::new(AtomicBool::new(false));
    let ended = Arc::clone(&input_ended);
    thread::spawn(move || {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        ended.store(true, Ordering::Relaxed);
    });
    println!("ready");
    io::stdout().flush().map_err(text)?;
    let end = Instant::now() + plan.lasts.unwrap_or(LONGEST);
    let mut goes_on = |_: &Relay| Instant::now() < end && !input_ended.load(Ordering::Relaxed);
    let refused = driver::run(&mut relay, &mut ends, &mut goes_on).map_err(text)?;
    Ok(format!(
        "{}\nnot taken by the devices: {} and {}",
        relay.tally(),
        refused[0].frames,
        refused[1].frames
    ))
}

fn text(error: io::Error) -> String {
    error.to_string()
}
