//! Questions put to servers, each on its own.

use std::collections::VecDeque;
use std::net::SocketAddr;

use barewire_dns::driver::{Sockets, Transport, lookup_observed};
use barewire_dns::stub::{Config, Error, Query};
use barewire_dns::{Name, RecordType};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng as _, SeedableRng as _};

use super::asked::Asked;
use super::carried::{Carried, Recorder};
use super::place::Place;

/// How many questions are asked at the same time.
const AT_ONCE: usize = 16;

/// A question to be asked.
pub(super) struct Question {
    /// The name, or the address, as it was typed.
    pub(super) typed: String,
    /// The names that it may stand for: more than one with a search list.
    pub(super) candidates: Vec<Name>,
    /// The type of record.
    pub(super) rtype: RecordType,
}

/// Asks all of them: real servers at the same time, those of the toy internet in turn, because its time is its own.
pub(super) fn all(place: &mut Place, questions: Vec<Question>, config: &Config) -> Vec<Asked> {
    let Place { toy, servers, rng, .. } = place;
    let mut draw = |question| {
        let mut seed = [0; 32];
        rng.fill_bytes(&mut seed);
        (question, ChaCha8Rng::from_seed(seed))
    };
    let mut waiting = questions.into_iter().map(&mut draw).collect::<VecDeque<_>>();
    if let Some(toy) = toy {
        let ask_toy = |(question, rng)| ask(question, servers, config, &mut toy.udp(), rng);
        return waiting.into_iter().map(ask_toy).collect();
    }
    let mut asked = Vec::new();
    while !waiting.is_empty() {
        let servers = &*servers;
        std::thread::scope(|scope| {
            let now = waiting.drain(..waiting.len().min(AT_ONCE));
            let threads: Vec<_> = now
                .map(|(question, rng)| {
                    scope.spawn(move || ask(question, servers, config, &mut Sockets::new(), rng))
                })
                .collect();
            let ended = threads.into_iter().map(std::thread::ScopedJoinHandle::join);
            asked.extend(ended.map(|ended| ended.unwrap_or_else(|why| std::panic::resume_unwind(why))));
        });
    }
    asked
}

/// Asks one question; with a search list, name after name until one exists.
fn ask(
    question: Question,
    servers: &[SocketAddr],
    config: &Config,
    transport: &mut dyn Transport,
    mut rng: ChaCha8Rng,
) -> Asked {
    let Question { typed, candidates, rtype } = question;
    let mut recorder = Recorder { inner: transport, carried: Carried::default() };
    let mut asked = Asked::new(typed, rtype, config.clone());
    let mut names = VecDeque::from(candidates);
    while let Some(name) = names.pop_front() {
        let now = recorder.now();
        let mut query = Query::new(now, name.clone(), rtype, servers.to_vec(), config.clone(), &mut rng);
        let told: u32 = asked.ignored.iter().map(|(.., count)| count).sum();
        asked.result = lookup_observed(&mut query, &mut recorder, &mut |event| asked.see(event, servers));
        let told = asked.ignored.iter().map(|(.., count)| count).sum::<u32>() - told;
        asked.more_ignored = asked.more_ignored.saturating_add(query.ignored().saturating_sub(told));
        asked.name = name;
        match (&asked.result, names.front()) {
            (Err(error), Some(next)) if goes_on(error) => {
                asked.steps.push(format!("next name {next}: {error}"));
                asked.targets.clear();
            }
            _ => break,
        }
    }
    asked.end(recorder.carried);
    asked
}

/// Whether the next name of the search list is tried: after NXDOMAIN, NODATA and SERVFAIL, as the C library does it.
/// Any other failure would meet each name.
fn goes_on(error: &Error) -> bool {
    error.is_negative() || error.is_server_failure()
}
