//! Our own addresses: asked for before they are taken, announced, and defended (RFC 5227 §2, RFC 4862 §5.4).
//!
//! ```text
//!   Probing ── nobody answers ──▶ Held ── somebody else uses it ──▶ announced again
//!      │
//!      └─ somebody answers ──▶ Taken: it is not ours
//! ```
//!
//! It is announced again once in ten seconds at most.
//!
//! Left out: waiting a random time before the first probe, and giving an address up once it is held.

use std::net::IpAddr;
use std::time::{Duration, Instant};

/// RFC 5227 §1.1, DEFEND_INTERVAL: two hosts that both defend an address would flood the network.
const DEFEND_INTERVAL: Duration = Duration::from_secs(10);

/// How far we have come with an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Claim {
    /// So many probes are left, and the last one waits until then.
    Probing(u8, Instant),
    /// It is ours. When it was defended last.
    Held(Option<Instant>),
    /// Somebody else has it.
    Taken,
}

/// What is to be done about an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Ask whether somebody has it.
    Probe,
    /// Take it, and tell everybody.
    Announce,
}

/// What somebody else's use of an address means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Conflict {
    /// We do not take it.
    GivenUp,
    /// It is ours, and everybody is told so.
    Defended,
    /// It is ours, and everybody has been told a short time ago.
    Endured,
}

/// Our addresses, and how far we have come with each.
#[derive(Debug)]
pub(super) struct Claims {
    claims: Vec<(IpAddr, Claim)>,
    wait: Duration,
}

impl Claims {
    pub(super) fn new(now: Instant, addresses: &[(IpAddr, u8)], probes: u8, wait: Duration) -> Claims {
        let claims = addresses.iter().map(|(address, _)| (*address, Claim::Probing(probes, now)));
        Claims { claims: claims.collect(), wait }
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        let due = |claim: &Claim| if let Claim::Probing(_, until) = claim { Some(*until) } else { None };
        self.claims.iter().filter_map(|(_, claim)| due(claim)).min()
    }

    /// What is due for one of the addresses.
    pub(super) fn step(&mut self, now: Instant) -> Option<(IpAddr, Step)> {
        self.claims.iter_mut().find_map(|(address, claim)| match *claim {
            Claim::Probing(0, until) if until <= now => {
                *claim = Claim::Held(None);
                Some((*address, Step::Announce))
            }
            Claim::Probing(left, until) if until <= now => {
                *claim = Claim::Probing(left - 1, now + self.wait);
                Some((*address, Step::Probe))
            }
            _ => None,
        })
    }

    /// Whether an address is ours by now, so that questions about it are answered.
    pub(super) fn is_held(&self, address: IpAddr) -> bool {
        self.claims.iter().any(|(of, claim)| *of == address && matches!(claim, Claim::Held(_)))
    }

    /// Whether it is not decided yet.
    pub(super) fn is_probed(&self, address: IpAddr) -> bool {
        self.claims.iter().any(|(of, claim)| *of == address && matches!(claim, Claim::Probing(..)))
    }

    /// Somebody else uses an address.
    pub(super) fn conflict(&mut self, now: Instant, address: IpAddr) -> Option<Conflict> {
        let (_, claim) = self.claims.iter_mut().find(|(of, _)| *of == address)?;
        match *claim {
            Claim::Probing(..) => {
                *claim = Claim::Taken;
                Some(Conflict::GivenUp)
            }
            Claim::Held(Some(before)) if now < before + DEFEND_INTERVAL => Some(Conflict::Endured),
            Claim::Held(_) => {
                *claim = Claim::Held(Some(now));
                Some(Conflict::Defended)
            }
            Claim::Taken => None,
        }
    }
}
