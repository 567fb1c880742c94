//! One connection, brought to any of the eleven states, then given segments whose numbers lie near the edges of its
//! windows, user's calls, ICMP errors and time, as the input says. In the end its peer is either polite or silent: the
//! connection ends, or has nothing left to wait for.

use std::time::Duration;

use barewire_packet::ip::Codepoint;
use barewire_tcp::options::{Options, SackBlocks};
use barewire_tcp::{Connection, Flags, IcmpError, KeepAlive, State};

use crate::input::{Input, config, fast_open};
use crate::play::Play;
use crate::states::STATES;

/// How many choices a run has at most.
const MOST_STEPS: usize = 150;

/// Flags that peers send, and some that they should not.
const FLAGS: [u8; 16] =
    [0x10, 0x10, 0x10, 0x18, 0x11, 0x19, 0x10, 0x18, 0x02, 0x12, 0x04, 0x14, 0x50, 0x90, 0x00, 0x01];

/// A run of the bytes: nothing panics, nothing loops, the laws hold, and it comes to rest.
pub(crate) fn run(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let (first, second) = (input.byte(), input.byte());
    let config = config(&mut input);
    let state = STATES[usize::from(first & 15) % STATES.len()];
    let passive = state == State::Listen || first & 0x10 != 0 && state != State::SynSent;
    let fast_open = fast_open(&mut input, passive);
    let mut play = Play::new(config, passive, first & 0x20 != 0, second, fast_open);
    play.go_to(state, &mut input);
    for _ in 0..MOST_STEPS {
        if input.is_over() {
            break;
        }
        play.step(&mut input);
    }
    if first & 0x40 != 0 { play.peer_is_polite() } else { play.peer_is_silent() }
}

impl Play {
    /// The next choice of the input.
    fn step(&mut self, input: &mut Input<'_>) {
        match input.byte() % 24 {
            0..10 => self.any_segment(input),
            10 => self.peer_says(Flags::ACK),
            11 => self.peer_says_late(Flags::ACK),
            12 => self.write(usize::from(input.below(6000))),
            13 => self.read(usize::from(input.below(6000))),
            14 => self.user(Connection::close),
            15 => self.any_call(input),
            16 => self.icmp(input),
            17 => self.window = input.pick(&[0, 1, 500, 60_000, 65_535]),
            18..22 => self.waits(input.span()),
            _ => {
                let wait = self.c.deadline().map(|deadline| deadline.saturating_duration_since(self.now));
                self.waits(wait.unwrap_or_default());
            }
        }
    }

    /// A call that users seldom make.
    fn any_call(&mut self, input: &mut Input<'_>) {
        let (now, span) = (self.now, Duration::from_secs(u64::from(input.byte())));
        match input.byte() % 8 {
            0 => self.user(Connection::abort),
            1 => self.user(|c| c.abandon(now)),
            2 => self.user(|c| c.set_nagle(true)),
            3 => self.user(|c| c.set_nagle(false)),
            4 => self.user(|c| c.set_user_timeout(Some(span))),
            5 => self.user(|c| c.set_keep_alive(None)),
            _ => self.user(|c| {
                c.set_keep_alive(Some(KeepAlive { idle: span, interval: Duration::from_secs(1), probes: 2 }));
            }),
        }
    }

    fn icmp(&mut self, input: &mut Input<'_>) {
        let snd = self.c.variables().snd;
        let seq = input.pick(&[snd.una, snd.nxt.back(1), snd.nxt, snd.una.back(1)]);
        let mtu = input.pick(&[0, 68, 552, 576, 1280, 1400, 1499, u32::MAX]);
        let error = input.pick(&[IcmpError::TooLarge { mtu }, IcmpError::Hard, IcmpError::Soft]);
        self.user(|c| {
            c.icmp(seq, error);
        });
    }

    /// A well-formed segment whose numbers lie near an edge.
    fn any_segment(&mut self, input: &mut Input<'_>) {
        let (flags, near, options) = (input.byte(), input.byte(), input.byte());
        let mut segment =
            self.head(Flags(if flags & 0x80 == 0 { FLAGS[usize::from(flags & 15)] } else { flags }));
        let (v, before) = (self.c.variables(), self.irs);
        segment.seq = match near & 7 {
            0..4 => v.rcv.nxt,
            4 => v.rcv.nxt + v.rcv.wnd,
            5 => v.rcv.nxt + v.rcv.wnd / 2,
            6 => before,
            _ => v.rcv.nxt.back(1),
        };
        segment.ack = match near >> 3 & 7 {
            0..3 => v.snd.nxt,
            3 => v.snd.una,
            4 => v.snd.una + v.snd.in_flight() / 2,
            5 => v.snd.iss,
            6 => v.snd.una.back(v.snd.max_wnd),
            _ => v.snd.una + v.snd.mss,
        };
        if near & 0x40 != 0 {
            segment.seq += input.distance();
        }
        if near & 0x80 != 0 {
            segment.ack += input.distance();
        }
        segment.options = self.any_options(options, input);
        if options & 0x80 != 0 {
            segment.window = input.pick(&[0, 0, 1, 100, 1460, 65_535]);
        }
        let full = v.snd.mss as u16;
        let length = input.pick(&[0, 1, full, 0, full.saturating_sub(1), 500, 0xffff]);
        let length = if length == 0xffff { input.below(3000) } else { length };
        let codepoint = input.pick(&[Codepoint::NotEct, Codepoint::Ect0, Codepoint::Ce]);
        self.arrives(&segment, usize::from(length), codepoint);
    }

    /// Options near those that were agreed on.
    fn any_options(&self, choice: u8, input: &mut Input<'_>) -> Options {
        let snd = self.c.variables().snd;
        let mut options = self.head(Flags::ACK).options;
        match choice & 3 {
            0 => {}
            1 => options.timestamps = None,
            2 => options
                .timestamps
                .iter_mut()
                .for_each(|stamps| stamps.value = stamps.value.wrapping_add(input.distance())),
            _ => options
                .timestamps
                .iter_mut()
                .for_each(|stamps| stamps.echo = stamps.echo.wrapping_sub(input.distance())),
        }
        options.sack_permitted = choice & 0x20 != 0;
        options.window_scale = (choice & 0x40 != 0).then(|| input.byte());
        let mut sack = SackBlocks::default();
        for _ in 0..(choice >> 2 & 3) {
            let from = input.pick(&[snd.una, snd.una + snd.in_flight() / 2, snd.nxt, snd.una.back(1)]);
            let first = from + u32::from(input.byte()) * (snd.mss / 4);
            sack.push(first, first + input.pick(&[snd.mss, 1, 2 * snd.mss, snd.in_flight(), u32::MAX]));
        }
        Options { sack, ..options }
    }
}
