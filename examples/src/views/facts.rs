//! What was proved, and the page itself: the text below the budget.

use std::fmt::Write as _;

use barewire_dissect::printable;
use barewire_tls13::{Summary, Verified};

use super::{count, fit};
use crate::fetch::Page;

/// Lines of the page that the picture shows.
const PAGE_LINES: usize = 5;

/// The certificate, the parameters of the connection, and how the body was framed.
pub(super) fn proved(page: &Page) -> String {
    let mut out = String::from("  what was proved\n");
    match &page.tls {
        Some(summary) => tls(&mut out, summary),
        None => {
            out.push_str("    nothing about who answered: plain HTTP carries no proof (RFC 9110 §4.2.1)\n")
        }
    }
    let status = format!("{} {}", page.response.status, page.response.reason);
    let _ = writeln!(
        out,
        "    {}; the body is {} bytes: {} (RFC 9112 §6.3 rule {})",
        printable(status.trim()),
        count(page.length),
        page.framing.why,
        page.framing.rule,
    );
    out
}

fn tls(out: &mut String, summary: &Summary) {
    if let Some(leaf) = summary.chain.first() {
        let names = printable(&leaf.names.join(", "));
        let until = leaf.valid_until();
        let until = until.split(' ').next().unwrap_or_default();
        let _ = match &summary.verified {
            Verified::Yes { anchor } => writeln!(
                out,
                "    the certificate names {names}, is valid until {until},\n    and leads to {} (trusted) in {}",
                printable(anchor),
                if summary.chain.len() == 1 {
                    "one step".into()
                } else {
                    format!("{} steps", summary.chain.len())
                },
            ),
            Verified::SkippedByRequest => writeln!(
                out,
                "    NOT VERIFIED, as asked (-k): a certificate for {names}, valid until {until},\n    \
                 that {} signed; whoever answered holds its key, and no more is known",
                printable(&leaf.issuer),
            ),
        };
    }
    let protocol = match &summary.alpn {
        Some(name) => printable(&String::from_utf8_lossy(name)),
        None => "no ALPN".into(),
    };
    let retry = if summary.hello_retry { ", after a HelloRetryRequest" } else { "" };
    let _ = writeln!(
        out,
        "    TLS 1.3, {}, {}{retry}, signed with {}, {protocol}",
        summary.suite.name(),
        summary.group.name(),
        summary.signature.name()
    );
}

/// The beginning of a body, if it is text.
pub(super) fn beginning(page: &Page, width: usize) -> String {
    let Ok(text) = std::str::from_utf8(&page.beginning) else {
        return format!(
            "  the page\n    {} bytes that are no text; -o FILE saves them\n",
            count(page.length)
        );
    };
    let mut out = String::from("  the page\n");
    for line in text.lines().take(PAGE_LINES) {
        let _ = writeln!(out, "    {}", fit(&printable(line), width.saturating_sub(4)).trim_end());
    }
    let shown: usize = text.split_inclusive('\n').take(PAGE_LINES).map(str::len).sum();
    let more = page.length.saturating_sub(shown as u64);
    if more > 0 {
        let _ = writeln!(out, "    … {} more bytes; -o FILE saves them all", count(more));
    }
    out
}

/// The heads of request and response, as curl -v shows them.
pub(super) fn heads(page: &Page) -> String {
    let mut out = String::from("  the head of the response\n");
    let response = &page.response;
    let status = format!("{} {} {}", response.version, response.status, response.reason);
    let _ = writeln!(out, "    < {}", printable(status.trim()));
    for field in response.headers.iter() {
        let _ = writeln!(out, "    < {}: {}", printable(&field.name), printable(&field.text()));
    }
    out
}
