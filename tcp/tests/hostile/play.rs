//! A connection by itself, with a peer that is made up, step by step. After each step the laws are checked.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use barewire_packet::ip::Codepoint;
use barewire_tcp::fast_open::Plan;
use barewire_tcp::options::{Options, Timestamps};
use barewire_tcp::packet::{Packet, Payload};
use barewire_tcp::{Config, Connection, Flags, Open, Segment, SeqNumber, State};

use crate::input::Input;
use crate::laws::Laws;
use crate::text::text;

/// How many packets may leave in one step: the text that a send buffer holds in the smallest segments.
const MOST_PACKETS: usize = 2000;
/// How many timers may run out at one moment.
const MOST_TIMERS: usize = 10;
/// How many rounds a polite peer needs at most, and how many timers run out in silence.
const MOST_ROUNDS: usize = 1000;
const MOST_DEADLINES: usize = 20_000;

/// The connection, and what its peer knows.
pub(crate) struct Play {
    pub(crate) c: Connection,
    config: Config,
    pub(crate) now: Instant,
    laws: Laws,
    /// The peer's initial sequence number, if it does not choose another.
    pub(crate) irs: SeqNumber,
    /// The peer's timestamp clock, and the last value of ours.
    clock: u32,
    echo: u32,
    pub(crate) window: u16,
    /// How many bytes have been read.
    read: u32,
}

impl Play {
    /// A connection that has done nothing but its first SYN. With Fast Open, `early` bytes of text are there before it.
    pub(crate) fn new(
        config: Config,
        passive: bool,
        v6: bool,
        numbers: u8,
        (plan, early): (Plan, usize),
    ) -> Play {
        let ends =
            if v6 { ["[fd00::2]:4000", "[fd00::80]:80"] } else { ["10.0.0.2:4000", "203.0.113.80:80"] };
        let [local, remote]: [SocketAddr; 2] = ends.map(|end| end.parse().expect("an address"));
        let now = Instant::now();
        // Numbers before the wrap, before the half, or anywhere.
        let [iss, irs] = [numbers & 15, numbers >> 4]
            .map(|number| SeqNumber([u32::MAX - 9, (1 << 31) - 9, 1000, 0][usize::from(number & 3)]));
        let begin = if passive { Connection::listen } else { Connection::connect };
        let c = begin(now, Open { config, local, remote, iss, timestamp_offset: iss.0 });
        let mut play = Play {
            c,
            config,
            now,
            laws: Laws::default(),
            irs,
            clock: irs.0,
            echo: 0,
            window: 60_000,
            read: 0,
        };
        play.c.set_fast_open(plan);
        play.write(early);
        play
    }

    /// All that the connection does by itself at this moment.
    fn settle(&mut self) {
        for _ in 0..MOST_TIMERS {
            self.drain();
            if self.c.deadline().is_none_or(|deadline| deadline > self.now) {
                return;
            }
            self.c.on_deadline(self.now);
        }
        panic!("a timer that does not go off: {}", self.c.variables());
    }

    /// All packets of this moment, and the events.
    fn drain(&mut self) {
        let mut sent = Vec::new();
        while let Some(transmit) = self.c.transmit(self.now) {
            sent.push(transmit.packet);
            assert!(sent.len() < MOST_PACKETS, "it does not stop: {}", self.c.variables());
        }
        self.laws.check(&self.config, &self.c.variables(), &sent);
        if let Some(Packet { payload: Payload::Tcp(last), .. }) =
            sent.last().and_then(|packet| Packet::parse(packet).ok())
            && let Some(timestamps) = last.options.timestamps
        {
            self.echo = timestamps.value;
            if last.flags.ack() {
                // It goes on from the newest that we have seen, also beyond the wrap.
                self.clock = SeqNumber(self.clock).latest(SeqNumber(timestamps.echo)).0;
            }
        }
        let events = std::iter::from_fn(|| self.c.event()).count();
        assert!(events <= 6, "{events} events of one step");
    }

    /// The user does something.
    pub(crate) fn user(&mut self, act: impl FnOnce(&mut Connection)) {
        act(&mut self.c);
        self.settle();
    }

    pub(crate) fn write(&mut self, length: usize) {
        let taken = self.c.write(&text(self.laws.written, length)).unwrap_or(0);
        self.laws.written += taken as u32;
        self.settle();
    }

    pub(crate) fn read(&mut self, length: usize) {
        let mut buffer = vec![0; length.min(self.c.unread())];
        let count = self.c.read(&mut buffer);
        let first = self.c.variables().rcv.irs + 1;
        assert_eq!(buffer[..count], text((first + self.read).0, count), "the peer's own bytes, in order");
        self.read += count as u32;
        self.settle();
    }

    pub(crate) fn waits(&mut self, span: Duration) {
        self.now += span;
        self.clock = self.clock.wrapping_add(span.as_millis() as u32);
        self.c.on_deadline(self.now);
        self.settle();
    }

    /// A segment of the peer's arrives; its text belongs to its number.
    pub(crate) fn arrives(&mut self, segment: &Segment<'_>, length: usize, codepoint: Codepoint) {
        let first = segment.seq + u32::from(segment.flags.syn());
        let payload = text(first.0, length);
        let segment = Segment { payload: &payload, ..segment.clone() };
        self.c.receive_marked(self.now, &segment, codepoint);
        self.settle();
    }

    /// What a peer says that knows all that the connection knows.
    pub(crate) fn head(&self, flags: Flags) -> Segment<'static> {
        let v = self.c.variables();
        let timestamps = Some(Timestamps { value: self.clock, echo: self.echo });
        Segment {
            seq: v.rcv.nxt,
            ack: v.snd.nxt,
            flags,
            window: self.window,
            options: Options { timestamps, ..Options::default() },
            ..Segment::empty(80, 4000)
        }
    }

    /// The peer's SYN, with the options that the input chooses.
    pub(crate) fn peer_opens(&mut self, flags: Flags, input: &mut Input<'_>) {
        let offers = input.byte();
        let has = |bit: u8| offers & 1 << bit == 0;
        let head = self.head(flags);
        let options = Options {
            maximum_segment_size: has(0).then(|| input.pick(&[1460, 536, 64, 0, 8960])),
            sack_permitted: has(1),
            timestamps: head.options.timestamps.filter(|_| has(2)),
            window_scale: has(3).then(|| input.pick(&[0, 7, 14, 255])),
            ..Options::default()
        };
        let flags = if has(4) { flags | Flags::ECE } else { flags };
        let length = if has(5) { 0 } else { input.below(2000) };
        let syn = Segment { seq: self.irs, flags, options, ..head };
        self.arrives(&syn, usize::from(length), Codepoint::NotEct);
    }

    /// The peer acknowledges everything.
    pub(crate) fn peer_says(&mut self, flags: Flags) {
        self.arrives(&self.head(flags), 0, Codepoint::NotEct);
    }

    /// The peer acknowledges text until none is left.
    pub(crate) fn peer_takes_all(&mut self) {
        for _ in 0..MOST_ROUNDS {
            if self.c.variables().unacknowledged == 0 {
                return;
            }
            self.peer_says(Flags::ACK);
            self.waits(Duration::from_millis(50));
        }
        panic!("text does not leave: {}", self.c.variables());
    }

    /// The peer says something that it sent before our last segments reached it.
    pub(crate) fn peer_says_late(&mut self, flags: Flags) {
        let head = self.head(flags);
        self.arrives(&Segment { ack: self.c.variables().snd.una, ..head }, 0, Codepoint::NotEct);
    }

    /// The peer acknowledges what comes, takes all, and closes: so the connection ends.
    pub(crate) fn peer_is_polite(&mut self) {
        self.window = 65_535;
        self.user(Connection::close);
        for _ in 0..MOST_ROUNDS {
            if matches!(self.c.state(), State::Closed | State::TimeWait) {
                return self.peer_is_silent();
            }
            self.waits(Duration::from_secs(1));
            self.read(10_000);
            let flags = if self.c.peer_has_closed() { Flags::ACK } else { Flags::ACK | Flags::FIN };
            self.peer_says(if self.c.state() == State::SynReceived { Flags::ACK } else { flags });
        }
        panic!("it does not end: {}", self.c.variables());
    }

    /// Nothing arrives any more: the connection ends, or has nothing to wait for.
    pub(crate) fn peer_is_silent(&mut self) {
        for _ in 0..MOST_DEADLINES {
            let Some(deadline) = self.c.deadline() else { return self.is_at_rest() };
            self.waits(deadline.saturating_duration_since(self.now));
        }
        panic!("it does not come to rest: {}", self.c.variables());
    }

    fn is_at_rest(&self) {
        let v = self.c.variables();
        let waits = v.snd.una != v.snd.nxt || v.unacknowledged > 0;
        assert!(v.state == State::Closed || v.state == State::Listen || !waits, "something is not sent: {v}");
    }
}
