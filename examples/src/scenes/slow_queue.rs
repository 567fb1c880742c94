//! The same service time, another latency. A server that needs 50 ms for a request gets 16 of them a second, so it is
//! busy for 80 % of its time. Then it stands still for ten seconds, and its clients try three times. With an endless
//! queue it never recovers: it works on requests that nobody waits for any more. With a bounded queue it recovers at
//! once.

use std::time::{Duration, Instant};

use barewire_internet::Wire;

use super::scene::{Report, Scene};
use crate::network::{Network, Toy};
use crate::services::HttpServer;
use crate::services::crowd::{Outcome, Plan, Try};
use crate::services::stage::{Fault, Set, Stage};
use crate::services::workers::{Model, ServiceTime, Workers};

pub(super) const SCENE: Scene = Scene {
    name: "slow_queue",
    about: "the same service time, another latency: queues, retries, overload",
    drawing: "  crowd-a, 16 requests a second ─ 5 ms ─ endless    50 ms a request, an endless queue
  crowd-b, 16 requests a second ─ 5 ms ─ bounded    50 ms a request, 10 may wait
  after 20 s both servers stand still for 10 s; a client waits 1 s and tries 3 times",
    set,
    play,
};

const SERVICE: Duration = Duration::from_millis(50);
const RATE: f64 = 16.0;
const LASTS: u64 = 90;
const PAUSE: (u64, u64) = (20, 10);

fn set(seed: u64) -> Result<Set, Fault> {
    let mut stage = Stage::new(seed);
    stage.plan().switch("core", "0.0.0.0/0");
    stage.seat("client", "192.0.2.42", "192.0.2.53")?;
    stage.wire("client", "core", Wire::ms(5));
    stage.resolver("resolver", "192.0.2.53", &[("www.example.test", "203.0.113.1")])?;
    stage.wire("resolver", "core", Wire::default());
    for (server, people, address, room) in
        [("endless", "crowd-a", "203.0.113.1", None), ("bounded", "crowd-b", "203.0.113.2", Some(10))]
    {
        let (begins, stands) = (Duration::from_secs(PAUSE.0), Duration::from_secs(PAUSE.1));
        let workers = Workers::new(Model::EventLoop, ServiceTime::Exponential(SERVICE), seed ^ 0x5eed);
        let workers = workers.pause(stage.start() + begins, stands);
        let workers = if let Some(room) = room { workers.room(room) } else { workers };
        stage.host(server, address, vec![Box::new(HttpServer::new(workers).http(80))])?;
        stage.crowd(people, &address.replace("113", "114"), plan(address, seed, stage.start())?)?;
        stage.wire(people, "core", Wire::ms(5));
        stage.wire("core", server, Wire::default());
    }
    stage.set()
}

fn plan(server: &str, seed: u64, start: Instant) -> Result<Plan, Fault> {
    Ok(Plan {
        server: format!("{server}:80").parse()?,
        rate: RATE,
        from: start,
        until: start + Duration::from_secs(LASTS),
        patience: Duration::from_secs(1),
        tries: 3,
        pause: Duration::from_millis(50),
        seed,
    })
}

fn play(toy: &mut Toy) -> Result<Report, Fault> {
    let start = toy.now();
    toy.world().run_for(Duration::from_secs(LASTS + 5));
    let mut report = Report::default();
    for (server, people) in [("endless", "crowd-a"), ("bounded", "crowd-b")] {
        let tries = toy.diary(people)?.tries();
        report.say(format!("{server}: {} tries", tries.len()));
        for (from, to) in [(5, 20), (20, 30), (30, 40), (40, 60), (60, LASTS)] {
            report.say(format!("  {from:>2} to {to:>2} s: {}", summary(&tries, start, from, to)));
        }
    }
    Ok(report)
}

/// What became of the requests that began between two seconds.
fn summary(tries: &[Try], start: Instant, from: u64, to: u64) -> String {
    let window = start + Duration::from_secs(from)..start + Duration::from_secs(to);
    let of: Vec<&Try> = tries.iter().filter(|tried| window.contains(&tried.began)).collect();
    let count = |wanted: fn(Outcome) -> bool| of.iter().filter(|tried| wanted(tried.outcome)).count();
    let mut times: Vec<Duration> = of
        .iter()
        .filter(|tried| tried.outcome == Outcome::Good)
        .map(|tried| tried.ended - tried.began)
        .collect();
    times.sort();
    let at = |percent: usize| times.get(times.len() * percent / 100).map_or(0, |time| time.as_millis());
    format!(
        "{:>4.1} tries/s, {:>4.1} good/s, {:>4} refused, {:>4} gave up; half within {:>3} ms, 99 % within {:>3} ms",
        of.len() as f64 / (to - from) as f64,
        times.len() as f64 / (to - from) as f64,
        count(|outcome| matches!(outcome, Outcome::Refused(_))),
        count(|outcome| outcome == Outcome::OutOfPatience),
        at(50),
        at(99),
    )
}
