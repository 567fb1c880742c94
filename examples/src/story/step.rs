//! The steps of a page that begin or end a phase, told from what a packet says.

use barewire_http1::Reason;
use barewire_http1::observe::{Asked, Lost, What};
use barewire_tls13::handshake::HandshakeType;

use super::Story;
use super::message::{Layer, Message, Says};
use super::note::Note;
use super::row::{Fate, Row};

/// A step of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A DNS query.
    Query,
    /// A DNS reply.
    Reply,
    /// A SYN without ACK.
    Syn,
    /// A SYN with ACK.
    SynAck,
    /// A ClientHello.
    ClientHello,
    /// The Finished that ends the handshake: the client's, where the records can be opened, for that is TLS 1.3.
    Finished,
    /// A request for a tunnel: CONNECT.
    Connect,
    /// The head of the final response to CONNECT.
    Connected,
    /// The head of another request, also of one that is broken; of a protocol that is not read, the client's bytes.
    Request,
    /// The last byte of a request.
    Sent,
    /// The head of a response that is the last one to its request, as 101 is (RFC 9110 §15.2.2); of a protocol that is
    /// not read, the server's bytes.
    FirstByte,
    /// The last byte of a response; of a protocol that is not read, the server's last bytes.
    LastByte,
    /// The response 101: another protocol is spoken from here on.
    Switches,
    /// Bytes of the server that belong to no message.
    ServerBytes,
    /// Bytes of the client that belong to no message.
    ClientBytes,
    /// An alert, a FIN or a reset: the phase that goes on will not end.
    GivesUp,
    /// A reset by the server.
    Reset,
}

impl Story {
    /// Whether the row takes this step.
    pub(super) fn takes(&self, row: &Row, step: Step) -> bool {
        self.count(row, step) > 0
    }

    /// How many messages of the row take this step.
    pub(super) fn count(&self, row: &Row, step: Step) -> u32 {
        let client = self.is_from_client(row);
        // What was lost on its way took no step at the other end. What the client sent counts: it was sent.
        if row.fate == Fate::Lost && !client {
            return 0;
        }
        let takes = |message: &&Message| match (&message.says, step) {
            (Says::Dns { reply, .. }, Step::Query) => !reply,
            (Says::Dns { reply, .. }, Step::Reply) => {
                *reply && !row.notes.iter().any(|note| matches!(note, Note::NoSuchQuestion { .. }))
            }
            (Says::Segment(numbers), Step::Syn) => numbers.flags.syn() && !numbers.flags.ack(),
            (Says::Segment(numbers), Step::SynAck) => numbers.flags.syn() && numbers.flags.ack(),
            (Says::Handshake(message), Step::ClientHello) => message.kind == HandshakeType::CLIENT_HELLO,
            (Says::Handshake(message), Step::Finished) => client && message.kind == HandshakeType::FINISHED,
            (Says::Http(what), step) => takes(what, step, client),
            (Says::EndOfMessage { response }, Step::LastByte) => *response,
            (Says::EndOfMessage { response }, Step::Sent) => !*response,
            (Says::Bytes(layer, _), Step::Request) => client && *layer == Layer::Tcp,
            (Says::Bytes(layer, _), Step::FirstByte | Step::LastByte) => !client && *layer == Layer::Tcp,
            (Says::Bytes(..) | Says::Switched(..), Step::ServerBytes) => !client,
            (Says::Bytes(..) | Says::Switched(..), Step::ClientBytes) => client,
            (Says::Segment(numbers), Step::GivesUp) => numbers.flags.fin() || numbers.flags.rst(),
            (Says::Segment(numbers), Step::Reset) => !client && numbers.flags.rst(),
            (Says::Alert(_), Step::GivesUp) => true,
            _ => false,
        };
        row.messages.iter().filter(takes).count() as u32
    }

    /// Whether the client of its conversation sent this row.
    pub fn is_from_client(&self, row: &Row) -> bool {
        let conversation = row.conversation.and_then(|id| self.conversations.get(id.0));
        conversation.is_none_or(|conversation| conversation.hosts[0] == row.from)
    }
}

/// Whether something of HTTP takes this step.
fn takes(what: &What, step: Step, client: bool) -> bool {
    match (what, step) {
        (What::RequestHead(request), Step::Connect) => request.method == "CONNECT",
        (What::RequestHead(request), Step::Request) => request.method != "CONNECT",
        // A request that nobody can read is answered too. One that was cut off is not.
        (What::Lost(Lost::Broken(refused)), Step::Request) => client && refused.reason != Reason::EndsEarly,
        (What::ResponseHead { head, .. }, Step::Switches) => head.status == 101,
        (What::ResponseHead { head, to, .. }, Step::Connected | Step::FirstByte)
            if !head.is_informational() || head.status == 101 =>
        {
            (*to == Asked::Method("CONNECT".to_owned())) == (step == Step::Connected)
        }
        _ => false,
    }
}

impl Row {
    /// Whether the row opens something: a SYN, or a DNS query.
    pub fn opens(&self) -> bool {
        self.says(|says| match says {
            Says::Segment(numbers) => numbers.flags.syn() && !numbers.flags.ack(),
            Says::Dns { reply, .. } => !reply,
            _ => false,
        })
    }

    /// Whether the row is an ACK and nothing else.
    pub fn is_bare_ack(&self) -> bool {
        self.payload == 0 && !self.says(|says| !matches!(says, Says::Segment(numbers) if !numbers.signals()))
    }
}
