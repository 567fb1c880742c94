//! What a hostile server is asked, and how it says what arrives at the client, and when.

use std::net::SocketAddr;

use barewire_dns::stub::{Protocol, Transmit};
use barewire_dns::{Message, Name, RData, Rcode, Record};

pub(crate) const FIRST: &str = "192.0.2.53:53";

/// One way to a server and back.
pub(crate) const ROUND_TRIP: u64 = 10;

/// A message that a server sees.
pub(crate) struct Asked<'a> {
    pub(crate) sent: &'a Transmit,
    pub(crate) query: Message,
    /// How many messages it has seen so far, this one included.
    pub(crate) number: usize,
}

/// Something that comes to the client.
pub(crate) struct Arrival {
    /// So many milliseconds after the query left.
    pub(crate) after: u64,
    pub(crate) from: SocketAddr,
    pub(crate) what: What,
}

pub(crate) enum What {
    Message(Vec<u8>),
    /// The transport says that the server cannot be reached, and why.
    Gone(&'static str),
}

/// What a server does with a message.
pub(crate) type Does = fn(&Asked<'_>) -> Vec<Arrival>;

impl Asked<'_> {
    pub(crate) fn is_udp(&self) -> bool {
        self.sent.protocol == Protocol::Udp
    }

    pub(crate) fn has_edns(&self) -> bool {
        self.query.edns.is_some()
    }

    pub(crate) fn is_first(&self) -> bool {
        self.sent.to == FIRST.parse().unwrap()
    }

    /// The name that is asked for.
    pub(crate) fn name(&self) -> Name {
        self.query.questions[0].name.clone()
    }

    /// An empty response of a server that recurses.
    pub(crate) fn empty(&self, rcode: Rcode) -> Message {
        let mut reply = Message::response_to(&self.query);
        (reply.header.ra, reply.header.rcode) = (true, rcode);
        reply
    }

    /// The right answer.
    pub(crate) fn answer(&self) -> Message {
        let mut reply = self.empty(Rcode::NOERROR);
        reply.answers.push(address(&self.name()));
        reply
    }

    /// A message that arrives at the usual time.
    pub(crate) fn sends(&self, bytes: Vec<u8>) -> Vec<Arrival> {
        vec![self.sends_after(ROUND_TRIP, bytes)]
    }

    pub(crate) fn sends_after(&self, after: u64, bytes: Vec<u8>) -> Arrival {
        Arrival { after, from: self.sent.to, what: What::Message(bytes) }
    }

    pub(crate) fn replies(&self, reply: &Message) -> Vec<Arrival> {
        self.sends(reply.encode().unwrap())
    }

    /// The right answer, at the usual time.
    pub(crate) fn is_honest(&self) -> Vec<Arrival> {
        self.replies(&self.answer())
    }

    pub(crate) fn is_gone(&self, why: &'static str) -> Vec<Arrival> {
        vec![Arrival { after: ROUND_TRIP, from: self.sent.to, what: What::Gone(why) }]
    }

    /// A header alone, with the ID of the query: these flags, and this number of questions.
    pub(crate) fn header(&self, flags: [u8; 2], questions: u8) -> Vec<u8> {
        [&self.sent.bytes[..2], &flags, &[0, questions, 0, 0, 0, 0, 0, 0]].concat()
    }
}

pub(crate) fn name(text: &str) -> Name {
    Name::parse_text(text).unwrap()
}

pub(crate) fn address(owner: &Name) -> Record {
    Record::new(owner.clone(), 300, RData::A([203, 0, 113, 80].into()))
}

pub(crate) fn alias(owner: &str, target: &str) -> Record {
    Record::new(name(owner), 60, RData::Cname(name(target)))
}
