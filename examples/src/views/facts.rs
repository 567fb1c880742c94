//! What the packets of a page show about who answered and how: certificate, parameters of TLS, framing of the body.
//!
//! It is what was seen, not what was proved: nobody checked a signature here.

use std::collections::HashSet;

use barewire_dissect::printable;
use barewire_http1::Body;
use barewire_http1::observe::What;
use barewire_tls13::observe::Facts;

use super::style::{NARROWEST, Style};
use super::words::{count, paragraph};
use crate::story::{Says, Story};

/// Facts that are drawn at the most.
const MOST: usize = 8;

/// Draws the facts; empty where the capture shows none.
pub fn facts(story: &Story, style: &Style) -> String {
    let width = style.width.max(NARROWEST);
    let mut known: HashSet<String> = HashSet::new();
    let mut shown = String::new();
    for message in story.rows.iter().flat_map(|row| &row.messages) {
        let Some(fact) = fact(&message.says).map(|fact| printable(&fact)) else { continue };
        if known.len() < MOST && !known.contains(&fact) {
            shown.push_str(&paragraph(&fact, 4, width));
        }
        known.insert(fact);
    }
    if known.is_empty() {
        return String::new();
    }
    let more = match known.len().saturating_sub(MOST) {
        0 => String::new(),
        more => format!("    … and {} more; -v shows the heads\n", count(more as u64)),
    };
    format!("  what was seen\n{shown}{more}")
}

fn fact(says: &Says) -> Option<String> {
    match says {
        Says::Handshake(message) => match &message.facts {
            Facts::Certificate { chain } => {
                let leaf = chain.first()?.as_ref().ok()?;
                let until = leaf.valid_until();
                let until = until.split(' ').next().unwrap_or_default();
                let names = leaf.names.join(", ");
                Some(format!(
                    "a certificate for {names}, valid until {until}, issued by {}; not verified here",
                    leaf.issuer
                ))
            }
            Facts::ServerHello(choice) if !choice.is_retry => Some(message.to_string()),
            _ => None,
        },
        Says::Http(what) => match &**what {
            What::ResponseHead { head, framing: Some(framing), .. } if !head.is_informational() => {
                let body = match framing.body {
                    Body::None => "",
                    Body::UntilClose => "the body lasts ",
                    Body::Length(_) | Body::Chunked => "the body is ",
                };
                Some(format!("{} {}; {body}{framing}", head.status, head.reason))
            }
            _ => None,
        },
        _ => None,
    }
}
