//! Our host in the kernel's place: it gets what the peer sent, when the peer sent it, and its application does what the
//! kernel's did.

use std::time::{Duration, Instant};

use barewire_tcp::packet::{Packet, Payload};
use barewire_tcp::{Config, Ecn, Event, Handle, Host, SeqNumber};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use super::line::{Origin, Sent, ecn, line};
use super::recorded::Recorded;
use super::rewrite::{Shift, rewrite};
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

/// What we send.
pub(crate) fn play(recorded: &Recorded, table: &Table) -> Vec<Sent> {
    let mut config = Config { mtu: table.mtu, ..Config::default() };
    config.receive_buffer = table.receive_buffer.unwrap_or(config.receive_buffer);
    if table.offers_ecn {
        config.ecn = Ecn::Offer;
    }
    let dice = Box::new(ChaCha20Rng::seed_from_u64(7));
    let start = Instant::now();
    let calls = table.calls.iter().filter(|(_, call)| *call != Call::Read);
    let calls: Vec<(usize, Call)> =
        if calls.clone().count() == 0 { recorded.calls.clone() } else { calls.copied().collect() };
    let reads = table.calls.iter().filter(|(_, call)| *call == Call::Read).copied();
    let mut player = Player {
        recorded,
        host: Host::new(vec![recorded.local.ip()], config, dice),
        handle: None,
        start,
        now: start,
        unwritten: Vec::new(),
        closes: false,
        reads: reads.clone().count() == 0,
        iss: None,
        shift: Shift::default(),
        sent_to: SeqNumber(0),
        sent: Vec::new(),
    };
    player.open(table);
    let calls: Vec<(usize, Call)> = calls.into_iter().chain(reads).collect();
    let mut written = 0;
    for frame in &recorded.frames {
        player.wait_until(start + frame.time);
        for (_, call) in calls.iter().filter(|(number, _)| *number == frame.number) {
            player.call(*call, &mut written);
        }
        if !frame.is_sent {
            let packet = rewrite(&frame.bytes, player.shift, player.sent_to);
            let _ = player.host.receive(player.now, &packet);
        }
        player.serve();
    }
    let end = player.now + GRACE;
    player.wait_until(end);
    player.sent
}

impl Player<'_> {
    fn open(&mut self, table: &Table) {
        let (local, remote) = (self.recorded.local, self.recorded.remote);
        if table.we_are_client {
            self.handle =
                Some(self.host.connect_from(self.now, local.port(), remote).expect("the port is free"));
        } else if table.listens {
            self.host.listen(local.port(), 4).expect("the port is free");
        }
    }

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
            };
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
