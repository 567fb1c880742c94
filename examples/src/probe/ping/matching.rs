//! Which probe an answer is about. It must repeat what only the probe had: identifier, number and data of an echo
//! request, the port and sequence number of a SYN, the ports of a datagram.

use std::time::Instant;

use barewire_packet::udp;
use barewire_tcp::{Flags, segment};

use super::super::answer::{Answer, Quote, Report, Said, icmp_protocol};
use super::super::words::Meaning;
use super::{Event, MOST_PROBES, Ping, Question, Reply, ReplyKind};

/// Each SYN and each datagram leaves from a port of its own, so that none looks like the copy of another.
const FIRST_PORT: u16 = 40_000;
const PORTS: u64 = 8192;

impl Ping {
    /// The source port of a SYN or a datagram.
    pub(super) fn port_of(&self, number: u64) -> u16 {
        FIRST_PORT + ((number + u64::from(self.config.identifier)) % PORTS) as u16
    }

    /// The sequence number of a SYN.
    pub(super) fn seq_of(&self, number: u64) -> u32 {
        let [a, b, c, d, ..] = self.config.cookie;
        u32::from_be_bytes([a, b, c, d]).wrapping_add((number as u32).wrapping_mul(0x9e37_79b9))
    }

    /// Takes an answer. False: it is not about a probe of ours.
    pub(super) fn take(&mut self, now: Instant, answer: &Answer<'_>) -> bool {
        if answer.to != self.config.source {
            return false;
        }
        match &answer.said {
            Said::Error(report) => self.take_error(now, answer, report),
            _ if answer.from != self.config.destination => false,
            Said::EchoReply { identifier, sequence, data } => {
                self.take_echo(now, answer, (*identifier, *sequence), data)
            }
            Said::Segment { ports, ack, flags, .. } => self.take_segment(now, answer, *ports, *ack, *flags),
            Said::Datagram { ports } => match (self.config.question, self.numbered(ports.1)) {
                (Question::Datagram(port), Some(number)) if port == ports.0 => {
                    self.reply(now, answer, number, ReplyKind::Datagram)
                }
                _ => false,
            },
        }
    }

    fn take_echo(&mut self, now: Instant, answer: &Answer<'_>, ids: (u16, u16), data: &[u8]) -> bool {
        if self.config.question != Question::Echo || ids.0 != self.config.identifier {
            return false;
        }
        let Some(number) = self.probes.get(&ids.1).map(|probe| probe.number) else { return false };
        let sent = self.data();
        let differs = sent.iter().zip(data).position(|(sent, came)| sent != came);
        let differs = differs.or((sent.len() != data.len()).then_some(sent.len().min(data.len())));
        match differs {
            // A sender without even the cookie has not seen the probe.
            Some(at) if at < self.config.cookie.len().min(self.config.size) => false,
            Some(at) => {
                self.statistics.changed += 1;
                self.events.push_back(Event::Changed { from: answer.from, number, at });
                true
            }
            None => self.reply(now, answer, number, ReplyKind::Echo),
        }
    }

    fn take_segment(
        &mut self,
        now: Instant,
        answer: &Answer<'_>,
        ports: (u16, u16),
        ack: u32,
        flags: Flags,
    ) -> bool {
        let Question::Syn(port) = self.config.question else { return false };
        let Some(number) = self.numbered(ports.1).filter(|_| ports.0 == port) else { return false };
        if !flags.ack() || ack != self.seq_of(number).wrapping_add(1) {
            return false;
        }
        if flags.rst() {
            return self.reply(now, answer, number, ReplyKind::Reset);
        }
        // A second SYN-ACK says that our reset was lost.
        self.waiting.push_back(self.envelope().reset((ports.1, ports.0), ack));
        flags.syn() && self.reply(now, answer, number, ReplyKind::SynAck)
    }

    fn take_error(&mut self, now: Instant, answer: &Answer<'_>, report: &Report<'_>) -> bool {
        let Some(number) = self.quoted(&report.quote) else { return false };
        let is_there = report.kind.meaning() == Meaning::Refused && answer.from == self.config.destination;
        if is_there && matches!(self.config.question, Question::Datagram(_)) {
            return self.reply(now, answer, number, ReplyKind::PortUnreachable);
        }
        self.fail(number);
        let (from, kind, mtu) = (answer.from, report.kind, report.mtu);
        self.events.push_back(Event::Error { from, number, kind, mtu });
        true
    }

    /// The number of the probe that an error quotes.
    fn quoted(&self, quote: &Quote<'_>) -> Option<u64> {
        if (quote.source, quote.destination) != (self.config.source, self.config.destination) {
            return None;
        }
        match self.config.question {
            Question::Echo if quote.protocol == icmp_protocol(quote.source) => {
                let kind = if quote.source.is_ipv4() { 8 } else { 128 };
                let is_ours = quote.start.first() == Some(&kind) && quote.word(4)? == self.config.identifier;
                self.probes.get(&quote.word(6)?).filter(|_| is_ours).map(|probe| probe.number)
            }
            Question::Syn(port) if quote.protocol == segment::PROTOCOL => {
                let (from, to) = quote.ports()?;
                let number = self.numbered(from).filter(|_| to == port)?;
                (quote.long(4)? == self.seq_of(number)).then_some(number)
            }
            Question::Datagram(port) if quote.protocol == udp::PROTOCOL => {
                let (from, to) = quote.ports()?;
                self.numbered(from).filter(|_| to == port)
            }
            _ => None,
        }
    }

    /// The number of the last probe that left from this port.
    fn numbered(&self, port: u16) -> Option<u64> {
        let sent = self.statistics.sent;
        let back = self.port_of(sent).checked_sub(FIRST_PORT).map(u64::from)? + PORTS;
        let place = u64::from(port.checked_sub(FIRST_PORT)?);
        let number = sent.checked_sub((back - place.min(PORTS)) % PORTS)?;
        let probe = self.probes.get(&((number % MOST_PROBES) as u16))?;
        (self.port_of(number) == port && probe.number == number).then_some(number)
    }

    /// Counts a reply. Each more than the first is a duplicate.
    fn reply(&mut self, now: Instant, answer: &Answer<'_>, number: u64, kind: ReplyKind) -> bool {
        let Some(probe) = self.probes.get_mut(&((number % MOST_PROBES) as u16)) else { return false };
        let time = now.saturating_duration_since(probe.at);
        let is_duplicate = std::mem::replace(&mut probe.is_answered, true);
        let is_late = time > self.config.patience;
        self.statistics.count(time, is_duplicate, is_late);
        if self.config.interval.is_zero() {
            self.next = self.next.map(|next| next.min(now));
        }
        let Answer { from, hops_left, length, .. } = *answer;
        self.events.push_back(Event::Reply(Reply {
            from,
            number,
            kind,
            length,
            hops_left,
            time,
            is_duplicate,
            is_late,
        }));
        true
    }
}
