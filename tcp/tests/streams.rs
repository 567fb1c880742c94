//! Packet streams over bad paths, ten thousand of them: bytes in = bytes out, both ways; it always ends; the variables
//! keep their order all along. A failure prints the seed, and keeps the packets of its run as a capture.

mod common;

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use barewire_internet::{Loss, Wire, World, WorldLink};
use barewire_packet::link::Link;
use barewire_tcp::congestion::CongestionControl;
use barewire_tcp::{Config, Event, Handle, Host, ReceivedNote, State};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use common::recorder::Recorder;
use common::*;

/// One end: a host on its link, with what it has to say and what it has heard.
struct End {
    host: Host,
    link: WorldLink,
    handle: Option<Handle>,
    say: Vec<u8>,
    said: usize,
    heard: Vec<u8>,
    /// The most it reads at once: a slow reader closes its window.
    appetite: usize,
    /// When it closes its half, if it has not said everything before.
    closes_at: Instant,
    closed: bool,
    ended: Option<Event>,
}

impl End {
    fn new(
        address: IpAddr,
        link: WorldLink,
        config: Config,
        say: Vec<u8>,
        appetite: usize,
        closes_at: Instant,
        seed: u64,
    ) -> End {
        let host = host(address, config, seed);
        End {
            host,
            link,
            handle: None,
            say,
            said: 0,
            heard: Vec::new(),
            appetite,
            closes_at,
            closed: false,
            ended: None,
        }
    }

    /// Everything this end can do now.
    fn turn(&mut self, now: Instant) {
        if self.host.deadline().is_some_and(|deadline| deadline <= now) {
            self.host.on_deadline(now);
        }
        while let Some(packet) = self.link.receive(Some(now)).expect("a deadline is set") {
            let note = self.host.receive(now, &packet);
            assert!(!matches!(note, Some(ReceivedNote::Dropped(_))), "the wire damages nothing: {note:?}");
        }
        while let Some(event) = self.host.event() {
            match event {
                Event::Connected(handle) | Event::Accepted { handle, .. } => self.handle = Some(handle),
                Event::Reset(_) | Event::TimedOut(_) | Event::Refused(_) | Event::Closed(_) => {
                    self.ended = Some(event)
                }
                _ => {}
            }
        }
        self.talk(now);
        while let Some(transmit) = self.host.transmit(now) {
            self.link.send(&transmit.packet).expect("it fits the MTU");
        }
        self.check();
    }

    fn talk(&mut self, now: Instant) {
        let Some(handle) = self.handle else { return };
        let mut buffer = vec![0; self.appetite];
        if let Ok(count) = self.host.read(handle, &mut buffer) {
            self.heard.extend_from_slice(&buffer[..count]);
        }
        if now >= self.closes_at && self.said > 0 {
            self.say.truncate(self.said);
        }
        if self.said < self.say.len() {
            self.said += self.host.write(handle, &self.say[self.said..]).unwrap_or(0);
        }
        // CLOSE in SYN-SENT would give the connection up (RFC 9293 §3.10.4).
        if self.said == self.say.len() && !self.closed && self.host.state(handle) > State::SynSent {
            self.closed = true;
            self.host.close(handle);
        }
    }

    fn check(&self) {
        let Some(v) = self.handle.and_then(|handle| self.host.variables(handle)) else { return };
        assert!(v.snd.una.at_or_before(v.snd.nxt), "snd.una =< snd.nxt: {v}");
        assert!(
            v.snd.in_flight() <= v.snd.max_wnd.max(1) + 2,
            "no more in flight than was ever allowed: {v}"
        );
        assert!(v.cwnd >= 1 && v.pipe <= v.snd.in_flight(), "{v}; pipe {}", v.pipe);
        assert!(v.rto >= Duration::from_millis(200) && v.rto <= Duration::from_secs(120), "{v}");
        assert!(
            v.unread + v.out_of_order <= self.host.config().receive_buffer + 64,
            "the buffer is a bound: {v}"
        );
    }

    fn done(&self) -> bool {
        let state = self.handle.map(|handle| self.host.state(handle));
        self.ended.is_some() || state == Some(State::TimeWait)
    }
}

struct Course {
    seed: u64,
    wire: Wire,
    configs: [Config; 2],
    lengths: [usize; 2],
    appetites: [usize; 2],
    /// When each end closes its half at the latest.
    closes_after: [Duration; 2],
    /// Whether both ends open at once, instead of one to the other.
    both_open: bool,
}

/// Runs a course to its end.
fn run(course: &Course, prepare: impl FnOnce(&World)) {
    let world = two_links(course.wire.clone(), course.seed);
    prepare(&world);
    let start = world.now();
    let addresses: [IpAddr; 2] = [CLIENT.into(), SERVER.into()];
    let mut ends: Vec<End> = (0..2)
        .map(|i| {
            let link = world.link(["client", "server"][i]).expect("a link");
            let say = pattern(course.lengths[i]);
            End::new(
                addresses[i],
                link,
                course.configs[i],
                say,
                course.appetites[i],
                start + course.closes_after[i],
                course.seed * 2 + i as u64,
            )
        })
        .collect();
    let [client, server] = &mut ends[..] else { unreachable!() };
    if course.both_open {
        let at = |address: IpAddr, port| SocketAddr::new(address, port);
        client.handle = Some(client.host.connect_from(start, 5000, at(SERVER.into(), 6000)).unwrap());
        server.handle = Some(server.host.connect_from(start, 6000, at(CLIENT.into(), 5000)).unwrap());
    } else {
        server.host.listen(PORT, 4).unwrap();
        client.handle = Some(client.host.connect(start, server_address()).unwrap());
    }
    let limit = start + Duration::from_secs(4000);
    loop {
        let now = world.now();
        for end in [&mut *client, &mut *server] {
            end.turn(now);
        }
        let complete = |end: &End, other: &End| end.heard.len() == other.say.len();
        if client.done() && server.done() && complete(client, server) && complete(server, client) {
            break;
        }
        assert!(now < limit, "it ends: client {:?}, server {:?}", state_of(client), state_of(server));
        let gone =
            |end: &End| matches!(end.ended, Some(Event::Reset(_) | Event::TimedOut(_) | Event::Refused(_)));
        assert!(!gone(client) && !gone(server), "client {:?}, server {:?}", client.ended, server.ended);
        // Slow readers read on every tenth of a second, whatever comes.
        let reading = now + Duration::from_millis(100);
        let wake =
            [client.host.deadline(), server.host.deadline(), Some(reading)].into_iter().flatten().min();
        world.run_until_packet(wake.unwrap_or(reading));
    }
    assert!(client.heard == server.say, "the client heard other bytes than were said");
    assert!(server.heard == client.say, "the server heard other bytes than were said");
}

fn state_of(end: &End) -> String {
    let variables = end.handle.and_then(|handle| end.host.variables(handle));
    format!(
        "{} of {} said, {} heard; {}",
        end.said,
        end.say.len(),
        end.heard.len(),
        variables.map_or("gone".into(), |v| v.to_string())
    )
}

/// A course at random: every seed is another path, other sizes, other options.
fn course(seed: u64, worst: f64) -> Course {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let mut up_to = |limit: u64| rng.next_u64() % (limit + 1);
    let wire = Wire {
        delay: Duration::from_micros(up_to(40_000)),
        jitter: Duration::from_micros(up_to(10_000)),
        loss: match up_to(3) {
            0 => Loss::Bursts { enter: 0.02 * worst, leave: 0.25, lost: 0.9 },
            _ => Loss::Random(up_to(100) as f64 / 100.0 * worst),
        },
        duplicate: up_to(100) as f64 / 100.0 * worst,
        reorder: up_to(100) as f64 / 100.0 * worst,
        rate: (up_to(2) == 0).then_some(1_000_000),
        queue: 20_000,
        ..Wire::default()
    };
    let mut config = || Config {
        mtu: [1500, 576, 1280][up_to(2) as usize],
        receive_buffer: [256 * 1024, 4096, 700, 65_536][up_to(3) as usize],
        send_buffer: [256 * 1024, 3000][up_to(1) as usize],
        window_scaling: up_to(3) > 0,
        timestamps: up_to(2) > 0,
        sack: up_to(2) > 0,
        rack: up_to(2) > 0,
        congestion: [CongestionControl::Reno, CongestionControl::Cubic, CongestionControl::Bbr]
            [up_to(2) as usize],
        nagle: up_to(1) > 0,
        delayed_ack: Duration::from_millis([0, 40, 200][up_to(2) as usize]),
        // Seldom may a connection be given up for a run of bad luck.
        retries: 40,
        syn_retries: 40,
        max_rto: Duration::from_secs(20),
        time_wait: Duration::from_secs(1000),
        ..Config::default()
    };
    let configs = [config(), config()];
    let longest = [4000, 4000, 4000, 30_000][up_to(3) as usize];
    Course {
        seed,
        wire,
        configs,
        lengths: [up_to(longest) as usize, up_to(longest) as usize],
        appetites: [[100_000, 500, 2000][up_to(2) as usize], [100_000, 500, 2000][up_to(2) as usize]],
        closes_after: [half_close(&mut up_to), half_close(&mut up_to)],
        both_open: up_to(4) == 0,
    }
}

/// One end in four closes its half at a moment of its own.
fn half_close(up_to: &mut impl FnMut(u64) -> u64) -> Duration {
    if up_to(3) == 0 { Duration::from_millis(up_to(2000)) } else { Duration::from_secs(4000) }
}

fn courses(seeds: std::ops::Range<u64>, worst: f64) {
    let total = seeds.end - seeds.start;
    let failed: Vec<u64> = seeds
        .filter(|seed| std::panic::catch_unwind(|| run(&course(*seed, worst), |_| ())).is_err())
        .inspect(|seed| eprintln!("seed {seed} failed (worst {worst}); {}", keep_capture(*seed, worst)))
        .collect();
    assert!(failed.is_empty(), "{} of {total} seeds failed: {failed:?}", failed.len());
}

/// Runs a seed that has failed once more, and keeps its packets. Says where.
fn keep_capture(seed: u64, worst: f64) -> String {
    let recorder = Recorder::new(&["client", "server"]);
    let again = recorder.clone();
    let _ = std::panic::catch_unwind(move || run(&course(seed, worst), |world| again.watch(world)));
    recorder.keep(&format!("streams_{seed}.pcapng"))
}

#[test]
fn good_paths() {
    courses(0..2000, 0.0);
}

#[test]
fn bad_paths() {
    courses(2000..6000, 0.1);
}

#[test]
fn terrible_paths() {
    courses(6000..10_000, 0.3);
}
