//! The app of a server on which each request has an effect: it sells something, and the book says how often.
//!
//! So it can be seen how often a server acts on a request that its client made once. Tested in `tests/resumed.rs`.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use barewire_http1::{Body, Response};

use super::app::{App, Incoming, RequestId, Say};
use super::program::Sockets;

/// Sells to everybody who asks.
pub struct Shop {
    book: Book,
    answers: VecDeque<(RequestId, Say)>,
}

/// How often something was sold. Its clones share it.
#[derive(Debug, Clone, Default)]
pub struct Book(Arc<AtomicUsize>);

impl Book {
    /// How many sales there were.
    pub fn sales(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl Shop {
    /// A shop, and the book that it writes.
    pub fn new() -> (Shop, Book) {
        let book = Book::default();
        (Shop { book: book.clone(), answers: VecDeque::new() }, book)
    }
}

impl App for Shop {
    fn request(&mut self, _: Instant, _: &mut Sockets, id: RequestId, _: Incoming) {
        self.book.0.fetch_add(1, Ordering::Relaxed);
        self.answers.extend([(id, Say::Head(Response::new(200), Body::Length(0))), (id, Say::End)]);
    }

    fn say(&mut self, _: Instant) -> Option<(RequestId, Say)> {
        self.answers.pop_front()
    }
}
