//! UDP: the datagrams between two ports, and the DNS in them.
//!
//! The client is the end that asked: the one that sent a DNS query, or received a reply. Where nothing tells, it is the
//! end that was seen first. A multicast group asks nothing: a reply to it (mDNS, RFC 6762 §6) is for everybody.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

use barewire_dissect::Direction;
use barewire_dns::Message as DnsMessage;
use barewire_packet::capture::Origin;
use barewire_packet::checksum::Verdict;
use barewire_packet::udp::Datagram;

use super::conversation::{Application, Asked, MOST_NAMES, Outcome, Transport};
use super::message::{Layer, Message, Says};
use super::note::Note;
use super::passing::Passing;
use super::row::{ConversationId, Row};
use super::said::{Keep, Said};
use super::table::Table;
use super::upper::dns;

/// The exchanges seen so far, by their two ends in order.
pub(super) struct Exchanges {
    by_ends: HashMap<[SocketAddr; 2], ConversationId>,
    keep: Keep,
}

impl Exchanges {
    pub(super) fn new(keep: Keep) -> Exchanges {
        Exchanges { by_ends: HashMap::new(), keep }
    }

    /// A datagram goes by.
    pub(super) fn see(
        &mut self,
        passing: &Passing<'_>,
        datagram: &Datagram<'_>,
        row: Row,
        table: &mut Table,
    ) -> Row {
        let source = SocketAddr::new(passing.source, datagram.source_port);
        let destination = SocketAddr::new(passing.destination, datagram.destination_port);
        let is_dns = dns::is_message([source.port(), destination.port()], datagram.payload);
        let id = self.conversation(source, destination, passing, table);
        if is_dns
            && !passing.copy
            && let Some(direction) = dns::goes(datagram.payload)
        {
            settle(table, id, [source, destination], direction);
        }
        let mut said = Said::new(self.keep);
        match is_dns {
            true => dns::see_message(datagram.payload, passing.missing, &mut said),
            false => said.messages.push(ports(datagram)),
        }
        let mut row = Row {
            conversation: Some(id),
            messages: said.messages,
            parts: said.parts,
            payload: usize::from(datagram.length).saturating_sub(8),
            ..row
        };
        if let verdict @ (Verdict::Wrong { .. } | Verdict::Unfinished) =
            datagram.verify(passing.source, passing.destination, passing.payload)
            && passing.missing == 0
        {
            row.notes.push(Note::Checksum(verdict));
        }
        let Some(conversation) = table.get_mut(id) else { return row };
        let way = usize::from(conversation.ends[0] != source);
        let hosts = conversation.hosts;
        [row.from, row.to] = [hosts[way], hosts[1 - way]];
        if passing.origin == Origin::Lost {
            // What the client sent was counted when it was sent, and nobody received this.
            conversation.lost += 1;
            return row;
        }
        conversation.count(way, passing.time, passing.on_the_wire);
        if passing.copy {
            conversation.copies += 1;
            return row;
        }
        if is_dns {
            conversation.spoken.application = Some(Application::Dns);
            row.notes.extend(remember(&mut conversation.dns, datagram.payload, passing.time));
            let asks_many = conversation.ends.iter().any(|end| end.ip().is_multicast());
            // Those who answer a question to a group do so from addresses of their own, or not at all.
            conversation.outcome = if asks_many { Outcome::Datagrams } else { outcome(&conversation.dns) };
        } else {
            conversation.outcome = Outcome::Datagrams;
        }
        row
    }

    fn conversation(
        &mut self,
        source: SocketAddr,
        destination: SocketAddr,
        passing: &Passing<'_>,
        table: &mut Table,
    ) -> ConversationId {
        let mut ends = [source, destination];
        ends.sort();
        let stream = self.by_ends.len();
        *self
            .by_ends
            .entry(ends)
            .or_insert_with(|| table.begin(Transport::Udp, stream, [source, destination], passing.time))
    }
}

/// Puts client and server in their places: a message of `source` that goes in `direction` tells.
fn settle(
    table: &mut Table,
    id: ConversationId,
    [source, destination]: [SocketAddr; 2],
    direction: Direction,
) {
    if direction == Direction::ToClient && destination.ip().is_multicast() {
        return;
    }
    let Some(conversation) = table.get_mut(id).filter(|conversation| conversation.dns.queries == 0) else {
        return;
    };
    let is_client = conversation.ends[0] == source;
    conversation.client_known = true;
    if is_client != (direction == Direction::ToServer) {
        conversation.turn_round();
    }
}

/// Keeps what a DNS message asks and answers, and says what there is to say beside it.
fn remember(asked: &mut Asked, bytes: &[u8], time: Duration) -> Option<Note> {
    let direction = dns::goes(bytes)?;
    match direction {
        Direction::ToClient => asked.replies += 1,
        Direction::ToServer => asked.queries += 1,
    }
    let note = asked.questions.see(direction, bytes, time);
    // What nobody asked for is not an answer.
    if note.as_ref().is_some_and(|note| !note.is_retransmission()) {
        return note;
    }
    let Ok(message) = DnsMessage::parse(bytes) else { return note };
    let name = message.question().map(|question| question.name.to_string().to_ascii_lowercase());
    let room = MOST_NAMES.saturating_sub(asked.names.len());
    asked.names.extend(name.filter(|name| room > 0 && !asked.names.contains(name)));
    let room = MOST_NAMES.saturating_sub(asked.addresses.len());
    asked.addresses.extend(message.addresses().take(room));
    note
}

fn outcome(asked: &Asked) -> Outcome {
    match asked.questions.unanswered() {
        0 => Outcome::Answered,
        waiting => Outcome::Unanswered(waiting),
    }
}

/// Tunnels over UDP: the port to which they go, and their name. What is inside is not opened.
const TUNNELS: [(u16, &str); 2] = [(4789, "VXLAN"), (6081, "Geneve")]; // RFC 7348 §5, RFC 8926 §3.3

/// A datagram that is not read further: its ports and its length.
fn ports(datagram: &Datagram<'_>) -> Message {
    let Datagram { source_port, destination_port, .. } = datagram;
    let tunnel = TUNNELS.iter().find(|(port, _)| port == destination_port);
    let tunnel = tunnel.map_or(String::new(), |(_, name)| format!("{name}, a tunnel, not opened: "));
    Message::clear(Says::Word(Layer::Udp, format!("{tunnel}port {source_port} to {destination_port}")))
}
