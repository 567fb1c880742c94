//! From words to a tree. Each function reads one rule of the grammar at the head of `filter.rs`.

use barewire_packet::link::Way;
use barewire_packet::{icmp, udp};
use barewire_tcp::{Flags, segment};

use super::expression::{Content, Ends, Expression, Primitive};
use super::headers::SCTP;
use super::unreadable::{Reason, Unreadable};
use super::values;
use super::words::Words;

/// Reads a filter; `None`: there are no words.
pub(super) fn parse(text: &str) -> Result<Option<Expression>, Unreadable> {
    let mut parser = Parser { words: Words::of(text)?, last: None };
    if parser.words.peek().is_none() {
        return Ok(None);
    }
    let expression = parser.filter()?;
    match parser.words.peek() {
        None => Ok(Some(expression)),
        Some(")") => Err(parser.words.refuse_next(Reason::NotOpened)),
        Some(_) => Err(parser.words.refuse_next(Reason::NothingBetween)),
    }
}

struct Parser<'a> {
    words: Words<'a>,
    /// The words before the last value, for a value that stands alone: `port 80 or 443`.
    last: Option<Qualifiers>,
}

/// What stands before a value.
#[derive(Debug, Clone)]
struct Qualifiers {
    protocol: Option<Primitive>,
    ends: Ends,
    kind: Kind,
}

/// What kind of value follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Host,
    Net,
    Port,
    PortRange,
}

impl Kind {
    const ALL: [(&'static str, Kind); 4] =
        [("host", Kind::Host), ("net", Kind::Net), ("port", Kind::Port), ("portrange", Kind::PortRange)];

    fn of(word: &str) -> Option<Kind> {
        Kind::ALL.iter().find(|(name, _)| *name == word).map(|(_, kind)| *kind)
    }
}

impl Parser<'_> {
    /// `term *( ( "and" / "or" ) term )`
    fn filter(&mut self) -> Result<Expression, Unreadable> {
        let mut left = self.term()?;
        loop {
            if self.words.take_one_of(&["and", "&&"]) {
                left = left.and(self.term()?);
            } else if self.words.take_one_of(&["or", "||"]) {
                left = Expression::Or(Box::new([left, self.term()?]));
            } else {
                return Ok(left);
            }
        }
    }

    /// `[ "not" ] ( primitive / "(" filter ")" )`
    fn term(&mut self) -> Result<Expression, Unreadable> {
        if self.words.take_one_of(&["not", "!"]) {
            return Ok(Expression::Not(Box::new(self.term()?)));
        }
        let place = self.words.place();
        if !self.words.take_one_of(&["("]) {
            return self.primitive();
        }
        let inner = self.filter()?;
        match self.words.peek() {
            Some(")") => {
                self.words.take();
                Ok(inner)
            }
            Some(_) => Err(self.words.refuse_next(Reason::NothingBetween)),
            None => Err(self.words.refuse_at(place, Reason::NotClosed)),
        }
    }

    fn primitive(&mut self) -> Result<Expression, Unreadable> {
        let Some(word) = self.words.take() else {
            return Err(self.words.refuse_next(Reason::Expected("a test, as `host 10.0.0.2` or `tcp`,")));
        };
        if let Some(protocol) = protocol(word) {
            return self.after_protocol(protocol);
        }
        let is = |primitive| Ok(Expression::Is(primitive));
        match word {
            "dns" => is(Primitive::Content(Content::Dns)),
            "tls" | "ssl" => is(Primitive::Content(Content::Tls)),
            "http" => is(Primitive::Content(Content::Http)),
            "inbound" => is(Primitive::Way(Way::Received)),
            "outbound" => is(Primitive::Way(Way::Sent)),
            "flags" => self
                .value("flags of TCP, as S or S.", values::flags)
                .map(Primitive::Flags)
                .map(Expression::Is),
            "proto" => self.number("the number of a protocol").map(Primitive::Protocol).map(Expression::Is),
            "less" => self.number("a number of bytes").map(Primitive::Less).map(Expression::Is),
            "greater" => self.number("a number of bytes").map(Primitive::Greater).map(Expression::Is),
            "vlan" => is(Primitive::Vlan(self.number_here())),
            _ => match flag(word) {
                Some(flag) => is(Primitive::Flag(flag)),
                None => self.addressed(None),
            },
        }
    }

    /// A protocol alone, or before what is tested of it: `tcp`, `tcp port 80`, `tcp syn`, `ip proto 47`.
    fn after_protocol(&mut self, protocol: Primitive) -> Result<Expression, Unreadable> {
        let alone = Expression::Is(protocol.clone());
        match self.words.peek() {
            Some("src" | "dst") => {}
            Some(word) if Kind::of(word).is_some() => {}
            Some(word) if flag(word).is_some() || matches!(word, "proto" | "flags") => {
                return Ok(alone.and(self.primitive()?));
            }
            _ => return Ok(alone),
        }
        self.words.take();
        self.addressed(Some(protocol))
    }

    /// `[ "src" / "dst" ] [ "host" / "net" / "port" / "portrange" ] value`, from the word that was taken last.
    fn addressed(&mut self, protocol: Option<Primitive>) -> Result<Expression, Unreadable> {
        self.words.go_back(self.words.place() - 1);
        let ends = self.ends()?;
        let kind = self.words.peek().and_then(Kind::of);
        if kind.is_some() {
            self.words.take();
        }
        let qualifiers = match (ends, kind) {
            (_, Some(kind)) => Qualifiers { protocol, ends: ends.unwrap_or(Ends::Either), kind },
            (Some(ends), None) => Qualifiers { protocol, ends, kind: self.kind_of_next(Kind::Host) },
            (None, None) => self.without_words()?,
        };
        let test = self.test(&qualifiers)?;
        self.last = Some(qualifiers.clone());
        Ok(match qualifiers.protocol {
            Some(protocol) => Expression::Is(protocol).and(test),
            None => test,
        })
    }

    /// `src`, `dst`, `src or dst`, `src and dst`.
    fn ends(&mut self) -> Result<Option<Ends>, Unreadable> {
        let first = match self.words.peek() {
            Some("src") => Ends::Source,
            Some("dst") => Ends::Destination,
            _ => return Ok(None),
        };
        self.words.take();
        let place = self.words.place();
        let both = match self.words.take() {
            Some("or") => Ends::Either,
            Some("and") => Ends::Both,
            _ => {
                self.words.go_back(place);
                return Ok(Some(first));
            }
        };
        let other = if first == Ends::Source { "dst" } else { "src" };
        match self.words.take_one_of(&[other]) {
            true => Ok(Some(both)),
            false => Err(self.words.refuse_next(Reason::Expected("src or dst"))),
        }
    }

    /// A value with no word before it: an address, or one more of what was tested before.
    fn without_words(&mut self) -> Result<Qualifiers, Unreadable> {
        let word = self.words.peek().unwrap_or_default();
        if word.contains('[') {
            return Err(self.words.refuse_next(Reason::Bytes));
        }
        if LEFT_OUT.contains(&word) {
            return Err(self.words.refuse_next(Reason::LeftOut));
        }
        if let Some(last) = self.last.clone().filter(|last| last.kind.reads(word)) {
            return Ok(last);
        }
        let kind = self.kind_of_next(Kind::Host);
        match kind.reads(word) {
            true => Ok(Qualifiers { protocol: None, ends: Ends::Either, kind }),
            false => Err(self.words.refuse_next(Reason::Unknown)),
        }
    }

    /// An address with a length is a network.
    fn kind_of_next(&self, usual: Kind) -> Kind {
        if self.words.peek().is_some_and(|word| word.contains('/')) { Kind::Net } else { usual }
    }

    fn test(&mut self, Qualifiers { ends, kind, .. }: &Qualifiers) -> Result<Expression, Unreadable> {
        let primitive = match kind {
            Kind::Host => Primitive::Address(*ends, self.value("an address", values::host)?),
            Kind::Net => Primitive::Address(*ends, self.value("a network", values::net)?),
            Kind::Port => Primitive::Port(*ends, self.value("a port", values::port)?),
            Kind::PortRange => Primitive::Port(*ends, self.value("a range of ports", values::port_range)?),
        };
        Ok(Expression::Is(primitive))
    }

    fn value<T>(
        &mut self,
        what: &'static str,
        read: impl Fn(&str) -> Result<T, Reason>,
    ) -> Result<T, Unreadable> {
        let Some(word) = self.words.take() else {
            return Err(self.words.refuse_next(Reason::Expected(what)));
        };
        read(word).map_err(|reason| self.words.refuse_last(reason))
    }

    fn number<N: std::str::FromStr>(&mut self, what: &'static str) -> Result<N, Unreadable> {
        self.value(what, |word| values::number(word, what))
    }

    /// A number, if the next word is one.
    fn number_here(&mut self) -> Option<u16> {
        let number = self.words.peek()?.parse().ok()?;
        self.words.take();
        Some(number)
    }
}

impl Kind {
    /// Whether a word is a value of this kind.
    fn reads(self, word: &str) -> bool {
        match self {
            Kind::Host => values::host(word).is_ok(),
            Kind::Net => !matches!(values::net(word), Err(Reason::Expected(_))),
            Kind::Port => values::port(word).is_ok(),
            Kind::PortRange => values::port_range(word).is_ok(),
        }
    }
}

/// Words of tcpdump's that are known and not spoken here.
const LEFT_OUT: [&str; 12] = [
    "ether",
    "gateway",
    "broadcast",
    "multicast",
    "mask",
    "mpls",
    "pppoes",
    "rarp",
    "wlan",
    "link",
    "ifname",
    "len",
];

fn protocol(word: &str) -> Option<Primitive> {
    Some(match word {
        "ip" | "ip4" => Primitive::Version(4),
        "ip6" => Primitive::Version(6),
        "arp" => Primitive::Arp,
        "tcp" => Primitive::Protocol(segment::PROTOCOL),
        "udp" => Primitive::Protocol(udp::PROTOCOL),
        "icmp" => Primitive::Protocol(icmp::PROTOCOL),
        "icmp6" => Primitive::Protocol(icmp::PROTOCOL_V6),
        "sctp" => Primitive::Protocol(SCTP),
        _ => return None,
    })
}

fn flag(word: &str) -> Option<Flags> {
    Some(match word {
        "syn" => Flags::SYN,
        "ack" => Flags::ACK,
        "fin" => Flags::FIN,
        "rst" => Flags::RST,
        "psh" | "push" => Flags::PSH,
        "urg" => Flags::URG,
        _ => return None,
    })
}
