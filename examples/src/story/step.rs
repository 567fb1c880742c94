//! The steps of a page that begin or end a phase, told from what a packet says.

use barewire_http1::observe::What;
use barewire_tls13::handshake::HandshakeType;

use super::Story;
use super::message::{Layer, Says};
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
    /// The head of a request; of a protocol that is not read, the client's first bytes.
    Request,
    /// The head of a final response; of a protocol that is not read, the server's first bytes.
    FirstByte,
    /// The last byte of a response; of a protocol that is not read, the server's last bytes.
    LastByte,
    /// An alert, a FIN or a reset: the phase that goes on will not end.
    GivesUp,
    /// A reset by the server.
    Reset,
}

impl Story {
    /// Whether the row takes this step.
    pub(super) fn takes(&self, row: &Row, step: Step) -> bool {
        let client = self.is_from_client(row);
        // What was lost on its way took no step at the other end. What the client sent counts: it was sent.
        if row.fate == Fate::Lost && !client {
            return false;
        }
        row.messages.iter().any(|message| match (&message.says, step) {
            (Says::Dns { reply, .. }, Step::Query) => !reply,
            (Says::Dns { reply, .. }, Step::Reply) => *reply,
            (Says::Segment(numbers), Step::Syn) => numbers.flags.syn() && !numbers.flags.ack(),
            (Says::Segment(numbers), Step::SynAck) => numbers.flags.syn() && numbers.flags.ack(),
            (Says::Handshake(message), Step::ClientHello) => message.kind == HandshakeType::CLIENT_HELLO,
            (Says::Handshake(message), Step::Finished) => client && message.kind == HandshakeType::FINISHED,
            (Says::Http(what), Step::Request) => matches!(**what, What::RequestHead(_)),
            (Says::Http(what), Step::FirstByte) => {
                matches!(&**what, What::ResponseHead { head, .. } if !head.is_informational())
            }
            (Says::EndOfMessage { response }, Step::LastByte) => *response,
            (Says::Bytes(layer, _), Step::Request) => client && *layer == Layer::Tcp,
            (Says::Bytes(layer, _), Step::FirstByte | Step::LastByte) => !client && *layer == Layer::Tcp,
            (Says::Segment(numbers), Step::GivesUp) => numbers.flags.fin() || numbers.flags.rst(),
            (Says::Segment(numbers), Step::Reset) => !client && numbers.flags.rst(),
            (Says::Alert(_), Step::GivesUp) => true,
            _ => false,
        })
    }

    /// Whether the client of its conversation sent this row.
    pub fn is_from_client(&self, row: &Row) -> bool {
        let conversation = row.conversation.and_then(|id| self.conversations.get(id.0));
        conversation.is_none_or(|conversation| conversation.hosts[0] == row.from)
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
