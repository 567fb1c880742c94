//! The moments of one exchange, and the sizes of its heads: what the variables of `-w` are made of.
//!
//! The frames of the exchange are given. Of everything that its packets say, the moments are the steps that begin and
//! end the phases of a [`Budget`](super::Budget), so both give the same figures. Tested in `tests/curl_flags.rs`.

use std::net::SocketAddr;
use std::time::Duration;

use barewire_http1::observe::{Asked, What};
use barewire_http1::{Headers, Request, Response};
use barewire_tls13::observe::Facts;

use super::Story;
use super::conversation::Transport;
use super::message::Says;
use super::row::Row;
use super::step::Step;

/// When something happened, since the first frame of the capture, and how long the heads were, in bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Moments {
    /// The last reply from DNS before the connection.
    pub resolved: Option<Duration>,
    /// The SYN-ACK of the connection that carried the exchange.
    pub connected: Option<Duration>,
    /// The client's Finished.
    pub secured: Option<Duration>,
    /// The head of the request.
    pub asked: Option<Duration>,
    /// The last byte of the request.
    pub sent: Option<Duration>,
    /// The head of the final response.
    pub first_byte: Option<Duration>,
    /// The last byte of the final response.
    pub last_byte: Option<Duration>,
    /// The head of the request.
    pub request_head: u64,
    /// The heads of all responses.
    pub response_heads: u64,
    /// The head of the last response, be it interim or refused. What a proxy says to CONNECT is not one.
    pub last_head: Option<Response>,
    /// Certificates that the server showed.
    pub certificates: u64,
    /// Both ends of the connection: the client's first.
    pub ends: Option<[SocketAddr; 2]>,
}

impl Story {
    /// The moments in the frames after `before`, up to `last`.
    pub fn moments(&self, frames: (u64, u64)) -> Moments {
        self.moments_between(frames, None)
    }

    /// The same without the packets of other connections, which may be busy at the same time. `ends`: the client's
    /// end of the connection first.
    pub fn moments_between(&self, (before, last): (u64, u64), ends: Option<[SocketAddr; 2]>) -> Moments {
        let is_another = |row: &&Row| {
            let conversation = row.conversation.and_then(|id| self.conversations.get(id.0));
            let tcp = conversation.filter(|one| one.transport == Transport::Tcp && !one.is_dns());
            tcp.is_some_and(|one| ends.is_some_and(|ends| one.ends != ends))
        };
        let within = self.rows.iter().filter(|row| row.frame > before && row.frame <= last);
        let rows: Vec<&Row> = within.filter(|row| !is_another(row)).collect();
        let at = |step, index: Option<usize>| {
            let found = index.and_then(|index| rows.get(index)).filter(|row| self.takes(row, step));
            found.map(|row| row.time)
        };
        let first = |step| at(step, rows.iter().position(|row| self.takes(row, step)));
        let latest = |step, end: usize| at(step, rows[..end].iter().rposition(|row| self.takes(row, step)));
        let request = rows.iter().position(|row| self.takes(row, Step::Request)).unwrap_or(rows.len());
        let syn = rows.iter().position(|row| self.takes(row, Step::Syn)).unwrap_or(rows.len());
        let mut moments = Moments {
            resolved: latest(Step::Reply, syn),
            connected: latest(Step::SynAck, request),
            secured: latest(Step::Finished, (request + 1).min(rows.len())),
            asked: first(Step::Request),
            sent: latest(Step::Sent, rows.len()),
            first_byte: first(Step::FirstByte),
            last_byte: latest(Step::LastByte, rows.len()),
            ..Moments::default()
        };
        let asked = rows.get(request).or(rows.get(syn)).and_then(|row| row.conversation);
        moments.ends = asked.and_then(|id| self.conversations.get(id.0)).map(|one| one.ends);
        for row in &rows {
            let chain = row.messages.iter().find_map(|message| chain_of(&message.says));
            moments.certificates =
                chain.filter(|_| !self.is_from_client(row)).unwrap_or(moments.certificates);
        }
        for message in rows.iter().flat_map(|row| &row.messages) {
            let Says::Http(what) = &message.says else { continue };
            match &**what {
                What::RequestHead(request) => moments.request_head += request_length(request),
                What::ResponseHead { head, to, .. } => {
                    moments.response_heads += response_length(head);
                    if *to != Asked::Method("CONNECT".to_owned()) {
                        moments.last_head = Some(head.clone());
                    }
                }
                _ => {}
            }
        }
        moments
    }
}

/// How many certificates a message holds.
fn chain_of(says: &Says) -> Option<u64> {
    let Says::Handshake(message) = says else { return None };
    match &message.facts {
        Facts::Certificate { chain } => Some(chain.len() as u64),
        _ => None,
    }
}

fn request_length(head: &Request) -> u64 {
    head.to_string().len() as u64 + after_start_line(&head.headers)
}

fn response_length(head: &Response) -> u64 {
    head.to_string().len() as u64 + after_start_line(&head.headers)
}

/// The fields, each as `Name: value`, and the line ends with the last, empty line.
fn after_start_line(headers: &Headers) -> u64 {
    let fields = headers.iter().map(|field| field.name.len() + 2 + field.value.len() + 2);
    fields.sum::<usize>() as u64 + 4
}
