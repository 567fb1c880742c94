//! The app of a toy web server: pages that are ready, sent in pieces and at their time. Tested in `tests/offline.rs`.

use std::time::{Duration, Instant};

use barewire_http1::{Body, Headers, Response};

use super::app::{App, Incoming, RequestId, Say};
use super::coded::coded;
use super::pages::{self, Ending};
use super::program::Sockets;
use super::timed::Timed;

/// The pages of a host.
pub struct Site {
    name: String,
    plan: Timed<(RequestId, Say)>,
}

impl Site {
    /// The pages of the host of this name.
    pub fn new(name: &str) -> Site {
        Site { name: name.to_owned(), plan: Timed::default() }
    }
}

impl App for Site {
    fn request(&mut self, now: Instant, _: &mut Sockets, id: RequestId, request: Incoming) {
        let page = coded(pages::page(&self.name, &request), &request.head.headers);
        let length = page.pieces.iter().map(Vec::len).sum::<usize>() as u64;
        let mut response = Response::new(page.status).with("Server", "toy").with("Content-Type", page.kind);
        page.fields.into_iter().for_each(|(name, value)| response.headers.push(name, value));
        let body = match page.ending {
            Ending::Length => Body::Length(length),
            Ending::Chunks | Ending::Trailers => Body::Chunked,
            Ending::Close => {
                response.headers.push("Connection", "close");
                Body::UntilClose
            }
        };
        let mut at = now + page.think;
        self.plan.add(at, (id, Say::Head(response, body)));
        if page.hint {
            let hint = Response::new(103).with("Link", "</style.css>; rel=preload; as=style");
            self.plan.add(now, (id, Say::Head(hint, Body::None)));
        }
        // The connection knows which requests and responses have no body, and refuses one there.
        if request.head.method != "HEAD" {
            for (index, piece) in page.pieces.into_iter().enumerate() {
                at += if index > 0 { page.think } else { Duration::ZERO };
                self.plan.add(at, (id, Say::Piece(piece)));
            }
        }
        let with_trailers = page.ending == Ending::Trailers && request.head.method != "HEAD";
        let mut trailers = Headers::new();
        trailers.push("Server-Timing", "pieces;dur=0.5");
        self.plan.add(at, (id, if with_trailers { Say::EndWith(trailers) } else { Say::End }));
    }

    fn say(&mut self, now: Instant) -> Option<(RequestId, Say)> {
        self.plan.due(now)
    }

    fn gone(&mut self, _: Instant, _: &mut Sockets, id: RequestId) {
        self.plan.retain(|(of, _)| *of != id);
    }

    fn deadline(&self) -> Option<Instant> {
        self.plan.deadline()
    }
}
