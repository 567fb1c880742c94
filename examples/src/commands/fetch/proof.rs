//! What a fetch proved, and the page itself: the outcome of a run, which no capture holds.

use std::fmt::Write as _;

use barewire_dissect::printable;
use barewire_tls13::{Summary, Verified};

use crate::fetch::{Page, Undone};
use crate::views::{count, fit, paragraph};

/// Lines of the page that the picture shows.
const PAGE_LINES: usize = 5;

/// The certificate, the parameters of the connection, and how the body was framed.
pub(super) fn proved(page: &Page, width: usize) -> String {
    let mut facts = match &page.tls {
        Some(summary) => vec![certificate(summary), parameters(summary)],
        None => vec!["nothing about who answered: plain HTTP carries no proof (RFC 9110 §4.2.1)".to_owned()],
    };
    let status = format!("{} {}", page.response.status, page.response.reason);
    facts.push(format!(
        "{}; the body is {} bytes: {} (RFC 9112 §6.3 rule {})",
        printable(status.trim()),
        count(page.length),
        page.framing.why,
        page.framing.rule,
    ));
    facts.extend(codings(page));
    let facts: String = facts.iter().map(|fact| paragraph(fact, 4, width)).collect();
    format!("  what was proved\n{facts}")
}

fn certificate(summary: &Summary) -> String {
    let Some(leaf) = summary.chain.first() else { return printable(&summary.verified.to_string()) };
    let names = printable(&leaf.names.join(", "));
    let until = leaf.valid_until();
    let until = until.split(' ').next().unwrap_or_default();
    let steps = match summary.chain.len() {
        1 => "one step".to_owned(),
        many => format!("{many} steps"),
    };
    match &summary.verified {
        Verified::Yes { anchor } => {
            let anchor = printable(anchor);
            format!(
                "the certificate names {names}, is valid until {until}, and leads to {anchor} (trusted) in {steps}"
            )
        }
        Verified::Pinned { .. } => format!(
            "the certificate names {names}, is valid until {until}, and is itself the one that is trusted (pinned)"
        ),
        Verified::SkippedByRequest => format!(
            "NOT VERIFIED, as asked (-k): a certificate for {names}, valid until {until}, that {} signed; \
             whoever answered holds its key, and no more is known",
            printable(&leaf.issuer),
        ),
        resumed => printable(&resumed.to_string()),
    }
}

fn parameters(summary: &Summary) -> String {
    let protocol = match &summary.alpn {
        Some(name) => printable(&String::from_utf8_lossy(name)),
        None => "no ALPN".into(),
    };
    let retry = if summary.hello_retry { ", after a HelloRetryRequest" } else { "" };
    let (suite, group) = (summary.suite.name(), summary.group.name());
    let signed = match summary.signature {
        Some(signature) => format!("signed with {}", signature.name()),
        None => "not signed".to_owned(),
    };
    format!("TLS 1.3, {suite}, {group}{retry}, {signed}, {protocol}")
}

/// The codings of the body, and what came of undoing them: "73 bytes, gzip; 212 bytes undone".
fn codings(page: &Page) -> Option<String> {
    let Some(Undone { codings, length, raw_deflate }) = &page.undone else {
        let codings = page.response.headers.list("Content-Encoding");
        let names = printable(&codings.join(", "));
        return (!codings.is_empty() && page.length > 0)
            .then(|| format!("{} bytes, {names}; not undone, --compressed does that", count(page.length)));
    };
    let raw = if *raw_deflate { ", without the wrapper that RFC 9110 §8.4.1.2 wants" } else { "" };
    let names = printable(&codings.join(", "));
    Some(format!("{} bytes, {names}{raw}; {} bytes undone", count(page.length), count(*length)))
}

/// The beginning of a body, if it is text.
pub(super) fn beginning(page: &Page, width: usize) -> String {
    let Ok(text) = std::str::from_utf8(&page.beginning) else {
        return format!(
            "  the page\n    {} bytes that are not text; -o FILE saves them\n",
            count(page.written())
        );
    };
    let mut out = String::from("  the page\n");
    for line in text.lines().take(PAGE_LINES) {
        let _ = writeln!(out, "    {}", fit(&printable(line), width.saturating_sub(4)).trim_end());
    }
    let shown: usize = text.split_inclusive('\n').take(PAGE_LINES).map(str::len).sum();
    let more = page.written().saturating_sub(shown as u64);
    if more > 0 {
        let _ = writeln!(out, "    … {} more bytes; -o FILE saves them all", count(more));
    }
    out
}
