//! A server's process as a queue: requests wait for a worker, a worker takes time, and a full queue refuses.
//!
//! ```text
//!   request ──▶ queue ──▶ worker 1..n, each for its service time ──▶ 200, Server-Timing
//!                 └─ full ──▶ 503, Retry-After
//! ```
//!
//! What a request went through stands in its response, as `Server-Timing: queue;dur=12.0, app;dur=50.0` (milliseconds;
//! W3C Server Timing). Left out: workers that share one processor. Tested in `tests/services.rs`, against the formulas
//! of queueing theory.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use barewire_http1::{Body, Response};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

use super::app::{App, Incoming, RequestId, Say};
use super::program::Sockets;
use super::timed::Timed;

/// How a process serves several requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Model {
    /// A thread for each request: nothing waits in a queue.
    ThreadPerRequest,
    /// This many workers, each with one request at a time.
    Pool(usize),
    /// One thread that computes for one request after the other.
    EventLoop,
}

impl Model {
    fn workers(self) -> usize {
        match self {
            Model::ThreadPerRequest => usize::MAX,
            Model::Pool(workers) => workers.max(1),
            Model::EventLoop => 1,
        }
    }
}

/// How long a worker takes for a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServiceTime {
    /// Always as long.
    Constant(Duration),
    /// At random, exponential, with this mean.
    Exponential(Duration),
}

/// A process that serves each request with a short text, after it waited for its turn.
pub struct Workers {
    model: Model,
    service: ServiceTime,
    /// How many requests may wait. `None`: any number.
    room: Option<usize>,
    /// The process stands still from the one moment to the other: whatever was to end then ends later.
    pause: Option<(Instant, Instant)>,
    rng: ChaCha8Rng,
    busy: usize,
    queue: VecDeque<(Instant, RequestId)>,
    plan: Timed<Step>,
}

/// What is due at a moment.
enum Step {
    Says(RequestId, Say),
    /// A worker is done with its request.
    IsFree,
}

impl Workers {
    /// A process with an endless queue. The seed decides the service times.
    pub fn new(model: Model, service: ServiceTime, seed: u64) -> Workers {
        let rng = ChaCha8Rng::seed_from_u64(seed);
        let (queue, plan) = (VecDeque::new(), Timed::default());
        Workers { model, service, room: None, pause: None, rng, busy: 0, queue, plan }
    }

    /// The same process, in whose queue at most this many requests wait. Others are answered by 503. `None`: any number
    /// may wait.
    pub fn room(self, requests: Option<usize>) -> Workers {
        Workers { room: requests, ..self }
    }

    /// The same process, which stands still for `length` from the moment `from` on.
    pub fn pause(self, from: Instant, length: Duration) -> Workers {
        Workers { pause: Some((from, from + length)), ..self }
    }

    /// How many requests wait.
    pub fn waiting(&self) -> usize {
        self.queue.len()
    }

    fn service_time(&mut self) -> Duration {
        match self.service {
            ServiceTime::Constant(time) => time,
            ServiceTime::Exponential(mean) => {
                // A number over 0 and at most 1, whose logarithm is finite.
                let uniform = ((self.rng.next_u64() >> 11) + 1) as f64 / (1u64 << 53) as f64;
                mean.mul_f64(-uniform.ln())
            }
        }
    }

    /// Gives each free worker the request that waited longest.
    fn hand_out(&mut self, now: Instant) {
        while self.busy < self.model.workers()
            && let Some((arrived, id)) = self.queue.pop_front()
        {
            self.busy += 1;
            let work = self.service_time();
            let begins = self.after_pause(now);
            let done = self.ends(begins, work);
            let timing = format!(
                "queue;dur={:.1}, app;dur={:.1}",
                (begins - arrived).as_secs_f64() * 1000.0,
                (done - begins).as_secs_f64() * 1000.0
            );
            let body = b"done\n".to_vec();
            let head = Response::new(200)
                .with("Server", "toy")
                .with("Content-Type", "text/plain")
                .with("Server-Timing", timing.as_str());
            self.plan.add(done, Step::Says(id, Say::Head(head, Body::Length(body.len() as u64))));
            self.plan.add(done, Step::Says(id, Say::Piece(body)));
            self.plan.add(done, Step::Says(id, Say::End));
            self.plan.add(done, Step::IsFree);
        }
    }

    /// The first moment from `at` on that is not in the pause.
    fn after_pause(&self, at: Instant) -> Instant {
        match self.pause {
            Some((from, to)) if (from..to).contains(&at) => to,
            _ => at,
        }
    }

    /// When work that begins at `begins` ends. A pause in between makes it later.
    fn ends(&self, begins: Instant, work: Duration) -> Instant {
        match self.pause {
            Some((from, to)) if begins < from && begins + work > from => to + (work - (from - begins)),
            _ => begins + work,
        }
    }

    /// Refuses a request: the queue is full (RFC 9110 §15.6.4).
    fn refuse(&mut self, now: Instant, id: RequestId) {
        let head = Response::new(503).with("Server", "toy").with("Retry-After", "1");
        self.plan.add(now, Step::Says(id, Say::Head(head, Body::Length(0))));
        self.plan.add(now, Step::Says(id, Say::End));
    }
}

impl App for Workers {
    fn request(&mut self, now: Instant, _: &mut Sockets, id: RequestId, _: Incoming) {
        let all_busy = self.busy >= self.model.workers();
        if all_busy && self.room.is_some_and(|room| self.queue.len() >= room) {
            return self.refuse(now, id);
        }
        self.queue.push_back((now, id));
        self.hand_out(now);
    }

    fn say(&mut self, now: Instant) -> Option<(RequestId, Say)> {
        loop {
            match self.plan.due(now)? {
                Step::Says(id, say) => return Some((id, say)),
                Step::IsFree => {
                    self.busy -= 1;
                    self.hand_out(now);
                }
            }
        }
    }

    fn deadline(&self) -> Option<Instant> {
        self.plan.deadline()
    }
}
