//! A crowd of clients: requests at random moments, each on a connection of its own, with a timer and some tries.
//!
//! Tested in `tests/services.rs`.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use barewire_http1::{Body, Config, Request, client};
use barewire_tcp::{Event, Handle};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

use super::program::{Program, Sockets};
use super::timed::Timed;

/// What a crowd wants, and how it insists.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The server.
    pub server: SocketAddr,
    /// How many requests a second the people make, not counting tries again.
    pub rate: f64,
    /// From when to when.
    pub from: Instant,
    /// The last moment at which somebody makes a request.
    pub until: Instant,
    /// How long one try may take.
    pub patience: Duration,
    /// How often one request is tried at the most.
    pub tries: u32,
    /// How long after a refusal or a failure the next try begins. After a try that ran out of patience it begins at
    /// once.
    pub pause: Duration,
    /// Decides the moments.
    pub seed: u64,
}

/// One try of a request, and how it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Try {
    /// When it began.
    pub began: Instant,
    /// When it ended.
    pub ended: Instant,
    /// When the first try of this request began.
    pub asked: Instant,
    /// How it ended.
    pub outcome: Outcome,
}

/// How a try ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Outcome {
    /// 200 in time.
    Good,
    /// Another status: 503, for one.
    Refused(u16),
    /// No answer in time.
    OutOfPatience,
    /// The connection failed.
    Broken,
}

/// What a crowd lived through, in the order of the ends. Clones are the same list.
#[derive(Debug, Clone, Default)]
pub struct Diary(Arc<Mutex<Vec<Try>>>);

impl Diary {
    /// All tries that have ended.
    pub fn tries(&self) -> Vec<Try> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What became of the tries that began in this time.
    pub fn between(&self, time: Range<Instant>) -> Summary {
        let tries = self.tries().into_iter().filter(|tried| time.contains(&tried.began));
        let mut summary = Summary { lasted: time.end - time.start, ..Summary::default() };
        for tried in tries {
            match tried.outcome {
                Outcome::Good => summary.good.push(tried.ended - tried.began),
                Outcome::Refused(_) => summary.refused += 1,
                Outcome::OutOfPatience => summary.out_of_patience += 1,
                Outcome::Broken => summary.broken += 1,
            }
        }
        summary.good.sort();
        summary
    }

    fn add(&self, tried: Try) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(tried);
    }
}

/// What became of some tries.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// How long the time was in which they began.
    pub lasted: Duration,
    /// How long each good one took, the shortest first.
    pub good: Vec<Duration>,
    /// How many were refused.
    pub refused: usize,
    /// How many had no answer in time.
    pub out_of_patience: usize,
    /// How many had no connection, or lost it.
    pub broken: usize,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = self.good.len() + self.refused + self.out_of_patience + self.broken;
        let a_second = |count: usize| count as f64 / self.lasted.as_secs_f64();
        write!(f, "{:.1} tries/s, {:.1} good", a_second(all), a_second(self.good.len()))?;
        let counts = [
            (self.refused, "refused"),
            (self.out_of_patience, "without an answer in time"),
            (self.broken, "without a connection"),
        ];
        for (count, what) in counts.iter().filter(|(count, _)| *count > 0) {
            write!(f, ", {:.1} {what}", a_second(*count))?;
        }
        let at = |percent: usize| self.good.get(self.good.len() * percent / 100).map(Duration::as_millis);
        match (at(50), at(99)) {
            (Some(half), Some(most)) => write!(f, "; half within {half} ms, 99 % within {most}"),
            _ => Ok(()),
        }
    }
}

/// The program: a crowd on one host.
pub struct Crowd {
    plan: Plan,
    diary: Diary,
    rng: ChaCha8Rng,
    /// When the next person makes a request.
    next: Option<Instant>,
    /// Tries that begin later.
    later: Timed<Wish>,
    /// When a try is given up.
    patience: Timed<Handle>,
    calls: BTreeMap<Handle, Call>,
}

/// A request that is to be tried.
#[derive(Debug, Clone, Copy)]
struct Wish {
    asked: Instant,
    tries_left: u32,
}

/// A try under way.
struct Call {
    wish: Wish,
    began: Instant,
    http: client::Connection,
}

impl Crowd {
    /// A crowd, and the diary that it writes.
    pub fn new(plan: Plan) -> (Crowd, Diary) {
        let diary = Diary::default();
        let (rng, next) = (ChaCha8Rng::seed_from_u64(plan.seed), Some(plan.from));
        let (later, patience, calls) = (Timed::default(), Timed::default(), BTreeMap::new());
        (Crowd { plan, diary: diary.clone(), rng, next, later, patience, calls }, diary)
    }

    /// The people's requests that are due: a Poisson process.
    fn wish(&mut self, now: Instant) {
        while let Some(at) = self.next.filter(|at| *at <= now) {
            self.later.add(at, Wish { asked: at, tries_left: self.plan.tries });
            let uniform = ((self.rng.next_u64() >> 11) + 1) as f64 / (1u64 << 53) as f64;
            let next = at + Duration::from_secs_f64(-uniform.ln() / self.plan.rate);
            self.next = Some(next).filter(|next| *next <= self.plan.until);
        }
    }

    fn begin(&mut self, now: Instant, sockets: &mut Sockets, wish: Wish) {
        let wish = Wish { tries_left: wish.tries_left.saturating_sub(1), ..wish };
        let Ok(handle) = sockets.tcp.connect(now, self.plan.server) else {
            return self.ended(now, wish, now, Outcome::Broken);
        };
        let mut http = client::Connection::new(Config::default());
        let request = Request::new("GET", &self.plan.server.to_string(), "/").with("Connection", "close");
        // The request is one that the core accepts.
        let _ = http.request(&request, Body::None);
        self.calls.insert(handle, Call { wish, began: now, http });
        self.patience.add(now + self.plan.patience, handle);
    }

    /// A try ended. Maybe there is another one.
    fn ended(&mut self, now: Instant, wish: Wish, began: Instant, outcome: Outcome) {
        self.diary.add(Try { began, ended: now, asked: wish.asked, outcome });
        if outcome != Outcome::Good && wish.tries_left > 0 {
            let pause = if outcome == Outcome::OutOfPatience { Duration::ZERO } else { self.plan.pause };
            self.later.add(now + pause, wish);
        }
    }

    /// Ends a call, and lets go of its connection.
    fn end(&mut self, now: Instant, sockets: &mut Sockets, handle: Handle, outcome: Outcome) {
        if let Some(call) = self.calls.remove(&handle) {
            match outcome {
                Outcome::OutOfPatience => sockets.tcp.abort(handle),
                _ => sockets.tcp.release(now, handle),
            }
            self.ended(now, call.wish, call.began, outcome);
        }
    }

    /// Reads what came of a response.
    fn read(&mut self, now: Instant, sockets: &mut Sockets, handle: Handle) {
        let Some(call) = self.calls.get_mut(&handle) else { return };
        let mut buffer = [0; 4096];
        let mut outcome = None;
        while let Ok(length @ 1..) = sockets.tcp.read(handle, &mut buffer) {
            if call.http.receive(now, &buffer[..length]).is_err() {
                outcome = Some(Outcome::Broken);
            }
        }
        while let Some(event) = call.http.event() {
            if let client::Event::Response { head, .. } = event {
                outcome =
                    Some(if head.status() == 200 { Outcome::Good } else { Outcome::Refused(head.status()) });
            }
        }
        if let Some(outcome) = outcome {
            self.end(now, sockets, handle, outcome);
        }
    }
}

impl Program for Crowd {
    fn tcp(&mut self, now: Instant, sockets: &mut Sockets, event: &Event) {
        match event {
            Event::Connected(handle) => {
                if let Some(bytes) = self.calls.get_mut(handle).and_then(|call| call.http.transmit(now)) {
                    // A request of this size fits the buffer of a new connection.
                    let _ = sockets.tcp.write(*handle, &bytes);
                }
            }
            Event::Readable(handle) => self.read(now, sockets, *handle),
            Event::Refused(handle)
            | Event::Unreachable(handle)
            | Event::Reset(handle)
            | Event::TimedOut(handle) => {
                self.end(now, sockets, *handle, Outcome::Broken);
            }
            _ => {}
        }
    }

    fn turn(&mut self, now: Instant, sockets: &mut Sockets) {
        self.wish(now);
        while let Some(handle) = self.patience.due(now) {
            self.end(now, sockets, handle, Outcome::OutOfPatience);
        }
        while let Some(wish) = self.later.due(now) {
            self.begin(now, sockets, wish);
        }
    }

    fn deadline(&self) -> Option<Instant> {
        self.next.into_iter().chain(self.later.deadline()).chain(self.patience.deadline()).min()
    }
}
