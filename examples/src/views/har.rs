//! HAR 1.2: the exchanges of a story in the form that the network panels of browsers save and open
//! (<http://www.softwareishard.com/blog/har-12-spec/>).
//!
//! ```text
//!   log ─┬─ creator, browser
//!        └─ entries ─── one per request: a redirect, a request again on a connection
//!             ├─ request, response    heads, cookies, content
//!             ├─ timings              of the packets
//!             └─ _wire                ours: frames, framing rule, chunks, records, segments
//! ```
//!
//! Names that begin with `_` are for programs to add. `headersSize` and `bodySize` count what HTTP says, without the
//! sizes of chunks; `_wire` has the bytes of the body with them. A connection that came to nothing has no entry.
//!
//! Content of up to 1 MiB is written whole, without its codings, as text if it is UTF-8, or else in base64. Credentials
//! and cookies stand in the file as they were sent.
//!
//! Left out: pages, and caches, which no capture shows; a CONNECT is a part of the time of the request after it.
//! Tested in `tests/har.rs`.

mod cookies;
mod date;
mod text;
mod timings;

use std::collections::HashSet;

use barewire_http1::{Body, Framing, Headers, Request, Response};
use serde_json::{Value, json};

use super::url::whole_url;
use super::words::{count, several};
use crate::story::{Conversation, HttpExchange, HttpMessage, Place, Ruler, Story};
use cookies::{received, sent};
use date::iso;
use text::Text;
use timings::Timings;

/// The log of a story whose exchanges were kept.
pub fn har(story: &Story) -> Value {
    let budgets = story.budgets();
    let mut used = HashSet::new();
    let mut entries: Vec<(Place, Value)> = Vec::new();
    for exchange in &story.exchanges {
        let Some(request) = exchange.request.as_ref().filter(|one| one.head.method != "CONNECT") else {
            continue;
        };
        let Some(conversation) = story.conversations.get(exchange.conversation.0) else { continue };
        let is_first = used.insert(exchange.conversation);
        let page = story.pages.iter().position(|page| page.tcp.last() == Some(&exchange.conversation));
        let budget = page.filter(|_| is_first).and_then(|page| budgets.get(page));
        let timings = Timings::of(request, exchange.response.as_ref(), budget);
        entries.push((request.first, entry(story, exchange, request, conversation, &timings)));
    }
    // Two connections at once: a log is in the order of time.
    entries.sort_by_key(|(first, _)| first.frame);
    let creator = json!({ "name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION") });
    let entries: Vec<Value> = entries.into_iter().map(|(_, entry)| entry).collect();
    json!({ "log": { "version": "1.2", "creator": creator, "entries": entries } })
}

fn entry(
    story: &Story,
    exchange: &HttpExchange,
    request: &HttpMessage<Request>,
    conversation: &Conversation,
    timings: &Timings,
) -> Value {
    let server = conversation.ends[1];
    let mut entry = json!({
        "startedDateTime": iso(story.began + timings.started),
        "time": timings.total(),
        "request": asked(exchange, request, conversation),
        "response": exchange.response.as_ref().map_or_else(nothing, answered),
        "cache": {},
        "timings": timings.json(),
        "serverIPAddress": server.ip().to_string(),
        // Browsers show this number as the port of the server; the connection has a name of its own beside it.
        "connection": server.port().to_string(),
        "_connectionId": conversation.stream.to_string(),
        "_wire": wire(exchange, request, conversation),
    });
    if exchange.response.is_none() {
        entry["comment"] = json!("the capture has no response to it");
    }
    entry
}

fn asked(exchange: &HttpExchange, request: &HttpMessage<Request>, conversation: &Conversation) -> Value {
    let head = &request.head;
    let query =
        head.target.split_once('?').map_or("", |(_, query)| query.split('#').next().unwrap_or_default());
    let mut object = json!({
        "method": head.method,
        "url": whole_url(exchange.encrypted, head, conversation),
        "httpVersion": head.version.to_string(),
        "cookies": sent(&head.headers),
        "headers": fields(&head.headers),
        "queryString": pairs(query),
        "headersSize": request.head_bytes,
        "bodySize": request.content.length,
    });
    if request.content.length > 0 {
        let mime = head.headers.get("Content-Type").unwrap_or_default();
        let mut data = json!({ "mimeType": mime, "params": [] });
        let written = Text::of(&request.content, &head.headers);
        data["text"] = json!(written.text.unwrap_or_default());
        if written.is_base64 {
            data["_encoding"] = json!("base64");
        }
        if let Some(comment) = written.comment {
            data["comment"] = json!(comment);
        }
        object["postData"] = data;
    }
    object
}

fn answered(response: &HttpMessage<Response>) -> Value {
    let head = &response.head;
    json!({
        "status": head.status,
        "statusText": head.reason,
        "httpVersion": head.version.to_string(),
        "cookies": received(&head.headers),
        "headers": fields(&head.headers),
        "content": content(response),
        "redirectURL": head.headers.get("Location").unwrap_or_default(),
        "headersSize": response.head_bytes,
        "bodySize": if head.status == 304 { 0 } else { response.content.length },
    })
}

/// As browsers write it where no answer came.
fn nothing() -> Value {
    json!({
        "status": 0,
        "statusText": "",
        "httpVersion": "",
        "cookies": [],
        "headers": [],
        "content": { "size": 0, "mimeType": "x-unknown" },
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": -1,
    })
}

fn content(response: &HttpMessage<Response>) -> Value {
    let headers = &response.head.headers;
    let written = Text::of(&response.content, headers);
    let mut object = json!({
        "size": written.size,
        "mimeType": headers.get("Content-Type").unwrap_or("x-unknown".into()),
    });
    let encoding = written.is_base64.then(|| json!("base64"));
    let parts = [
        ("compression", written.saved.map(|saved| json!(saved))),
        ("text", written.text.map(|text| json!(text))),
        ("encoding", encoding),
        ("comment", written.comment.or_else(|| cut(response)).map(|comment| json!(comment))),
    ];
    for (name, value) in parts {
        if let Some(value) = value {
            object[name] = value;
        }
    }
    object
}

/// What a browser says beside a body that is not whole.
fn cut(response: &HttpMessage<Response>) -> Option<String> {
    if response.last.is_some() {
        return None;
    }
    let came = response.content.length;
    Some(match response.framing.map(|framing| framing.body) {
        Some(Body::Length(whole)) => {
            format!("the body was cut: {} of {} came", count(came), several(whole, "byte"))
        }
        _ => format!("the body was cut: it stops after {}", several(came, "byte")),
    })
}

fn fields(headers: &Headers) -> Vec<Value> {
    headers.iter().map(|field| json!({ "name": field.name, "value": field.text() })).collect()
}

/// `a=b&c` as names and values, as they were sent.
fn pairs(query: &str) -> Vec<Value> {
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        json!({ "name": name, "value": value })
    };
    query.split('&').filter(|one| !one.is_empty()).map(pair).collect()
}

/// What only the packets show.
fn wire(exchange: &HttpExchange, request: &HttpMessage<Request>, conversation: &Conversation) -> Value {
    let response = exchange.response.as_ref();
    let framing = |framing: &Framing| {
        let rule = format!("RFC 9112 §6.3 rule {}", framing.rule);
        json!({ "rule": rule, "why": framing.why })
    };
    let interim = exchange.interim.iter().map(|(head, place)| {
        json!({ "status": head.status, "frame": place.frame, "headers": fields(&head.headers) })
    });
    let number = |ruler: &Option<Ruler>| ruler.as_ref().map(|ruler| ruler.stretches.len());
    let borders = response.map(|one| &one.content.borders);
    json!({
        "stream": conversation.stream,
        "requestFrames": frames(request.first, request.latest),
        "responseFrames": response.map(|one| frames(one.first, one.latest)),
        "requestFraming": request.framing.as_ref().map(framing),
        "responseFraming": response.and_then(|one| one.framing.as_ref()).map(framing),
        "responseBodyBytes": response.map(|one| one.content.on_the_wire),
        "missing": response.map(|one| one.content.missing),
        "complete": response.is_some_and(|one| one.last.is_some()),
        "chunks": borders.and_then(|one| number(&one.chunks)),
        "records": borders.and_then(|one| number(&one.records)),
        "segments": borders.and_then(|one| number(&one.segments)),
        "interim": interim.collect::<Vec<_>>(),
        "trailers": response.map(|one| fields(&one.content.trailers)),
        "tunnel": exchange.tunnel.as_ref().map(|protocol| protocol.to_string()),
    })
}

/// The first frame of a message, and the last one.
fn frames(first: Place, last: Place) -> Value {
    json!([first.frame, last.frame])
}
