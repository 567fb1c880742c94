//! An ICMP error arrives about one of our segments: RFC 9293 §3.9.2.2, RFC 5927.

use crate::connection::event::{ConnectionEvent, SoftError};
use crate::icmp::{IcmpError, IcmpOutcome};
use crate::seq::SeqNumber;
use crate::state::State;
use crate::tcb::Tcb;

/// The least MTU that a path can have: RFC 791 §3.2 (68 bytes, but Linux and others believe no router below 552) and
/// RFC 8200 §5.
const LEAST_MTU: [u32; 2] = [552, 1280];

/// The error counts if the segment that it quotes is in flight: RFC 5927 §4.1.
pub(crate) fn icmp_arrives(c: &mut Tcb, seq: SeqNumber, error: IcmpError) -> IcmpOutcome {
    let snd = c.sender.variables();
    if !(seq.at_or_after(snd.una) && seq.before(snd.nxt)) {
        return IcmpOutcome::NotInFlight;
    }
    match error {
        IcmpError::TooLarge { mtu } => too_large(c, mtu),
        // RFC 5927 §5.2: while a connection opens there is nothing to lose. An open one goes on.
        IcmpError::Hard if matches!(c.state(), State::SynSent | State::SynReceived) => {
            c.end_unmade(ConnectionEvent::Unreachable);
            IcmpOutcome::Ended
        }
        IcmpError::Hard | IcmpError::Soft => {
            c.report(SoftError::Icmp(error));
            IcmpOutcome::Noted
        }
    }
}

/// Packet Too Big: RFC 1191 §3, RFC 8201 §4.
fn too_large(c: &mut Tcb, mtu: u32) -> IcmpOutcome {
    let least = LEAST_MTU[usize::from(c.local.is_ipv6())];
    c.sender.path_is_narrower(mtu, least).map_or(IcmpOutcome::Noted, IcmpOutcome::PathMtu)
}
