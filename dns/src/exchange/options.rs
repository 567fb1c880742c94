//! The options of EDNS that each query carries (RFC 6891 §6.1.2).
//!
//! What they mean is the business of the caller: a client subnet, NSID, a cookie that nobody keeps. Tested in
//! `tests/exchange.rs`.

use barewire_dissect::Refused;

use crate::edns::{EDNS_UDP_SIZE, Edns, EdnsOption};
use crate::message::Message;
use crate::name::{MAX_NAME, Name};
use crate::reason::{Reason, unwritable};
use crate::record_type::RecordType;

/// The most bytes of a message (RFC 1035 §4.2.2).
const MAX_MESSAGE: usize = 65_535;
/// The most bytes of the cookie that an exchange adds: code and length, 8 bytes of the client, 32 of the server.
const MAX_COOKIE: usize = 44;

/// Options that can be written: they were, once. So a query with them can be written, too.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QueryOptions(Vec<EdnsOption>);

impl QueryOptions {
    /// Options for the OPT record of each query, in this order.
    ///
    /// # Errors
    /// [`Refused`]: an option breaks its rule, such as a server cookie of three bytes, or they are too long together.
    pub fn new(options: Vec<EdnsOption>) -> Result<QueryOptions, Refused<Reason>> {
        let edns = Edns { options, ..Edns::new(EDNS_UDP_SIZE) };
        let shortest = Message::query(0, Name::root(), RecordType::A);
        let length = Message { edns: Some(edns.clone()), ..shortest }.encode()?.len();
        if length + MAX_NAME + MAX_COOKIE > MAX_MESSAGE {
            return Err(unwritable(length, Reason::MessageTooLong));
        }
        Ok(QueryOptions(edns.options))
    }

    /// The options.
    pub fn list(&self) -> &[EdnsOption] {
        &self.0
    }
}
