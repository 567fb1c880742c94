//! What a budget says beside its phases, read from the rows of the page's connections.

use std::time::Duration;

use barewire_http1::observe::{Lost, What};

use super::Story;
use super::message::Says;
use super::row::Row;
use super::step::Step;

/// When the server spoke, if that was before the client did: bytes of a protocol that is not read.
pub(super) fn server_first(story: &Story, tcp: &[&Row]) -> Option<Duration> {
    let first = |step| tcp.iter().position(|row| story.takes(row, step));
    let server = first(Step::ServerBytes).filter(|server| Some(*server) == first(Step::FirstByte))?;
    let client = first(Step::Request)?;
    (server < client).then(|| tcp.get(server).map(|row| row.time)).flatten()
}

/// How many requests have no final response. Where the capture misses bytes, nobody can tell. A broken request is not
/// counted: its break may be in its body, after a head that is counted.
pub(super) fn unanswered(story: &Story, tcp: &[&Row]) -> u32 {
    let http = |row: &Row, wanted: fn(&What) -> bool| {
        row.messages.iter().filter(|one| matches!(&one.says, Says::Http(what) if wanted(what))).count() as u32
    };
    let misses: fn(&What) -> bool =
        |what| matches!(what, What::Lost(Lost::Gap { .. } | Lost::Middle | Lost::TooManyRequests));
    if tcp.iter().any(|row| http(row, misses) > 0) {
        return 0;
    }
    let requests: u32 = tcp.iter().map(|row| http(row, |what| matches!(what, What::RequestHead(_)))).sum();
    let final_response = |row: &&Row| match http(row, |what| matches!(what, What::ResponseHead { .. })) {
        0 => 0,
        _ => story.count(row, Step::FirstByte) + story.count(row, Step::Connected),
    };
    requests.saturating_sub(tcp.iter().map(final_response).sum())
}
