//! One question to servers, watched: what was sent and came, what happened on the way, and how it ended.

use std::collections::VecDeque;
use std::net::SocketAddr;

use barewire_dissect::printable;
use barewire_dns::driver::{Sockets, Transport, lookup_observed};
use barewire_dns::exchange;
use barewire_dns::stub::{Answer, Config, End, Ending, Error, Event, Ignored, Query};
use barewire_dns::{Message, Name, Outcome, RecordType};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng as _, SeedableRng as _};

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

/// A question that was asked.
pub(super) struct Asked {
    pub(super) typed: String,
    /// The name that it ended with.
    pub(super) name: Name,
    pub(super) rtype: RecordType,
    pub(super) result: Result<Answer, Error>,
    /// The targets of aliases that had to be asked for.
    pub(super) targets: Vec<Name>,
    /// What happened on the way, in sentences.
    pub(super) steps: Vec<String>,
    /// What was ignored: the first of each kind, from where, and how many there were.
    pub(super) ignored: Vec<(Ignored, SocketAddr, u32)>,
    /// How many more were ignored, after so many that nobody was told of each.
    pub(super) more_ignored: u32,
    pub(super) carried: Carried,
    /// How the question was put.
    pub(super) config: Config,
}

/// The exit codes, as --help has them.
const NOT_THERE: u8 = 1;
pub(super) const FAILED: u8 = 3;
const SILENCE: u8 = 9;

impl Asked {
    /// 0 for an answer.
    pub(super) fn exit_code(&self) -> u8 {
        match &self.result {
            Ok(_) => 0,
            Err(error) if error.is_negative() => NOT_THERE,
            Err(Error::NoAnswer { servers, .. } | Error::ServersFailed { servers, .. }) => {
                let silent = |end: &End| matches!(end.how, Ending::Silence { .. } | Ending::Unreachable(_));
                if servers.iter().all(silent) { SILENCE } else { FAILED }
            }
            Err(_) => FAILED,
        }
    }

    /// Why there is no answer.
    pub(super) fn complaint(&self) -> Option<String> {
        let error = self.result.as_ref().err()?;
        let sentence = self.referral().unwrap_or_else(|| error.to_string());
        Some(format!("({}) {}", self.exit_code(), printable(&sentence)))
    }

    /// Other servers, named by one that was asked for nothing else.
    fn referral(&self) -> Option<String> {
        let Err(Error::ServersFailed { question, servers }) = &self.result else { return None };
        let [End { server, how: Ending::Reply(Outcome::Referral(referral)), .. }] = &servers[..] else {
            return None;
        };
        let (name, zone) = (&question.name, &referral.zone);
        let sentence = format!("{server} knows nothing of {name} itself: it names the servers of {zone}");
        (!self.config.recursion_desired).then_some(sentence)
    }

    /// The last message that belongs to the question, if one came.
    pub(super) fn message(&self) -> Option<&Message> {
        match &self.result {
            Ok(answer) => Some(answer.message()),
            Err(Error::NoSuchName { message, .. } | Error::NoData { message, .. }) => Some(message),
            Err(Error::NoAnswer { servers, .. } | Error::ServersFailed { servers, .. }) => {
                servers.iter().rev().find_map(|end| end.message.as_ref())
            }
            Err(_) => None,
        }
    }

    /// `www.example.test A`
    pub(super) fn title(&self) -> String {
        format!("{} {}", printable(&self.typed), self.rtype)
    }

    fn see(&mut self, event: &Event, servers: &[SocketAddr]) {
        use exchange::Event::{Ignored, Over, Retransmit, TcpFallback, WithoutEdns};
        if let Event::Target { target, .. } = event {
            self.targets.push(target.clone());
        }
        let from = match event {
            Event::Answer(_) | Event::Failed(_) | Event::Exchange(Over(_)) => return,
            Event::Exchange(Ignored { from, why }) => return self.ignore(*from, why),
            Event::Exchange(
                Retransmit { server, .. } | TcpFallback { server, .. } | WithoutEdns { server, .. },
            ) if servers.len() > 1 => format!("{server}, "),
            _ => String::new(),
        };
        self.steps.push(format!("{from}{event}"));
    }

    fn ignore(&mut self, from: SocketAddr, why: &Ignored) {
        let kind = std::mem::discriminant(why);
        match self.ignored.iter_mut().find(|(first, ..)| std::mem::discriminant(first) == kind) {
            Some((.., count)) => *count += 1,
            None => self.ignored.push((why.clone(), from, 1)),
        }
    }
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
    let mut asked = Asked {
        typed,
        name: Name::root(),
        rtype,
        result: Err(Error::NoServers),
        targets: Vec::new(),
        steps: Vec::new(),
        ignored: Vec::new(),
        more_ignored: 0,
        carried: Carried::default(),
        config: config.clone(),
    };
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
            }
            _ => break,
        }
    }
    asked.carried = recorder.carried;
    asked
}

/// Whether the next name of the search list is tried: after NXDOMAIN, NODATA and SERVFAIL, as the C library does it.
/// Any other failure would meet each name.
fn goes_on(error: &Error) -> bool {
    error.is_negative() || error.is_server_failure()
}
