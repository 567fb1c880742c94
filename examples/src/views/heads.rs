//! The heads of requests and responses as they were on the wire, in the manner of curl -v.

use barewire_dissect::printable;
use barewire_http1::observe::What;
use barewire_http1::{Framing, Response};

use super::style::{NARROWEST, Style};
use super::words::paragraph;
use crate::story::{Says, Story};

/// Draws the heads that a story holds, in order, with the rule that framed each response, and trailers; empty where
/// there are none. What is longer than a line goes on in the next one, without a mark.
pub fn heads(story: &Story, style: &Style) -> String {
    let width = style.width.max(NARROWEST);
    let mut out = String::new();
    let mut line = |mark: char, text: &str| {
        out.push_str(&paragraph(&format!("{mark} {}", printable(text.trim_end())), 4, width));
    };
    for message in story.rows.iter().flat_map(|row| &row.messages) {
        if let Says::Undone(undone) = &message.says {
            line('*', &format!("the content: {undone}"));
        }
        let Says::Http(what) = &message.says else { continue };
        let (mark, start, headers) = match &**what {
            What::RequestHead(request) => ('>', request.to_string(), &request.headers),
            What::ResponseHead { head, .. } => ('<', head.to_string(), &head.headers),
            What::Trailers(trailers) => ('<', "after the last chunk:".to_owned(), trailers),
            _ => continue,
        };
        line(if matches!(**what, What::Trailers(_)) { '*' } else { mark }, &start);
        headers.iter().for_each(|field| line(mark, &format!("{}: {}", field.name, field.text())));
        if let What::ResponseHead { head, framing, .. } = &**what {
            remarks(head, framing.as_ref()).iter().for_each(|remark| line('*', remark));
        }
    }
    if out.is_empty() { out } else { format!("  the heads\n{out}") }
}

/// What follows from the head of a response: where its body ends, and that another response comes.
fn remarks(head: &Response, framing: Option<&Framing>) -> Vec<String> {
    if head.is_informational() && head.status != 101 {
        return vec!["interim: the answer follows (RFC 9110 §15.2)".to_owned()];
    }
    framing.map(|framing| format!("the body: {framing}")).into_iter().collect()
}
