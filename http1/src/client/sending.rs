//! How a client sends: requests out, by the table of the sending machine ([`machines`](crate::machines)). Tested in
//! `tests/client.rs` and `tests/pipeline.rs`.

use barewire_dissect::Refused;

use super::Connection;
use crate::authority::authority;
use crate::body::BodyEncoder;
use crate::client::asked::Asked;
use crate::framing::{Body, Framing};
use crate::headers::Headers;
use crate::machines::receiving::{Input, State};
use crate::machines::sending::{Action, Happened, Sending, TABLE};
use crate::message::{Request, Version};
use crate::reason::{Reason, misuse};
use crate::target::authority_in;
use crate::write::{self, Added, WithAdded};

impl Connection {
    /// Starts a request whose body will be as `body` says, and gives its framing. Fields that declare the body are
    /// added where they are missing. Without a body the request is then complete. Else [`Connection::body`] and
    /// [`Connection::finish`] follow.
    ///
    /// # Errors
    /// Nothing is sent when the request breaks the grammar (so nobody can inject a header), when its fields contradict
    /// `body`, when Host is missing, and when the connection is not [ready](Connection::is_ready). The connection goes
    /// on.
    pub fn request(&mut self, request: &Request, body: Body) -> Result<Framing, Refused<Reason>> {
        if let Some(refused) = &self.failed {
            return Err(Refused::clone(refused));
        }
        if !self.is_ready() {
            return Err(misuse(Reason::OutOfTurn("the connection cannot take a request now")));
        }
        check_host(request)?;
        check_body(request, body)?;
        // RFC 9110 §8.6: a method that is about content says so when there is none.
        let says_none = matches!(request.method.as_str(), "POST" | "PUT" | "PATCH");
        let declaration = write::declaration(&request.headers, body, says_none)?;
        // The server will ask the same function.
        let fields = WithAdded(&request.headers, declaration);
        let framing = Framing::of_request_head(request.version, &fields, false).map_err(misuse)?;
        let begins = self.transmitted + self.out.len() as u64;
        let added = Added { body: declaration, connection: None };
        write::whole(&mut self.out, |out| write::write_request(request, added, out))?;
        self.asked.push_back(Asked::new(request, begins));
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

    /// The head of a request was written. A response is expected, if none is yet.
    fn start(&mut self, request: &Request, framing: Framing) {
        let empty = matches!(framing.body, Body::None | Body::Length(0));
        let held = !empty && request.headers.has("Expect", "100-continue");
        self.encoder = BodyEncoder::new(framing.body);
        self.go_sending(match (empty, held) {
            (true, _) => Happened::Request,
            (_, true) => Happened::RequestHeld,
            _ => Happened::RequestWithBody,
        });
        // Those that wait already keep their deadline.
        if self.asked.len() == 1 {
            self.receiver.go(Input::Expected);
            self.timer.stop();
        }
    }

    /// Whether [`Connection::request`] may be called. With [`Config::pipeline`](crate::Config::pipeline) it may, while
    /// answers are not complete: but not after a request that may turn the connection into something else, nor while
    /// one is held.
    pub fn is_ready(&self) -> bool {
        let receives = matches!(self.receiver.state(), State::Idle | State::Head | State::Body);
        let has_room = self.asked.is_empty()
            || (self.asked.len() < self.config.pipeline && !self.asked.iter().any(Asked::may_switch));
        receives && has_room && self.sending == Sending::Idle && self.persistence.keeps_open()
    }

    /// Goes where the table leads, and does what it says. `false`: the table has no such row, and nothing changes.
    pub(super) fn go_sending(&mut self, happened: Happened) -> bool {
        let Some((next, action)) = TABLE.next(self.sending, happened) else { return false };
        (self.sending, self.bytes) = (next, action);
        match action {
            Action::Release => self.out.append(&mut std::mem::take(&mut self.held)),
            Action::Drop => self.held = Vec::new(),
            Action::Send | Action::Hold => {}
        }
        true
    }

    /// Sends some of the request's body.
    ///
    /// # Errors
    /// More bytes than declared, or no body is being sent. Nothing is sent, and the connection goes on.
    pub fn body(&mut self, data: &[u8]) -> Result<(), Refused<Reason>> {
        if !self.sends_body(data.is_empty())? {
            return Ok(());
        }
        match self.bytes {
            Action::Send | Action::Release => self.encoder.write(data, &mut self.out),
            Action::Hold => self.encoder.write(data, &mut self.held),
            Action::Drop => self.encoder.write(data, &mut Vec::new()),
        }
    }

    /// Whether the body of a request is open. One that is complete takes nothing, which does no harm.
    fn sends_body(&self, nothing_is_given: bool) -> Result<bool, Refused<Reason>> {
        match self.sending {
            Sending::Body | Sending::Held | Sending::Dropped => Ok(true),
            Sending::Idle | Sending::HeldWhole if nothing_is_given && self.has_begun() => Ok(false),
            Sending::Idle | Sending::HeldWhole => {
                Err(misuse(Reason::OutOfTurn("no request body is being sent")))
            }
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
        if !self.sends_body(trailers.is_empty())? {
            return Ok(());
        }
        match self.bytes {
            Action::Send | Action::Release => self.encoder.finish(trailers, &mut self.out)?,
            Action::Hold => self.encoder.finish(trailers, &mut self.held)?,
            Action::Drop => self.encoder.finish(trailers, &mut Vec::new())?,
        }
        self.go_sending(Happened::Finish);
        Ok(())
    }

    /// Whether there ever was a request.
    fn has_begun(&self) -> bool {
        self.transmitted > 0 || !self.out.is_empty()
    }

    /// Sends a body that waits for a 100 response now. A client may do so at any time (RFC 9110 §10.1.1).
    pub fn stop_waiting(&mut self) {
        if self.go_sending(Happened::Continue) {
            self.timer.stop();
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
