//! The heads of requests and responses as they were on the wire, in the manner of curl -v.

use barewire_dissect::printable;
use barewire_http1::observe::What;

use super::style::{NARROWEST, Style};
use super::words::paragraph;
use crate::story::{Says, Story};

/// Draws the heads that a story holds, in order; empty where there are none. What is longer than a line goes on in the
/// next one, without a mark.
pub fn heads(story: &Story, style: &Style) -> String {
    let width = style.width.max(NARROWEST);
    let mut out = String::new();
    let mut line = |mark: char, text: &str| {
        out.push_str(&paragraph(&format!("{mark} {}", printable(text.trim_end())), 4, width));
    };
    for message in story.rows.iter().flat_map(|row| &row.messages) {
        let Says::Http(what) = &message.says else { continue };
        let (mark, start, headers) = match &**what {
            What::RequestHead(request) => ('>', request.to_string(), &request.headers),
            What::ResponseHead { head, .. } => ('<', head.to_string(), &head.headers),
            _ => continue,
        };
        line(mark, &start);
        headers.iter().for_each(|field| line(mark, &format!("{}: {}", field.name, field.text())));
    }
    if out.is_empty() { out } else { format!("  the heads\n{out}") }
}
