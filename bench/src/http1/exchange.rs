//! Whole exchanges (RFC 9112 §9): a request of a browser and the answer of nginx through a client and a server, which
//! talk to each other in memory. Ours are sixteen requests at a time (pipelining), and one at a time; hyper's client
//! sends one at a time, always. Both write and read all fields. hyper is given messages that it may keep, made before
//! the clock runs; ours are lent to the cores.

use barewire_http1::{Config, Request, Response, head};
use http_body_util::{Empty, Full};
use hyper::body::Bytes;

use super::heads::{REQUEST, RESPONSE};
use super::hyper::Hyper;
use super::ours::Ours;
use crate::measure::{Comparison, Stopwatch, Unit};

const CONTENT: &[u8] = &[b'x'; 512];
const AT_A_TIME: usize = 16;
const TIMES: usize = 250;

pub(crate) fn compare(rounds: usize) -> Vec<Comparison> {
    [(AT_A_TIME, "16 at a time"), (1, "one at a time")]
        .map(|(pipeline, how)| {
            let (mut ours, mut theirs) = (Ours::new(pipeline), Hyper::new());
            let (request, response) = messages();
            Comparison::run(
                format!("HTTP/1.1 exchange, ours {how}"),
                "hyper",
                Unit::Nanoseconds,
                rounds,
                move || {
                    let mut watch = Stopwatch::default();
                    for _ in 0..TIMES * AT_A_TIME / pipeline {
                        let got = watch.run(|| ours.exchange(&request, &response, CONTENT, pipeline));
                        assert_eq!(got, CONTENT.len() * pipeline);
                    }
                    watch.per((TIMES * AT_A_TIME) as u64)
                },
                move || {
                    let mut watch = Stopwatch::default();
                    for _ in 0..TIMES {
                        let (requests, answers) = hypers_messages();
                        let got = watch.run(|| theirs.exchange(requests, answers));
                        assert_eq!(got, CONTENT.len() * AT_A_TIME);
                    }
                    watch.per((TIMES * AT_A_TIME) as u64)
                },
            )
        })
        .into()
}

/// What both send, without the length, which both add.
pub(super) fn messages() -> (Request, Response) {
    let config = Config::default();
    let (request, _) = head::read_request(REQUEST, &config).expect("a request");
    let (response, _) = head::read_response(RESPONSE, &config).expect("a response");
    let mut response = response.to_response();
    response.headers.remove("Content-Length");
    (request.to_request(), response)
}

/// Requests without a body, and responses with one.
type Messages = (Vec<hyper::Request<Empty<Bytes>>>, Vec<hyper::Response<Full<Bytes>>>);

fn hypers_messages() -> Messages {
    let (request, response) = messages();
    let requests = (0..AT_A_TIME).map(|_| {
        let builder = hyper::Request::builder().method(request.method.as_str()).uri(request.target.as_str());
        let with = request
            .headers
            .iter()
            .fold(builder, |builder, field| builder.header(field.name.as_str(), field.value.as_slice()));
        with.body(Empty::new()).expect("a request")
    });
    let answers = (0..AT_A_TIME).map(|_| {
        let builder = hyper::Response::builder().status(response.status);
        let with = response
            .headers
            .iter()
            .fold(builder, |builder, field| builder.header(field.name.as_str(), field.value.as_slice()));
        with.body(Full::new(Bytes::from_static(CONTENT))).expect("a response")
    });
    (requests.collect(), answers.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// At most ten for a request and its response, through both cores. One at a time, the connections rest after each,
    /// and give back what they hold: at most twelve.
    #[test]
    fn an_exchange_asks_for_little_memory() {
        let (request, response) = messages();
        for (pipeline, most) in [(1, 12.0), (AT_A_TIME, 10.0)] {
            let mut ours = Ours::new(pipeline);
            ours.exchange(&request, &response, CONTENT, pipeline);
            let counted = allocation_counter::measure(|| {
                ours.exchange(&request, &response, CONTENT, pipeline);
            });
            let each = counted.count_total as f64 / pipeline as f64;
            assert!(each <= most, "{each} allocations an exchange, {pipeline} at a time");
        }
    }
}
