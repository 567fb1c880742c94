//! `barewire send`: a packet made field by field from one line, and what comes back.
//!
//! ```text
//!   words ──▶ craft: Packet ──▶ Place: who sends, over which link ──▶ Built: bytes
//!                                                                       │
//!       text, JSON, pcapng ◀── exchange: send, and hear until an answer ┘
//! ```
//!
//! The language is [`craft`], where packets may go [`permit`](crate::permit). Left out: several answers to one packet,
//! and connections: a SYN-ACK is not acknowledged. Tested in `tests/send.rs`, and against kernels in `tests/live`.

mod asked;
mod exchange;
mod fields;
mod json;
mod net;
mod place;
mod raw;
mod save;
mod table;
mod text;
mod totals;
mod toy;

use std::time::Duration;

use super::interrupt;
use super::output::{print, style};
use crate::cli::SendArgs;
use crate::craft::answer::Question;
use crate::craft::{Built, Packet};
use crate::failure::{Failure, Step};
use exchange::exchange;
use place::Place;
use save::Save;
use totals::Totals;

/// Runs the command: exit code 0, or 1 when a packet was not answered.
///
/// # Errors
/// [`Failure`]: no such packet, a destination that is refused, a network that cannot be opened, or a file that cannot
/// be written.
pub fn run(args: &SendArgs) -> Result<u8, Failure> {
    if let Some(header) = &args.fields {
        print(&fields::fields(header)?)?;
        return Ok(0);
    }
    let packet = asked::packet(args)?;
    if args.hex || args.rust || args.dry_run {
        let built = asked::built(&packet, &net::sender(args, &packet)?)?;
        print(&shown(args, &packet, &built))?;
        return Ok(0);
    }
    let place = net::open(args, &packet)?;
    let built = asked::built(&packet, &place.sender)?;
    send(args, &packet, &built, place)
}

/// What is printed of a packet that is not sent.
fn shown(args: &SendArgs, packet: &Packet, built: &Built) -> String {
    if args.hex {
        built.bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>() + "\n"
    } else if args.rust {
        built.rust(&packet.to_string())
    } else if args.json {
        format!("{}\n", json::object(packet, built, None, None))
    } else {
        text::packet(packet, built, None, &style())
    }
}

/// Sends the packet, as often as it is wanted, and tells of each answer.
fn send(args: &SendArgs, packet: &Packet, built: &Built, mut place: Place) -> Result<u8, Failure> {
    interrupt::take_requests().map_err(|error| Failure::io(Step::Usage, &error))?;
    if !args.json {
        print(&text::packet(packet, built, Some(&place.about), &style()))?;
    }
    if args.count > 1 && !args.json {
        print("\n")?;
    }
    let question = Question::of(&built.bytes, built.is_frame());
    let mut totals = Totals::default();
    let mut file = args.pcapng.as_deref().map(|path| Save::create(path, &place)).transpose()?;
    for number in 0..args.count {
        let wait = if args.no_wait { Duration::ZERO } else { args.timeout };
        let one = exchange(&mut place, &built.bytes, question.as_ref(), wait)?;
        let spoofed = place.spoofed;
        print(&match args.json {
            true => format!("{}\n", json::object(packet, built, question.as_ref(), Some(&one))),
            false if args.no_wait => String::new(),
            false => text::exchange(&one, question.as_ref(), built, spoofed, args, &style()),
        })?;
        totals.count(&one);
        file.iter_mut().try_for_each(|file| file.exchange(&place, built, &one))?;
        let next = one.sent_at + args.interval;
        if interrupt::is_requested() {
            break;
        }
        if number + 1 < args.count {
            place.wait_until(next)?;
        }
    }
    if args.count > 1 && !args.json && !args.no_wait {
        print(&totals.to_string())?;
    }
    file.map_or(Ok(()), Save::end)?;
    Ok(u8::from(!totals.are_all_answered() && !args.no_wait))
}
