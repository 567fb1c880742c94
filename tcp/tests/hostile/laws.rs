//! What must hold after every step of a connection, whatever its peer does.

use std::time::Duration;

use barewire_packet::checksum::Verdict;
use barewire_tcp::packet::{Packet, Payload};
use barewire_tcp::{Config, Segment, SeqNumber, State, Variables};

use crate::text::text;

/// How many segments without text may leave in one step: an ACK, a reset and a question.
const MOST_WITHOUT_TEXT: usize = 3;

/// One connection, as it is seen from outside.
#[derive(Default)]
pub(crate) struct Laws {
    /// How it was after the last step.
    before: Option<Variables>,
    /// The furthest number that the peer was ever offered.
    edge: Option<SeqNumber>,
    /// Whether its segments carry timestamps, once that is agreed on.
    timestamps: Option<bool>,
    /// How many bytes its user has written.
    pub(crate) written: u32,
}

impl Laws {
    /// A step is over: it made these variables, and sent these packets.
    pub(crate) fn check(&mut self, config: &Config, now: &Variables, sent: &[Vec<u8>]) {
        self.moments(now);
        sizes(config, now);
        let mut without_text = 0;
        let mut left: Vec<(u32, u32)> = Vec::new();
        for packet in sent {
            assert!(packet.len() <= config.mtu, "it fits the link");
            let whole = Packet::parse(packet).expect("a good packet");
            assert_eq!(whole.verdict, Verdict::Correct);
            let Payload::Tcp(segment) = whole.payload else { panic!("TCP") };
            self.segment(now, &segment);
            if segment.payload.is_empty() {
                without_text += 1;
            } else {
                let first = segment.seq.since(now.snd.iss) + u32::from(segment.flags.syn());
                left.push((first, first + segment.payload.len() as u32));
            }
        }
        assert!(without_text <= MOST_WITHOUT_TEXT, "{without_text} segments without text; {now}");
        left.sort_unstable();
        let twice = left.windows(2).find(|pair| pair[0].1 > pair[1].0);
        assert_eq!(twice, None, "no byte leaves twice at once; {now}");
        self.before = Some(now.clone());
    }

    /// What was before, and what is now.
    fn moments(&self, now: &Variables) {
        let Some(before) = &self.before else { return };
        assert!(leads_to(before.state, now.state), "from {before} to {now}");
        assert!(before.snd.una.at_or_before(now.snd.una), "snd.una moves on: from {before} to {now}");
        assert!(before.snd.nxt.at_or_before(now.snd.nxt), "snd.nxt moves on: from {before} to {now}");
        if before.state > State::SynSent {
            assert!(before.rcv.nxt.at_or_before(now.rcv.nxt), "rcv.nxt moves on: from {before} to {now}");
        }
        if before.state >= State::CloseWait {
            assert_eq!(before.rcv.nxt, now.rcv.nxt, "nothing comes after the FIN: from {before} to {now}");
        }
    }

    /// One segment that has left.
    fn segment(&mut self, now: &Variables, segment: &Segment<'_>) {
        if segment.flags.rst() {
            return assert!(segment.is_empty() && !segment.flags.syn(), "{segment:?}");
        }
        let opens = matches!(now.state, State::SynSent | State::SynReceived) && segment.seq == now.snd.iss;
        assert!(segment.flags.syn() == opens && !(opens && segment.flags.fin()), "{segment:?} {now}");
        if segment.flags.ack() {
            assert_eq!(segment.ack, now.rcv.nxt, "{now}");
            self.offer(now, segment);
        }
        if !segment.flags.syn() {
            let has = segment.options.timestamps.is_some();
            assert_eq!(has, *self.timestamps.get_or_insert(has), "timestamps in all segments or in none");
        }
        self.in_its_place(now, segment);
        for (first, end) in segment.options.sack.as_slice() {
            assert!(first.before(*end), "{segment:?}");
            assert!(self.edge.is_none_or(|edge| end.at_or_before(edge)), "{segment:?} {now}");
        }
    }

    /// The numbers of a segment that has left: what it carries is what was written, and fits the peer's window.
    fn in_its_place(&self, now: &Variables, segment: &Segment<'_>) {
        let (snd, end) = (&now.snd, segment.seq + segment.len());
        let is_question = segment.is_empty() && segment.seq == snd.nxt.back(1);
        let is_in_flight = segment.seq.at_or_after(snd.una) && end.at_or_before(snd.nxt);
        assert!(is_question || is_in_flight, "{segment:?} {now}");
        if segment.payload.is_empty() && !segment.flags.fin() {
            return;
        }
        let at = (segment.seq + u32::from(segment.flags.syn())).since(snd.iss) - 1;
        assert_eq!(segment.payload, text(at, segment.payload.len()), "{now}");
        let text_end = at + segment.payload.len() as u32;
        assert!(text_end <= self.written, "{segment:?}");
        assert!(!segment.flags.fin() || text_end == self.written, "the FIN comes last");
        if segment.flags.syn() {
            // Fast Open: the window is not known yet.
            return;
        }
        let beyond = text_end.saturating_sub(snd.una.since(snd.iss).max(1) - 1 + snd.wnd);
        let is_probe = snd.wnd == 0 && segment.payload.len() <= 1;
        assert!(beyond == 0 || is_probe && beyond == 1, "{beyond} beyond the window; {segment:?} {now}");
    }

    /// RFC 9293 §3.8.6: a window that was offered is not taken back.
    fn offer(&mut self, now: &Variables, segment: &Segment<'_>) {
        let shift = if segment.flags.syn() { 0 } else { now.rcv.shift };
        let edge = segment.ack + (u32::from(segment.window) << shift);
        // The window of a SYN is not scaled, so one that leaves again may say less than an ACK after it did.
        if now.state < State::CloseWait && !segment.flags.syn() {
            // RFC 7323 §2.4: where windows are scaled, rounding may take a few bytes back.
            let rounded = edge + ((1 << shift) - 1);
            assert!(self.edge.is_none_or(|before| before.at_or_before(rounded)), "{segment:?} {now}");
        }
        self.edge = Some(self.edge.map_or(edge, |before| before.latest(edge)));
    }
}

/// What one moment shows.
fn sizes(config: &Config, now: &Variables) {
    let snd = &now.snd;
    assert!(snd.una.at_or_before(snd.nxt), "snd.una =< snd.nxt: {now}");
    // Text that goes with a SYN is not more than a packet.
    let allowed = snd.max_wnd.max(config.mtu as u32);
    assert!(snd.in_flight() <= allowed + 2, "no more in flight than was ever allowed: {now}");
    assert!(now.cwnd >= 1 && now.pipe <= snd.in_flight(), "{now}; pipe {}", now.pipe);
    assert!(now.rto >= config.rto_margin && now.rto <= config.max_rto, "{now}");
    assert!(now.unacknowledged <= config.send_buffer, "{now}");
    let most = config.receive_buffer.max(config.receive_buffer_max);
    assert!(now.unread + now.out_of_order <= most + most / 8, "the buffer is a bound: {now}");
    assert!(now.srtt.is_none_or(|srtt| srtt < Duration::from_secs(1 << 32)), "{now}");
}

/// Whether the figure of RFC 9293 §3.3.2 has a way from one state to the other that does not open a new connection.
fn leads_to(from: State, to: State) -> bool {
    use barewire_tcp::Cause::{AckOfFin, AckOfSyn, End, Fin, FinSent, Syn, SynAck, TwoMsl};
    let causes = [AckOfFin, AckOfSyn, End, Fin, FinSent, Syn, SynAck, TwoMsl];
    let on = |cause| from.after(cause).filter(|next| *next != from);
    from == to || causes.into_iter().filter_map(on).any(|next| next == to || leads_to(next, to))
}
