//! TCP over a path that loses packets: how much arrives in a second, beside smoltcp and beside what a law allows.
//!
//! ```text
//!   sender ── 50 ms, each packet lost with probability p ──▶ receiver
//!          ◀── 50 ms, each packet lost with probability p ──
//! ```
//!
//! Time is virtual, so what is measured is not the CPU: it is the sender's judgment. The path has no rate and no queue,
//! so nothing but the loss slows a sender down. Whether a packet is lost is thrown with dice, one for each direction;
//! all contestants get the same dice, and so the same packets of each direction are lost: the fifth, the ninetieth, and
//! so on.
//!
//! The law is that of Mathis, Semke, Mahdavi and Ott (1997): a sender that halves its window at a loss, and adds a
//! segment a round trip, gets 1.22 · MSS / (RTT · √p). It holds for Reno, without delayed ACKs and without timeouts.

mod ours;
mod smoltcp;

use std::collections::VecDeque;
use std::time::Duration;

use ::smoltcp::socket::tcp::CongestionControl;
use barewire_tcp::Config;
use barewire_tcp::congestion::CongestionControl as Ours;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::Application;

/// From one end to the other.
const DELAY: Duration = Duration::from_millis(50);
/// Of the sender and of the receiver, in bytes: more than the path can hold at the least loss.
const BUFFER: usize = 1 << 20;
/// How much goes over the path at least, in bytes.
const LEAST: usize = 10 << 20;
/// So many segments are lost at least, so that slow start before the first is a small part of the run.
const LOST: usize = 100;
/// How often, with other dice each time.
const SEEDS: u64 = 10;
/// Packets that are lost each way, in thousandths.
const LOSSES: [u32; 4] = [1, 10, 20, 50];
/// A transfer that takes longer has failed.
const AT_MOST: Duration = Duration::from_secs(3600);

/// Makes a sender, which connects, and a receiver.
type Ends = fn() -> [Box<dyn End>; 2];

/// Whoever sends and receives. A further controller of ours is a further line here.
fn contestants() -> Vec<(&'static str, Ends)> {
    vec![
        ("ours, Reno", || ours::ends(config(Ours::Reno))),
        ("ours, CUBIC", || ours::ends(config(Ours::Cubic))),
        ("ours, BBR", || ours::ends(config(Ours::Bbr))),
        ("smoltcp, Reno", || smoltcp::ends(BUFFER, CongestionControl::Reno)),
        ("smoltcp, CUBIC", || smoltcp::ends(BUFFER, CongestionControl::Cubic)),
    ]
}

/// Our settings, with this controller.
fn config(congestion: Ours) -> Config {
    Config { congestion, ..super::ours::config(BUFFER) }
}

/// A host at one end of the path, with one connection. Times are counted from the beginning of the run.
trait End {
    /// A packet arrives.
    fn receive(&mut self, now: Duration, packet: Vec<u8>);
    /// The next packet to send.
    fn transmit(&mut self, now: Duration) -> Option<Vec<u8>>;
    /// When it wants to be called.
    fn deadline(&mut self, now: Duration) -> Option<Duration>;
    /// It is that time.
    fn on_deadline(&mut self, now: Duration);
    /// Takes as much as there is room for, and says how much.
    fn write(&mut self, bytes: &[u8]) -> usize;
    /// Gives what has arrived, and says how much.
    fn read(&mut self, buffer: &mut [u8]) -> usize;
}

/// One direction of the path.
struct Wire {
    dice: ChaCha8Rng,
    /// In thousandths.
    loss: u32,
    /// Packets on their way, and when each arrives.
    under_way: VecDeque<(Duration, Vec<u8>)>,
}

impl Wire {
    fn send(&mut self, now: Duration, packet: Vec<u8>) {
        if self.dice.next_u32() % 1000 >= self.loss {
            self.under_way.push_back((now + DELAY, packet));
        }
    }

    fn arrival(&self) -> Option<Duration> {
        self.under_way.front().map(|(arrival, _)| *arrival)
    }

    fn arrived(&mut self, now: Duration) -> Option<Vec<u8>> {
        if self.arrival()? > now {
            return None;
        }
        self.under_way.pop_front().map(|(_, packet)| packet)
    }
}

/// Carries so many bytes from the first end to the second, and gives the bytes a second.
fn goodput(ends: &mut [Box<dyn End>; 2], loss: u32, seed: u64, total: usize) -> f64 {
    let mut wires = [0, 1].map(|direction| {
        let dice = ChaCha8Rng::seed_from_u64(2 * seed + direction);
        Wire { dice, loss, under_way: VecDeque::new() }
    });
    let (mut application, mut now) = (Application::new(total), Duration::ZERO);
    while !application.is_done() {
        for (end, wire) in ends.iter_mut().zip(&mut wires) {
            while let Some(packet) = end.transmit(now) {
                wire.send(now, packet);
            }
        }
        now = next_moment(ends, &wires, now).expect("a packet or a timer, or nothing will ever happen");
        assert!(now < AT_MOST, "seed {seed}, {loss} of 1000 lost: {} bytes have arrived", application.read);
        // What one end has sent arrives at the other.
        for (end, wire) in ends.iter_mut().rev().zip(&mut wires) {
            match wire.arrived(now) {
                Some(packet) => end.receive(now, packet),
                None => end.on_deadline(now),
            }
        }
        let [sender, receiver] = ends;
        application.write(|bytes| sender.write(bytes));
        application.read(|buffer| receiver.read(buffer));
    }
    total as f64 / now.as_secs_f64()
}

fn next_moment(ends: &mut [Box<dyn End>; 2], wires: &[Wire; 2], now: Duration) -> Option<Duration> {
    let deadlines = ends.iter_mut().filter_map(|end| end.deadline(now)).min();
    let arrivals = wires.iter().filter_map(Wire::arrival).min();
    Some(deadlines.into_iter().chain(arrivals).min()?.max(now))
}

/// Mathis' law, in bytes a second.
fn law(loss: u32) -> f64 {
    1448.0 * 1.22 / (2.0 * DELAY.as_secs_f64() * (f64::from(loss) / 1000.0).sqrt())
}

/// How much goes over the path, in bytes.
fn total(loss: u32) -> usize {
    (LOST * 1000 / loss as usize * 1448).max(LEAST)
}

/// What a contestant got at one loss, with each of the dice: least first, in bytes a second.
fn runs(ends: Ends, loss: u32) -> Vec<f64> {
    let mut runs: Vec<f64> = (0..SEEDS).map(|seed| goodput(&mut ends(), loss, seed, total(loss))).collect();
    runs.sort_by(f64::total_cmp);
    runs
}

/// The table: a row for the law, and one for each contestant, at each loss.
pub(crate) fn table() -> Vec<[String; 6]> {
    let headings = ["lost each way", "who", "kB/s", "spread", "÷ law", "÷ best of smoltcp"];
    let mut table = vec![headings.map(str::to_owned)];
    LOSSES.into_iter().for_each(|loss| table.extend(rows(loss)));
    crate::progress("");
    table
}

fn rows(loss: u32) -> Vec<[String; 6]> {
    let percent = format!("{} %", f64::from(loss) / 10.0);
    let result = |(name, ends): (&'static str, Ends)| {
        crate::progress(&format!("TCP, {percent} lost: {name}"));
        (name, runs(ends, loss))
    };
    let results: Vec<(&str, Vec<f64>)> = contestants().into_iter().map(result).collect();
    let peers = results.iter().filter(|(name, _)| name.starts_with("smoltcp"));
    let best = peers.map(|(_, runs)| mean(runs)).fold(0.0, f64::max);
    let by = |value: f64, other: f64| format!("{:.2}", value / other);
    let of_law =
        ["Mathis' law".into(), kilobytes(law(loss)), String::new(), by(1.0, 1.0), by(law(loss), best)];
    let of_runs = results.iter().map(|(name, runs)| {
        let spread = format!("{} to {}", kilobytes(runs[0]), kilobytes(runs[runs.len() - 1]));
        let mean = mean(runs);
        [(*name).into(), kilobytes(mean), spread, by(mean, law(loss)), by(mean, best)]
    });
    let with_loss = |[who, speed, spread, of_law, of_best]: [String; 5]| {
        [percent.clone(), who, speed, spread, of_law, of_best]
    };
    std::iter::once(of_law).chain(of_runs).map(with_loss).collect()
}

fn mean(runs: &[f64]) -> f64 {
    runs.iter().sum::<f64>() / runs.len() as f64
}

fn kilobytes(bytes: f64) -> String {
    format!("{:.0}", bytes / 1e3)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every byte is compared on the way. A path without loss is held up by the buffers only, and the same dice give
    /// the same run.
    #[test]
    fn all_arrives_whatever_is_lost() {
        for (name, ends) in contestants() {
            let bound = BUFFER as f64 / (2.0 * DELAY.as_secs_f64());
            let without = goodput(&mut ends(), 0, 1, 20 << 20);
            assert!((0.5 * bound..bound).contains(&without), "{name}: {without} bytes a second without loss");
            let with = [1, 1, 2].map(|seed| goodput(&mut ends(), 50, seed, 1 << 20));
            // BBR goes by the bandwidth it measures, and not by single losses.
            let most = if name.ends_with("BBR") { without } else { without / 10.0 };
            assert!(with[0] == with[1] && with[0] != with[2] && with[0] < most, "{name}: {with:?}");
        }
    }
}
