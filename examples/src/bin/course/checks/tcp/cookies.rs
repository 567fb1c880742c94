//! The check of tcp11: a listener whose backlog is full, and the cookies that come back to it.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use barewire_tcp::packet::{Packet, Payload};
use barewire_tcp::{Config, Event, Flags, Host, Segment, SeqNumber};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use crate::steps::{Failed, Steps, unexpected};

const BACK: &str = "RFC 4987 §3.6: the ACK of a cookie opens the connection";
const FORGED: &str =
    "RFC 4987 appendix A: the hash covers both ends, the peer's number, the minute and the size";
const AGE: &str = "RFC 4987 appendix A: a cookie is good in its minute and in the next one";
const KEPT: &str = "RFC 4987 appendix A: the cookie has the size; the timestamp has the rest";

const SERVER: [u8; 4] = [203, 0, 113, 80];
const CLIENT: [u8; 4] = [10, 0, 0, 2];

fn host(address: [u8; 4], config: Config, seed: u64) -> Host {
    Host::new(vec![IpAddr::from(address)], config, Box::new(ChaCha8Rng::seed_from_u64(seed)))
}

/// A server with one place, which a SYN has taken. The minutes of its cookies count from the first cookie on.
struct Flooded {
    server: Host,
    now: Instant,
}

/// A client's ACK that brings back a cookie.
struct Answer {
    packet: Vec<u8>,
}

impl Answer {
    /// The same segment, with something changed, from this address.
    fn changed(&self, from: [u8; 4], change: impl FnOnce(&mut Segment<'_>)) -> Vec<u8> {
        let Ok(Packet { payload: Payload::Tcp(mut segment), .. }) = Packet::parse(&self.packet) else {
            return self.packet.clone();
        };
        change(&mut segment);
        segment.ip_packet(from.into(), SERVER.into())
    }
}

impl Flooded {
    fn new() -> Result<Flooded, Failed> {
        let (mut server, now) = (host(SERVER, Config::default(), 1), Instant::now());
        server.listen(80, 1).map_err(|error| unexpected("the server listens", &error, BACK))?;
        let syn = Segment { flags: Flags::SYN, ..Segment::empty(1024, 80) };
        server.receive(now, &syn.ip_packet(IpAddr::from([198, 51, 100, 1]), SERVER.into()));
        server.transmit(now);
        Ok(Flooded { server, now })
    }

    /// A client sends a SYN, and gets a cookie: its ACK, which is on its way.
    fn answer(&mut self, config: Config, seed: u64) -> Result<Answer, Failed> {
        let mut client = host(CLIENT, config, seed);
        let to = SocketAddr::from((SERVER, 80));
        client.connect(self.now, to).map_err(|error| unexpected("the client connects", &error, BACK))?;
        for _ in 0..2 {
            let Some(sent) = client.transmit(self.now) else { break };
            self.server.receive(self.now, &sent.packet);
            while let Some(sent) = self.server.transmit(self.now) {
                client.receive(self.now, &sent.packet);
            }
            if let Some(ack) = client.transmit(self.now) {
                return Ok(Answer { packet: ack.packet });
            }
        }
        Err(unexpected("the client gets a SYN-ACK", &"nothing came", BACK))
    }

    /// Whether a connection opens when this packet arrives, so long after the cookie.
    fn opens(&mut self, packet: &[u8], after: Duration) -> bool {
        let now = self.now + after;
        self.server.receive(now, packet);
        while self.server.transmit(now).is_some() {}
        matches!(self.server.event(), Some(Event::Accepted { .. }))
    }
}

/// tcp11: what an ACK brings back.
pub(crate) fn cookies(steps: &mut Steps) -> Result<(), Failed> {
    const AT_ONCE: Duration = Duration::ZERO;
    let mut flooded = Flooded::new()?;
    steps.step(
        "the backlog of a server is full. A client's SYN is answered with a cookie, and its ACK arrives",
    );
    let answer = flooded.answer(Config::default(), 2)?;
    // Forged ones first: a right one would open the connection.
    let opened = (0..32).filter(|bit| {
        let forged = answer.changed(CLIENT, |segment| {
            segment.ack = SeqNumber(segment.ack.back(1).0 ^ 1 << bit) + 1;
        });
        flooded.opens(&forged, AT_ONCE)
    });
    let opened = opened.count();
    steps.step("but before it 32 ACKs came, each with another bit of its number changed");
    steps.equal("so many of them open a connection", 0, opened, FORGED)?;
    let others = [
        ("another address", answer.changed([10, 0, 0, 3], |_| {})),
        ("another port", answer.changed(CLIENT, |segment| segment.source_port ^= 1)),
        ("another sequence number", answer.changed(CLIENT, |segment| segment.seq += 1)),
    ];
    for (what, packet) in others {
        steps.step(format!("the ACK comes from {what}"));
        steps.equal("it opens a connection", false, flooded.opens(&packet, AT_ONCE), FORGED)?;
    }
    steps.step("the ACK itself");
    steps.equal("it opens a connection", true, flooded.opens(&answer.packet, AT_ONCE), BACK)?;
    for (seconds, wanted) in [(63, true), (65, true), (127, true), (128, false)] {
        steps.step(format!(
            "another client answers its cookie after {seconds} s; a minute of the cookies has 64 s"
        ));
        let mut flooded = Flooded::new()?;
        let answer = flooded.answer(Config::default(), 3)?;
        let opens = flooded.opens(&answer.packet, Duration::from_secs(seconds));
        steps.equal("it opens a connection", wanted, opens, AGE)?;
    }
    steps.step(
        "32 minutes after a cookie its 5 bits are those of the minute again, and others get cookies now",
    );
    let mut flooded = Flooded::new()?;
    let answer = flooded.answer(Config::default(), 3)?;
    flooded.now += 32 * Duration::from_secs(64);
    flooded.answer(Config::default(), 4)?;
    steps.equal("the old one opens a connection", false, flooded.opens(&answer.packet, AT_ONCE), AGE)?;
    for (mtu, timestamps, wanted) in
        [(1500, true, "1460 bytes, shift 3"), (1430, false, "1360 bytes, shift 0")]
    {
        let with = if timestamps { "with" } else { "without" };
        steps.step(format!("a client {with} timestamps, whose segments have up to {} bytes", mtu - 40));
        let mut flooded = Flooded::new()?;
        let answer = flooded.answer(Config { mtu, timestamps, ..Config::default() }, 4)?;
        flooded.server.receive(flooded.now, &answer.packet);
        steps.equal("the connection has", wanted.to_owned(), kept(&mut flooded.server), KEPT)?;
    }
    Ok(())
}

/// What the server knows of the peer's SYN.
fn kept(server: &mut Host) -> String {
    let Some(Event::Accepted { handle, .. }) = server.event() else { return "no connection".to_owned() };
    let snd = server.variables(handle).map(|variables| variables.snd);
    snd.map_or("an end".to_owned(), |snd| format!("{} bytes, shift {}", snd.mss, snd.shift))
}
