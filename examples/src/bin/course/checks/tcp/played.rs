//! A connection, and a peer that is played here; with it the checks of tcp05 and tcp06.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use barewire_tcp::congestion::CongestionControl;
use barewire_tcp::options::{Options, SackBlocks};
use barewire_tcp::packet::{Packet, Payload};
use barewire_tcp::{Config, Connection, Flags, Open, Segment, SeqNumber};

use crate::steps::{Failed, Steps};

const SECOND: &str = "RFC 9293 §3.8.6.3: an ACK for at least every second full-sized segment";
const DELAY: &str = "RFC 9293 §3.8.6.3: the delay of an ACK has an end";
const PROBE: &str = "RFC 9293 §3.8.6.1: a closed window is probed";
const RARER: &str = "RFC 9293 §3.8.6.1: the time between probes grows exponentially";

/// Our initial sequence number, and the peer's. They do not wrap here: that is another exercise.
const ISS: u32 = 1_000_000;
const IRS: u32 = 5_000_000;

/// A connection that is open, with a peer whose segments are made here.
pub(super) struct Played {
    pub(super) connection: Connection,
    now: Instant,
    /// The next number of the peer.
    seq: u32,
}

impl Played {
    /// Opens a connection. The round trip takes 100 ms, and a full segment has 1000 bytes in both directions.
    fn open(config: Config) -> Played {
        Played::with(Config { sack: false, ..config })
    }

    /// The same, with a peer that reports what arrives out of order, if the settings say so.
    pub(super) fn with(config: Config) -> Played {
        let now = Instant::now();
        let [local, remote] =
            [[10, 0, 0, 2], [203, 0, 113, 80]].map(|address| SocketAddr::from((address, 80)));
        let (mtu, congestion) = (1040, CongestionControl::Reno);
        let config = Config { mtu, timestamps: false, window_scaling: false, congestion, ..config };
        let open = Open { config, local, remote, iss: SeqNumber(ISS), timestamp_offset: 0 };
        let connection = Connection::connect(now, open);
        let mut played = Played { connection, now, seq: IRS };
        played.sent();
        played.wait(100);
        let maximum_segment_size = Some(1000);
        let options = Options { maximum_segment_size, sack_permitted: config.sack, ..Options::default() };
        played.arrives(Flags::SYN | Flags::ACK, 1, 60_000, options, &[]);
        played.sent();
        played
    }

    pub(super) fn wait(&mut self, milliseconds: u64) {
        self.now += Duration::from_millis(milliseconds);
        self.connection.on_deadline(self.now);
    }

    /// A segment of the peer arrives, with this ACK and window.
    fn arrives(&mut self, flags: Flags, ack: u32, window: u16, options: Options, payload: &[u8]) {
        let (seq, ack) = (SeqNumber(self.seq), SeqNumber(ISS + ack));
        let segment = Segment { seq, ack, flags, window, options, payload, ..Segment::empty(80, 80) };
        self.seq += segment.len();
        self.connection.receive(self.now, &segment);
    }

    /// Text arrives. It is the end of a write, or not.
    fn text(&mut self, length: usize, ends: bool) {
        let flags = if ends { Flags::PSH | Flags::ACK } else { Flags::ACK };
        self.arrives(flags, 1, 60_000, Options::default(), &vec![b'-'; length]);
    }

    /// An ACK arrives that reports these blocks of our numbers: the first of each, and the one after its last.
    pub(super) fn reports(&mut self, ack: u32, blocks: &[(u32, u32)]) {
        let mut sack = SackBlocks::default();
        blocks.iter().for_each(|(first, end)| sack.push(SeqNumber(ISS + first), SeqNumber(ISS + end)));
        self.arrives(Flags::ACK, ack, 60_000, Options { sack, ..Options::default() }, &[]);
    }

    /// All that the connection has to send now: the length of each text.
    fn sent(&mut self) -> Vec<usize> {
        self.segments().into_iter().map(|(_, length)| length).collect()
    }

    /// All that the connection has to send now: the number of each segment, and the length of its text.
    pub(super) fn segments(&mut self) -> Vec<(u32, usize)> {
        let packets = std::iter::from_fn(|| self.connection.transmit(self.now));
        let segment = |packet: Vec<u8>| match Packet::parse(&packet).map(|packet| packet.payload) {
            Ok(Payload::Tcp(segment)) => (segment.seq.since(SeqNumber(ISS)), segment.payload.len()),
            _ => (0, 0),
        };
        packets.map(|transmit| segment(transmit.packet)).collect()
    }
}

/// tcp05: when an ACK leaves.
pub(crate) fn acknowledgments(steps: &mut Steps) -> Result<(), Failed> {
    // Without those at the beginning, which are not a part of the exercise.
    let config = Config { delayed_ack: Duration::from_millis(40), quick_acks: 0, ..Config::default() };
    let mut played = Played::open(config);
    steps.step("a byte arrives, and nothing is there for the ACK to ride on");
    played.text(1, true);
    steps.equal("so many ACKs leave at once", 0, played.sent().len(), DELAY)?;
    steps.step("30 ms later another byte arrives: the first one goes on waiting");
    played.wait(30);
    played.text(1, true);
    steps.equal("so many ACKs leave", 0, played.sent().len(), DELAY)?;
    for (wait, wanted) in [(9, 0), (1, 1)] {
        steps.step(format!("{wait} ms pass"));
        played.wait(wait);
        steps.equal("so many ACKs leave", wanted, played.sent().len(), DELAY)?;
    }
    for (number, wanted) in [(1, 0), (2, 1), (3, 0), (4, 1), (5, 0)] {
        steps.step(format!("the full segment number {number} arrives"));
        played.text(1000, false);
        steps.equal("so many ACKs leave", wanted, played.sent().len(), SECOND)?;
    }
    steps.step("40 ms pass");
    played.wait(40);
    steps.equal("so many ACKs leave, for the fifth", 1, played.sent().len(), DELAY)?;
    steps.step("a new connection goes through a tunnel: its full segments have 500 bytes");
    let mut played = Played::open(config);
    for (number, wanted) in [(1, 0), (2, 1), (3, 0), (4, 1)] {
        played.text(500, false);
        let what = format!("so many ACKs leave after number {number}");
        steps.equal(&what, wanted, played.sent().len(), SECOND)?;
    }
    steps.step("a new connection may not wait at all, and a byte arrives");
    let mut played = Played::open(Config { delayed_ack: Duration::ZERO, ..Config::default() });
    played.text(1, true);
    steps.equal("so many ACKs leave at once", 1, played.sent().len(), "Config::delayed_ack: zero")
}

/// tcp06: what a sender does while the window is closed.
pub(crate) fn probes(steps: &mut Steps) -> Result<(), Failed> {
    let mut played = Played::open(Config::default());
    let lengths = |lengths: Vec<usize>| match lengths[..] {
        [] => "nothing".to_owned(),
        _ => lengths.iter().map(usize::to_string).collect::<Vec<_>>().join(", "),
    };
    steps.step("the peer closes its window, and the user writes 2000 bytes");
    played.arrives(Flags::ACK, 1, 0, Options::default(), &[]);
    let _ = played.connection.write(&[b'-'; 2000]);
    steps.equal("it sends", "nothing".to_owned(), lengths(played.sent()), PROBE)?;
    // The round trip was 100 ms, so RTO is 300 ms.
    for wait in [300, 600, 1200, 2400] {
        steps.step(format!("{} ms pass without an answer from the reader", wait - 1));
        played.wait(wait - 1);
        steps.equal("it sends", "nothing".to_owned(), lengths(played.sent()), RARER)?;
        steps.step("1 ms more");
        played.wait(1);
        steps.equal("it sends so many bytes", "1".to_owned(), lengths(played.sent()), PROBE)?;
        played.arrives(Flags::ACK, 1, 0, Options::default(), &[]);
    }
    steps.step("an hour passes, and the peer answers each probe");
    let hour = played.now + Duration::from_secs(3600);
    let mut probes = 0;
    while let Some(deadline) = played.connection.deadline().filter(|deadline| *deadline < hour) {
        played.now = deadline;
        played.connection.on_deadline(deadline);
        probes += played.sent().len();
        played.arrives(Flags::ACK, 1, 0, Options::default(), &[]);
    }
    // After 4.8, 9.6, 19.2, 38.4 and 76.8 s, then each 120 s: (3600 - 148.8) / 120 = 28.8.
    steps.equal("so many probes leave", 33, probes, "RFC 6298 §2.5: a limit of 120 s, Config::max_rto")?;
    steps.step("the window opens");
    played.arrives(Flags::ACK, 1, 60_000, Options::default(), &[]);
    let sum = played.sent().iter().sum::<usize>();
    steps.equal("it sends so many bytes", 2000, sum, PROBE)
}
