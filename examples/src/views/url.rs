//! The URL of a request that was captured. Tested in `tests/har.rs` and `tests/borders.rs`.

use barewire_http1::Request;

use crate::story::Conversation;

/// The whole URI: scheme and host stand in the target only where it goes to a proxy (RFC 9112 §3.3).
pub(super) fn whole_url(encrypted: bool, head: &Request, conversation: &Conversation) -> String {
    if head.target.contains("://") && !head.target.starts_with('/') {
        return head.target.clone();
    }
    let scheme = if encrypted { "https" } else { "http" };
    let host = head.headers.get("Host").filter(|host| !host.is_empty());
    let host = host.map_or_else(|| conversation.ends[1].to_string(), Into::into);
    let slash = if head.target.starts_with('/') { "" } else { "/" };
    format!("{scheme}://{host}{slash}{}", head.target)
}
