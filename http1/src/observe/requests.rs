//! The requests that wait for their responses (RFC 9112 §9.2): which one is answered next. Bounded: the first 256
//! are remembered, the others are only counted. Tested in `tests/observe.rs`.

use std::collections::VecDeque;

use super::recognise::is_known_method;
use super::seen::Asked;
use crate::config::Config;
use crate::head::{HeadReader, Rules};
use crate::message::Request;

/// How many requests are remembered.
const REMEMBERED: usize = 256;
/// How many characters of a method are remembered.
const METHOD: usize = 32;
/// How many characters of a target are remembered.
const TARGET: usize = 64;

/// The requests without a response, oldest first.
#[derive(Debug, Clone, Default)]
pub(super) struct Requests {
    waiting: VecDeque<Waiting>,
    /// How many requests came after those, and were not remembered.
    forgotten: u64,
    /// The request whose response is coming.
    answering: Option<String>,
    /// Whether there was a request.
    began: bool,
}

/// A request that waits for its response.
#[derive(Debug, Clone)]
pub(super) struct Waiting {
    pub(super) asked: Asked,
    /// The target, shortened: for people, and for the name of a tunnel.
    pub(super) target: String,
    /// Whether the method may be the end of another one: it is not known, and the capture begins with it.
    pub(super) cut: bool,
}

impl Waiting {
    pub(super) fn of(request: &Request) -> Waiting {
        Waiting {
            asked: Asked::Method(shortened(&request.method, METHOD)),
            target: shortened(&request.target, TARGET),
            cut: false,
        }
    }

    /// A request that could not be read, and its bytes. Its method is known when its first line could be read.
    pub(super) fn broken(bytes: &[u8], config: &Config) -> Waiting {
        let mut reader = HeadReader::default();
        // It is broken further on.
        let _ = reader.read(bytes, &Rules::requests(config));
        let asked = match reader.method(bytes) {
            Some(method) => Asked::Method(shortened(&String::from_utf8_lossy(method), METHOD)),
            None => Asked::Unreadable,
        };
        Waiting::without(asked)
    }

    fn without(asked: Asked) -> Waiting {
        Waiting { asked, target: String::new(), cut: false }
    }

    /// Whether the method is not known, so that its response may have no body, whatever its head says.
    pub(super) fn is_unsure(&self) -> bool {
        self.cut || !matches!(self.asked, Asked::Method(_))
    }

    /// `GET /`
    pub(super) fn line(&self) -> String {
        match &self.asked {
            Asked::Method(method) if self.target.is_empty() => format!("a broken {method}"),
            Asked::Method(method) => format!("{method} {}", self.target),
            Asked::Unreadable => "a broken request".to_owned(),
            Asked::Unseen => "a request that was not seen".to_owned(),
            Asked::Forgotten => "one of many requests".to_owned(),
        }
    }

    /// The method, for the rules by which the body of the response ends.
    pub(super) fn method(&self) -> &str {
        match &self.asked {
            Asked::Method(method) => method,
            // The method is not known. A response to any method but HEAD and CONNECT ends by its own fields.
            Asked::Unreadable | Asked::Unseen | Asked::Forgotten => "GET",
        }
    }
}

impl Requests {
    /// Adds a request. `true` when it is the first that is not remembered.
    pub(super) fn push(&mut self, mut request: Waiting) -> bool {
        request.cut = !self.began && !is_known_method(request.method().as_bytes());
        self.began = true;
        if self.waiting.len() < REMEMBERED && self.forgotten == 0 {
            self.waiting.push_back(request);
            return false;
        }
        self.forgotten += 1;
        self.forgotten == 1
    }

    /// The request that the next response answers. It stays in the queue, because a 1xx response is not the last.
    pub(super) fn next(&self) -> Waiting {
        match self.waiting.front() {
            Some(request) => request.clone(),
            None if self.forgotten > 0 => Waiting::without(Asked::Forgotten),
            None => Waiting::without(Asked::Unseen),
        }
    }

    /// The next request has the head of its final response.
    pub(super) fn answered(&mut self) {
        self.answering = Some(self.next().line());
        if self.waiting.pop_front().is_none() {
            self.forgotten = self.forgotten.saturating_sub(1);
        }
    }

    /// The response that was coming is complete, or cannot be read further.
    pub(super) fn response_ended(&mut self) {
        self.answering = None;
    }

    /// The request whose response is coming.
    pub(super) fn answering(&self) -> Option<&str> {
        self.answering.as_deref()
    }

    /// Whether there were requests, and none of them waits: what comes now answers nothing (RFC 9112 §9.2).
    pub(super) fn are_all_answered(&self) -> bool {
        self.began && !self.any()
    }

    /// The request whose response comes next.
    pub(super) fn unanswered(&self) -> Option<String> {
        self.any().then(|| self.next().line())
    }

    /// Responses may have been missed, and nobody knows how many. The next response is taken for that of the newest
    /// request, because almost no client sends a request before the last response has come.
    pub(super) fn keep_newest(&mut self) {
        if self.forgotten > 0 {
            self.waiting.clear();
            self.forgotten = 1;
        }
        let older = self.waiting.len().saturating_sub(1);
        self.waiting.drain(..older);
    }

    fn any(&self) -> bool {
        !self.waiting.is_empty() || self.forgotten > 0
    }
}

fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
