//! What the steps share while a connection opens: what the peer's SYN says, and that the connection is open.

use std::time::Instant;

use crate::connection::event::ConnectionEvent;
use crate::fast_open::Learned;
use crate::message::ReceiverMessage;
use crate::options::FastOpen;
use crate::receiver::offered_shift;
use crate::segment::Segment;
use crate::sender::Agreed;
use crate::seq::SeqNumber;
use crate::state::Cause;
use crate::tcb::Tcb;

/// The state in which data flows.
pub(super) fn establish(c: &mut Tcb, cause: Cause) {
    c.pass(cause);
    c.tell(ConnectionEvent::Established);
    if c.receiver.incoming().unread() > 0 {
        // Text came with the SYN.
        c.tell(ConnectionEvent::Readable);
    }
}

/// The Fast Open cookie was right: the user hears of the connection before its handshake is over (RFC 7413 §4.2.2), and
/// may answer as far as the window of the SYN reaches.
pub(super) fn open_fast(c: &mut Tcb, seq: SeqNumber, message: &ReceiverMessage) {
    let ack = c.sender.variables().iss;
    c.sender.set_window(seq, &ReceiverMessage { ack, ..*message });
    c.tell(ConnectionEvent::FastOpened);
    if c.receiver.incoming().unread() > 0 {
        c.tell(ConnectionEvent::Readable);
    }
}

/// What a SYN-ACK says of Fast Open to a client that has tried it (RFC 7413 §4.2.2). Called before the sender hears of
/// it.
pub(super) fn learn_of_fast_open(c: &mut Tcb, now: Instant, syn_ack: &Segment<'_>) {
    if !c.fast_open.is_tried() {
        return;
    }
    let given = match syn_ack.options.fast_open {
        Some(FastOpen::Cookie(cookie)) => Some(cookie),
        Some(FastOpen::Request) | None => None,
    };
    let only_syn = syn_ack.ack == c.sender.variables().iss + 1;
    c.fast_open.learned = Some(Learned {
        now,
        cookie: given,
        mss: syn_ack.options.maximum_segment_size,
        text_refused: only_syn && c.sender.sent_text_with_syn(),
        syn_was_lost: only_syn && c.sender.recovery().timeouts > 0,
    });
}

/// Takes what the peer's SYN says: its initial sequence number and its options. Each option is in force when both SYNs
/// carry it; we offer what the configuration allows.
pub(super) fn take_peer_syn(c: &mut Tcb, now: Instant, segment: &Segment<'_>) {
    c.ecn.syn_received(segment.flags);
    let options = &segment.options;
    let timestamp = options.timestamps.filter(|_| c.uses_timestamps()).map(|timestamps| timestamps.value);
    let sack = options.sack_permitted && c.receiver.uses_sack();
    let (ours, theirs) = match options.window_scale.filter(|_| c.window_scaling) {
        // More than 14 is an error of the peer's, and counts as 14: RFC 7323 §2.3.
        Some(shift) => (offered_shift(c.config.receive_limit()), shift.min(14)),
        None => (0, 0),
    };
    c.window_scaling &= options.window_scale.is_some();
    c.receiver.peer_opens(segment.seq, ours, timestamp.map(|value| (value, now)), sack);
    let clock = timestamp.map(|_| c.clock);
    c.sender.peer_opens(mss(c, segment), theirs, Agreed { clock, sack });
}

/// The largest segment that the peer takes, and that we do. At least 64, so that a peer cannot make us send single
/// bytes; no RFC gives a least size.
fn mss(c: &Tcb, segment: &Segment<'_>) -> u32 {
    let theirs =
        segment.options.maximum_segment_size.map_or(c.sender.variables().mss, |size| u32::from(size).max(64));
    theirs.min(c.announced_mss())
}
