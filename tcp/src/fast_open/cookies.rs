//! The cookies that a server gives: a keyed hash of the client's address, of ours, and of the hour (RFC 7413 §4.1.2).
//!
//! ```text
//!    cookie = the first 8 bytes of HMAC-SHA256(secret, client's address, our address, hour)
//! ```
//!
//! Nothing is remembered of a client: a cookie that comes back is made once more, and compared. It is good for its hour
//! and the next one. In the next one the answer brings a new cookie.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use ring::hmac;

use crate::isn::IsnGenerator;
use crate::options::Cookie;

/// How many bytes a cookie has. Linux's are as long.
const LENGTH: usize = 8;

const HOUR: Duration = Duration::from_secs(3600);

/// Makes cookies and knows its own.
#[derive(Debug)]
pub(crate) struct Cookies {
    key: hmac::Key,
    /// When the hours began.
    epoch: Instant,
}

/// What a cookie that came back is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Worth {
    /// It was given in this hour.
    Good,
    /// It was given in the hour before. This one is the next.
    Old(Cookie),
    /// It is not one of ours, or too old. This one is right.
    Wrong(Cookie),
}

impl Cookies {
    /// The first cookie is about to be given or judged.
    pub(crate) fn new(now: Instant, isn: &IsnGenerator) -> Cookies {
        let [a, b] = isn.derived_secret(b"fast open");
        let secret = [a, b].map(u64::to_be_bytes);
        Cookies { key: hmac::Key::new(hmac::HMAC_SHA256, secret.as_flattened()), epoch: now }
    }

    /// GetCookie: the cookie of a client.
    pub(crate) fn give(&self, now: Instant, client: IpAddr, server: IpAddr) -> Cookie {
        self.cookie(self.hour(now), client, server)
    }

    /// IsCookieValid: what a cookie is worth that came with a SYN.
    pub(crate) fn judge(&self, now: Instant, client: IpAddr, server: IpAddr, cookie: &Cookie) -> Worth {
        let hour = self.hour(now);
        let right = self.cookie(hour, client, server);
        if is_same(cookie, &right) {
            return Worth::Good;
        }
        let old = hour.checked_sub(1).map(|before| self.cookie(before, client, server));
        if old.is_some_and(|old| is_same(cookie, &old)) { Worth::Old(right) } else { Worth::Wrong(right) }
    }

    fn hour(&self, now: Instant) -> u64 {
        now.saturating_duration_since(self.epoch).as_secs() / HOUR.as_secs()
    }

    fn cookie(&self, hour: u64, client: IpAddr, server: IpAddr) -> Cookie {
        let mut context = hmac::Context::with_key(&self.key);
        context.update(&hour.to_be_bytes());
        for address in [client, server] {
            match address {
                IpAddr::V4(address) => context.update(&address.octets()),
                IpAddr::V6(address) => context.update(&address.octets()),
            }
        }
        let mut bytes = [0; LENGTH];
        bytes.iter_mut().zip(context.sign().as_ref()).for_each(|(byte, of_tag)| *byte = *of_tag);
        Cookie::of(bytes)
    }
}

/// Compared without a way out before the last byte, so that the time tells a forger nothing.
fn is_same(a: &Cookie, b: &Cookie) -> bool {
    let (a, b) = (a.as_slice(), b.as_slice());
    a.len() == b.len() && a.iter().zip(b).fold(0, |difference, (a, b)| difference | a ^ b) == 0
}
