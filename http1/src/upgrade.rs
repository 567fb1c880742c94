//! Switching the connection to another protocol: what the client offered, and what a 101 response must say (RFC 9110
//! §7.8, §15.2.2). Both roles ask here. Tested in `tests/upgrade.rs`.

use crate::headers::Lookup;
use crate::message::Version;
use crate::reason::Reason;

/// The protocols that a request offers. `Upgrade` counts only beside `Connection: upgrade`, because without it a proxy
/// may have passed on an offer that was meant for itself. An HTTP/1.0 request offers nothing.
pub(crate) fn offered(version: Version, fields: &impl Lookup) -> Vec<String> {
    if version < Version::HTTP_1_1 || !fields.has_element("Connection", "upgrade") {
        return Vec::new();
    }
    fields.elements("Upgrade")
}

/// Whether a 101 response switches to what was offered, and names it.
pub(crate) fn check_switch(offered: &[String], fields: &impl Lookup) -> Result<(), Reason> {
    // exercise: http09
    let chosen = fields.elements("Upgrade");
    let was_offered = |name: &String| offered.iter().any(|offer| offer.eq_ignore_ascii_case(name));
    if offered.is_empty() || !chosen.iter().all(was_offered) {
        return Err(Reason::UnaskedUpgrade);
    }
    if chosen.is_empty() || !fields.has_element("Connection", "upgrade") {
        return Err(Reason::UnnamedUpgrade);
    }
    // exercise: end
    Ok(())
}
