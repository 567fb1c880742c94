//! Our host in the kernel's place: it gets what the peer sent, when the peer sent it, and its application does what the
//! kernel's did.

use std::time::{Duration, Instant};

use barewire_tcp::options::FastOpen;
use barewire_tcp::packet::{Packet, Payload};
use barewire_tcp::replay::fields::{Shift, with_our_numbers};
use barewire_tcp::{Config, Ecn, Event, Handle, Host, SeqNumber};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use super::line::{Origin, Sent, ecn, line};
use super::recorded::Recorded;
use super::table::{Call, Table};

/// How long ours may still send when the capture is over: an ACK may be waiting for data to ride on.
const GRACE: Duration = Duration::from_millis(50);

struct Player<'a> {
    recorded: &'a Recorded,
    host: Host,
    handle: Option<Handle>,
    start: Instant,
    now: Instant,
    /// What the application wants to write, and whether it closes then.
    unwritten: Vec<u8>,
    closes: bool,
    reads: bool,
    /// Our initial number, once it was sent; what is to be added to the kernel's numbers; and the end of what we sent.
    iss: Option<SeqNumber>,
    shift: Shift,
    sent_to: SeqNumber,
    sent: Vec<Sent>,
}

/// What we send in the last of these connections. They are played to one host, one after the other.
pub(crate) fn play(connections: &[Recorded], table: &Table) -> Vec<Sent> {
    let mut config = Config { mtu: table.mtu, fast_open: table.fast_open, ..Config::default() };
    config.receive_buffer = table.receive_buffer.unwrap_or(config.receive_buffer);
    if table.offers_ecn {
        config.ecn = Ecn::Offer;
    }
    let dice = Box::new(ChaCha20Rng::seed_from_u64(7));
    let Some((last, before)) = connections.split_last() else { return Vec::new() };
    let mut host = Host::new(vec![last.local.ip()], config, dice);
    if !table.we_are_client && table.listens {
        host.listen(last.local.port(), 4).expect("the port is free");
    }
    let (mut now, mut cookie) = (Instant::now(), None);
    for recorded in before {
        let mut player = Player::new(recorded, host, now, cookie);
        player.follow(table.we_are_client, &recorded.calls);
        (host, now, cookie) = (player.host, player.now, player.shift.cookie);
    }
    let mut player = Player::new(last, host, now, cookie);
    let calls = table.calls.iter().filter(|(_, call)| *call != Call::Read);
    let calls: Vec<(usize, Call)> =
        if calls.clone().count() == 0 { last.calls.clone() } else { calls.copied().collect() };
    let reads = table.calls.iter().filter(|(_, call)| *call == Call::Read).copied();
    player.reads = reads.clone().count() == 0;
    player.follow(table.we_are_client, &calls.into_iter().chain(reads).collect::<Vec<_>>());
    player.sent
}

impl<'a> Player<'a> {
    fn new(recorded: &'a Recorded, host: Host, now: Instant, cookie: Option<[u8; 8]>) -> Player<'a> {
        Player {
            recorded,
            host,
            handle: None,
            start: now,
            now,
            unwritten: Vec::new(),
            closes: false,
            reads: true,
            iss: None,
            shift: Shift { cookie, ..Shift::default() },
            sent_to: SeqNumber(0),
            sent: Vec::new(),
        }
    }

    /// The whole connection.
    fn follow(&mut self, we_are_client: bool, calls: &[(usize, Call)]) {
        let (recorded, start) = (self.recorded, self.start);
        if we_are_client {
            let opened = self.host.connect_from(self.now, recorded.local.port(), recorded.remote);
            self.handle = Some(opened.expect("the port is free"));
        }
        let mut written = 0;
        for frame in &recorded.frames {
            self.wait_until(start + frame.time);
            for (_, call) in calls.iter().filter(|(number, _)| *number == frame.number) {
                self.call(*call, &mut written);
            }
            if !frame.is_sent {
                let packet = with_our_numbers(&frame.bytes, self.shift, self.sent_to);
                let _ = self.host.receive(self.now, &packet);
            }
            self.serve();
        }
        let end = self.now + GRACE;
        self.wait_until(end);
    }
}

impl Player<'_> {
    /// Timers run out one by one until `end`.
    fn wait_until(&mut self, end: Instant) {
        while let Some(deadline) = self.host.deadline().filter(|deadline| *deadline <= end) {
            self.now = self.now.max(deadline);
            self.host.on_deadline(self.now);
            self.serve();
        }
        self.now = end;
    }

    fn call(&mut self, call: Call, written: &mut usize) {
        match call {
            Call::Write(bytes) => {
                let stream = &self.recorded.stream;
                let end = (*written + bytes).min(stream.len());
                self.unwritten.extend(&stream[*written..end]);
                *written = end;
            }
            Call::Close => self.closes = true,
            Call::Read => self.reads = true,
            Call::Release => self.handle.into_iter().for_each(|handle| self.host.release(self.now, handle)),
            Call::Abort => {
                self.serve();
                self.handle.into_iter().for_each(|handle| self.host.abort(handle));
            }
        }
    }

    /// The application has its turn, and what the host wants sent is noted down, until both have nothing left to do.
    fn serve(&mut self) {
        while let Some(event) = self.host.event() {
            if let Event::Accepted { handle, .. } = event {
                self.handle = Some(handle);
            }
        }
        loop {
            self.application();
            let Some(transmit) = self.host.transmit(self.now) else { return };
            self.note(&transmit.packet);
        }
    }

    fn application(&mut self) {
        let Some(handle) = self.handle else { return };
        let mut buffer = [0; 65_536];
        while self.reads && matches!(self.host.read(handle, &mut buffer), Ok(1..)) {}
        let taken = self.host.write(handle, &self.unwritten).unwrap_or(0);
        self.unwritten.drain(..taken);
        if self.closes && self.unwritten.is_empty() {
            self.closes = false;
            self.host.close(handle);
        }
    }

    fn note(&mut self, bytes: &[u8]) {
        let packet = Packet::parse(bytes).expect("a packet of ours");
        let Payload::Tcp(segment) = &packet.payload else { return };
        if segment.flags.syn() && self.iss.is_none() {
            self.iss = Some(segment.seq);
            self.sent_to = segment.seq;
            let clock = segment.options.timestamps.map_or(0, |timestamps| timestamps.value);
            self.shift = Shift {
                sequence: segment.seq.since(self.recorded.iss),
                clock: clock.wrapping_sub(self.recorded.clock.unwrap_or(0)),
                ports: None,
                cookie: self.shift.cookie,
            };
        }
        if segment.flags.syn()
            && let Some(FastOpen::Cookie(cookie)) = segment.options.fast_open
        {
            self.shift.cookie = cookie.as_slice().try_into().ok();
        }
        let end = segment.seq + segment.len();
        if (end.since(self.sent_to) as i32) > 0 {
            self.sent_to = end;
        }
        let origin = Origin { iss: self.iss.unwrap_or(segment.seq), ..self.recorded.origin() };
        let line = line(&packet, origin, ecn(bytes));
        self.sent.extend(line.map(|line| Sent { frame: None, time: self.now - self.start, line }));
    }
}
