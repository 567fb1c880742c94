//! What a fetch tells its holder. Tested in `tests/fetch_core`.

use std::net::SocketAddr;
use std::sync::Arc;

use barewire_http1::{Framing, Headers, Persistence, Response};
use barewire_tls13::Summary;
use {barewire_dns as dns, barewire_tls13 as tls13};

use crate::failure::Failure;

/// What happened, in the order in which it can happen. Nothing follows [`Event::Failed`].
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// News of the lookup that does not end it: a message that was ignored, a retransmission, another server.
    Dns(Box<dns::stub::Event>),
    /// The addresses of the host are known. They are tried in this order.
    Resolved(Vec<SocketAddr>),
    /// This address does not take a connection. The next one is tried, if there is one.
    NotConnected(SocketAddr, Failure),
    /// The stream to this address is open.
    Connected(SocketAddr),
    /// The proxy's answer to CONNECT: a tunnel to the server is open, or what follows is the failure.
    Tunneled(Response),
    /// News of TLS that ends nothing: a HelloRetryRequest, a ticket, new keys.
    Tls(tls13::client::Event),
    /// The handshake is done: what it agreed on, and what it proved. It does not come over plain HTTP.
    HandshakeDone(Arc<Summary>),
    /// A 1xx response. Another response follows.
    Informational(Response),
    /// The head of the final response.
    Head {
        /// The status line and the fields.
        response: Response,
        /// Where its body ends, and why there.
        framing: Framing,
    },
    /// Some bytes of the body can be read.
    Data,
    /// The fields after a chunked body.
    Trailers {
        /// Those that can be used.
        fields: Headers,
        /// Those that must not be (RFC 9110 §6.5.1).
        misplaced: Headers,
    },
    /// The connection is a tunnel from here on: the response was 101, or 2xx to CONNECT. Its bytes are [`Event::Data`].
    Tunnel,
    /// The response is complete. Says whether the connection can carry another request.
    Finished(Persistence),
    /// The server closed the connection between two exchanges, or the tunnel.
    Closed,
    /// It is over: the step that failed, and why.
    Failed(Failure),
}
