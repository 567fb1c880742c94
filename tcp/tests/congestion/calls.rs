//! A controller under test, and the calls that a sender makes, with a clock that the test moves.

use std::time::{Duration, Instant};

use barewire_tcp::congestion::controller::{Congestion, Controller, Delivery, Repair, Sign};

/// Bytes in a segment: a round number, so that windows can be read.
pub(crate) const SMSS: u32 = 1000;

pub(crate) fn milliseconds(n: u64) -> Duration {
    Duration::from_millis(n)
}

/// A controller and a clock.
pub(crate) struct Sender<C> {
    pub(crate) controller: C,
    pub(crate) now: Instant,
    pub(crate) rtt: Duration,
}

impl<C: Controller> Sender<C> {
    pub(crate) fn new(controller: C, rtt: Duration) -> Sender<C> {
        Sender { controller, now: Instant::now(), rtt }
    }

    /// An ACK of `bytes`, of a window that was in use, while nothing is lost.
    pub(crate) fn delivery(&self, bytes: u32) -> Delivery {
        Delivery {
            now: self.now,
            delivered: bytes,
            acknowledged: bytes,
            rtt: Some(self.rtt),
            srtt: Some(self.rtt),
            min_rtt: Some(self.rtt),
            in_flight_before: self.controller.window(),
            in_flight: self.controller.window().saturating_sub(bytes),
            window_was_used: true,
            round_ended: false,
            repair: Repair::None,
            lost: 0,
            rate: None,
        }
    }

    pub(crate) fn ack(&mut self, bytes: u32) -> u32 {
        self.controller.on_ack(&self.delivery(bytes));
        self.controller.window()
    }

    /// All ACKs of a window, one for each segment, and the time that they take.
    pub(crate) fn round(&mut self) -> u32 {
        let segments = self.controller.window() / SMSS;
        for n in 0..segments {
            self.now += self.rtt / segments;
            let ack = Delivery { round_ended: n == 0, ..self.delivery(SMSS) };
            self.controller.on_ack(&ack);
        }
        self.controller.window()
    }

    fn congestion(&self, flight_size: u32, sign: Sign) -> Congestion {
        Congestion { now: self.now, flight_size, sign }
    }

    pub(crate) fn loss(&mut self, flight_size: u32) -> u32 {
        self.controller.on_congestion(&self.congestion(flight_size, Sign::Loss));
        self.controller.window()
    }

    pub(crate) fn mark(&mut self, flight_size: u32) -> u32 {
        self.controller.on_congestion(&self.congestion(flight_size, Sign::Mark));
        self.controller.window()
    }

    pub(crate) fn timeout(&mut self, flight_size: u32, again: bool) -> u32 {
        self.controller.on_timeout(&self.congestion(flight_size, Sign::Loss), again);
        self.controller.window()
    }

    pub(crate) fn idle(&mut self, idle: Duration) -> u32 {
        self.now += idle;
        self.controller.on_idle(self.now, idle);
        self.controller.window()
    }

    pub(crate) fn undo(&mut self) -> u32 {
        self.controller.undo();
        self.controller.window()
    }
}
