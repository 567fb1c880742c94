//! A pre-shared key in the ServerHello (RFC 8446 §4.2.11): which one the server takes. Tested in
//! `tests/resumption.rs` and `tests/refusals`.

use super::Client;
use super::state::Offered;
use crate::error::Error;
use crate::handshake::ServerHello;
use crate::suite::Suite;

impl Client {
    /// The pre-shared key that a ServerHello takes, if it takes one.
    pub(super) fn taken_psk(
        &self,
        offered: Option<Offered>,
        hello: &ServerHello<'_>,
        suite: Suite,
    ) -> Result<Option<Offered>, Error> {
        const RULE: &str = "RFC 8446 §4.2.11";
        let (Some(number), Some(offered)) = (hello.selected_identity(), offered) else { return Ok(None) };
        if number != 0 {
            let says = format!("the server takes pre-shared key {number}, only number 0 was offered");
            return Err(Error::illegal(RULE, says));
        }
        if offered.early.suite.hash() != suite.hash() {
            let says =
                format!("the server takes the pre-shared key with {}, which has another hash", suite.name());
            return Err(Error::illegal(RULE, says));
        }
        if hello.key_share().is_none() {
            let says =
                "the server takes the pre-shared key without key_share, but only psk_dhe_ke was offered";
            return Err(Error::illegal(RULE, says));
        }
        Ok(Some(offered))
    }
}
