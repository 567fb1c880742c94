//! ProbeRTT: see the path without a queue (draft §5.3.4), and what a restart from idle changes (§5.4).
//!
//! A queue makes each round trip longer, so the length of the path is seen only when little is in flight. If no round
//! trip as short was seen for 5 s, BBR keeps half a BDP in flight for 200 ms. All BBR flows of a queue see it empty at
//! that moment, so they do it together the next time.

use std::time::{Duration, Instant};

use super::Bbr;
use super::sample::Sample;
use super::state::{AckPhase, State};
use super::variables::ShortTerm;

/// BBR.MinRTTFilterLen: how long a least round trip is believed.
const MIN_RTT_FILTER: Duration = Duration::from_secs(10);
/// BBR.ProbeRTTInterval: after so long without one as short, it is measured.
const INTERVAL: Duration = Duration::from_secs(5);
/// BBR.ProbeRTTDuration: how long little is in flight.
const DURATION: Duration = Duration::from_millis(200);

impl Bbr {
    /// UpdateMinRTT(): the least of 5 s decides when to probe, the least of 10 s is the path.
    pub(super) fn update_min_rtt(&mut self, sample: &Sample) {
        let now = sample.now;
        let path = &mut self.round_trip;
        path.probe_expired = is_older(path.probe_min_stamp, now, INTERVAL);
        if let Some(rtt) = sample.rtt
            && (path.probe_expired || path.probe_min_delay.is_none_or(|least| rtt < least))
        {
            path.probe_min_delay = Some(rtt);
            path.probe_min_stamp = Some(now);
        }
        let expired = is_older(path.min_rtt_stamp, now, MIN_RTT_FILTER);
        let shorter =
            path.probe_min_delay.is_some_and(|delay| path.min_rtt.is_none_or(|least| delay < least));
        if shorter || expired {
            path.min_rtt = path.probe_min_delay;
            path.min_rtt_stamp = path.probe_min_stamp;
        }
    }

    /// CheckProbeRTT(): after a silence it is not needed, because the queue is empty anyway.
    pub(super) fn check_probe_rtt(&mut self, sample: &Sample) {
        let due = self.round_trip.probe_expired && !self.round_trip.idle_restart;
        if self.state != State::ProbeRtt && due {
            self.enter_probe_rtt();
        }
        if self.state == State::ProbeRtt {
            self.handle_probe_rtt(sample);
        }
        self.round_trip.idle_restart = false;
    }

    fn enter_probe_rtt(&mut self) {
        self.save_cwnd();
        self.state = State::ProbeRtt;
        self.round_trip.done_stamp = None;
        self.cycle.ack_phase = AckPhase::ProbeStopping;
        self.rounds.begin(self.delivered);
    }

    /// HandleProbeRTT(): when little enough is in flight, 200 ms and a round begin to count.
    fn handle_probe_rtt(&mut self, sample: &Sample) {
        self.round_trip.limited_until = self.delivered.saturating_add(sample.in_flight).max(1);
        match self.round_trip.done_stamp {
            None if sample.in_flight <= self.probe_rtt_cwnd() => {
                self.round_trip.done_stamp = sample.now.checked_add(DURATION);
                self.round_trip.round_done = false;
                self.rounds.begin(self.delivered);
            }
            None => {}
            Some(_) => {
                self.round_trip.round_done |= self.rounds.start;
                if self.round_trip.round_done {
                    self.check_probe_rtt_done(sample.now);
                }
            }
        }
    }

    fn check_probe_rtt_done(&mut self, now: Instant) {
        if self.round_trip.done_stamp.is_some_and(|done| now > done) {
            self.round_trip.probe_min_stamp = Some(now);
            self.restore_cwnd();
            self.exit_probe_rtt(now);
        }
    }

    /// ExitProbeRTT(): the queue is empty already, so Down is passed through.
    fn exit_probe_rtt(&mut self, now: Instant) {
        self.short_term = ShortTerm::UNLIMITED;
        if self.full_pipe.reached {
            self.start_down(now);
            self.state = State::Cruise;
        } else {
            self.state = State::Startup;
        }
    }

    /// HandleRestartFromIdle(): at the rate of the path, and not faster. The silence has emptied the queue, so the next
    /// ACK gives the length of the path for nothing.
    pub(super) fn handle_restart_from_idle(&mut self, now: Instant) {
        self.round_trip.idle_restart = true;
        self.extra_acked_interval_start = Some(now);
        if self.state.is_probe_bw() {
            self.set_pacing_rate_with_gain(100);
        } else if self.state == State::ProbeRtt {
            self.check_probe_rtt_done(now);
        }
    }
}

fn is_older(stamp: Option<Instant>, now: Instant, age: Duration) -> bool {
    stamp.is_some_and(|stamp| now.saturating_duration_since(stamp) > age)
}
