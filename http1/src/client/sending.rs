//! The client's sending machine: requests, in the states that [`client`](super) draws. Tested in `tests/client.rs`.

use super::{Asked, Connection, Hold, Receiving, Sending};
use crate::authority::authority;
use crate::body::BodyEncoder;
use crate::framing::{Body, Framing};
use crate::head::HeadReader;
use crate::headers::Headers;
use crate::message::{Request, Version};
use crate::persistence::Persistence;
use crate::reason::{Reason, misuse};
use crate::target::authority_in;
use crate::upgrade;
use crate::write;
use barewire_dissect::Refused;

impl Connection {
    /// Starts a request whose body will be as `body` says, and gives its framing. Fields that declare the body are
    /// added where they are missing. Without a body the request is then complete. Else [`Connection::body`] and
    /// [`Connection::finish`] follow.
    ///
    /// # Errors
    /// Nothing is sent when the request breaks the grammar (so nobody can inject a header), when its fields contradict
    /// `body`, when Host is missing, and when another request is not complete yet. The connection goes on.
    pub fn request(&mut self, request: &Request, body: Body) -> Result<Framing, Refused<Reason>> {
        if let Some(refused) = &self.failed {
            return Err(refused.clone());
        }
        if !self.is_ready() {
            return Err(misuse(Reason::OutOfTurn("the connection cannot take a request now")));
        }
        check_host(request)?;
        check_body(request, body)?;
        let mut request = request.clone();
        // RFC 9110 §8.6: a method that is about content says so when there is none.
        let says_none = matches!(request.method.as_str(), "POST" | "PUT" | "PATCH");
        write::declare(&mut request.headers, body, says_none)?;
        // The server will ask the same function.
        let framing = Framing::of_request(&request, false).map_err(misuse)?;
        write::request_head(&request, &mut self.out)?;
        self.start(request, framing);
        Ok(framing)
    }

    /// Starts a request and gives all of its body, which goes out at once. Nobody waits for 100: RFC 9110 §10.1.1
    /// allows that. When `content` is empty the request has no body, unless it declares chunks.
    ///
    /// # Errors
    /// As for [`Connection::request`].
    pub fn request_whole(&mut self, request: &Request, content: &[u8]) -> Result<Framing, Refused<Reason>> {
        let declared = match content {
            _ if request.headers.has("Transfer-Encoding", "chunked") => Body::Chunked,
            [] => Body::None,
            content => Body::Length(content.len() as u64),
        };
        let framing = self.request(request, declared)?;
        self.stop_waiting();
        if !matches!(framing.body, Body::None | Body::Length(0)) {
            self.body(content)?;
            self.finish()?;
        }
        Ok(framing)
    }

    /// Both machines leave Idle or Done.
    fn start(&mut self, request: Request, framing: Framing) {
        let empty = matches!(framing.body, Body::None | Body::Length(0));
        self.sending = if empty { Sending::Done } else { Sending::Body };
        self.receiving = Receiving::Head(HeadReader::default());
        self.encoder = BodyEncoder::new(framing.body);
        let waits = !empty && request.headers.has("Expect", "100-continue");
        self.hold = if waits { Hold::Waiting(Vec::new()) } else { Hold::Off };
        self.asked = Asked {
            offered: upgrade::offered(request.version, &request.headers),
            persistence: Persistence::after(request.version, &request.headers),
            method: request.method,
            informational: 0,
            answer_persistence: Persistence::KeepsOpen,
        };
        self.content.clear();
        (self.continue_by, self.head_by) = (None, None);
    }

    /// Whether [`Connection::request`] may be called.
    pub fn is_ready(&self) -> bool {
        let done = matches!(self.receiving, Receiving::Idle | Receiving::Done);
        self.failed.is_none() && self.sending != Sending::Body && done && self.reusable
    }

    /// Sends some of the request's body.
    ///
    /// # Errors
    /// More bytes than declared, or no body is being sent. Nothing is sent, and the connection goes on.
    pub fn body(&mut self, data: &[u8]) -> Result<(), Refused<Reason>> {
        if self.sending == Sending::Done && data.is_empty() {
            return Ok(());
        }
        if self.sending != Sending::Body {
            return Err(misuse(Reason::OutOfTurn("no request body is being sent")));
        }
        match &mut self.hold {
            Hold::Off => self.encoder.write(data, &mut self.out),
            Hold::Waiting(held) => self.encoder.write(data, held),
            Hold::Dropped => self.encoder.write(data, &mut Vec::new()),
        }
    }

    /// Ends the request's body.
    ///
    /// # Errors
    /// Fewer bytes than declared were sent: the server would wait for the rest. The connection goes on.
    pub fn finish(&mut self) -> Result<(), Refused<Reason>> {
        self.finish_with(&Headers::new())
    }

    /// Ends the request's body, which is chunked, with a trailer section.
    ///
    /// # Errors
    /// As for [`Connection::finish`]; and trailers that the grammar or the framing does not allow, or that must
    /// stand in the head ([`Reason::MisplacedTrailer`]).
    pub fn finish_with(&mut self, trailers: &Headers) -> Result<(), Refused<Reason>> {
        match (self.sending, &mut self.hold) {
            (Sending::Idle, _) => {
                return Err(misuse(Reason::OutOfTurn("no request is being sent")));
            }
            (Sending::Done, _) => {}
            (Sending::Body, Hold::Off) => self.encoder.finish(trailers, &mut self.out)?,
            (Sending::Body, Hold::Waiting(held)) => self.encoder.finish(trailers, held)?,
            (Sending::Body, Hold::Dropped) => self.encoder.finish(trailers, &mut Vec::new())?,
        }
        self.sending = Sending::Done;
        Ok(())
    }

    /// Sends a body that waits for a 100 response now. A client may do so at any time (RFC 9110 §10.1.1).
    pub fn stop_waiting(&mut self) {
        self.continue_by = None;
        if let Hold::Waiting(held) = &mut self.hold {
            self.out.append(held);
            self.hold = Hold::Off;
        }
    }
}

/// RFC 9112 §3.2: exactly one Host in an HTTP/1.1 request, and a valid one. It agrees with a target in absolute-form.
fn check_host(request: &Request) -> Result<(), Refused<Reason>> {
    let refused = |offset| Err(Refused { offset, ..misuse(Reason::UnwritableHost) });
    let mut hosts = request.headers.get_all("Host");
    let (host, second) = (hosts.next(), hosts.next());
    let Some(host) = host.map(|host| &host.value) else {
        return if request.version >= Version::HTTP_1_1 { refused(0) } else { Ok(()) };
    };
    if let Err(wrong) = authority(host) {
        return refused(wrong.place());
    }
    // RFC 9110 §9.3.6: beside CONNECT, Host may leave out the port.
    let in_target = authority_in(request.method.as_bytes(), request.target.as_bytes());
    let in_target = in_target.filter(|_| request.method != "CONNECT");
    if second.is_some() || in_target.is_some_and(|said| !said.eq_ignore_ascii_case(host)) {
        return refused(0);
    }
    Ok(())
}

/// A request's body cannot end with the connection: then no response could come.
fn check_body(request: &Request, body: Body) -> Result<(), Refused<Reason>> {
    let too_new = body == Body::Chunked && request.version < Version::HTTP_1_1;
    if body == Body::UntilClose || too_new {
        let why = "the body of a request needs a length, or chunks in HTTP/1.1: closing the connection would lose \
            the response";
        return Err(misuse(Reason::ContradictsBody(why)));
    }
    Ok(())
}
