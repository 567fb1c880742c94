//! Which external port a new mapping gets (RFC 4787 §4.2).

use super::config::Config;
use super::ends::Protocol;
use crate::dice::Dice;

/// How many ports are tried at first. Then half as many from another place, and so on: Linux's rule, so that a full
/// range costs a bounded time.
const MOST_TRIES: usize = 128;
const FEWEST_TRIES: usize = 16;

/// A free port for the inside port `port`, or for an ICMP identifier. `None`: none was found.
pub(super) fn choose(
    config: &Config,
    dice: &mut Dice,
    (protocol, port): (Protocol, u16),
    is_free: impl Fn(u16) -> bool,
) -> Option<u16> {
    if config.keep_port && is_free(port) {
        return Some(port);
    }
    let (first, last) = range(config, protocol, port)?;
    let parity = config.keep_parity && protocol != Protocol::Icmp;
    let step = if parity { 2 } else { 1 };
    // The first port of the range with the parity that is wanted.
    let first = if parity && (first ^ port) & 1 == 1 { first.checked_add(1)? } else { first };
    let count = usize::from(last.checked_sub(first)? / step) + 1;
    let mut tries = MOST_TRIES.min(count);
    loop {
        let start = (dice.roll() % count as u64) as usize;
        let mut ports = (0..tries).map(|each| first + step * ((start + each) % count) as u16);
        if let Some(free) = ports.find(|port| is_free(*port)) {
            return Some(free);
        }
        if tries == count || tries <= FEWEST_TRIES {
            return None;
        }
        tries /= 2;
    }
}

fn range(config: &Config, protocol: Protocol, port: u16) -> Option<(u16, u16)> {
    if protocol == Protocol::Icmp {
        return Some((0, u16::MAX));
    }
    let class = config.classes.iter().find(|class| class.inside.contains(&port))?;
    Some((*class.outside.start(), *class.outside.end()))
}
