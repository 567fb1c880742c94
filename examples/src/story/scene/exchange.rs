//! A request and its answer, as one capture point saw them: of HTTP, and of DNS.
//!
//! The n-th exchange of a conversation is the same one at both of its ends: HTTP/1.1 answers in order (RFC 9112 §9.3),
//! and so it is taken for DNS between two ports, which mostly have one exchange.

use std::collections::BTreeMap;
use std::time::Duration;

use barewire_http1::observe::What;

use crate::story::Story;
use crate::story::message::Says;
use crate::story::row::{ConversationId, Row};
use crate::story::server_timing::{Metric, metrics};

/// A request and its answer. All times count from the first frame of the capture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// Its start line, without the version: `GET /`; of DNS the question.
    pub title: String,
    /// When the head of the request was sent, or was there.
    pub request: Duration,
    /// When the head of the answer was sent, or was there.
    pub first_byte: Option<Duration>,
    /// When the last byte of the answer was.
    pub last_byte: Option<Duration>,
    /// What the answer says of the time that its server took.
    pub(super) metrics: Vec<Metric>,
}

/// The exchanges of each conversation, in order.
pub(super) fn exchanges(story: &Story) -> BTreeMap<ConversationId, Vec<Exchange>> {
    let mut all: BTreeMap<ConversationId, Vec<Exchange>> = BTreeMap::new();
    for row in &story.rows {
        let Some(id) = row.conversation else { continue };
        for message in &row.messages {
            see(all.entry(id).or_default(), row, &message.says);
        }
    }
    all.retain(|_, exchanges| !exchanges.is_empty());
    all
}

fn see(exchanges: &mut Vec<Exchange>, row: &Row, says: &Says) {
    let begin = |title: String| Exchange {
        title,
        request: row.time,
        first_byte: None,
        last_byte: None,
        metrics: Vec::new(),
    };
    match says {
        Says::Http(what) => match &**what {
            What::RequestHead(request) => {
                exchanges.push(begin(format!("{} {}", request.method, request.target)))
            }
            What::ResponseHead { head, .. } if !head.is_informational() => {
                if let Some(one) = unanswered(exchanges) {
                    (one.first_byte, one.metrics) = (Some(row.time), metrics(&head.headers));
                }
            }
            _ => {}
        },
        Says::EndOfMessage { response: true } => {
            if let Some(one) = last_answered(exchanges) {
                one.last_byte = Some(row.time);
            }
        }
        Says::Dns { reply: false, summary } => {
            // A question that is asked again is the same one.
            let again = |one: &Exchange| one.first_byte.is_none() && one.title == *summary;
            if !exchanges.last().is_some_and(again) {
                exchanges.push(begin(summary.clone()));
            }
        }
        Says::Dns { reply: true, .. } => {
            if let Some(one) = unanswered(exchanges) {
                (one.first_byte, one.last_byte) = (Some(row.time), Some(row.time));
            }
        }
        _ => {}
    }
}

/// Where the exchanges begin that have no answer yet. Answers come in the order of the requests.
fn answered(exchanges: &[Exchange]) -> usize {
    exchanges.partition_point(|one| one.first_byte.is_some())
}

fn unanswered(exchanges: &mut [Exchange]) -> Option<&mut Exchange> {
    let next = answered(exchanges);
    exchanges.get_mut(next)
}

fn last_answered(exchanges: &mut [Exchange]) -> Option<&mut Exchange> {
    let last = answered(exchanges).checked_sub(1)?;
    exchanges.get_mut(last)
}
