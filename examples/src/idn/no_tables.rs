//! Internationalized names in WebAssembly: the tables for them would make the page too large, so that a name has to be
//! in ASCII.

/// The host, if it is in ASCII.
///
/// # Errors
/// A sentence: it is not.
pub fn to_ascii(host: &str) -> Result<String, String> {
    match host.is_ascii() {
        true => Ok(host.to_owned()),
        false => Err("letters beyond ASCII need tables that the page leaves out: write xn--...".to_owned()),
    }
}
