//! DNS cookies, the client's side (RFC 7873 §5.1 and §5.3, RFC 9018 §3).
//!
//! ```text
//!   query 1   COOKIE 2464c4abcf10c957                              the client's: 64 random bits
//!   reply 1   COOKIE 2464c4abcf10c957 010000005cf79f111f8130c3...  and the server's
//!   query 2   COOKIE 2464c4abcf10c957 010000005cf79f111f8130c3...  both
//! ```
//!
//! A forger who does not see the queries has to guess the client's cookie too. That helps only with a server that is
//! known to send it back: the first reply of a server is believed without. So what is learned is kept in the
//! [`History`](super::History), and without one cookies gain nothing. The server's cookie is bytes to the client;
//! RFC 9018 §4 says what servers put into it.
//!
//! Over TCP a forger has to guess sequence numbers as well, so a reply without a cookie is taken there, and the server
//! is then one without cookies. A wrong cookie is refused over TCP too.
//!
//! RFC 9018 §3 forbids to use a cookie from another address of this host. The core does not know its address: an owner
//! who moves to another network begins a new history. Left out: that a server without cookies is not sent one for five
//! minutes (each lookup sends it a new one instead), and the query for a cookie alone (RFC 7873 §5.4).
//! Tested in `tests/stub/cookies.rs`, and against nsd and named in `tests/cookies`.

use super::ignored::Ignored;
use super::transmit::Protocol;
use crate::edns::EdnsOption;
use crate::message::Message;

/// The cookies that belong to one server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cookie {
    /// The client's.
    pub client: [u8; 8],
    /// What the server gave, 8 to 32 bytes; none before its first reply.
    pub server: Vec<u8>,
}

impl Cookie {
    /// As it stands in a query.
    pub(super) fn option(&self) -> EdnsOption {
        EdnsOption::Cookie { client: self.client, server: self.server.clone() }
    }

    /// What a reply to a query with this cookie says. `Ok(None)`: it has none, and none was to be expected.
    pub(super) fn check(&self, reply: &Message, protocol: Protocol) -> Result<Option<Cookie>, Ignored> {
        // RFC 7873 §5.3: of several the first one counts.
        let got = reply.edns.iter().flat_map(|edns| &edns.options).find_map(|option| match option {
            EdnsOption::Cookie { client, server } => Some((client, server)),
            _ => None,
        });
        match got {
            Some((client, _)) if *client != self.client => Err(Ignored::WrongCookie),
            Some((client, server)) => Ok(Some(Cookie { client: *client, server: server.clone() })),
            None if protocol == Protocol::Udp && !self.server.is_empty() => Err(Ignored::NoCookie),
            None => Ok(None),
        }
    }
}
