//! The largest packet that passes: path MTU discovery by hand (RFC 1191, RFC 8201).

use std::net::IpAddr;

use super::{Event, Traceroute};

/// What wires usually carry (RFC 1191 §7, table 7-1): to be tried where a router does not say.
const PLATEAUS: [usize; 11] = [65_535, 32_000, 17_914, 8166, 4352, 2002, 1492, 1006, 508, 296, 68];

/// The least that every wire carries (RFC 8200 §5).
const LEAST_V6: usize = 1280;

impl Traceroute {
    /// A probe of `length` bytes was too large. It is sent again, smaller. False: it cannot be made smaller.
    pub(super) fn narrow(&mut self, number: usize, from: IpAddr, mtu: Option<usize>, length: usize) -> bool {
        let least = if self.config.source.is_ipv4() { PLATEAUS[PLATEAUS.len() - 1] } else { LEAST_V6 };
        // A forged or broken error must not make a probe larger, or smaller than any wire is (RFC 1191 §3).
        let told = mtu.filter(|mtu| (least..length).contains(mtu));
        let plateau = PLATEAUS.into_iter().find(|plateau| *plateau < length);
        let Some(size) = told.or(plateau).map(|size| size.max(least)).filter(|size| *size < length) else {
            return false;
        };
        self.size = self.size.min(size);
        self.open.remove(&number);
        let place = self.probes[number].place;
        self.again.push_back(place);
        self.events.push_back(Event::Narrower { hop: self.hop(place.0), from, size });
        true
    }
}
