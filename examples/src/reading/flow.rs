//! What the two directions of one TCP connection say above TCP: a chain of passive observers,
//! TLS over the stream, HTTP over what the key log opens.

use std::rc::Rc;

use barewire_dns::Message;
use barewire_http1::{Role, observe as http};
use barewire_tls13::AlertDescription;
use barewire_tls13::handshake::HandshakeType;
use barewire_tls13::observe::{self as tls, Inner};
use barewire_tls13::record::ContentType;

use super::row::{Head, Line, Mark, Protocol};
use super::unit::Unit;

/// What a piece of the stream completed.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) lines: Vec<Line>,
    pub(super) marks: Vec<Mark>,
    pub(super) units: Vec<Unit>,
    pub(super) heads: Vec<Head>,
    /// Bytes of HTTP content.
    content: usize,
}

impl Said {
    /// One line, and nothing else.
    pub(super) fn line(protocol: Protocol, text: &str, bulk: bool) -> Said {
        let mut said = Said::default();
        said.say(protocol, false, text, bulk);
        said
    }

    /// One DNS message.
    pub(super) fn dns(bytes: &[u8]) -> Said {
        let mut said = Said::default();
        dns_message(&mut said, bytes);
        said
    }

    /// Body data beside a head needs no line of its own, and of several pieces the last says how much
    /// they are together.
    pub(super) fn only_news(&mut self) {
        if self.lines.iter().any(|line| !line.bulk) {
            self.lines.retain(|line| !line.bulk);
        } else {
            self.lines.drain(..self.lines.len().saturating_sub(1));
        }
    }

    /// Adds a line, or adds to the last one if that is of the same kind.
    fn say(&mut self, protocol: Protocol, encrypted: bool, text: &str, bulk: bool) {
        match self.lines.last_mut() {
            Some(last)
                if (last.protocol, last.encrypted, last.bulk, bulk)
                    == (protocol, encrypted, false, false)
                    && protocol == Protocol::Tls =>
            {
                last.text.push_str(", ");
                last.text.push_str(text);
            }
            _ => self.lines.push(Line { protocol, encrypted, text: text.to_owned(), bulk }),
        }
    }

    /// Adds content: a chunk, of which a packet may hold many, or what came of one.
    fn say_content(&mut self, encrypted: bool, length: usize, so_far: u64) {
        self.content += length;
        let text = match self.content {
            all if all as u64 == so_far => format!("{all} bytes of content"),
            part => format!("{part} bytes of content, {so_far} so far"),
        };
        self.say(Protocol::Http, encrypted, &text, true);
    }

    fn mark(&mut self, mark: Mark) {
        if !self.marks.contains(&mark) {
            self.marks.push(mark);
        }
    }
}

/// One connection.
pub(super) struct Flow {
    upper: Upper,
    key_log: Rc<str>,
    /// Stream bytes seen in each direction: to the server, to the client.
    offsets: [u64; 2],
}

/// What is spoken over the connection, found out by its first bytes.
enum Upper {
    Unknown,
    Tls { tls: Box<tls::Observer>, http: Box<http::Observer>, offsets: [u64; 2] },
    Http(Box<http::Observer>),
    Dns([Vec<u8>; 2]),
    Opaque,
}

impl Flow {
    /// A connection to `server_port`, whose TLS may be opened with `key_log`.
    pub(super) fn new(server_port: u16, key_log: &Rc<str>) -> Flow {
        let upper = if server_port == 53 { Upper::Dns(Default::default()) } else { Upper::Unknown };
        Flow { upper, key_log: Rc::clone(key_log), offsets: [0; 2] }
    }

    /// Bytes of one direction, in order.
    pub(super) fn receive(&mut self, to_server: bool, bytes: &[u8], said: &mut Said) {
        if matches!(self.upper, Upper::Unknown) {
            self.upper = self.recognise(bytes);
        }
        let offset = self.offsets[usize::from(!to_server)];
        self.offsets[usize::from(!to_server)] += bytes.len() as u64;
        match &mut self.upper {
            Upper::Unknown | Upper::Opaque => {
                said.say(Protocol::Tcp, false, &format!("{} bytes", bytes.len()), true)
            }
            Upper::Dns(buffers) => dns(said, &mut buffers[usize::from(!to_server)], bytes),
            Upper::Http(observer) => {
                for seen in observer.receive(http_direction(to_server), offset, bytes) {
                    said_http(said, false, &seen, offset, bytes);
                }
            }
            Upper::Tls { tls, http, offsets } => {
                let plain = &mut offsets[usize::from(!to_server)];
                for seen in tls.receive(tls_direction(to_server), offset, bytes) {
                    said_tls(said, http, plain, &seen);
                }
            }
        }
    }

    /// The end of one direction.
    pub(super) fn ended(&mut self, to_server: bool, said: &mut Said) {
        let (Upper::Tls { http: observer, .. } | Upper::Http(observer)) = &mut self.upper else { return };
        for seen in observer.eof(http_direction(to_server)) {
            said_http(said, false, &seen, 0, &[]);
        }
    }

    /// The line for a segment that carries a piece of something, and completes nothing.
    pub(super) fn going_on(&self) -> Option<Line> {
        let (protocol, encrypted, text) = match &self.upper {
            Upper::Tls { .. } => (Protocol::Tls, true, "part of a record"),
            Upper::Http(_) => (Protocol::Http, false, "part of a message"),
            Upper::Dns(_) => (Protocol::Dns, false, "part of a message"),
            Upper::Unknown | Upper::Opaque => return None,
        };
        Some(Line { protocol, encrypted, text: text.to_owned(), bulk: true })
    }

    /// A TLS record starts with its type and a version of 3.x; an HTTP message with a letter.
    fn recognise(&self, bytes: &[u8]) -> Upper {
        match bytes {
            [20..=23, 3, ..] => {
                let mut tls = tls::Observer::new();
                tls.add_key_log(&lines_for(&self.key_log, bytes));
                Upper::Tls { tls: Box::new(tls), http: Box::new(http::Observer::new()), offsets: [0; 2] }
            }
            [first, ..] if first.is_ascii_uppercase() => Upper::Http(Box::new(http::Observer::new())),
            [] => Upper::Unknown,
            _ => Upper::Opaque,
        }
    }
}

/// The lines of a key log that can open the connection whose first bytes these are, found by the random of its
/// ClientHello: in a capture with many connections none of them holds the secrets of all. A ClientHello that comes in
/// smaller pieces gets the whole log.
fn lines_for(key_log: &str, first: &[u8]) -> String {
    // Record header, handshake header and legacy_version come before it (RFC 8446 §5.1, §4, §4.1.2).
    let Some(random) = first.get(11..43) else { return key_log.to_owned() };
    let random: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    let ours = key_log.lines().filter(|line| line.to_ascii_lowercase().contains(&random));
    ours.map(|line| format!("{line}\n")).collect()
}

fn http_direction(to_server: bool) -> http::Direction {
    if to_server { http::Direction::ToServer } else { http::Direction::ToClient }
}

fn tls_direction(to_server: bool) -> tls::Direction {
    if to_server { tls::Direction::ToServer } else { tls::Direction::ToClient }
}

/// DNS over TCP: each message follows its length (RFC 1035 §4.2.2).
fn dns(said: &mut Said, buffer: &mut Vec<u8>, bytes: &[u8]) {
    buffer.extend(bytes);
    while let Some((length, rest)) = buffer.split_first_chunk() {
        let Some(message) = rest.get(..usize::from(u16::from_be_bytes(*length))) else { return };
        dns_message(said, message);
        buffer.drain(..2 + message.len());
    }
}

/// One DNS message.
fn dns_message(said: &mut Said, bytes: &[u8]) {
    said.units.push(Unit::Dns(bytes.to_vec()));
    match Message::parse(bytes) {
        Ok(message) => {
            said.mark(if message.header.qr { Mark::Reply } else { Mark::Query });
            said.say(Protocol::Dns, false, &message.summary(), false);
        }
        Err(error) => said.say(Protocol::Dns, false, &format!("broken: {error}"), false),
    }
}

fn said_tls(said: &mut Said, http: &mut http::Observer, offset: &mut u64, seen: &tls::Seen) {
    said.units.push(Unit::Records(seen.bytes.clone()));
    let to_server = seen.direction == tls::Direction::ToServer;
    let encrypted = seen.is_encrypted();
    if let Inner::Sealed { why } = &seen.inner {
        return said.say(Protocol::Tls, true, &format!("{} bytes: {why}", seen.bytes.len()), false);
    }
    let Some((content_type, content)) = seen.content() else { return };
    if encrypted {
        said.units.push(Unit::Opened(content_type, content.to_vec()));
    }
    match content_type {
        ContentType::APPLICATION_DATA => {
            for seen in http.receive(http_direction(to_server), *offset, content) {
                said_http(said, true, &seen, *offset, content);
            }
            *offset += content.len() as u64;
        }
        ContentType::CHANGE_CIPHER_SPEC => said.say(Protocol::Tls, encrypted, "ChangeCipherSpec", false),
        _ => {}
    }
    for message in &seen.messages {
        match message.kind {
            HandshakeType::CLIENT_HELLO => said.mark(Mark::ClientHello),
            HandshakeType::FINISHED if to_server => said.mark(Mark::ClientFinished),
            _ => {}
        }
        said.say(Protocol::Tls, encrypted, &message.summary, false);
    }
    if let Some(alert) = &seen.alert {
        said.say(Protocol::Tls, encrypted, alert.description.name(), false);
        if alert.description == AlertDescription::CLOSE_NOTIFY {
            for seen in http.eof(http_direction(to_server)) {
                said_http(said, true, &seen, 0, &[]);
            }
        }
    }
}

/// `bytes` are what the observer was just given, from `offset` of its stream on.
fn said_http(said: &mut Said, encrypted: bool, seen: &http::Seen, offset: u64, bytes: &[u8]) {
    // A head that began in an earlier piece is not shown by its bytes.
    let head = || {
        Some(
            bytes
                .get(seen.range.start.checked_sub(offset)? as usize..(seen.range.end - offset) as usize)?
                .to_vec(),
        )
    };
    match &seen.what {
        http::What::RequestHead(request) => {
            said.mark(Mark::Request);
            said.heads.push(Head::Request(request.clone()));
            said.units.extend(head().map(|head| Unit::HttpHead(Role::Request, head)));
        }
        http::What::ResponseHead { head: response, .. } => {
            if !response.is_informational() {
                said.mark(Mark::FirstByte);
            }
            said.heads.push(Head::Response(response.clone()));
            said.units.extend(head().map(|head| Unit::HttpHead(Role::Response, head)));
        }
        http::What::End { .. } => {
            if seen.direction == http::Direction::ToClient {
                said.mark(Mark::LastByte);
            }
            return;
        }
        http::What::Body { chunk, so_far } => return said.say_content(encrypted, chunk.len(), *so_far),
        _ => {}
    }
    said.say(Protocol::Http, encrypted, &seen.what.to_string(), false);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What stands in the row of a packet with these bytes.
    fn row(flow: &mut Flow, to_server: bool, bytes: &[u8]) -> Vec<String> {
        let mut said = Said::default();
        flow.receive(to_server, bytes, &mut said);
        said.only_news();
        said.lines.into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn a_connection_gets_the_secrets_of_its_own_random() {
        let mut hello = vec![0x16, 3, 1, 0, 40, 1, 0, 0, 36, 3, 3];
        hello.extend([0xAB; 32]);
        let ours = format!("CLIENT_TRAFFIC_SECRET_0 {} 11", "AB".repeat(32));
        let log = format!("{ours}\nCLIENT_TRAFFIC_SECRET_0 {} 22\n", "cd".repeat(32));
        assert_eq!(lines_for(&log, &hello), format!("{ours}\n"));
        assert_eq!(lines_for(&log, &hello[..42]), log, "the random is not whole");
    }

    #[test]
    fn the_chunks_of_a_packet_are_counted_together() {
        let mut flow = Flow::new(80, &"".into());
        row(&mut flow, true, b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
        row(&mut flow, false, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        let first = row(&mut flow, false, b"3\r\nabc\r\n4\r\ndefg\r\n");
        let second = row(&mut flow, false, b"5\r\nhijkl\r\n6\r\nmnopqr\r\n1\r\ns\r\n");
        assert_eq!(
            (first, second),
            (vec!["7 bytes of content".into()], vec!["12 bytes of content, 19 so far".into()])
        );
    }
}
