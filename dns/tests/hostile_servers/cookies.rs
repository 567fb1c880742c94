//! Servers that do not keep to the rules of cookies (RFC 7873). The stub sends them here.

use std::time::Instant;

use barewire_dns::stub::{Config, Cookie, History, Known};
use barewire_dns::{EdnsOption, Message, Rcode};

use crate::asked::{Arrival, Asked, FIRST};

pub(crate) fn on(config: Config) -> Config {
    Config { cookies: true, ..config }
}

/// The first server has sent a cookie before.
pub(crate) fn known(now: Instant) -> History {
    let mut history = History::new();
    let cookie = Some(Cookie { client: [7; 8], server: vec![1; 16] });
    history.remember(now, FIRST.parse().unwrap(), Known { cookie, ..Known::default() });
    history
}

/// The client's cookie as it came, spoilt by so much, and a cookie of the server.
fn with_cookie(asked: &Asked<'_>, mut reply: Message, spoilt: u8) -> Vec<Arrival> {
    let options = asked.query.edns.iter().flat_map(|edns| &edns.options);
    let mut client = options.filter_map(|option| match option {
        EdnsOption::Cookie { client, .. } => Some(*client),
        _ => None,
    });
    let mut client = client.next_back().unwrap_or_default();
    client[0] ^= spoilt;
    let cookie = EdnsOption::Cookie { client, server: vec![asked.number as u8; 16] };
    if let Some(edns) = &mut reply.edns {
        edns.options.push(cookie);
    }
    asked.replies(&reply)
}

pub(crate) fn badcookie_for_ever(asked: &Asked<'_>) -> Vec<Arrival> {
    with_cookie(asked, asked.empty(Rcode::BADCOOKIE), 0)
}

/// Over UDP only; TCP does without.
pub(crate) fn badcookie_over_udp(asked: &Asked<'_>) -> Vec<Arrival> {
    if asked.is_udp() { badcookie_for_ever(asked) } else { with_cookie(asked, asked.answer(), 0) }
}

pub(crate) fn wrong_cookie(asked: &Asked<'_>) -> Vec<Arrival> {
    with_cookie(asked, asked.answer(), 1)
}

pub(crate) fn cookie_missing(asked: &Asked<'_>) -> Vec<Arrival> {
    asked.is_honest()
}
