//! Cookies, as far as HAR wants them: names, values and the attributes that are written beside them.
//!
//! Left out: `Max-Age`, which counts from a moment that the receiver chooses. Tested in `tests/har.rs`.

use barewire_http1::Headers;
use serde_json::{Value, json};

use super::date::iso_of_http;

/// The cookies of a request.
pub(super) fn sent(headers: &Headers) -> Vec<Value> {
    let all: Vec<_> = headers.get_all("Cookie").map(|field| field.text().into_owned()).collect();
    all.iter()
        .flat_map(|line| line.split(';'))
        .filter_map(pair)
        .map(|(name, value)| json!({ "name": name, "value": value }))
        .collect()
}

/// The cookies that a response sets.
pub(super) fn received(headers: &Headers) -> Vec<Value> {
    headers.get_all("Set-Cookie").filter_map(|field| set(&field.text())).collect()
}

fn set(line: &str) -> Option<Value> {
    let mut parts = line.split(';');
    let (name, value) = pair(parts.next()?)?;
    let mut cookie = json!({ "name": name, "value": value, "httpOnly": false, "secure": false });
    for part in parts {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        match name.trim().to_ascii_lowercase().as_str() {
            "path" => cookie["path"] = json!(value.trim()),
            "domain" => cookie["domain"] = json!(value.trim()),
            "expires" => cookie["expires"] = json!(iso_of_http(value.trim())),
            "httponly" => cookie["httpOnly"] = json!(true),
            "secure" => cookie["secure"] = json!(true),
            "samesite" => cookie["_sameSite"] = json!(value.trim()),
            _ => {}
        }
    }
    Some(cookie)
}

fn pair(text: &str) -> Option<(&str, &str)> {
    let (name, value) = text.split_once('=')?;
    let name = name.trim();
    (!name.is_empty()).then_some((name, value.trim()))
}
