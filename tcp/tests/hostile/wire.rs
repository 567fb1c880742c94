//! A hostile wire: the input says what becomes of each packet. Where the input is over, the wire is honest.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::{Duration, Instant};

use barewire_packet::checksum::checksum;
use barewire_tcp::options::SackBlocks;
use barewire_tcp::packet::{Packet, Payload};
use barewire_tcp::{Flags, Segment};

use crate::input::Input;

const DELAY: Duration = Duration::from_millis(10);
/// How long a packet can be under way: the longest life of a segment (RFC 9293 §3.4.2).
const LATEST: Duration = Duration::from_secs(120);

/// When, a number, to which end, the packet.
type UnderWay = (Instant, u64, usize, Vec<u8>);

pub(crate) struct Wire {
    /// The earliest first.
    under_way: BinaryHeap<Reverse<UnderWay>>,
    number: u64,
    /// Whether it makes segments of its own, with a right checksum.
    pub(crate) forges: bool,
}

impl Wire {
    pub(crate) fn new(forges: bool) -> Wire {
        Wire { under_way: BinaryHeap::new(), number: 0, forges }
    }

    /// When the next packet arrives.
    pub(crate) fn next(&self) -> Option<Instant> {
        self.under_way.peek().map(|Reverse((time, ..))| *time)
    }

    /// A packet that has arrived by `now`, and at which end.
    pub(crate) fn arrival(&mut self, now: Instant) -> Option<(usize, Vec<u8>)> {
        self.next().filter(|time| *time <= now)?;
        self.under_way.pop().map(|Reverse((_, _, end, packet))| (end, packet))
    }

    pub(crate) fn deliver(&mut self, at: Instant, to: usize, packet: Vec<u8>) {
        self.number += 1;
        self.under_way.push(Reverse((at, self.number, to, packet)));
    }

    /// A packet for the end `to` leaves. `choice` says what becomes of it.
    pub(crate) fn carry(
        &mut self,
        now: Instant,
        to: usize,
        mut packet: Vec<u8>,
        choice: u8,
        input: &mut Input<'_>,
    ) {
        let late = |input: &mut Input<'_>| DELAY + input.span().min(LATEST);
        match choice {
            // Lost.
            120..150 => return,
            // Doubled.
            150..170 => self.deliver(now + late(input), to, packet.clone()),
            // Late, so that others overtake it.
            170..190 => return self.deliver(now + late(input), to, packet),
            // Cut, or with an inverted bit: the checksum shows it.
            190..195 => packet.truncate(usize::from(input.short()) % packet.len()),
            195..200 => {
                let at = usize::from(input.short()) % packet.len();
                packet[at] ^= 1 << (input.byte() & 7);
            }
            // Marked by a router.
            200..210 if packet[1] & 3 != 0 => mark(&mut packet),
            210..=u8::MAX if self.forges => {
                if let Some(forged) = forge(&packet, input) {
                    self.deliver(now + DELAY, to, forged);
                    if choice & 1 == 1 {
                        return;
                    }
                }
            }
            _ => {}
        }
        self.deliver(now + DELAY, to, packet);
    }
}

/// Congestion experienced: RFC 3168 §5.
fn mark(packet: &mut [u8]) {
    packet[1] |= 3;
    packet[10..12].fill(0);
    let sum = checksum(&packet[..20]);
    packet[10..12].copy_from_slice(&sum.to_be_bytes());
}

/// The same segment with one field changed, and a checksum that is right.
fn forge(packet: &[u8], input: &mut Input<'_>) -> Option<Vec<u8>> {
    let Packet { ip, payload: Payload::Tcp(segment), .. } = Packet::parse(packet).ok()? else { return None };
    let longer = [segment.payload, &[7; 100]].concat();
    let mut forged = Segment { option_bytes: &[], ..segment };
    match input.byte() % 9 {
        0 => forged.seq += input.distance(),
        1 => forged.ack += input.distance(),
        2 => forged.window = input.pick(&[0, 1, 100, 0xffff]),
        3 => forged.flags = Flags(forged.flags.0 ^ 1 << (input.byte() & 7)),
        // More than was sent: if that happens both ways, the two ends are out of step.
        4 => forged.payload = &longer,
        5 => forged.payload = &forged.payload[..forged.payload.len() / 2],
        6 => {
            let far = input.distance();
            forged
                .options
                .timestamps
                .iter_mut()
                .for_each(|stamps| stamps.value = stamps.value.wrapping_add(far));
        }
        7 => {
            let far = input.distance();
            forged
                .options
                .timestamps
                .iter_mut()
                .for_each(|stamps| stamps.echo = stamps.echo.wrapping_add(far));
        }
        _ => {
            let mut sack = SackBlocks::default();
            let first = forged.ack + input.distance();
            sack.push(first, first + input.distance());
            forged.options.sack = sack;
        }
    }
    Some(forged.ip_packet(ip.header.source(), ip.header.destination()))
}
