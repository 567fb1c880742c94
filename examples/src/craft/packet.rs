//! A packet as it was asked for: headers, and the values that were given to their fields.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::Range;

use barewire_dns::{Name, RecordType};
use barewire_packet::frame::MacAddress;

use super::header::{Field, Form, Header};
use super::option::{Choice, Values};
use super::token::quote;

/// A packet as it was asked for. Its text ([`Display`](fmt::Display)) is read as the same packet again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packet {
    pub(super) text: Text,
    /// Its headers, the outermost first.
    pub layers: Vec<Layer>,
}

/// The text that it was read from; two packets are the same in whichever words they were asked for.
#[derive(Debug, Clone, Default)]
pub(super) struct Text(pub(super) String);

impl PartialEq for Text {
    fn eq(&self, _: &Text) -> bool {
        true
    }
}

impl Eq for Text {}

/// A place in the text, which makes no difference either.
#[derive(Debug, Clone, Default)]
pub(super) struct Place(pub(super) Range<usize>);

impl PartialEq for Place {
    fn eq(&self, _: &Place) -> bool {
        true
    }
}

impl Eq for Place {}

/// A header, and what was said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    /// Which header.
    pub header: &'static Header,
    /// The fields that were given.
    pub given: Vec<Given>,
    pub(super) at: Place,
}

/// A field and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// Which field.
    pub field: &'static Field,
    /// What it shall be.
    pub value: Value,
    pub(super) at: Place,
}

/// What a field shall be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A number, or an address as one.
    Number(u128),
    /// A list of options.
    Options(Vec<Choice>),
    /// A name.
    Name(Name),
    /// Bytes as they are.
    Bytes(Vec<u8>),
}

impl Packet {
    /// Where it is to go: the destination of its outermost IP header, or the address that an ARP request asks about.
    pub fn destination(&self) -> Option<IpAddr> {
        let is_network = |layer: &&Layer| matches!(layer.header.name, "ip" | "ip6" | "arp");
        let layer = self.layers.iter().find(is_network)?;
        layer.address(if layer.header.name == "arp" { "pdst" } else { "dst" })
    }

    /// Every address that it is to reach: destinations, stops of source routes, and those of packets in the packet.
    /// What an ICMP error quotes is only a quotation. It reads the words, not what they give as bytes: for that,
    /// [`Reach`](super::reach::Reach).
    pub fn destinations(&self) -> Vec<IpAddr> {
        let is_quoting = |layer: &&Layer| !matches!(layer.header.name, "icmp" | "icmp6");
        let reached = |layer: &Layer| {
            let name = if layer.header.name == "arp" { "pdst" } else { "dst" };
            let stops = layer.given("options").and_then(|given| match &given.value {
                Value::Options(options) => Some(options.iter().filter_map(Choice::stops).flatten()),
                _ => None,
            });
            let stops = stops.into_iter().flatten().map(|stop| Ipv4Addr::from_bits(*stop).into());
            layer.address(name).into_iter().chain(stops).collect::<Vec<IpAddr>>()
        };
        self.layers.iter().take_while(is_quoting).flat_map(reached).collect()
    }

    /// The source that was given for it.
    pub fn source(&self) -> Option<IpAddr> {
        let is_network = |layer: &&Layer| matches!(layer.header.name, "ip" | "ip6" | "arp");
        let layer = self.layers.iter().find(is_network)?;
        layer.address(if layer.header.name == "arp" { "psrc" } else { "src" })
    }

    /// Whether it begins with an Ethernet header.
    pub fn is_frame(&self) -> bool {
        self.layers.first().is_some_and(|layer| layer.header.name == "ether")
    }

    /// Whether it has such a header.
    pub fn has(&self, name: &str) -> bool {
        self.layers.iter().any(|layer| layer.header.name == name)
    }
}

impl Layer {
    /// What was given for the field of this name.
    pub fn given(&self, name: &str) -> Option<&Given> {
        self.given.iter().find(|given| given.field.name == name)
    }

    /// The last address of an IPv4 source route (RFC 791 §3.1).
    pub(super) fn last_stop(&self) -> Option<IpAddr> {
        let Value::Options(options) = &self.given("options")?.value else { return None };
        let stops = options.iter().filter_map(Choice::stops).next_back()?;
        stops.last().map(|stop| Ipv4Addr::from_bits(*stop).into())
    }

    fn address(&self, name: &str) -> Option<IpAddr> {
        let given = self.given(name)?;
        match (&given.value, given.field.form) {
            (Value::Number(bits), Form::Ipv4) => Some(Ipv4Addr::from_bits(*bits as u32).into()),
            (Value::Number(bits), Form::Ipv6) => Some(Ipv6Addr::from_bits(*bits).into()),
            _ => None,
        }
    }
}

impl Given {
    /// The number that was given.
    pub fn number(&self) -> Option<u128> {
        if let Value::Number(number) = self.value { Some(number) } else { None }
    }
}

impl fmt::Display for Packet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, layer) in self.layers.iter().enumerate() {
            write!(f, "{}{layer}", if index > 0 { "/" } else { "" })?;
        }
        Ok(())
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(", self.header.name)?;
        for (index, Given { field, value, .. }) in self.given.iter().enumerate() {
            f.write_str(if index > 0 { ", " } else { "" })?;
            if field.name != "load" {
                write!(f, "{}=", field.name)?;
            }
            f.write_str(&show(field, value))?;
        }
        f.write_str(")")
    }
}

/// A value of a field, in the language.
pub(super) fn show(field: &Field, value: &Value) -> String {
    match value {
        Value::Number(number) => show_number(field.form, *number),
        Value::Options(options) => {
            format!("[{}]", options.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))
        }
        Value::Name(name) => quote(name.to_string().as_bytes()),
        Value::Bytes(bytes) if field.form == Form::Text => quote(bytes),
        Value::Bytes(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}

fn show_number(form: Form, number: u128) -> String {
    match form {
        Form::Hex => format!("0x{number:x}"),
        Form::Ipv4 => Ipv4Addr::from_bits(number as u32).to_string(),
        Form::Ipv6 => Ipv6Addr::from_bits(number).to_string(),
        Form::Mac => {
            let [_, _, octets @ ..] = (number as u64).to_be_bytes();
            MacAddress(octets).to_string()
        }
        Form::RecordType => RecordType(number as u16).to_string(),
        Form::Flags(flags) => {
            let set = flags.iter().filter(|flag| number & u128::from(flag.bit) != 0);
            let known: u128 = flags.iter().map(|flag| u128::from(flag.bit)).sum();
            let letters: Vec<&str> = set.map(|flag| flag.letter).collect();
            let between = if flags.iter().any(|flag| flag.letter.len() > 1) { "+" } else { "" };
            if letters.is_empty() || number & !known != 0 {
                number.to_string()
            } else {
                letters.join(between)
            }
        }
        _ => number.to_string(),
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Choice::Bytes(bytes) => {
                write!(f, "hex({})", bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
            }
            Choice::Named(shape, values) if values.is_empty() => f.write_str(shape.name),
            Choice::Named(shape, values) => {
                let is_address = shape.values == Values::Addresses;
                let show = |value: &u32| match is_address {
                    true => Ipv4Addr::from_bits(*value).to_string(),
                    false => value.to_string(),
                };
                write!(f, "{}({})", shape.name, values.iter().map(show).collect::<Vec<_>>().join(", "))
            }
        }
    }
}
