//! The same service time, another latency. A server that needs 50 ms for a request gets 16 of them a second, so it is
//! busy for 80 % of its time. Then it stands still for ten seconds, and its clients try three times. With an endless
//! queue it never recovers: it works on requests that nobody waits for any more. With a bounded queue it recovers at
//! once.

use std::io;
use std::time::{Duration, Instant};

use barewire_internet::Wire;
use barewire_tls13::Trust;

use super::scene::{Report, Scene};
use crate::fetch::{Job, fetch};
use crate::network::{Network, Toy};
use crate::services::HttpServer;
use crate::services::crowd::Plan;
use crate::services::stage::{Fault, Set, Stage};
use crate::services::workers::{Model, ServiceTime, Workers};

pub(super) const SCENE: Scene = Scene {
    name: "slow_queue",
    about: "the same service time, another latency: queues, retries, overload",
    drawing: "  crowd-a, 16 requests/s ─ 5 ms ─ endless   50 ms a request, an endless queue
  crowd-b, 16 requests/s ─ 5 ms ─ bounded   50 ms a request, 10 may wait
  after 20 s both servers stand still for 10 s; clients wait 1 s and try 3 times",
    set,
    play,
};

const SERVICE: Duration = Duration::from_millis(50);
const LASTS: u64 = 90;
const PAUSES_AFTER: Duration = Duration::from_secs(20);
const PAUSES_FOR: Duration = Duration::from_secs(10);

fn set(mut stage: Stage) -> Result<Set, Fault> {
    let seed = stage.seed();
    stage.plan().switch("core", "0.0.0.0/0");
    stage.seat("client", "192.0.2.42", "192.0.2.53")?;
    stage.wire("client", "core", Wire::ms(5));
    let (a, b) = ("203.0.113.1", "203.0.113.2");
    let names = [("www.example.test", b), ("endless.test", a), ("bounded.test", b)];
    stage.resolver("resolver", "192.0.2.53", &names)?;
    stage.wire("resolver", "core", Wire::default());
    let cases = [("endless", "crowd-a", a, None), ("bounded", "crowd-b", b, Some(10))];
    for (server, people, address, room) in cases {
        let workers = Workers::new(Model::EventLoop, ServiceTime::Exponential(SERVICE), seed ^ 0x5eed);
        let workers = workers.room(room).pause(stage.start() + PAUSES_AFTER, PAUSES_FOR);
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
        rate: 16.0,
        from: start,
        until: start + Duration::from_secs(LASTS),
        patience: Duration::from_secs(1),
        tries: 3,
        pause: Duration::from_millis(50),
        seed,
    })
}

fn play(toy: &mut Toy) -> Result<Report, Fault> {
    let (start, mut report) = (toy.now(), Report::default());
    for (seconds, server) in [(15, "endless"), (60, "endless"), (60, "bounded")] {
        toy.stack().run_until(start + Duration::from_secs(seconds))?;
        let mut job = Job::get(&format!("http://{server}.test/"), Trust::Nothing)?;
        job.limits.total = Some(Duration::from_secs(5));
        let outcome = match fetch(toy, &job, &mut io::sink()) {
            Ok(page) => page.response.headers.get("Server-Timing").unwrap_or_default().into_owned(),
            Err(failure) => format!("gave up: {failure}"),
        };
        report.say(format!("after {seconds} s the client asks {server}: {outcome}"));
    }
    toy.world().run_until(start + Duration::from_secs(LASTS + 5));
    for (server, people) in [("endless", "crowd-a"), ("bounded", "crowd-b")] {
        let diary = toy.diary(people)?;
        let tries = barewire_dissect::count(diary.tries().len() as u64);
        report.say(format!("{server}, {tries} tries of its crowd in all"));
        for (from, to) in [(5, 20), (20, 30), (30, 40), (40, 60), (60, LASTS)] {
            let window = start + Duration::from_secs(from)..start + Duration::from_secs(to);
            report.say(format!("{from:>2} to {to:>2} s: {}", diary.between(window)));
        }
    }
    Ok(report)
}
