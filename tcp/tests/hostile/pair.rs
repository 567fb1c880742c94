//! Two hosts joined by a hostile wire, as the input says; once that is over, by an honest one. What is heard is what
//! was said, unless the wire forges; and both come to rest.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use barewire_packet::icmp::{ErrorKind, error_packet};
use barewire_tcp::{Config, Event, Handle, Host, State};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::input::{Input, config};
use crate::laws::Laws;
use crate::text::text;
use crate::wire::Wire;

/// How many moments a run has at most, and how many packets leave at one of them.
const MOST_MOMENTS: usize = 100_000;
const MOST_PACKETS: usize = 2000;
/// How many packets two ends need for what they say, once the wire is honest, whatever they think of each other. A user
/// may write byte by byte, and each one has at most 4096 of them.
const MOST_HONEST: usize = 600 + 2 * (2 * 4096);
/// How many timers may run out at one moment.
const MOST_TIMERS: usize = 10;
const ROUTER: [u8; 4] = [192, 0, 2, 1];
const PORTS: [u16; 2] = [5000, 6000];

/// One end: its host, what it says, and what it has heard.
struct End {
    host: Host,
    ends: [SocketAddr; 2],
    config: Config,
    /// The connection, once the user knows of it.
    handle: Option<Handle>,
    /// The connection that the laws are about.
    judged: Option<Handle>,
    laws: Laws,
    /// How much it says, and the most that it reads at once.
    length: u32,
    appetite: usize,
    heard: u32,
    said: u32,
    closed: bool,
    /// Its connection ended before its time.
    broke: bool,
    /// The wire forges: what is heard may be anything.
    is_deceived: bool,
}

struct Pair {
    ends: [End; 2],
    wire: Wire,
    now: Instant,
    /// How many packets the honest wire has carried.
    honest: usize,
}

/// A run of the bytes.
pub(crate) fn run(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let first = input.byte();
    let forges = first & 2 != 0;
    let now = Instant::now();
    let addresses: [IpAddr; 2] = [[10, 0, 0, 2].into(), [203, 0, 113, 80].into()];
    let mut ends = [0, 1].map(|i| End::new(&mut input, [addresses[i], addresses[1 - i]], i, forges));
    let opens = |end: &mut End| {
        end.handle = end.host.connect_from(now, end.ends[0].port(), end.ends[1]).ok();
    };
    opens(&mut ends[0]);
    if first & 1 == 0 {
        ends[1].host.listen(PORTS[1], 4).expect("a free port")
    } else {
        opens(&mut ends[1])
    }
    let mut pair = Pair { ends, wire: Wire::new(forges), now, honest: 0 };
    pair.run(&mut input);
    pair.is_at_rest();
}

impl End {
    fn new(input: &mut Input<'_>, addresses: [IpAddr; 2], i: usize, forges: bool) -> End {
        let config = Config { strict_checksums: true, ..config(input) };
        let rng = Box::new(ChaCha20Rng::seed_from_u64(i as u64));
        let at = |address, i: usize| SocketAddr::new(address, PORTS[i]);
        End {
            host: Host::new(vec![addresses[0]], config, rng),
            ends: [at(addresses[0], i), at(addresses[1], 1 - i)],
            config,
            handle: None,
            judged: None,
            laws: Laws::default(),
            length: u32::from(input.below(5000)),
            appetite: input.pick(&[100_000, 500, 50]),
            heard: 0,
            said: 0,
            closed: false,
            broke: false,
            is_deceived: forges,
        }
    }

    /// What happened, and what the user does then.
    fn user(&mut self) {
        while let Some(event) = self.host.event() {
            match event {
                Event::Accepted { handle, .. } if self.handle.is_some() => self.host.abort(handle),
                Event::Connected(handle) | Event::Accepted { handle, .. } => self.handle = Some(handle),
                Event::Reset(_) | Event::TimedOut(_) | Event::Refused(_) | Event::Unreachable(_) => {
                    self.broke = true;
                }
                _ => {}
            }
        }
        let Some(handle) = self.handle else { return };
        let mut buffer = vec![0; self.appetite.min(self.host.unread(handle))];
        let count = self.host.read(handle, &mut buffer).unwrap_or(0);
        let said = text(self.heard, count);
        assert!(self.is_deceived || buffer[..count] == said, "what is heard is what was said");
        self.heard += count as u32;
        let rest = self.length.saturating_sub(self.said).min(1000);
        if let Ok(taken) = self.host.write(handle, &text(self.said, rest as usize)) {
            self.said += taken as u32;
        }
        // CLOSE in SYN-SENT would give the connection up (RFC 9293 §3.10.4).
        if self.said >= self.length && !self.closed && self.host.state(handle) > State::SynSent {
            self.closed = true;
            self.host.close(handle);
        }
    }

    /// All packets of this moment.
    fn drain(&mut self, now: Instant) -> Vec<Vec<u8>> {
        for _ in 0..MOST_TIMERS {
            if self.host.deadline().is_none_or(|deadline| deadline > now) {
                break;
            }
            self.host.on_deadline(now);
            self.user();
        }
        let sent: Vec<_> = std::iter::from_fn(|| self.host.transmit(now)).take(MOST_PACKETS).collect();
        assert!(sent.len() < MOST_PACKETS, "it does not stop");
        let sent: Vec<_> = sent.into_iter().map(|transmit| transmit.packet).collect();
        self.judge(&sent);
        sent
    }

    fn judge(&mut self, sent: &[Vec<u8>]) {
        let current = self.host.handle_of(self.ends[0], self.ends[1]).or(self.handle);
        if current != self.judged {
            (self.judged, self.laws) = (current, Laws::default());
        }
        self.laws.written = if current == self.handle { self.said } else { 0 };
        match current.and_then(|handle| self.host.variables(handle)) {
            Some(variables) => self.laws.check(&self.config, &variables, sent),
            None => assert!(sent.iter().all(|packet| packet[33] & 4 != 0), "a reset belongs to nobody"),
        }
    }

    /// A call that users seldom make.
    fn any_call(&mut self, now: Instant, choice: u8) {
        let Some(handle) = self.handle else { return };
        match choice & 3 {
            0 => self.host.abort(handle),
            1 => self.host.release(now, handle),
            // Nothing more is said.
            _ => self.length = self.said.min(self.length),
        }
        self.broke |= choice & 3 < 2;
    }

    /// Whether the user has something to do without being told.
    fn reads_on(&self) -> bool {
        self.handle.is_some_and(|handle| self.host.unread(handle) > 0)
    }
}

impl Pair {
    fn run(&mut self, input: &mut Input<'_>) {
        for _ in 0..MOST_MOMENTS {
            for end in 0..2 {
                self.turn(end, input);
            }
            let reads_on = self.ends.iter().any(End::reads_on);
            let reading = reads_on.then(|| self.now + Duration::from_millis(100));
            let deadlines = self.ends.iter().filter_map(|end| end.host.deadline());
            let Some(next) = deadlines.chain(self.wire.next()).chain(reading).min() else { return };
            self.now = self.now.max(next);
            if let Some((end, packet)) = self.wire.arrival(self.now) {
                self.ends[end].host.receive(self.now, &packet);
            }
        }
        panic!("it does not come to rest: {}", self.describe());
    }

    /// One end does what it can, and its packets get on the wire.
    fn turn(&mut self, from: usize, input: &mut Input<'_>) {
        self.ends[from].user();
        for packet in self.ends[from].drain(self.now) {
            self.honest += usize::from(input.is_over());
            assert!(self.honest < MOST_HONEST, "they do not stop: {}", self.describe());
            let choice = input.byte();
            match choice {
                210..214 => self.ends[from].any_call(self.now, choice),
                214..220 => self.router_refuses(from, &packet, input),
                _ => self.wire.carry(self.now, 1 - from, packet, choice, input),
            }
        }
    }

    /// A router on the way drops a packet, and says why.
    fn router_refuses(&mut self, to: usize, packet: &[u8], input: &mut Input<'_>) {
        let (kind, code, word) =
            input.pick(&[(3, 4, 600), (3, 4, 0), (3, 4, 1280), (3, 1, 0), (3, 3, 0), (11, 0, 0)]);
        let error = ErrorKind { kind, code, word };
        let error = error_packet(ROUTER.into(), self.ends[to].ends[0].ip(), error, packet);
        self.wire.deliver(self.now, to, error);
    }

    fn is_at_rest(&self) {
        let broke = self.ends.iter().any(|end| end.broke);
        for (end, other) in [(0, 1), (1, 0)].map(|(a, b)| (&self.ends[a], &self.ends[b])) {
            let variables = end.handle.and_then(|handle| end.host.variables(handle));
            let waits = variables.is_some_and(|v| {
                v.state != State::Closed && (v.snd.una != v.snd.nxt || v.unacknowledged > 0)
            });
            assert!(!waits, "something is not sent: {}", self.describe());
            if !broke && !self.wire.forges {
                assert_eq!((end.said, end.heard), (end.length, other.said), "{}", self.describe());
                let state = end.handle.map(|handle| end.host.state(handle));
                assert_eq!(state, Some(State::Closed), "{}", self.describe());
            }
        }
    }

    fn describe(&self) -> String {
        let of = |end: &End| {
            let variables = end.handle.and_then(|handle| end.host.variables(handle));
            let variables = variables.map_or("gone".into(), |v| v.to_string());
            format!("{} of {} said, {} heard; {variables}", end.said, end.length, end.heard)
        };
        format!("{} / {}", of(&self.ends[0]), of(&self.ends[1]))
    }
}
