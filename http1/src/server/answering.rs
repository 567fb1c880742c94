//! How a server answers: responses out, by the table of the answering machine ([`machines`](crate::machines)).
//!
//! What a response may declare depends on the request (RFC 9112 §6.1, §6.3, RFC 9110 §8.6, §15.2), and so does what it
//! says about the connection (RFC 9112 §9.3, §9.6). Tested in `tests/server.rs`.

use std::borrow::Cow;

use barewire_dissect::Refused;

use super::{Connection, Event};
use crate::body::BodyEncoder;
use crate::framing::{Body, Framing};
use crate::headers::Headers;
use crate::machines::answering::{Action, Answering, Happened, TABLE};
use crate::machines::receiving::{Input, State};
use crate::message::{Response, Version};
use crate::persistence::Persistence;
use crate::reason::{Reason, misuse};
use crate::server::asked::Asked;
use crate::upgrade::check_switch;
use crate::write::{self, Added, Declaration, WithAdded};

impl Connection {
    /// Goes where the table leads, and does what it says. `false`: the table has no such row, and nothing changes.
    pub(super) fn go_answering(&mut self, happened: Happened) -> bool {
        let Some((next, action)) = TABLE.next(self.answering, happened) else { return false };
        self.answering = next;
        match action {
            Action::Nothing => {}
            Action::AskForBody => {
                self.receiver.go(Input::Wanted);
            }
            Action::Forget => {
                self.asked = Asked::nothing();
                self.content.clear();
            }
        }
        true
    }

    /// Answers. `body` says what the response's body will be. The fields that declare it, and `Connection`, are added
    /// where they are missing. Gives the framing as the client will find it: a response to HEAD, 204 and 304 have no
    /// body, whatever `body` was; an HTTP/1.0 client does not know chunks, so its body goes on until the close. Without
    /// a body the response is then complete. Else [`Connection::body`] and [`Connection::finish`] follow.
    ///
    /// A 1xx status (not 101) may be sent any number of times before the one final response. A final response that
    /// comes before the request is complete says `Connection: close`, unless it has `Connection: keep-alive`: with that
    /// the caller promises to read the rest (RFC 9110 §10.1.1).
    ///
    /// # Errors
    /// Nothing is sent when the response breaks the grammar (so nobody can inject a header), when its fields contradict
    /// `body` or the request, and when there is no request to answer. The connection goes on.
    pub fn respond(&mut self, response: &Response, body: Body) -> Result<Framing, Refused<Reason>> {
        if self.answering != Answering::Due {
            return Err(misuse(Reason::OutOfTurn("there is no request to answer")));
        }
        if response.is_informational() {
            self.check_informational(response, body)?;
        }
        let (response, body) = self.for_version(response, body);
        let declaration = self.declaration(&response, body)?;
        let (persistence, connection) = self.decide_persistence(&response, body);
        // The client will ask the same function.
        let (start, fields) =
            ((response.version, response.status), WithAdded(&response.headers, declaration));
        let framing = Framing::of_response_head(self.asked.method, start, &fields, false).map_err(misuse)?;
        let switches = response.status == 101 || framing.rule == 2;
        if switches && self.receiver.state() != State::MaySwitch {
            let why = "the request must be complete before its connection can switch";
            return Err(misuse(Reason::OutOfTurn(why)));
        }
        let added = Added { body: declaration, connection };
        write::whole(&mut self.out, |out| write::write_response(&response, added, out))?;
        if response.is_informational() && !switches {
            self.go_answering(if response.status == 100 { Happened::Continue } else { Happened::Interim });
        } else {
            self.persistence = persistence;
            self.start(framing, switches)?;
        }
        Ok(framing)
    }

    /// RFC 9112 §6.1: no Transfer-Encoding for a client that does not know it, even where the caller asks for one. Its
    /// body ends with the connection.
    fn for_version<'a>(&self, response: &'a Response, body: Body) -> (Cow<'a, Response>, Body) {
        if body != Body::Chunked || self.asked.version >= Version::HTTP_1_1 {
            return (Cow::Borrowed(response), body);
        }
        let mut response = response.clone();
        response.headers.remove("Transfer-Encoding");
        (Cow::Owned(response), Body::UntilClose)
    }

    /// The head of a final response has been sent.
    fn start(&mut self, framing: Framing, switches: bool) -> Result<(), Refused<Reason>> {
        self.encoder = BodyEncoder::new(framing.body);
        let empty = matches!(framing.body, Body::None | Body::Length(0));
        self.go_answering(if empty { Happened::Answer } else { Happened::AnswerWithBody });
        if switches {
            self.receiver.go(Input::Switched);
            self.events.push_back(Event::Tunnel);
            // The bytes that the client sent ahead are for the tunnel.
            self.feed(&[])?;
        }
        Ok(())
    }

    /// Sends some of the response's body.
    ///
    /// # Errors
    /// More bytes than declared, or no body is being sent. Nothing is sent, and the connection goes on.
    pub fn body(&mut self, data: &[u8]) -> Result<(), Refused<Reason>> {
        if self.answering == Answering::Done && data.is_empty() {
            return Ok(());
        }
        if self.answering != Answering::Body {
            return Err(misuse(Reason::OutOfTurn("no response body is being sent")));
        }
        self.encoder.write(data, &mut self.out)
    }

    /// Ends the response's body.
    ///
    /// # Errors
    /// Fewer bytes than declared were sent: the client would wait for the rest. The connection goes on.
    pub fn finish(&mut self) -> Result<(), Refused<Reason>> {
        self.finish_with(&Headers::new())
    }

    /// Ends the response's body, which is chunked, with a trailer section.
    ///
    /// # Errors
    /// As for [`Connection::finish`]; and trailers that the grammar or the framing does not allow, or that must
    /// stand in the head ([`Reason::MisplacedTrailer`]).
    pub fn finish_with(&mut self, trailers: &Headers) -> Result<(), Refused<Reason>> {
        match self.answering {
            Answering::Body => self.encoder.finish(trailers, &mut self.out)?,
            Answering::Done if trailers.is_empty() => {}
            _ => return Err(misuse(Reason::OutOfTurn("no response is being sent"))),
        }
        self.go_answering(Happened::Finish);
        Ok(())
    }

    /// RFC 9110 §15.2: no 1xx for an HTTP/1.0 client. §7.8: the client must have offered a switch.
    fn check_informational(&self, response: &Response, body: Body) -> Result<(), Refused<Reason>> {
        let reason = match response.status {
            _ if self.asked.version < Version::HTTP_1_1 => {
                Reason::OutOfTurn("an HTTP/1.0 client does not know 1xx responses")
            }
            _ if body != Body::None => Reason::ContradictsBody("a 1xx response has no body"),
            101 => return check_switch(&self.asked.offered, &response.headers).map_err(misuse),
            _ => return Ok(()),
        };
        Err(misuse(reason))
    }

    /// The field that declares the body, where it is missing.
    fn declaration(&self, response: &Response, body: Body) -> Result<Option<Declaration>, Refused<Reason>> {
        let tunnel = self.asked.method == "CONNECT" && (200..300).contains(&response.status);
        if response.is_informational() || response.status == 204 || tunnel {
            // RFC 9110 §8.6, RFC 9112 §6.1: these may not have a field that declares a body.
            let declares =
                ["Content-Length", "Transfer-Encoding"].iter().any(|name| response.headers.contains(name));
            if body != Body::None || declares {
                let why = "a 1xx or 204 response, or a 2xx response to CONNECT, cannot declare a body";
                return Err(misuse(Reason::ContradictsBody(why)));
            }
            return Ok(None);
        }
        let says_none = self.asked.method != "HEAD" && response.status != 304;
        write::declaration(&response.headers, body, says_none)
    }

    /// RFC 9110 §9.3.6: only 2xx to CONNECT begins the tunnel. A client that did not wait for it may send the bytes of
    /// somebody else, before the answer or after it. To read them as requests would be request smuggling.
    fn refuses_tunnel(&self, response: &Response) -> Persistence {
        match self.asked.method == "CONNECT" && !(200..300).contains(&response.status) {
            true => Persistence::Closes("what follows a refused CONNECT may be meant for the tunnel"),
            false => Persistence::KeepsOpen,
        }
    }

    /// Decides whether the connection outlives this response, and what it has to say about that (RFC 9112 §9.3, §9.6).
    fn decide_persistence(&self, response: &Response, body: Body) -> (Persistence, Option<&'static str>) {
        if response.is_informational() {
            return (Persistence::KeepsOpen, None);
        }
        let by_body = match body {
            Body::UntilClose => Persistence::Closes("the body ends with the connection"),
            _ => Persistence::KeepsOpen,
        };
        // RFC 9110 §10.1.1, RFC 9112 §9.3: a server that does not read the rest of the request closes, and says so.
        // With keep-alive the caller promises to read it.
        let unread = matches!(self.receiver.state(), State::Held | State::Body);
        let says = |option| response.headers.has("Connection", option);
        let by_request = match unread && !says("keep-alive") {
            true => Persistence::Closes("the answer came before the request was complete"),
            false => Persistence::KeepsOpen,
        };
        let persistence = self
            .persistence
            .and(self.asked.persistence)
            .and(self.refuses_tunnel(response))
            .and(by_body)
            .and(by_request)
            .and(Persistence::after(response.version, &response.headers));
        // An HTTP/1.0 client has to be told what an HTTP/1.1 client takes for granted.
        let old = self.asked.version < Version::HTTP_1_1;
        let option = match persistence {
            Persistence::Closes(_) if !says("close") => Some("close"),
            Persistence::KeepsOpen if old && !says("keep-alive") => Some("keep-alive"),
            _ => None,
        };
        (persistence, option)
    }
}
