//! The server's answering machine: responses, in the states that [`server`](super) draws.
//!
//! What a response may declare depends on the request (RFC 9112 §6.1, §6.3, RFC 9110 §8.6, §15.2), and so does what it
//! says about the connection (RFC 9112 §9.3, §9.6). Tested in `tests/server.rs`.

use super::{Answering, Connection, Receiving};
use crate::body::BodyEncoder;
use crate::framing::{Body, Framing};
use crate::headers::Headers;
use crate::message::{Response, Version};
use crate::persistence::Persistence;
use crate::reason::{Reason, misuse};
use crate::upgrade::check_switch;
use crate::write;
use barewire_dissect::Refused;

impl Connection {
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
        match self.answering {
            Answering::Idle => {}
            Answering::Waiting if self.failed.is_some() => {}
            _ => return Err(misuse(Reason::OutOfTurn("there is no request to answer"))),
        }
        let mut response = response.clone();
        if response.is_informational() {
            self.check_informational(&response, body)?;
        }
        let body = match body {
            Body::Chunked if self.asked.version < Version::HTTP_1_1 => {
                // RFC 9112 §6.1: no Transfer-Encoding for a client that does not know it, even where the caller asks.
                response.headers.remove("Transfer-Encoding");
                Body::UntilClose
            }
            other => other,
        };
        self.declare(&mut response, body)?;
        let persistence = self.decide_persistence(&mut response, body);
        // The client will ask the same function.
        let framing = Framing::of_response(&self.asked.method, &response, false).map_err(misuse)?;
        write::response_head(&response, &mut self.out)?;
        self.asked.expects_continue = false;
        if !response.is_informational() || response.status == 101 {
            self.persistence = persistence;
            self.start(&response, framing)?;
        }
        Ok(framing)
    }

    /// The head of a final response has been sent.
    fn start(&mut self, response: &Response, framing: Framing) -> Result<(), Refused<Reason>> {
        self.encoder = BodyEncoder::new(framing.body);
        let empty = matches!(framing.body, Body::None | Body::Length(0));
        self.answering = if empty { Answering::Done } else { Answering::Body };
        let tunnel = response.status == 101 || framing.rule == 2;
        if tunnel { self.tunnel() } else { Ok(()) }
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
        self.answering = Answering::Done;
        Ok(())
    }

    /// RFC 9110 §15.2: no 1xx for an HTTP/1.0 client. §7.8: the client must have offered a switch.
    fn check_informational(&self, response: &Response, body: Body) -> Result<(), Refused<Reason>> {
        let reason = match response.status {
            _ if self.asked.version < Version::HTTP_1_1 => {
                Reason::OutOfTurn("an HTTP/1.0 client does not know 1xx responses")
            }
            _ if body != Body::None => Reason::ContradictsBody("a 1xx response has no body"),
            101 if !matches!(self.receiving, Receiving::Done) => {
                Reason::OutOfTurn("the request must be complete before its connection can switch")
            }
            101 => return check_switch(&self.asked.offered, &response.headers).map_err(misuse),
            _ => return Ok(()),
        };
        Err(misuse(reason))
    }

    /// Adds the fields that declare the body.
    fn declare(&self, response: &mut Response, body: Body) -> Result<(), Refused<Reason>> {
        let tunnel = self.asked.method == "CONNECT" && (200..300).contains(&response.status);
        if response.is_informational() || response.status == 204 || tunnel {
            // RFC 9110 §8.6, RFC 9112 §6.1: these may not have a field that declares a body.
            let declares =
                ["Content-Length", "Transfer-Encoding"].iter().any(|name| response.headers.contains(name));
            if body != Body::None || declares {
                let why = "a 1xx or 204 response, or a 2xx response to CONNECT, cannot declare a body";
                return Err(misuse(Reason::ContradictsBody(why)));
            }
            return Ok(());
        }
        let says_none = self.asked.method != "HEAD" && response.status != 304;
        write::declare(&mut response.headers, body, says_none)
    }

    /// Decides whether the connection outlives this response, and says so in it (RFC 9112 §9.3, §9.6).
    fn decide_persistence(&self, response: &mut Response, body: Body) -> Persistence {
        if response.is_informational() {
            return Persistence::KeepsOpen;
        }
        let by_body = match body {
            Body::UntilClose => Persistence::Closes("the body ends with the connection"),
            _ => Persistence::KeepsOpen,
        };
        // RFC 9110 §10.1.1, RFC 9112 §9.3: who does not read the rest of the request closes, and says so. With
        // keep-alive the caller promises to read it.
        let unread = matches!(self.receiving, Receiving::Body(_));
        let by_request = match unread && !response.headers.has("Connection", "keep-alive") {
            true => Persistence::Closes("the answer came before the request was complete"),
            false => Persistence::KeepsOpen,
        };
        let persistence = self
            .persistence
            .and(self.asked.persistence)
            .and(by_body)
            .and(by_request)
            .and(Persistence::after(response.version, &response.headers));
        if !persistence.keeps_open() && !response.headers.has("Connection", "close") {
            response.headers.push("Connection", "close");
        }
        // An HTTP/1.0 client has to be told what an HTTP/1.1 client takes for granted.
        let old = self.asked.version < Version::HTTP_1_1;
        if persistence.keeps_open() && old && !response.headers.has("Connection", "keep-alive") {
            response.headers.push("Connection", "keep-alive");
        }
        persistence
    }
}
