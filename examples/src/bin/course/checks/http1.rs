//! The checks of the exercises about HTTP/1.1.

mod chunks;
mod ends;
mod fields;
mod framing;
mod hosts;
mod lengths;
mod lists;
mod persistence;
mod switches;
mod targets;

use std::time::Instant;

use barewire_dissect::Direction::ToServer;
use barewire_http1::{Config, Request, server};

use crate::steps::Steps;

pub(crate) use chunks::chunks;
pub(crate) use ends::ends;
pub(crate) use fields::fields;
pub(crate) use framing::framing;
pub(crate) use hosts::hosts;
pub(crate) use lengths::lengths;
pub(crate) use lists::lists;
pub(crate) use persistence::persistence;
pub(crate) use switches::switches;
pub(crate) use targets::targets;

/// Bytes as text, with escapes.
fn text(bytes: &[u8]) -> String {
    format!("\"{}\"", bytes.escape_ascii())
}

/// How many requests a server reads in `bytes`, which are cut in two, and whether it refuses what is left.
fn served(steps: &mut Steps, bytes: &[u8], cut: usize) -> (Vec<Request>, Option<usize>) {
    let mut server = server::Connection::new(Config::default());
    let (mut requests, mut refused) = (Vec::new(), None);
    steps.connect(80);
    for piece in [&bytes[..cut], &bytes[cut..]] {
        steps.send(ToServer, piece);
        if let Err(error) = server.receive(Instant::now(), piece) {
            refused = refused.or(Some(error.offset));
        }
        while let Some(event) = server.event() {
            if let server::Event::Request { head, .. } = event {
                requests.push(head.to_request());
            }
        }
    }
    (requests, refused)
}
