//! Bytes that decide: each choice of a run takes the next of them. Where they are over, every choice is the first one.
#![allow(dead_code, reason = "each fuzz target uses a part")]

use std::time::Duration;

use barewire_tcp::congestion::CongestionControl;
use barewire_tcp::fast_open::Plan;
use barewire_tcp::options::Cookie;
use barewire_tcp::{Config, Ecn, KeepAlive};

pub(crate) struct Input<'a> {
    rest: &'a [u8],
}

impl<'a> Input<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Input<'a> {
        Input { rest: bytes }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn byte(&mut self) -> u8 {
        let Some((&first, rest)) = self.rest.split_first() else { return 0 };
        self.rest = rest;
        first
    }

    pub(crate) fn short(&mut self) -> u16 {
        u16::from_be_bytes([self.byte(), self.byte()])
    }

    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: u16) -> u16 {
        self.short() % limit
    }

    /// A distance: near, and now and then far.
    pub(crate) fn distance(&mut self) -> u32 {
        let near = i32::from(self.byte() as i8);
        let scaled = if near % 5 == 0 { near * 1000 } else { near };
        (if near == 127 { 1 << 30 } else { scaled }) as u32
    }

    pub(crate) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[usize::from(self.byte()) % choices.len()]
    }

    /// A time span, from a millisecond to days.
    pub(crate) fn span(&mut self) -> Duration {
        let (count, unit) = (u64::from(self.byte()), self.pick(&[1, 1, 10, 100, 1000, 60_000, 3_600_000]));
        Duration::from_millis(count * unit)
    }
}

/// Settings by chance. A peer is given up early, so that a run ends.
pub(crate) fn config(input: &mut Input<'_>) -> Config {
    let (features, more) = (input.byte(), input.byte());
    let has = |bit: u8| features & 1 << bit != 0;
    Config {
        timestamps: has(0),
        window_scaling: has(1),
        sack: has(2),
        rack: has(3),
        nagle: has(4),
        ecn: [Ecn::Off, Ecn::Answer, Ecn::Offer, Ecn::Offer][usize::from(features >> 5 & 3)],
        syn_cookies: has(7),
        congestion: [CongestionControl::Cubic, CongestionControl::Reno, CongestionControl::Bbr]
            [usize::from(more % 3)],
        mtu: [1500, 576, 1280, 9000][usize::from(more >> 2 & 3)],
        delayed_ack: Duration::from_millis([40, 0, 200, 40][usize::from(more >> 4 & 3)]),
        user_timeout: (more & 0xc0 == 0x40).then_some(Duration::from_secs(20)),
        keep_alive: (more & 0xc0 == 0x80).then_some(KeepAlive {
            idle: Duration::from_secs(30),
            interval: Duration::from_secs(5),
            probes: 3,
        }),
        receive_buffer: input.pick(&[65_536, 700, 4096, 100_000]),
        receive_buffer_max: input.pick(&[0, 300_000]),
        send_buffer: input.pick(&[30_000, 3000, 300]),
        fast_open: input.pick(&[false, true]),
        retries: 6,
        syn_retries: 3,
        max_rto: Duration::from_secs(20),
        ..Config::default()
    }
}

/// What a connection does about Fast Open, and how much text it has for its SYN.
pub(crate) fn fast_open(input: &mut Input<'_>, passive: bool) -> (Plan, usize) {
    let cookie = Cookie::new(&[7; 8]).expect("eight bytes are a cookie");
    let choice = input.byte() % 8;
    if passive {
        let plans = [Plan::Off, Plan::Take { renewed: None }, Plan::Take { renewed: Some(cookie) }];
        return (*plans.get(usize::from(choice)).unwrap_or(&Plan::Give(cookie)), 0);
    }
    match choice {
        0..4 => (Plan::Off, 0),
        4 => (Plan::Ask, 0),
        _ => (Plan::Send { cookie, mss: input.pick(&[1460, 536, 64]) }, usize::from(input.below(3000))),
    }
}
