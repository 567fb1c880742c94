//! Fields that are for one connection only, and end at the next proxy: RFC 9110 §7.6.1.
//!
//! Tested in `tests/one_hop.rs`.

use crate::headers::Headers;

/// The fields that are for one hop even where `Connection` does not name them. `Content-Length` is not one of them, but
/// a proxy declares the body anew.
pub const ONE_HOP: [&str; 8] = [
    "Connection",
    "Keep-Alive",
    "Proxy-Connection",
    "TE",
    "Trailer",
    "Transfer-Encoding",
    "Upgrade",
    "Expect",
];

/// Removes the fields that are for one hop: those of [`ONE_HOP`], and those that `Connection` names.
///
/// ```
/// use barewire_http1::{Response, remove_one_hop};
///
/// let response = Response::new(200).with("Connection", "X-Mine").with("X-Mine", "1");
/// let mut response = response.with("ETag", "a");
/// remove_one_hop(&mut response.headers);
/// let left: Vec<&str> = response.headers.iter().map(|field| field.name.as_str()).collect();
/// assert_eq!(left, ["ETag"]);
/// ```
pub fn remove_one_hop(headers: &mut Headers) {
    let named: Vec<String> = headers
        .get_all("Connection")
        .flat_map(|field| field.text().split(',').map(|name| name.trim().to_owned()).collect::<Vec<_>>())
        .filter(|name| !name.is_empty())
        .collect();
    for name in named.iter().map(String::as_str).chain(ONE_HOP) {
        headers.remove(name);
    }
}
