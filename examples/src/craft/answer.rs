//! Which packet answers the one that was sent, and what it means. No I/O: the caller sends and hears.

use std::fmt;
use std::net::IpAddr;

use barewire_dissect::several;
use barewire_dns as dns;
use barewire_packet::arp::{self, Arp};
use barewire_packet::frame::{self, MacAddress, Network, linktype};
use barewire_packet::icmp::{Icmp, Message, Quoted, Version};
use barewire_packet::ip::{IpPacket, protocol_name};
use barewire_packet::udp::{self, Datagram};
use barewire_tcp::{Flags, Segment, segment};

/// A packet that was sent, as far as its answer can be told by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Who is said to have sent it.
    pub source: IpAddr,
    /// Where it went.
    pub destination: IpAddr,
    kind: Kind,
    /// What follows the IP header: on the loopback a packet comes back that is not an answer.
    body: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    /// Ports, flags, and the number that an acknowledgment of all of it has.
    Tcp {
        ports: (u16, u16),
        flags: Flags,
        end: u32,
    },
    Udp {
        ports: (u16, u16),
    },
    Echo {
        version: Version,
        identifier: u16,
        sequence: u16,
    },
    Arp,
    Other(u8),
}

/// A packet that came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Who sent it.
    pub from: IpAddr,
    /// What it is.
    pub what: What,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A segment: to which port of the one who was asked, what was asked, and what came.
    Segment {
        /// The port that was asked.
        port: u16,
        /// The flags that were sent.
        asked: Flags,
        /// The flags that came.
        flags: Flags,
        /// Whether it acknowledges all that was sent.
        takes_all: bool,
    },
    /// A datagram.
    Datagram {
        /// The port that was asked.
        port: u16,
        /// The bytes in it.
        length: usize,
        /// What a DNS server says.
        dns: Option<String>,
    },
    /// An echo.
    Echo,
    /// An ICMP error about the packet.
    Error(Icmp),
    /// An ARP reply.
    Card(MacAddress),
    /// A packet of the protocol that was asked.
    Other(u8),
}

impl Question {
    /// What was sent: a frame of Ethernet, or an IP packet. `None`: nobody can answer it, as far as is known here.
    pub fn of(bytes: &[u8], is_frame: bool) -> Option<Question> {
        let packet = match network(bytes, is_frame)? {
            Network::Ip(packet) => IpPacket::parse_captured(packet, 0).ok()?,
            Network::Arp(Arp { sender, target, .. }) => {
                let (source, destination) = (sender.into(), target.into());
                return Some(Question { source, destination, kind: Kind::Arp, body: Vec::new() });
            }
            Network::Other(_) => return None,
        };
        let (source, destination) = (packet.header.source(), packet.header.destination());
        let kind = kind(&packet);
        Some(Question { source, destination, kind, body: packet.payload.to_vec() })
    }

    /// Whether a packet that came in is an answer.
    pub fn answer(&self, bytes: &[u8], is_frame: bool) -> Option<Answer> {
        let packet = match network(bytes, is_frame)? {
            Network::Ip(packet) => IpPacket::parse(packet).ok()?,
            Network::Arp(arp) => return self.card(&arp),
            Network::Other(_) => return None,
        };
        let (from, to) = (packet.header.source(), packet.header.destination());
        if to != self.source || packet.payload == self.body {
            return None;
        }
        let what = match Version::of_protocol(packet.header.protocol()) {
            Some(version) => self.icmp(&packet, version)?,
            None if self.is_asked(from) => self.reply(&packet)?,
            None => return None,
        };
        Some(Answer { from, what })
    }

    /// Whether this host was asked. Of many hosts that were asked at once any may answer.
    fn is_asked(&self, from: IpAddr) -> bool {
        let is_group = match self.destination {
            IpAddr::V4(address) => address.is_broadcast() || address.is_multicast(),
            IpAddr::V6(address) => address.is_multicast(),
        };
        is_group || from == self.destination
    }

    fn reply(&self, packet: &IpPacket<'_>) -> Option<What> {
        match (&self.kind, packet.header.protocol()) {
            (Kind::Tcp { ports, flags: asked, end }, segment::PROTOCOL) => {
                let segment = Segment::parse(packet.payload).ok()?;
                let port = segment.source_port;
                let takes_all = segment.flags.ack() && segment.ack.0 == *end;
                let is_back = (segment.destination_port, port) == *ports;
                let flags = segment.flags;
                is_back.then_some(What::Segment { port, asked: *asked, flags, takes_all })
            }
            (Kind::Udp { ports }, udp::PROTOCOL) => {
                let datagram = Datagram::parse(packet.payload).ok()?;
                let port = datagram.source_port;
                let length = datagram.payload.len();
                let is_back = (datagram.destination_port, port) == *ports;
                is_back.then(|| What::Datagram { port, length, dns: dns_says(&datagram) })
            }
            (Kind::Other(asked), protocol) if *asked == protocol => Some(What::Other(protocol)),
            _ => None,
        }
    }

    fn icmp(&self, packet: &IpPacket<'_>, version: Version) -> Option<What> {
        let icmp = Icmp::parse(version, packet.payload).ok()?;
        match (icmp.message, &self.kind) {
            (Message::Error { quoted: Some(quoted), .. }, _) => {
                self.is_about(&quoted).then_some(What::Error(icmp))
            }
            (Message::Echo { identifier, sequence }, kind) => {
                let wanted = Kind::Echo { version, identifier, sequence };
                let is_reply = matches!((version, icmp.kind), (Version::V4, 0) | (Version::V6, 129));
                let is_asked = self.is_asked(packet.header.source());
                (*kind == wanted && is_reply && is_asked).then_some(What::Echo)
            }
            _ => None,
        }
    }

    /// Whether an ICMP error quotes this packet.
    fn is_about(&self, quoted: &Quoted) -> bool {
        let (ports, protocol) = match &self.kind {
            Kind::Tcp { ports, .. } => (Some(*ports), segment::PROTOCOL),
            Kind::Udp { ports } => (Some(*ports), udp::PROTOCOL),
            Kind::Echo { version: Version::V4, .. } => (None, 1),
            Kind::Echo { version: Version::V6, .. } => (None, 58),
            Kind::Arp => return false,
            Kind::Other(protocol) => (None, *protocol),
        };
        (quoted.source, quoted.destination, quoted.protocol) == (self.source, self.destination, protocol)
            && (quoted.ports.is_none() || ports.is_none() || quoted.ports == ports)
    }

    fn card(&self, arp: &Arp) -> Option<Answer> {
        let is_it = self.kind == Kind::Arp
            && arp.operation == arp::Operation::Reply
            && IpAddr::V4(arp.sender) == self.destination;
        is_it.then(|| Answer { from: arp.sender.into(), what: What::Card(arp.sender_mac) })
    }

    /// What it means that nobody answers.
    pub fn silence(&self) -> String {
        let to = self.destination;
        match &self.kind {
            Kind::Tcp { flags, .. } if flags.rst() => {
                "A reset is not answered, whatever it did (RFC 9293 §3.10.7).".to_owned()
            }
            Kind::Tcp { ports: (_, port), flags, .. } if flags.syn() && !flags.ack() => format!(
                "Port {port} of {to} is filtered, or the host is not there, or a packet was lost: a host that gets a \
                 SYN answers it, also when nobody listens."
            ),
            Kind::Tcp { ports: (_, port), flags, .. } if !flags.ack() => format!(
                "A port that is closed answers such a segment with RST (RFC 9293 §3.10.7.1), one that listens drops \
                 it: somebody may listen on port {port} of {to}. Or it was filtered, or lost."
            ),
            Kind::Tcp { .. } => {
                format!("The segment was taken, filtered or lost: {to} says nothing about it.")
            }
            Kind::Udp { ports: (_, port) } => format!(
                "UDP itself answers nothing: a program on port {port} of {to} may have taken the datagram. Or it was \
                 filtered, or lost."
            ),
            Kind::Echo { .. } => {
                format!("{to} is not there, or does not answer pings, or a packet was lost.")
            }
            Kind::Arp => format!("Nobody on this link has {to}."),
            Kind::Other(protocol) => {
                format!("{to} may not know {}, or has nothing to say.", protocol_name(*protocol))
            }
        }
    }
}

/// What a frame or a packet carries.
fn network(bytes: &[u8], is_frame: bool) -> Option<Network<'_>> {
    if !is_frame {
        return Some(Network::Ip(bytes));
    }
    Some(frame::open(linktype::ETHERNET, bytes, bytes.len() as u32).network)
}

fn kind(packet: &IpPacket<'_>) -> Kind {
    let protocol = packet.header.protocol();
    let other = Kind::Other(protocol);
    if packet.fragment.is_some_and(|fragment| fragment.offset > 0) {
        return other;
    }
    match (protocol, Version::of_protocol(protocol)) {
        (segment::PROTOCOL, _) => Segment::parse(packet.payload).map_or(other, |segment| {
            let ports = (segment.source_port, segment.destination_port);
            let numbers = u32::from(segment.flags.syn()) + u32::from(segment.flags.fin());
            let end = segment.seq.0.wrapping_add(numbers + segment.payload.len() as u32);
            Kind::Tcp { ports, flags: segment.flags, end }
        }),
        (udp::PROTOCOL, _) => Datagram::parse(packet.payload)
            .map_or(other, |datagram| Kind::Udp { ports: (datagram.source_port, datagram.destination_port) }),
        (_, Some(version)) => match Icmp::parse(version, packet.payload).map(|icmp| icmp.message) {
            Ok(Message::Echo { identifier, sequence }) => Kind::Echo { version, identifier, sequence },
            _ => other,
        },
        _ => other,
    }
}

fn dns_says(datagram: &Datagram<'_>) -> Option<String> {
    let message = (datagram.source_port == 53).then(|| dns::Message::parse(datagram.payload).ok())??;
    let rcode = message.header.rcode;
    let answers = message.answers.iter().map(ToString::to_string).collect::<Vec<_>>();
    Some(match answers.is_empty() {
        true => format!("{rcode}, no answer"),
        false => answers.join("; "),
    })
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let from = self.from;
        match &self.what {
            What::Segment { port, asked, flags, takes_all } => {
                segment_says(f, (from, *port), *asked, *flags, *takes_all)
            }
            What::Datagram { port, dns: Some(says), .. } => {
                write!(f, "The DNS server on port {port} of {from} answers: {says}.")
            }
            What::Datagram { port, length, .. } => {
                write!(f, "A program on port {port} of {from} answers: {}.", several(*length as u64, "byte"))
            }
            What::Echo => write!(f, "{from} is there: it sent the same bytes back."),
            What::Error(icmp) => error_says(f, from, icmp),
            What::Card(mac) => write!(f, "{from} is at {mac}."),
            What::Other(protocol) => write!(f, "{from} answers with {}.", protocol_name(*protocol)),
        }
    }
}

fn segment_says(
    f: &mut fmt::Formatter<'_>,
    (from, port): (IpAddr, u16),
    asked: Flags,
    flags: Flags,
    takes_all: bool,
) -> fmt::Result {
    let is_question = asked.syn() && !asked.ack();
    match () {
        () if flags.rst() && is_question => {
            write!(f, "Nobody listens on port {port} of {from}: RST (RFC 9293 §3.10.7.1).")
        }
        () if flags.rst() => {
            write!(f, "{from} knows no connection between these ports: RST (RFC 9293 §3.10.7.1).")
        }
        () if flags.syn() && flags.ack() && takes_all => {
            write!(f, "Somebody listens on port {port} of {from}: SYN-ACK.")
        }
        () if flags.syn() && flags.ack() => {
            write!(f, "Port {port} of {from} answers SYN-ACK, but to another SYN.")
        }
        () if is_question && flags.ack() => write!(
            f,
            "{from} has a connection between these ports already, and asks whether it is over (RFC 5961 §4)."
        ),
        () if takes_all => write!(f, "{from} has this connection, and took all of it: {flags}."),
        () => write!(f, "{from} has this connection, and answers {flags}."),
    }
}

fn error_says(f: &mut fmt::Formatter<'_>, from: IpAddr, icmp: &Icmp) -> fmt::Result {
    let Message::Error { mtu, quoted: Some(quoted) } = icmp.message else {
        return write!(f, "{from} says: {icmp}.");
    };
    let to = quoted.destination;
    match (icmp.version, icmp.kind, icmp.code) {
        (Version::V4, 3, 3) | (Version::V6, 1, 4) => {
            let port = quoted.ports.map_or("that port".to_owned(), |(_, port)| format!("UDP port {port}"));
            write!(f, "Nobody listens on {port} of {to}: port unreachable.")
        }
        (Version::V4, 3, 2) => {
            write!(f, "{to} does not know {}: protocol unreachable.", protocol_name(quoted.protocol))
        }
        (Version::V4, 3, 4) | (Version::V6, 2, _) => {
            let most = mtu.map_or(String::new(), |mtu| format!(": at most {mtu} bytes"));
            write!(f, "The packet is too large for the next link of {from}{most}.")
        }
        (Version::V4, 3, 9 | 10 | 13) | (Version::V6, 1, 1) => {
            write!(f, "A filter of {from} forbids it: {}.", icmp.name())
        }
        (Version::V4, 11, 0) | (Version::V6, 3, 0) => {
            write!(f, "The packet may pass no further router, and {from} is the one where it ended.")
        }
        _ => write!(f, "{from} says of it: {}.", icmp.name()),
    }
}
