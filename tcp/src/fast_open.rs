//! Fast Open: text that travels with the SYN, and saves a round trip (RFC 7413).
//!
//! ```text
//!    the first connection                       the next ones
//!    SYN, asks for a cookie ─────▶              SYN, the cookie, text ────▶ the text is read
//!         ◀───── SYN-ACK, a cookie                   ◀──── SYN-ACK of both
//!    ACK, text ──────────────────▶                   ◀──── the answer
//!         ◀───── the answer                     ACK ──────────────────────▶
//! ```
//!
//! The cookie proves that the client can hear what is sent to its address. Without it a SYN with a made-up source could
//! make a server work, and flood a third host with answers (RFC 7413 §2.2).
//!
//! A SYN may come twice, the second time when its connection is long over. Then its text is read twice (§2.1). So it is
//! off unless [`Config::fast_open`](crate::Config::fast_open) says so, and is for requests that may be repeated.
//!
//! | who | what | file |
//! |---|---|---|
//! | a host as client | what it remembers of servers | `servers.rs` |
//! | a host as server | the cookies that it gives | `cookies.rs` |
//! | a host as server | how many connections may be pending (§5.1) | `pending.rs` |
//! | a connection | what its SYNs say | here |
//!
//! Text goes with the SYN in `sender/`: the SYN and its text are two records in the flight, so that one can be
//! acknowledged without the other.
//!
//! Left out: text in our own SYN-ACK (§4.2.2 step 5 allows it), and text of the user's that is sent without a cookie
//! (§7.3). Tested in `tests/fast_open.rs`, and by replay of the kernel's captures.

pub(crate) mod cookies;
pub(crate) mod pending;
pub(crate) mod servers;

pub use servers::Servers;

use std::time::Instant;

use crate::note::SentNote;
use crate::options::{Cookie, FastOpen};

/// What a connection does about Fast Open. Its host knows cookies, and decides it before the first SYN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Plan {
    /// Nothing: its SYN has no such option.
    #[default]
    Off,
    /// A client asks for a cookie.
    Ask,
    /// A client has a cookie, and sends with its SYN what has been written by then.
    Send {
        /// The cookie.
        cookie: Cookie,
        /// The MSS that the server announced last time: no more than that leaves with the SYN (§4.1.3).
        mss: u16,
    },
    /// A server takes the text of the SYN, and hands it on before the handshake is over: the cookie was right.
    Take {
        /// The cookie for the next time, where that of the SYN is old.
        renewed: Option<Cookie>,
    },
    /// A server does not take the text: the SYN asks for a cookie, or has one that is not right.
    Give(Cookie),
    /// A server does not take the text: too many such connections are pending (§5.1).
    Refuse,
}

/// What a client's connection has learned of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Learned {
    pub(crate) now: Instant,
    /// The cookie and the MSS of the SYN-ACK.
    pub(crate) cookie: Option<Cookie>,
    pub(crate) mss: Option<u16>,
    /// Whether text went with the SYN, and was not acknowledged.
    pub(crate) text_refused: bool,
    /// Whether the SYN was sent more than once, and so without the option, or never answered.
    pub(crate) syn_was_lost: bool,
}

/// What a connection remembers of Fast Open.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Opening {
    pub(crate) plan: Plan,
    /// The SYN waits for the first text.
    pub(crate) waits_for_text: bool,
    pub(crate) learned: Option<Learned>,
}

impl Opening {
    /// The option of the first SYN or SYN-ACK. It is not repeated: perhaps something on the way drops it (§4.2.1).
    pub(crate) fn option(&self) -> Option<FastOpen> {
        match self.plan {
            Plan::Ask => Some(FastOpen::Request),
            Plan::Send { cookie, .. } | Plan::Give(cookie) | Plan::Take { renewed: Some(cookie) } => {
                Some(FastOpen::Cookie(cookie))
            }
            Plan::Off | Plan::Refuse | Plan::Take { renewed: None } => None,
        }
    }

    /// What there is to say about that SYN.
    pub(crate) fn note(&self, text: usize) -> Option<SentNote> {
        match self.plan {
            Plan::Ask => Some(SentNote::AsksForCookie),
            Plan::Send { .. } if text > 0 => Some(SentNote::TextWithSyn),
            Plan::Give(_) | Plan::Take { renewed: Some(_) } => Some(SentNote::GivesCookie),
            _ => None,
        }
    }

    /// FastOpened: text of the SYN was handed on before the handshake was over, and ours may leave before that.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self.plan, Plan::Take { .. })
    }

    /// Whether the text of a SYN counts. Where Fast Open is off it waits for the handshake, as ever (§2).
    pub(crate) fn takes_text(&self) -> bool {
        !matches!(self.plan, Plan::Give(_) | Plan::Refuse)
    }

    /// Whether a client has a cookie of the server, so that text may go with its SYN.
    pub(crate) fn has_cookie(&self) -> bool {
        matches!(self.plan, Plan::Send { .. })
    }

    /// Whether our SYN has the option, as a client's.
    pub(crate) fn is_tried(&self) -> bool {
        matches!(self.plan, Plan::Ask | Plan::Send { .. })
    }
}
