//! What is printed for people.

use std::net::IpAddr;

use barewire_dissect::{printable, several};

use super::exchange::Exchange;
use super::table::table;
use crate::cli::SendArgs;
use crate::craft::answer::Question;
use crate::craft::{Built, Packet, rows_of};
use crate::views::{Style, milliseconds, paragraph};

/// The packet: what was asked beside what is sent.
pub(super) fn packet(packet: &Packet, built: &Built, about: Option<&str>, style: &Style) -> String {
    let (rows, stopped) = built.rows();
    let length = several(built.bytes.len() as u64, "byte");
    let about = about.map_or(String::new(), |about| format!(" {about}"));
    let text = printable(&packet.to_string());
    let mut out = paragraph(&format!("{}: {length}{about}", shortened(&text)), 0, style.width);
    out.push('\n');
    out += &table(&rows, style);
    if let Some(why) = stopped {
        out += &paragraph(&format!("A receiver stops reading here: {}.", printable(&why)), 0, style.width);
    }
    out
}

/// A very long packet is bytes, which the table has.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(300) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// What came back, and what it means.
pub(super) fn exchange(
    one: &Exchange,
    question: Option<&Question>,
    built: &Built,
    spoofed: Option<IpAddr>,
    args: &SendArgs,
    style: &Style,
) -> String {
    let Some((at, bytes, answer)) = &one.answer else {
        return silence(one, question, built, spoofed, args, style);
    };
    let after = milliseconds(at.saturating_duration_since(one.sent_at));
    let length = several(bytes.len() as u64, "byte");
    if args.count > 1 {
        return paragraph(&format!("{after} ms: {}", printable(&answer.to_string())), 0, style.width);
    }
    let mut out = format!("\nanswer after {after} ms: {length}\n\n");
    let (rows, stopped) = rows_of(bytes, built.is_frame());
    out += &table(&rows, style);
    if let Some(why) = stopped {
        out += &paragraph(&format!("Reading stopped: {}.", printable(&why)), 0, style.width);
    }
    out + "\n" + &paragraph(&printable(&answer.to_string()), 0, style.width)
}

fn silence(
    one: &Exchange,
    question: Option<&Question>,
    built: &Built,
    spoofed: Option<IpAddr>,
    args: &SendArgs,
    style: &Style,
) -> String {
    let mut text = format!("no answer in {} s", args.timeout.as_secs_f64());
    if one.others > 0 {
        text += &format!(" ({} came in, and none of them is one)", several(one.others, "other packet"));
    }
    text += ". ";
    text += &match (question, spoofed) {
        (_, Some(source)) => {
            format!("An answer goes to {source}, which was given as the source and is not this host.")
        }
        (_, None) if built.sets().any(|set| set.right.is_some()) => {
            "Something in it is wrong on purpose: a host that notices drops the packet, and says nothing."
                .to_owned()
        }
        (None, None) => "Nobody answers such a packet, as far as is known here.".to_owned(),
        (Some(question), None) => question.silence(),
    };
    let start = if args.count > 1 { "" } else { "\n" };
    start.to_owned() + &paragraph(&text, 0, style.width)
}
