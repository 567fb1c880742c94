//! TCP in memory: two hosts of ours against two of smoltcp, 256 MiB from the one to the other. [`many`] has what ten
//! thousand connections cost, and [`loss`] what is left of a path that loses packets.
//!
//! The wire is a queue each way: no delay, no loss, MTU 1500. All checksums are made and verified. Both have the same
//! buffers (of 64 KiB, and of 256), timestamps, window scaling, SACK offered, Reno, no Nagle. The application writes
//! from one buffer, which is made before, and reads into another, which is compared with the first. All of that is on
//! the clock, both hosts and the wire.
//!
//! How often the receiver acknowledges decides much of the cost, and hangs on who drives it. So there are two ways:
//! all packets that wait are taken before anything is sent (one ACK for many segments), and one packet is taken at a
//! time (the ACK for every second segment that RFC 9293 §3.8.6.3 has in mind). The ratio of segments with data to
//! those without stands in the result.

pub(crate) mod loss;
mod many;
mod ours;
mod smoltcp;

use crate::measure::{Comparison, Stopwatch, Unit};

/// How much goes over the wire in a round, in bytes.
const TOTAL: usize = 256 << 20;
const MTU: usize = 1500;
/// Of the sender and of the receiver, in bytes: the second is what our hosts have by default.
const BUFFERS: [usize; 2] = [64 << 10, 256 << 10];
/// How much the application writes or reads at once, in bytes.
const CHUNK: usize = 64 << 10;
/// The stream repeats itself after so many bytes: an odd number, so that no segment that went astray fits elsewhere.
const PERIOD: usize = (1 << 20) - 3;
/// IPv4 and TCP header with timestamps: a packet that is no longer carries no data.
const HEADERS: usize = 20 + 20 + 12;
const PORT: u16 = 7;

/// How the two hosts are driven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Drive {
    /// A host takes all packets that wait, and then sends.
    All,
    /// A host sends after every packet that it takes.
    One,
}

/// What is carried, and how.
#[derive(Debug, Clone, Copy)]
struct Transfer {
    drive: Drive,
    /// Of the sender and of the receiver, in bytes.
    buffer: usize,
}

/// Packets that crossed the wire.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    with_data: u64,
    without: u64,
}

impl Count {
    fn add(&mut self, packet: &[u8]) {
        if packet.len() > HEADERS { self.with_data += 1 } else { self.without += 1 }
    }

    /// Segments with data for each one without.
    fn ratio(self) -> f64 {
        self.with_data as f64 / self.without as f64
    }
}

/// The application at both ends: what is left to write, and what has been read.
struct Application {
    total: usize,
    content: Vec<u8>,
    written: usize,
    read: usize,
    buffer: Vec<u8>,
}

impl Application {
    fn new(total: usize) -> Application {
        // A chunk longer than the period, so that one can be taken from anywhere in the stream.
        let byte = |i: usize| ((i % PERIOD) as u32).wrapping_mul(2_654_435_761) >> 13;
        let content = (0..PERIOD + CHUNK).map(|i| byte(i) as u8).collect();
        Application { total, content, written: 0, read: 0, buffer: vec![0; CHUNK] }
    }

    /// Offers the next bytes to `write`, which says how many it took, until it takes no more.
    fn write(&mut self, mut write: impl FnMut(&[u8]) -> usize) {
        while self.written < self.total {
            let chunk = self.at(self.written);
            let chunk = &chunk[..chunk.len().min(self.total - self.written)];
            let taken = write(chunk);
            self.written += taken;
            if taken == 0 {
                return;
            }
        }
    }

    /// Has `read` fill a buffer, as often as it puts something in, and compares.
    fn read(&mut self, mut read: impl FnMut(&mut [u8]) -> usize) {
        loop {
            let count = read(&mut self.buffer);
            if count == 0 {
                return;
            }
            assert!(self.buffer[..count] == self.at(self.read)[..count], "wrong bytes at {}", self.read);
            self.read += count;
        }
    }

    fn at(&self, offset: usize) -> &[u8] {
        let start = offset % PERIOD;
        &self.content[start..start + CHUNK]
    }

    fn is_done(&self) -> bool {
        self.read == self.total
    }
}

pub(crate) fn compare(rounds: usize) -> Vec<Comparison> {
    let drives = [(Drive::All, "in batches"), (Drive::One, "one by one")];
    let transfers = drives.into_iter().flat_map(|(drive, name)| {
        BUFFERS.map(|buffer| compare_transfer(Transfer { drive, buffer }, name, rounds))
    });
    // The memory of ten thousand connections shows only while nothing has been allocated and freed.
    many::compare(rounds).into_iter().chain(transfers).collect()
}

fn compare_transfer(transfer: Transfer, name: &str, rounds: usize) -> Comparison {
    let (mut our_count, mut their_count) = (Count::default(), Count::default());
    let mut result = Comparison::run(
        format!("TCP, {} MiB, packets {name}, buffers of {} KiB", TOTAL >> 20, transfer.buffer >> 10),
        "smoltcp",
        Unit::MegabytesPerSecond,
        rounds,
        || on_the_clock(&mut our_count, |application| ours::transfer(transfer, application)),
        || on_the_clock(&mut their_count, |application| smoltcp::transfer(transfer, application)),
    );
    let ratios = (our_count.ratio(), their_count.ratio());
    result.what += &format!(" (segments an ACK: {:.0}, {:.0})", ratios.0, ratios.1);
    result
}

/// Nanoseconds a byte.
fn on_the_clock(count: &mut Count, transfer: impl FnOnce(Application) -> Count) -> f64 {
    let (mut watch, application) = (Stopwatch::default(), Application::new(TOTAL));
    *count = watch.run(|| transfer(application));
    watch.per(TOTAL as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bytes are compared on the way; here is what the two ways of driving are meant to bring about.
    #[test]
    fn all_arrives_with_as_many_acks_as_the_drive_says() {
        for transfer in [ours::transfer, smoltcp::transfer] {
            for buffer in BUFFERS {
                let run = |drive| transfer(Transfer { drive, buffer }, Application::new(8 << 20));
                let batches = run(Drive::All);
                assert!(batches.ratio() > 20.0, "{buffer}: {batches:?}");
                let one_by_one = run(Drive::One);
                assert!((1.9..2.1).contains(&one_by_one.ratio()), "{buffer}: {one_by_one:?}");
            }
        }
    }
}
