//! A packet goes out, and packets come in until one answers it.

use std::time::{Duration, Instant};

use super::place::Place;
use crate::commands::interrupt;
use crate::craft::answer::{Answer, Question};
use crate::failure::{Failure, Step};

/// How long one wait lasts, so that Ctrl+C is noticed.
const TURN: Duration = Duration::from_millis(200);

/// What became of a packet.
#[derive(Debug, Clone)]
pub(super) struct Exchange {
    /// When it left.
    pub(super) sent_at: Instant,
    /// What came back, its bytes, and when.
    pub(super) answer: Option<(Instant, Vec<u8>, Answer)>,
    /// How many packets came in that are not an answer.
    pub(super) others: u64,
}

/// Sends `bytes`, and hears for at most `wait`.
///
/// # Errors
/// [`Failure`]: the link refuses the packet, or breaks.
pub(super) fn exchange(
    place: &mut Place,
    bytes: &[u8],
    question: Option<&Question>,
    wait: Duration,
) -> Result<Exchange, Failure> {
    let failed = |error: &std::io::Error| Failure::io(Step::Connect, error);
    let sent_at = place.link.now();
    place.link.send(bytes).map_err(|error| Failure::new(Step::Connect, format!("not sent: {error}")))?;
    let mut exchange = Exchange { sent_at, answer: None, others: 0 };
    let Some(question) = question.filter(|_| !wait.is_zero()) else { return Ok(exchange) };
    let end = sent_at + wait;
    loop {
        let turn = (place.link.now() + TURN).min(end);
        match place.link.receive(Some(turn)) {
            Ok(Some(packet)) => match question.answer(&packet, place.is_frame) {
                Some(answer) => {
                    exchange.answer = Some((place.link.now(), packet, answer));
                    return Ok(exchange);
                }
                None => exchange.others += 1,
            },
            Ok(None) if place.link.now() >= end || interrupt::is_requested() => return Ok(exchange),
            Ok(None) => {}
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            // Nothing is on its way in the toy internet, and nothing will be.
            Err(error) if error.kind() == std::io::ErrorKind::Deadlock => return Ok(exchange),
            Err(error) => return Err(failed(&error)),
        }
    }
}
