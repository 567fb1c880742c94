//! hyper's client and server, which talk to each other: futures that are asked in turns, by this thread, without a
//! runtime.

use std::cell::RefCell;
use std::convert::Infallible;
use std::future::Future;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use http_body_util::{BodyExt, Empty, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::SendRequest;
use hyper::service::service_fn;
use hyper::{Request, Response};

use super::pipe::{End, pipe};

type Sent = Request<Empty<Bytes>>;
type Answer = Response<Full<Bytes>>;
/// Something that works on when it is asked.
type Task = Pin<Box<dyn Future<Output = ()>>>;

/// A client and a server on one connection.
pub(super) struct Hyper {
    sender: SendRequest<Empty<Bytes>>,
    client: Task,
    server: Task,
    /// What the server answers next, last first.
    answers: Rc<RefCell<Vec<Answer>>>,
}

impl Hyper {
    pub(super) fn new() -> Hyper {
        let (near, far) = pipe();
        let answers = Rc::<RefCell<Vec<Answer>>>::default();
        let server = serve(far, answers.clone());
        let mut handshake = pin!(hyper::client::conn::http1::handshake(near));
        let Poll::Ready(Ok((sender, connection))) = poll(handshake.as_mut()) else {
            panic!("nothing is sent yet");
        };
        let client = Box::pin(async move { connection.await.expect("a good connection") });
        Hyper { sender, client, server, answers }
    }

    /// Sends these requests, one after the other, answers each, and gives how many bytes of content came back.
    pub(super) fn exchange(&mut self, requests: Vec<Sent>, answers: Vec<Answer>) -> usize {
        *self.answers.borrow_mut() = answers;
        requests.into_iter().map(|request| self.one(request)).sum()
    }

    fn one(&mut self, request: Sent) -> usize {
        let mut sent = pin!(self.sender.send_request(request));
        let response = loop {
            if let Poll::Ready(response) = poll(sent.as_mut()) {
                break response.expect("an answer");
            }
            let _ = (poll(self.client.as_mut()), poll(self.server.as_mut()));
        };
        let mut body: Incoming = response.into_body();
        let mut got = 0;
        loop {
            match poll(pin!(body.frame())) {
                Poll::Ready(Some(frame)) => got += frame.expect("content").data_ref().map_or(0, Bytes::len),
                Poll::Ready(None) => return got,
                Poll::Pending => {
                    let _ = (poll(self.client.as_mut()), poll(self.server.as_mut()));
                }
            }
        }
    }
}

fn serve(end: End, answers: Rc<RefCell<Vec<Answer>>>) -> Task {
    let service = service_fn(move |_: Request<Incoming>| {
        let answer = answers.borrow_mut().pop().expect("an answer for each");
        async move { Ok::<_, Infallible>(answer) }
    });
    let server = hyper::server::conn::http1::Builder::new()
        .auto_date_header(false)
        .pipeline_flush(true)
        .serve_connection(end, service);
    Box::pin(async move { server.await.expect("a good connection") })
}

/// Asks a future once.
pub(super) fn poll<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}
