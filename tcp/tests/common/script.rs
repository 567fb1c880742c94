//! One connection, played by hand: segments in, segments out, every step printed when an expectation fails.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use barewire_packet::ip::Codepoint;
use barewire_tcp::congestion::CongestionControl;
use barewire_tcp::options::{Options, SackBlocks, Timestamps};
use barewire_tcp::packet::{Packet, Payload};
use barewire_tcp::{Config, Connection, ConnectionEvent, Flags, Open, Segment, SentNote, SeqNumber, State};

/// Flags under short names.
pub(crate) const S: Flags = Flags::SYN;
pub(crate) const A: Flags = Flags::ACK;
pub(crate) const R: Flags = Flags::RST;
pub(crate) const SA: Flags = Flags(0x12);
pub(crate) const FA: Flags = Flags(0x11);
pub(crate) const PA: Flags = Flags(0x18);
pub(crate) const FPA: Flags = Flags(0x19);
pub(crate) const RA: Flags = Flags(0x14);

/// A connection and the story so far. Sequence numbers are relative: ours to `iss`, the peer's to `irs`.
pub(crate) struct Script {
    pub(crate) c: Connection,
    pub(crate) now: Instant,
    iss: SeqNumber,
    irs: SeqNumber,
    steps: Vec<String>,
    /// What the peer's segments say of its window.
    pub(crate) window: u16,
    /// What the peer's segments carry as options.
    pub(crate) options: Options,
    /// What the ECN field of the peer's packets says, and that of the last packet that was expected.
    pub(crate) codepoint: Codepoint,
    pub(crate) sent_codepoint: Codepoint,
    /// The last segment that was expected, as it stood on the wire, and its note.
    pub(crate) note: Option<SentNote>,
    pub(crate) sent_window: u16,
    pub(crate) sent_options: Options,
}

/// Without timestamps and window scaling: what is not under test is out of sight.
pub(crate) fn plain() -> Config {
    Config {
        timestamps: false,
        window_scaling: false,
        sack: false,
        delayed_ack: Duration::ZERO,
        congestion: CongestionControl::Reno,
        ..Config::default()
    }
}

impl Script {
    fn new(config: Config, passive: bool) -> Script {
        // Both initial numbers just below the wrap: every script crosses it.
        let (iss, irs) = (SeqNumber(u32::MAX - 2), SeqNumber(u32::MAX - 5));
        let (local, remote): (SocketAddr, SocketAddr) =
            ("10.0.0.2:40000".parse().unwrap(), "203.0.113.80:80".parse().unwrap());
        let now = Instant::now();
        let open = Open { config, local, remote, iss, timestamp_offset: 0 };
        let c = if passive { Connection::listen(now, open) } else { Connection::connect(now, open) };
        Script {
            c,
            now,
            iss,
            irs,
            steps: Vec::new(),
            window: 60_000,
            options: Options::default(),
            codepoint: Codepoint::NotEct,
            sent_codepoint: Codepoint::NotEct,
            note: None,
            sent_window: 0,
            sent_options: Options::default(),
        }
    }

    /// In SYN-SENT, the SYN not yet sent.
    pub(crate) fn connecting(config: Config) -> Script {
        Script::new(config, false)
    }

    /// In LISTEN.
    pub(crate) fn listening(config: Config) -> Script {
        Script::new(config, true)
    }

    /// In ESTABLISHED, after an active open, with a peer whose MSS is 1000. The round trip took 100 ms, so RTO is 300
    /// ms.
    pub(crate) fn established(config: Config) -> Script {
        let mut s = Script::connecting(config);
        s.sends(S, 0, None, 0);
        s.options.maximum_segment_size = Some(1000);
        s.waits(100);
        s.arrives(SA, 0, 1, b"");
        s.options = Options::default();
        s.sends(A, 1, Some(1), 0);
        s.is(State::Established);
        s.event(ConnectionEvent::Established);
        s
    }

    /// As [`Script::established`], with a peer that reports what arrives out of order.
    pub(crate) fn with_sack(config: Config) -> Script {
        let mut s = Script::connecting(Config { sack: true, ..config });
        s.sends(S, 0, None, 0);
        s.options.maximum_segment_size = Some(1000);
        s.options.sack_permitted = true;
        s.options.timestamps = config.timestamps.then_some(Timestamps { value: 1, echo: 0 });
        s.waits(100);
        s.arrives(SA, 0, 1, b"");
        s.options = Options { timestamps: s.options.timestamps, ..Options::default() };
        s.sends(A, 1, Some(1), 0);
        s.event(ConnectionEvent::Established);
        s
    }

    /// An ACK arrives that reports these blocks of our numbers.
    pub(crate) fn reports(&mut self, ack: u32, blocks: &[(u32, u32)]) {
        self.steps.push(format!("the next ACK reports {blocks:?}"));
        let mut sack = SackBlocks::default();
        for (first, end) in blocks {
            sack.push(self.iss + *first, self.iss + *end);
        }
        self.options.sack = sack;
        self.arrives(A, 1, ack, b"");
        self.options.sack = SackBlocks::default();
    }

    /// The blocks of the last segment that was expected, as numbers of the peer.
    pub(crate) fn reported(&self) -> Vec<(u32, u32)> {
        let blocks = self.sent_options.sack;
        blocks.as_slice().iter().map(|(first, end)| (first.since(self.irs), end.since(self.irs))).collect()
    }

    /// `count` segments of 1000 bytes are written and leave, the first with the number `seq`.
    #[track_caller]
    pub(crate) fn sends_thousands(&mut self, seq: u32, count: u32) {
        self.writes(1000 * count as usize);
        for i in 0..count {
            self.sends(if i + 1 == count { PA } else { A }, seq + 1000 * i, Some(1), 1000);
        }
    }

    /// One of our numbers, as it stands on the wire.
    pub(crate) fn ours(&self, number: u32) -> SeqNumber {
        self.iss + number
    }

    #[track_caller]
    fn fail(&self, wanted: &str, got: &str) -> ! {
        let steps = self.steps.join("\n  ");
        panic!("\n  {steps}\nwanted: {wanted}\ngot:    {got}\nwith:   {}\n", self.c.variables());
    }

    /// A segment arrives: numbers relative to the peer's ISN and to ours.
    pub(crate) fn arrives(&mut self, flags: Flags, seq: u32, ack: u32, payload: &[u8]) {
        self.steps.push(format!(
            "arrives: {flags} seq {seq} ack {ack} len {} win {}",
            payload.len(),
            self.window
        ));
        let segment = Segment {
            seq: self.irs + seq,
            ack: if flags.ack() { self.iss + ack } else { SeqNumber(0) },
            flags,
            window: self.window,
            options: self.options,
            payload,
            ..Segment::empty(80, 40_000)
        };
        self.c.receive_marked(self.now, &segment, self.codepoint);
    }

    /// The next packet out has these flags, numbers and this much payload.
    #[track_caller]
    pub(crate) fn sends(&mut self, flags: Flags, seq: u32, ack: Option<u32>, length: usize) {
        let wanted = describe(flags, seq, ack, length);
        let Some(transmit) = self.c.transmit(self.now) else { self.fail(&wanted, "nothing") };
        let whole = Packet::parse(&transmit.packet).expect("a good packet");
        let Payload::Tcp(segment) = &whole.payload else { panic!("TCP") };
        let acked = segment.flags.ack().then(|| segment.ack.since(self.irs));
        let got = describe(segment.flags, segment.seq.since(self.iss), acked, segment.payload.len());
        if got != wanted {
            self.fail(&wanted, &got);
        }
        self.steps.push(format!("sends:   {got} win {} {:?}", segment.window, transmit.note));
        self.sent_codepoint = whole.ip.header.codepoint();
        (self.note, self.sent_window, self.sent_options) = (transmit.note, segment.window, segment.options);
    }

    /// Nothing is to be sent.
    #[track_caller]
    pub(crate) fn silent(&mut self) {
        if let Some(transmit) = self.c.transmit(self.now) {
            let segment = Segment::parse(&transmit.packet[20..]).unwrap();
            let ack = segment.flags.ack().then(|| segment.ack.since(self.irs));
            let got = describe(segment.flags, segment.seq.since(self.iss), ack, segment.payload.len());
            self.fail("nothing", &format!("{got} {:?}", transmit.note));
        }
        self.steps.push("sends nothing".into());
    }

    #[track_caller]
    pub(crate) fn is(&mut self, state: State) {
        if self.c.state() != state {
            self.fail(state.name(), self.c.state().name());
        }
        self.steps.push(format!("is in {state}"));
    }

    #[track_caller]
    pub(crate) fn event(&mut self, event: ConnectionEvent) {
        let got = self.c.event();
        if got != Some(event) {
            self.fail(&format!("{event:?}"), &format!("{got:?}"));
        }
    }

    #[track_caller]
    pub(crate) fn notes(&mut self, note: SentNote) {
        if self.note != Some(note) {
            self.fail(&format!("{note:?}"), &format!("{:?}", self.note));
        }
    }

    #[track_caller]
    pub(crate) fn reads(&mut self, wanted: &[u8]) {
        let mut buffer = vec![0; wanted.len() + 10];
        let count = self.c.read(&mut buffer);
        if buffer[..count] != *wanted {
            self.fail(&format!("to read {wanted:?}"), &format!("{:?}", &buffer[..count]));
        }
        self.steps.push(format!("reads {count} bytes"));
    }

    pub(crate) fn writes(&mut self, length: usize) {
        let data = super::pattern(length);
        assert_eq!(self.c.write(&data), Ok(length));
        self.steps.push(format!("writes {length} bytes"));
    }

    pub(crate) fn closes(&mut self) {
        self.c.close();
        self.steps.push("closes".into());
    }

    /// Time passes, and what is due is done.
    pub(crate) fn waits(&mut self, milliseconds: u64) {
        self.now += Duration::from_millis(milliseconds);
        self.c.on_deadline(self.now);
        self.steps.push(format!("waits {milliseconds} ms"));
    }

    /// Throws away what is to be sent, and what there is to tell.
    pub(crate) fn skip(&mut self) {
        while self.c.transmit(self.now).is_some() {}
        while self.c.event().is_some() {}
    }
}

fn describe(flags: Flags, seq: u32, ack: Option<u32>, length: usize) -> String {
    let ack = ack.map_or("-".into(), |ack| ack.to_string());
    format!("{flags} seq {seq} ack {ack} len {length}")
}
