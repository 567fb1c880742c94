//! Traces: a capture that is made for one student, with questions about it. No two students get the same.
//!
//! The student's name decides a seed, and the seed decides path, page and losses of a fetch in the simulated internet.
//! The answers are read from the capture by the same story that draws it, so nobody has to keep them. Keys of TLS are
//! drawn anew each time; no question is about their bytes.

use std::time::Duration;

use barewire::fetch::{Job, fetch};
use barewire::network::{Network, Toy, ToyOptions};
use barewire::story::{Config, Story};
use barewire_packet::capture::Capture;

use crate::aliases;
use crate::fnv::fnv;
use crate::layer::Layer;
use crate::questions::{self, Question};

/// How many questions a trace has at least, and how many seeds are tried for one.
const QUESTIONS: usize = 4;
const MOST_TRIES: u64 = 50;

/// A trace: the capture, and what is asked about it.
pub(crate) struct Trace {
    pub(crate) capture: Capture,
    pub(crate) questions: Vec<Question>,
}

/// Makes the trace of a student.
pub(crate) fn of(student: &str, layer: Layer) -> Result<Trace, String> {
    if student.trim().is_empty() {
        return Err("a student has a name, or a number".to_owned());
    }
    let seed = seed_of(student);
    // A seed may lose no packet, and then there is little to ask. The next one is as good.
    for seed in (0..MOST_TRIES).map(|more| seed.wrapping_add(more)) {
        let trace = made(seed, layer).map_err(|error| format!("the trace could not be made: {error}"))?;
        if trace.questions.len() >= QUESTIONS {
            return Ok(trace);
        }
    }
    Err(format!("no trace of {student:?} has {QUESTIONS} questions"))
}

fn made(seed: u64, layer: Layer) -> Result<Trace, Box<dyn std::error::Error>> {
    let capture = match layer {
        Layer::Dns => aliases::looked_up(seed)?,
        Layer::Tcp | Layer::Tls | Layer::Http => fetched(seed, layer)?,
    };
    let config = Config { keep_parts: true, keep_ends: true, ..Config::default() };
    let story = Story::of(&capture, config);
    Ok(Trace { questions: questions::of(&story, layer, seed), capture })
}

/// A name becomes a number, the same on every machine. Case and spaces around it do not count.
fn seed_of(student: &str) -> u64 {
    fnv(&student.trim().to_lowercase())
}

/// What is fetched: the seed decides the path and the page.
fn fetched(seed: u64, layer: Layer) -> Result<Capture, Box<dyn std::error::Error>> {
    let pick = |list: &[&str]| list[(seed >> 8) as usize % list.len()].to_owned();
    let page = match layer {
        Layer::Tcp => format!("https://www.example.test/bytes/{}", 90_000 + seed % 60_000),
        Layer::Tls => {
            let host = pick(&["www", "retry"]);
            format!("https://{host}.example.test/bytes/{}", 100 + seed % 60_000)
        }
        Layer::Dns | Layer::Http => {
            let sized = format!("/bytes/{}", 200 + seed % 9000);
            format!("http://www.example.test{}", pick(&["/chunked", "/close", "/slow", &sized]))
        }
    };
    let options = ToyOptions {
        seed,
        round_trip: Duration::from_millis(20 + seed % 160),
        loss: if layer == Layer::Tcp { 0.03 } else { 0.08 },
        cold: false,
    };
    let mut toy = Toy::new(options)?;
    let job = Job::get(&page, toy.trust()?)?;
    fetch(&mut toy, &job, &mut std::io::sink())?;
    Ok(toy.trace().take(toy.now()))
}
