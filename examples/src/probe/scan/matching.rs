//! Whether an answer fits a SYN of ours: its four ends, and the number that only the SYN had.

use std::net::IpAddr;
use std::time::Instant;

use barewire_tcp::{Flags, segment};
use ring::hmac;

use super::super::answer::{Answer, Report, Said};
use super::super::question::Envelope;
use super::{Because, Scan, State, Target};

impl Scan {
    /// The sequence number of the SYN to a port: a keyed hash of its ends.
    pub(super) fn seq(&self, target: Target, port: u16) -> u32 {
        let mut context = hmac::Context::with_key(&self.key);
        for address in [target.source, target.destination] {
            match address {
                IpAddr::V4(address) => context.update(&address.octets()),
                IpAddr::V6(address) => context.update(&address.octets()),
            }
        }
        context.update(&self.own_port.to_be_bytes());
        context.update(&port.to_be_bytes());
        context.sign().as_ref().iter().take(4).fold(0, |seq, byte| seq << 8 | u32::from(*byte))
    }

    /// Takes an answer. False: it does not fit any SYN.
    pub(super) fn take(&mut self, now: Instant, answer: &Answer<'_>) -> bool {
        match &answer.said {
            Said::Segment { ports: (port, own), ack, flags, .. } => {
                let target = Target { source: answer.to, destination: answer.from };
                let fits = *own == self.own_port && flags.ack();
                fits && self.take_segment(now, target, *port, *ack, *flags)
            }
            Said::Error(report) => self.take_error(now, answer, report),
            _ => false,
        }
    }

    fn take_segment(&mut self, now: Instant, target: Target, port: u16, ack: u32, flags: Flags) -> bool {
        let Some(place) = self.place(target, port) else { return false };
        if ack != self.seq(target, port).wrapping_add(1) {
            return false;
        }
        if flags.rst() {
            self.settle(now, place, State::Closed, Because::Reset);
        } else if flags.syn() {
            if self.config.resets {
                let envelope = Envelope::new(target.source, target.destination);
                self.resets.push_back(envelope.reset((self.own_port, port), ack));
            }
            self.settle(now, place, State::Open, Because::SynAck);
        }
        flags.rst() || flags.syn()
    }

    fn take_error(&mut self, now: Instant, answer: &Answer<'_>, report: &Report<'_>) -> bool {
        let quote = &report.quote;
        let Some((own, port)) = quote.ports().filter(|_| quote.protocol == segment::PROTOCOL) else {
            return false;
        };
        let target = Target { source: quote.source, destination: quote.destination };
        let Some(place) = self.place(target, port).filter(|_| own == self.own_port) else { return false };
        if answer.to != target.source || quote.long(4) != Some(self.seq(target, port)) {
            return false;
        }
        let because = Because::Error { from: answer.from, kind: report.kind };
        self.settle(now, place, State::Filtered, because);
        true
    }

    /// The place of a port that was asked at least once.
    fn place(&self, target: Target, port: u16) -> Option<usize> {
        let host = self.config.targets.iter().position(|known| *known == target)?;
        let at = self.config.ports.binary_search(&port).ok()?;
        let place = host * self.config.ports.len() + at;
        self.entries.get(place).filter(|entry| entry.tries > 0).map(|_| place)
    }
}
