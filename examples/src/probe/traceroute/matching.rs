//! Which probe an answer is about.

use std::time::Instant;

use barewire_packet::udp;
use barewire_tcp::{Flags, segment};

use super::super::answer::{Answer, Quote, Report, Said, icmp_protocol};
use super::super::question::Envelope;
use super::super::words::Meaning;
use super::packets::number_of;
use super::{Answered, Method, Outcome, Traceroute, What};

impl Traceroute {
    /// Takes an answer. False: it is not about a probe of ours.
    pub(super) fn take(&mut self, now: Instant, answer: &Answer<'_>) -> bool {
        if answer.to != self.config.source {
            return false;
        }
        match &answer.said {
            Said::Error(report) => self.take_error(now, answer, report),
            _ if answer.from != self.config.destination => false,
            Said::EchoReply { identifier, sequence, .. } => {
                let is_ours = self.config.method == Method::Icmp && *identifier == self.config.identifier;
                let number = number_of(*sequence).filter(|number| is_ours && *number < self.probes.len());
                number.is_some_and(|number| self.answered(now, answer, number, What::EchoReply, None))
            }
            Said::Segment { ports, ack, flags, .. } => self.take_segment(now, answer, *ports, *ack, *flags),
            Said::Datagram { .. } => false,
        }
    }

    fn take_segment(
        &mut self,
        now: Instant,
        answer: &Answer<'_>,
        (from, to): (u16, u16),
        ack: u32,
        flags: Flags,
    ) -> bool {
        if !matches!(self.config.method, Method::Tcp(_)) || !flags.ack() {
            return false;
        }
        let Some(number) = number_of(ack.wrapping_sub(1) as u16) else { return false };
        let is_ours = number < self.probes.len() && self.ports(number) == (to, from);
        if !is_ours || ack != self.seq(number).wrapping_add(1) {
            return false;
        }
        if flags.rst() {
            return self.answered(now, answer, number, What::Reset, None);
        }
        // What the SYN began is taken back. A kernel in whose place we ask does the same by itself.
        self.resets.push_back(
            Envelope::new(self.config.source, self.config.destination).reset(self.ports(number), ack),
        );
        flags.syn() && self.answered(now, answer, number, What::SynAck, None)
    }

    fn take_error(&mut self, now: Instant, answer: &Answer<'_>, report: &Report<'_>) -> bool {
        let Some(number) = self.quoted(&report.quote) else { return false };
        let is_open = self.open.contains(&number);
        if report.kind.meaning() == Meaning::TooBig && self.config.finds_mtu && is_open {
            let mtu = report.mtu.map(|mtu| mtu as usize);
            return self.narrow(number, answer.from, mtu, self.probes[number].size);
        }
        self.answered(now, answer, number, What::Error(report.kind), Some(report))
    }

    /// The number of the probe that an error quotes.
    fn quoted(&self, quote: &Quote<'_>) -> Option<usize> {
        if (quote.source, quote.destination) != (self.config.source, self.config.destination) {
            return None;
        }
        let number = match self.config.method {
            Method::Udp(port) if quote.protocol == udp::PROTOCOL && self.config.classic => {
                usize::from(quote.word(2)?.wrapping_sub(port))
            }
            Method::Udp(_) if quote.protocol == udp::PROTOCOL => number_of(quote.word(6)?)?,
            Method::Icmp if quote.protocol == icmp_protocol(quote.source) => {
                let kind = if quote.source.is_ipv4() { 8 } else { 128 };
                let is_ours = quote.start.first() == Some(&kind) && quote.word(4)? == self.config.identifier;
                return number_of(quote.word(6)?).filter(|number| is_ours && *number < self.probes.len());
            }
            Method::Tcp(_) if quote.protocol == segment::PROTOCOL => number_of(quote.long(4)? as u16)?,
            _ => return None,
        };
        let is_ours = number < self.probes.len() && quote.ports()? == self.ports(number);
        let fits = !matches!(self.config.method, Method::Tcp(_)) || quote.long(4)? == self.seq(number);
        (is_ours && fits).then_some(number)
    }

    fn answered(
        &mut self,
        now: Instant,
        answer: &Answer<'_>,
        number: usize,
        what: What,
        report: Option<&Report<'_>>,
    ) -> bool {
        let probe = &self.probes[number];
        if !self.open.contains(&number) {
            self.counts.late += 1;
            return true;
        }
        let answered = Answered {
            from: answer.from,
            time: now.saturating_duration_since(probe.at),
            what,
            hops_left: answer.hops_left,
            quoted_hops: report.map(|report| report.quote.hops_left),
            mtu: report.and_then(|report| report.mtu),
            extensions: report.map(|report| report.extensions.clone()).unwrap_or_default(),
        };
        self.settle(number, Outcome::Answered(answered));
        true
    }
}
