//! The heads of requests and responses as they were on the wire, in the manner of curl -v.

use barewire_dissect::printable;
use barewire_http1::observe::What;
use barewire_http1::{Field, only_in_heads};

use super::borders::borders;
use super::style::{NARROWEST, Style};
use super::words::paragraph;
use crate::story::{Says, Story};

/// Draws the heads that a story holds, in order, with the rule that framed each response, where a redirect leads, and
/// trailers; empty where there are none. After them stand the borders in the content, where exchanges were kept. What
/// is longer than a line goes on in the next one, without a mark.
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
        remarks(what).iter().for_each(|remark| line('*', remark));
    }
    if out.is_empty() {
        return out;
    }
    let borders = borders(story, style);
    let between = if borders.is_empty() { "" } else { "\n" };
    format!("  the heads\n{out}{between}{borders}")
}

/// What follows from a head or from trailers.
fn remarks(what: &What) -> Vec<String> {
    match what {
        What::ResponseHead { head, .. } if head.is_informational() && head.status != 101 => {
            vec!["interim: the answer follows (RFC 9110 §15.2)".to_owned()]
        }
        What::ResponseHead { head, framing, .. } => {
            let leads = head.headers.get("Location").filter(|_| (300..400).contains(&head.status));
            let leads = leads.map(|location| format!("a redirect to {location} (RFC 9110 §15.4)"));
            let early = (head.status == 425).then(|| {
                "too early: the client may ask again when the handshake is done (RFC 8470 §5.2)".to_owned()
            });
            let body = framing.map(|framing| format!("the body: {framing}"));
            leads.into_iter().chain(early).chain(body).collect()
        }
        What::Trailers(trailers) => trailers.iter().filter_map(misplaced).collect(),
        _ => Vec::new(),
    }
}

/// A trailer that must not be used.
fn misplaced(field: &Field) -> Option<String> {
    let does = only_in_heads(&field.name)?;
    Some(format!("misplaced: {} {does}, so it counts in a head alone (RFC 9110 §6.5.1)", field.name))
}
