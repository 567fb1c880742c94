//! What a proxy changes in a request, and in a response (RFC 9110 §7.6). Tested in `tests/proxy.rs`.

use std::net::SocketAddr;
use std::time::Duration;

use barewire_http1::{Body, Response};
use barewire_tls13::Trust;

use crate::fetch::Job;
use crate::services::app::Incoming;
use crate::url::Url;

/// Fields that are for one hop only: RFC 9110 §7.6.1, and `Keep-Alive`. Those that declare a body are made anew.
const ONE_HOP: [&str; 8] = [
    "Connection",
    "Keep-Alive",
    "Proxy-Connection",
    "TE",
    "Transfer-Encoding",
    "Upgrade",
    "Content-Length",
    "Expect",
];

fn is_for_one_hop(name: &str, connection: &str) -> bool {
    let named = connection.split(',').any(|option| option.trim().eq_ignore_ascii_case(name));
    named || ONE_HOP.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// The job of asking the origin.
pub(super) fn job(incoming: &Incoming, origin: SocketAddr, name: &str, patience: Duration) -> Job {
    let Incoming { head, body, client, secure } = incoming;
    let connection = head.headers.get("Connection").unwrap_or_default().into_owned();
    let mut headers: Vec<(String, String)> = Vec::new();
    for field in head.headers.iter().filter(|field| !is_for_one_hop(&field.name, &connection)) {
        headers.push((field.name.clone(), String::from_utf8_lossy(&field.value).into_owned()));
    }
    // Each proxy adds who it got the request from; only what our own proxies added can be trusted.
    headers.push(("X-Forwarded-For".to_owned(), client.ip().to_string()));
    headers.push(("X-Forwarded-Proto".to_owned(), if *secure { "https" } else { "http" }.to_owned()));
    headers.push(("Via".to_owned(), format!("1.1 {name}")));
    Job {
        url: Url {
            https: false,
            host: origin.ip().to_string(),
            port: origin.port(),
            target: head.target.clone(),
        },
        method: head.method.clone(),
        headers,
        body: (!body.is_empty()).then(|| body.clone()),
        trust: Trust::Nothing,
        resolve: Vec::new(),
        records: Vec::new(),
        connect_timeout: Some(patience),
        max_time: Some(patience),
    }
}

/// The head of the origin's answer, as the client gets it.
pub(super) fn response(mut response: Response, name: &str) -> Response {
    let connection = response.headers.get("Connection").unwrap_or_default().into_owned();
    let names: Vec<String> = response.headers.iter().map(|field| field.name.clone()).collect();
    for field in names.iter().filter(|name| is_for_one_hop(name, &connection)) {
        response.headers.remove(field);
    }
    response.headers.push("Via", format!("1.1 {name}"));
    response
}

/// How the body is framed to the client. An answer to HEAD says how long the body would be.
pub(super) fn body(method: &str, response: &Response, from_origin: Body) -> Body {
    let says = response.headers.get("Content-Length").and_then(|length| length.parse().ok());
    match (from_origin, says) {
        (Body::None, Some(length)) if method == "HEAD" => Body::Length(length),
        (Body::UntilClose, _) => Body::Chunked,
        (body, _) => body,
    }
}
