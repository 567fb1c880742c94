//! From what was asked for to bytes: what nobody said is filled in, lengths and checksums last.
//!
//! The headers are built from the innermost out, since a header counts and sums what follows it. What was given is
//! written as it was given, right or wrong; for the fields that have one right value that value is kept beside it.

use std::net::IpAddr;
use std::ops::Range;

use super::bits::{get, put};
use super::error::{Error, Reason};
use super::fill::{Around, Sender, checksum, filled};
use super::header::{Family, Field, Form, Header, Rule, Tail};
use super::option::padded;
use super::packet::{Given, Layer, Packet, Value, show};

/// The largest IP packet, with an Ethernet header and two tags before it.
const MOST_BYTES: usize = 65_535 + 40 + 22;

/// A packet that is ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Built {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its headers, the outermost first.
    pub parts: Vec<Part>,
}

/// A header in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Which header.
    pub header: &'static Header,
    /// Its bytes, without what follows it.
    pub range: Range<usize>,
    /// Its fields, in order.
    pub sets: Vec<Set>,
}

/// A field in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Set {
    /// Which field.
    pub field: &'static Field,
    /// Its bits in the packet.
    pub bits: Range<usize>,
    /// What it was asked to be, in the words of the language: `chksum=0xbeef`.
    pub asked: Option<String>,
    /// What it is, as the language writes it.
    pub sent: String,
    /// What would be right, where something else was asked for.
    pub right: Option<String>,
}

impl Packet {
    /// The packet's bytes, as a host sends them that knows only itself: from 127.0.0.1 or ::1.
    ///
    /// # Errors
    /// As for [`Packet::build`].
    pub fn bytes(&self) -> Result<Vec<u8>, Error> {
        Ok(self.build(&Sender::default())?.bytes)
    }

    /// Fills in what nobody said.
    ///
    /// # Errors
    /// [`Error`]: something is missing that nobody can guess, or the packet is too long.
    pub fn build(&self, sender: &Sender) -> Result<Built, Error> {
        self.check_order()?;
        let mut payload: Vec<u8> = Vec::new();
        let mut parts: Vec<Part> = Vec::new();
        for index in (0..self.layers.len()).rev() {
            let around = self.around(index, sender)?;
            let (bytes, part) = self.part(&self.layers[index], &around, sender, &payload)?;
            payload.splice(0..0, bytes);
            parts.insert(0, part);
            if payload.len() > MOST_BYTES {
                let reason = Reason::TooLong { length: payload.len(), most: 65_535 };
                return Err(self.error(&self.layers[index], reason));
            }
        }
        let mut offset = 0;
        for part in &mut parts {
            part.range = offset..offset + part.range.len();
            for set in &mut part.sets {
                set.bits = set.bits.start + 8 * offset..set.bits.end + 8 * offset;
            }
            offset = part.range.end;
        }
        Ok(Built { bytes: payload, parts })
    }

    /// What can begin a packet, and that every ARP message is in a frame.
    fn check_order(&self) -> Result<(), Error> {
        match self.layers.first() {
            Some(first) if !matches!(first.header.name, "ip" | "ip6" | "ether" | "hex" | "raw") => {
                Err(self.error(first, Reason::First(first.header)))
            }
            _ => Ok(()),
        }
    }

    /// What the header of this index has to know of its neighbours.
    fn around(&self, index: usize, sender: &Sender) -> Result<Around, Error> {
        let ip = self.layers[..index].iter().rev().find(|layer| matches!(layer.header.name, "ip" | "ip6"));
        let addresses = match ip {
            Some(layer) => {
                let destination = self.address(layer, "dst", sender)?;
                // The checksum is checked where a source route ends, and there the header has the last stop.
                let destination = layer.last_stop().unwrap_or(destination);
                Some((self.address(layer, "src", sender)?, destination))
            }
            None => None,
        };
        Ok(Around { addresses, next: self.layers.get(index + 1).map(|layer| layer.header) })
    }

    fn address(&self, layer: &Layer, name: &str, sender: &Sender) -> Result<IpAddr, Error> {
        let Some(field) = layer.header.field(name) else { return Ok(sender.v4.into()) };
        match self.number(layer, field, &Around::default(), sender, (0, &[]))? {
            bits if field.form == Form::Ipv6 => Ok(IpAddr::V6(bits.into())),
            bits => Ok(IpAddr::V4((bits as u32).into())),
        }
    }

    /// The value of a field: as given, or as its rule says. `body` is how long the header is, and what follows it.
    fn number(
        &self,
        layer: &Layer,
        field: &'static Field,
        around: &Around,
        sender: &Sender,
        body: (usize, &[u8]),
    ) -> Result<u128, Error> {
        if let Some(Given { value: Value::Number(number), .. }) = layer.given(field.name) {
            return Ok(*number);
        }
        if field.rule == Rule::Needed {
            return Err(self.error(layer, Reason::Needed(layer.header, field)));
        }
        let value = filled(field, around, sender, body);
        if value > field.most() {
            let reason = match field.rule {
                Rule::HeaderWords => Reason::Options { length: body.0 - layer.header.length, most: 40 },
                Rule::HeaderUnits => Reason::Options { length: body.0 - 2, most: 2046 },
                _ => Reason::TooLong { length: body.0 + body.1.len(), most: 65_535 },
            };
            return Err(self.error(layer, reason));
        }
        Ok(value)
    }

    /// The bytes of a header, and what its fields became. Places count from the header's own start.
    fn part(
        &self,
        layer: &Layer,
        around: &Around,
        sender: &Sender,
        payload: &[u8],
    ) -> Result<(Vec<u8>, Part), Error> {
        let header = layer.header;
        let mut sets = Vec::new();
        let mut bytes = vec![0; header.length];
        self.tail(layer, &mut bytes, &mut sets)?;
        let body = (bytes.len(), payload);
        let mut sums = Vec::new();
        for field in header.fields {
            let Some(at) = field.at else { continue };
            let given = layer.given(field.name);
            let overlaps = |given: &Given| given.field != field && given.field.overlaps(field);
            let is_other_name = given.is_none() && layer.given.iter().any(overlaps);
            // Of several names for the same bits the first counts, unless another was given.
            let is_second = given.is_none()
                && sets.iter().any(|set: &Set| set.field.at.is_some() && set.field.overlaps(field));
            if is_other_name || is_second {
                continue;
            }
            let value = self.number(layer, field, around, sender, body)?;
            put(&mut bytes, at, field.width, value);
            let right = filled(field, around, sender, body);
            let is_wrong = is_law(field.rule, around) && right != value;
            sets.push(Set {
                field,
                bits: at..at + field.width,
                asked: given.map(|given| self.words(given)),
                sent: show(field, &Value::Number(value)),
                right: is_wrong.then(|| show(field, &Value::Number(right))),
            });
            if let Rule::Checksum(over) = field.rule {
                sums.push((sets.len() - 1, at, over, given.is_some()));
            }
        }
        for (set, at, over, is_given) in sums {
            let given = get(&bytes, at, 16);
            put(&mut bytes, at, 16, 0);
            let Some(right) = checksum(over, around, &bytes, payload) else {
                return Err(self.error(layer, Reason::NoAddresses(header)));
            };
            let value = if is_given { given } else { right.into() };
            put(&mut bytes, at, 16, value);
            sets[set].sent = show(sets[set].field, &Value::Number(value));
            // A UDP checksum of 0 is none, which is allowed over IPv4 (RFC 768).
            let is_wrong = value != u128::from(right);
            sets[set].right = is_wrong.then(|| show(sets[set].field, &Value::Number(right.into())));
        }
        sets.sort_by_key(|set| set.bits.start);
        let range = 0..bytes.len();
        Ok((bytes, Part { header, range, sets }))
    }

    /// What follows the fixed part.
    fn tail(&self, layer: &Layer, bytes: &mut Vec<u8>, sets: &mut Vec<Set>) -> Result<(), Error> {
        match layer.header.tail {
            Tail::None => {}
            Tail::Options(family) => self.options(layer, family, bytes, sets)?,
            Tail::Question => self.question(layer, bytes, sets),
            Tail::Bytes => {
                for given in &layer.given {
                    let load = match &given.value {
                        Value::Bytes(load) => load.clone(),
                        Value::Number(count) => vec![0; *count as usize],
                        Value::Options(_) | Value::Name(_) => Vec::new(),
                    };
                    let sent = show(given.field, &given.value);
                    self.append(&load, (given.field, sent), Some(given), bytes, sets);
                }
            }
        }
        Ok(())
    }

    fn options(
        &self,
        layer: &Layer,
        family: Family,
        bytes: &mut Vec<u8>,
        sets: &mut Vec<Set>,
    ) -> Result<(), Error> {
        let given = layer.given("options");
        let options = match given.map(|given| &given.value) {
            Some(Value::Options(options)) => &options[..],
            _ => &[],
        };
        let start = bytes.len();
        bytes.extend(padded(family, start, options));
        // Each option has its own place, so that it can be found again among the fields that are read.
        let mut at = start;
        for option in options {
            let end = at + option.bytes().len();
            let field = given.map(|given| given.field);
            sets.extend(field.map(|field| Set {
                field,
                bits: 8 * at..8 * end,
                asked: Some(option.to_string()),
                sent: option.to_string(),
                right: None,
            }));
            at = end;
        }
        Ok(())
    }

    fn question(&self, layer: &Layer, bytes: &mut Vec<u8>, sets: &mut Vec<Set>) {
        let Some(given) = layer.given("qname") else { return };
        if let Value::Name(name) = &given.value {
            self.append(name.as_wire(), (given.field, name.to_string()), Some(given), bytes, sets);
        }
        for field in layer.header.fields.iter().filter(|field| field.at.is_none() && field.width == 16) {
            let given = layer.given(field.name);
            let number = match (given.map(|given| &given.value), field.rule) {
                (Some(Value::Number(number)), _) => *number as u16,
                (_, Rule::Is(number)) => number as u16,
                _ => 0,
            };
            let sent = show(field, &Value::Number(number.into()));
            self.append(&number.to_be_bytes(), (field, sent), given, bytes, sets);
        }
    }

    fn append(
        &self,
        value: &[u8],
        (field, sent): (&'static Field, String),
        given: Option<&Given>,
        bytes: &mut Vec<u8>,
        sets: &mut Vec<Set>,
    ) {
        let start = 8 * bytes.len();
        bytes.extend(value);
        let asked = given.map(|given| self.words(given));
        sets.push(Set { field, bits: start..8 * bytes.len(), asked, sent, right: None });
    }

    /// A field in the words in which it was asked for.
    fn words(&self, given: &Given) -> String {
        let text = self.text.0.get(given.at.0.clone()).unwrap_or_default();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn error(&self, layer: &Layer, reason: Reason) -> Error {
        Error::new(&self.text.0, layer.at.0.clone(), reason)
    }
}

/// Whether a field has one right value here. What a payload of bytes is, its sender knows better.
fn is_law(rule: Rule, around: &Around) -> bool {
    match rule {
        Rule::Protocol => around.next.is_some_and(|next| next.protocol.is_some()),
        Rule::EtherType => around.next.is_some_and(|next| next.ethertype.is_some()),
        Rule::Always(_)
        | Rule::HeaderWords
        | Rule::HeaderUnits
        | Rule::Length
        | Rule::PayloadLength
        | Rule::Questions => true,
        // It is judged when all else stands.
        Rule::Checksum(_) => false,
        Rule::Is(_) | Rule::Needed | Rule::Absent | Rule::Source | Rule::Port | Rule::Mac | Rule::NextHop => {
            false
        }
    }
}

impl Built {
    /// Whether it begins with an Ethernet header. Bytes that were given as such begin with one, if they do not begin as
    /// an IP packet does.
    pub fn is_frame(&self) -> bool {
        match self.parts.first().map(|part| part.header.name) {
            Some("ether") => true,
            Some("ip" | "ip6") | None => false,
            Some(_) => !matches!(self.bytes.first(), None | Some(0x40..=0x4f | 0x60..=0x6f)),
        }
    }

    /// What was asked for of each field, and what would be right.
    pub fn sets(&self) -> impl Iterator<Item = &Set> {
        self.parts.iter().flat_map(|part| &part.sets)
    }
}
