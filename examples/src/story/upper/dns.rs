//! DNS: over TCP, each message after its length (RFC 1035 §4.2.2); over UDP, a datagram each.

use barewire_dissect::Direction;
use barewire_dns::Message;

use crate::story::message::{Layer, Says};
use crate::story::part::Part;
use crate::story::said::Said;

/// DNS over one TCP connection. It holds one message a direction: at most 64 KiB.
#[derive(Default)]
pub(in crate::story) struct DnsStream {
    waiting: [Vec<u8>; 2],
    /// The offset of the next byte in each direction; none after a gap, where nothing tells where a message begins.
    next: [Option<u64>; 2],
    begun: [bool; 2],
}

impl DnsStream {
    pub(super) fn see(&mut self, direction: Direction, offset: u64, bytes: &[u8], said: &mut Said) {
        let way = direction.index();
        let is_next = self.next[way] == Some(offset) || !std::mem::replace(&mut self.begun[way], true);
        self.next[way] = is_next.then_some(offset + bytes.len() as u64);
        let waiting = &mut self.waiting[way];
        if !is_next {
            waiting.clear();
            return said.say(false, Says::Bytes(Layer::Dns, bytes.len() as u64));
        }
        waiting.extend(bytes);
        while let Some((length, rest)) = waiting.split_first_chunk() {
            let Some(message) = rest.get(..usize::from(u16::from_be_bytes(*length))) else { return };
            see_message(message, 0, said);
            waiting.drain(..2 + message.len());
        }
    }
}

/// One message, of which `missing` bytes were not captured.
pub(in crate::story) fn see_message(bytes: &[u8], missing: usize, said: &mut Said) {
    said.keep(|| Part::Dns(bytes.to_vec()));
    let parsed = if missing > 0 { Message::parse_strictly(bytes) } else { Message::parse(bytes) };
    let mut notes = Vec::new();
    let says = match (parsed, goes(bytes)) {
        (Ok(message), _) => {
            let says = Says::Dns { reply: message.header.qr, summary: message.summary() };
            notes = message.notes;
            says
        }
        (Err(_), Some(direction)) if missing > 0 => {
            let reply = direction == Direction::ToClient;
            let what = if reply { "a reply" } else { "a query" };
            Says::Dns { reply, summary: format!("{what}, cut by the capture") }
        }
        (Err(_), None) if missing > 0 => Says::Word(Layer::Dns, "a message, cut by the capture".to_owned()),
        (Err(error), _) => Says::Word(Layer::Dns, format!("not a whole message: {error}")),
    };
    said.say(false, says);
    // A message that is not quite right is read all the same, and what is wrong with it stands below it.
    notes.iter().for_each(|note| said.say(false, Says::Word(Layer::Dns, note.to_string())));
}

/// Whether a stream begins like DNS over TCP: a length, then a header that can be. `None` while there are too few bytes
/// to tell: some clients send the length in a segment of its own.
pub(super) fn looks_like(first: &[u8]) -> Option<bool> {
    let (length, header) = first.split_first_chunk()?;
    match u16::from_be_bytes(*length) >= 17 {
        true if header.len() < 12 => None,
        true => Some(has_plain_header(header)),
        false => Some(false),
    }
}

/// Whether bytes begin like a DNS message: a known opcode, the reserved bit zero, and one question.
fn has_plain_header(bytes: &[u8]) -> bool {
    let Some(header) = bytes.first_chunk::<12>() else { return false };
    let opcode = header[2] >> 3 & 0x0f;
    matches!(opcode, 0 | 2 | 4 | 5) && header[3] & 0x40 == 0 && header[4..6] == [0, 1]
}

/// Whether a datagram is a DNS message. On a port that is not DNS's own it must be one in every byte.
pub(in crate::story) fn is_message(ports: [u16; 2], bytes: &[u8]) -> bool {
    const DNS: [u16; 3] = [53, 5353, 5355];
    ports.iter().any(|port| DNS.contains(port))
        || has_plain_header(bytes) && Message::parse_strictly(bytes).is_ok()
}

/// A query goes to the server, a reply to the client.
pub(in crate::story) fn goes(message: &[u8]) -> Option<Direction> {
    let flags = message.get(2)?;
    Some(if flags & 0x80 == 0 { Direction::ToServer } else { Direction::ToClient })
}

pub(super) fn first_bytes_go(bytes: &[u8]) -> Option<Direction> {
    if looks_like(bytes) == Some(true) { goes(bytes.get(2..)?) } else { None }
}
