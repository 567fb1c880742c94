//! The server's answering machine: responses, in the states that [`server`](super) draws.
//!
//! What a response may declare depends on the request (RFC 9112 §6.1, §6.3, RFC 9110 §8.6, §15.2), and so does what it
//! says about the connection (RFC 9112 §9.3, §9.6). Tested in `tests/server.rs`.

use super::{Answering, Connection, Receiving};
use crate::body::Outgoing;
use crate::error::{Error, Problem};
use crate::framing::{Body, Framing};
use crate::headers::Headers;
use crate::message::{Response, Version};
use crate::persistence::persists;
use crate::write;

impl Connection {
    /// Answers. `body` says what the response's body will be; the fields that declare it, and `Connection`, are added
    /// where they are missing. Gives the framing as the client will find it: to HEAD, and with 204 and 304, no body
    /// follows whatever `body` was; for an HTTP/1.0 client, which knows no chunks, the body goes on until the close.
    /// If the framing says that there is no body the response is then complete; else [`Connection::body`] and
    /// [`Connection::finish`] follow.
    ///
    /// A 1xx status (not 101) may be sent any number of times before the one final response.
    pub fn respond(&mut self, response: &Response, body: Body) -> Result<Framing, Error> {
        match self.answering {
            Answering::Idle => {}
            Answering::Waiting if self.failed.is_some() => {}
            _ => return Err(Error::misuse(Problem::OutOfTurn("there is no request to answer"))),
        }
        let mut response = response.clone();
        if response.is_informational() {
            self.check_informational(&response, body)?;
        }
        let final_response = !response.is_informational() || response.status == 101;
        let body = match body {
            Body::Chunked if self.asked.version < Version::HTTP_1_1 => {
                // RFC 9112 §6.1: no Transfer-Encoding for a client that does not know it, even where the caller asks.
                response.headers.remove("Transfer-Encoding");
                Body::UntilClose
            }
            other => other,
        };
        self.declare(&mut response, body)?;
        let persists = self.persistence(&mut response, body);
        // The same function that the client will ask decides what is sent.
        let framing = Framing::of_response(&self.asked.method, &response, false).map_err(Error::misuse)?;
        write::response_head(&response, &mut self.out)?;

        self.asked.expects_continue = false;
        if final_response {
            self.persists = persists;
            self.outgoing = Outgoing::new(framing.body);
            let empty = matches!(framing.body, Body::None | Body::Length(0));
            self.answering = if empty { Answering::Done } else { Answering::Body };
            if response.status == 101 || framing.rule == 2 {
                self.tunnel()?;
            }
        }
        Ok(framing)
    }

    /// Sends some of the response's body. More than was declared is refused.
    pub fn body(&mut self, data: &[u8]) -> Result<(), Error> {
        if self.answering == Answering::Done && data.is_empty() {
            return Ok(());
        }
        if self.answering != Answering::Body {
            return Err(Error::misuse(Problem::OutOfTurn("no response body is being sent")));
        }
        self.outgoing.write(data, &mut self.out)
    }

    /// Ends the response's body. Fewer bytes than declared are refused: the client would wait for the rest.
    pub fn finish(&mut self) -> Result<(), Error> {
        self.finish_with(&Headers::new())
    }

    /// Ends the response's body, which is chunked, with a trailer section.
    pub fn finish_with(&mut self, trailers: &Headers) -> Result<(), Error> {
        match self.answering {
            Answering::Body => self.outgoing.finish(trailers, &mut self.out)?,
            Answering::Done if trailers.is_empty() => {}
            _ => return Err(Error::misuse(Problem::OutOfTurn("no response is being sent"))),
        }
        self.answering = Answering::Done;
        Ok(())
    }

    /// RFC 9110 §15.2: no 1xx for an HTTP/1.0 client; §7.8: a switch must have been offered.
    fn check_informational(&self, response: &Response, body: Body) -> Result<(), Error> {
        let problem = match response.status {
            _ if self.asked.version < Version::HTTP_1_1 => {
                Problem::OutOfTurn("an HTTP/1.0 client knows no 1xx responses")
            }
            _ if body != Body::None => Problem::ContradictsBody("a 1xx response has no body"),
            101 if !self.asked.upgrade => Problem::UnaskedUpgrade,
            101 if !matches!(self.receiving, Receiving::Done) => {
                Problem::OutOfTurn("the request must be complete before its connection can switch")
            }
            _ => return Ok(()),
        };
        Err(Error::misuse(problem))
    }

    /// Adds the fields that declare the body.
    fn declare(&self, response: &mut Response, body: Body) -> Result<(), Error> {
        let tunnel = self.asked.method == "CONNECT" && (200..300).contains(&response.status);
        if response.is_informational() || response.status == 204 || tunnel {
            // RFC 9110 §8.6, RFC 9112 §6.1: these may not even speak of a body.
            let speaks =
                ["Content-Length", "Transfer-Encoding"].iter().any(|name| response.headers.contains(name));
            if body != Body::None || speaks {
                let why = "a 1xx or 204 response, or a 2xx response to CONNECT, cannot declare a body";
                return Err(Error::misuse(Problem::ContradictsBody(why)));
            }
            return Ok(());
        }
        let says_none = self.asked.method != "HEAD" && response.status != 304;
        write::declare(&mut response.headers, body, says_none)
    }

    /// Decides whether the connection outlives this response, and says so in it (RFC 9112 §9.3, §9.6).
    fn persistence(&self, response: &mut Response, body: Body) -> Result<(), &'static str> {
        if response.is_informational() {
            return Ok(());
        }
        let until_close =
            if body == Body::UntilClose { Err("the body ends with the connection") } else { Ok(()) };
        let persists = self
            .persists
            .and(self.asked.persists)
            .and(until_close)
            .and(persists(response.version, &response.headers));
        if persists.is_err() && !response.headers.has("Connection", "close") {
            response.headers.push("Connection", "close");
        }
        // An HTTP/1.0 client has to be told what an HTTP/1.1 client takes for granted.
        let old = self.asked.version < Version::HTTP_1_1;
        if persists.is_ok() && old && !response.headers.has("Connection", "keep-alive") {
            response.headers.push("Connection", "keep-alive");
        }
        persists
    }
}
