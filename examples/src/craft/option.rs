//! The options of TCP (RFC 9293 §3.2), IPv4 (RFC 791 §3.1) and IPv6 (RFC 8200 §4.2), by name: what they are called,
//! which values they have, and their bytes.

use super::header::Family;

/// How an option is written, in the language and on the wire.
#[derive(Debug, PartialEq, Eq)]
pub struct Shape {
    /// Its name.
    pub name: &'static str,
    /// An example of it: `mss(1460)`.
    pub usage: &'static str,
    /// Its first byte.
    pub kind: u8,
    /// Its values.
    pub values: Values,
}

/// The values of an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Values {
    /// No value, and no length either: a single byte.
    Single,
    /// No value.
    None,
    /// One of so many bytes; where it is left out it is 0.
    One(usize),
    /// Two of four bytes.
    Two,
    /// Pairs of four bytes.
    Pairs,
    /// So many zeros.
    Zeros,
    /// A pointer of one byte, and room for so many addresses.
    Slots,
    /// A pointer of one byte, and these addresses.
    Addresses,
}

const fn shape(name: &'static str, usage: &'static str, kind: u8, values: Values) -> Shape {
    Shape { name, usage, kind, values }
}

static TCP: [Shape; 7] = [
    shape("eol", "eol", 0, Values::Single),
    shape("nop", "nop", 1, Values::Single),
    shape("mss", "mss(1460)", 2, Values::One(2)),
    shape("wscale", "wscale(7)", 3, Values::One(1)),
    shape("sackok", "sackok", 4, Values::None),
    shape("sack", "sack(1,5)", 5, Values::Pairs),
    shape("timestamp", "timestamp(1,0)", 8, Values::Two),
];

static IPV4: [Shape; 6] = [
    shape("eol", "eol", 0, Values::Single),
    shape("nop", "nop", 1, Values::Single),
    shape("rr", "rr(3)", 7, Values::Slots),
    shape("lsrr", "lsrr(10.0.0.1)", 131, Values::Addresses),
    shape("ssrr", "ssrr(10.0.0.1)", 137, Values::Addresses),
    shape("ra", "ra(0)", 148, Values::One(2)),
];

static IPV6: [Shape; 4] = [
    shape("pad1", "pad1", 0, Values::Single),
    shape("padn", "padn(4)", 1, Values::Zeros),
    shape("ra", "ra(0)", 5, Values::One(2)),
    shape("jumbo", "jumbo(65536)", 0xc2, Values::One(4)),
];

/// The options of a family.
pub(super) fn shapes(family: Family) -> &'static [Shape] {
    match family {
        Family::Tcp => &TCP,
        Family::Ipv4 => &IPV4,
        Family::Ipv6 => &IPV6,
    }
}

/// An option with its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// One that has a name.
    Named(&'static Shape, Vec<u32>),
    /// The bytes of any other.
    Bytes(Vec<u8>),
}

impl Choice {
    /// One with these values; `None`: it has others.
    pub(super) fn of(shape: &'static Shape, values: Vec<u32>) -> Option<Choice> {
        let fits = match (shape.values, &values[..]) {
            (Values::Single | Values::None, []) | (Values::One(_), []) => true,
            (Values::One(size), [value]) => u64::from(*value) < 1 << (8 * size),
            (Values::Two, [_, _]) => true,
            (Values::Pairs, pairs) => pairs.len().is_multiple_of(2) && pairs.len() <= 62,
            (Values::Zeros, [zeros]) => *zeros <= 255,
            (Values::Slots, [slots]) => *slots <= 63,
            (Values::Addresses, addresses) => addresses.len() <= 63,
            _ => false,
        };
        fits.then_some(Choice::Named(shape, values))
    }

    /// Whether its values are addresses.
    pub(super) fn has_addresses(shape: &Shape) -> bool {
        shape.values == Values::Addresses
    }

    /// The addresses in it.
    pub(super) fn stops(&self) -> Option<&[u32]> {
        match self {
            Choice::Named(shape, stops) if Choice::has_addresses(shape) => Some(stops),
            Choice::Named(..) | Choice::Bytes(_) => None,
        }
    }

    /// Its bytes.
    pub fn bytes(&self) -> Vec<u8> {
        let (shape, values) = match self {
            Choice::Bytes(bytes) => return bytes.clone(),
            Choice::Named(shape, values) => (shape, values),
        };
        let first = values.first().copied().unwrap_or_default();
        let wide = || values.iter().flat_map(|value| value.to_be_bytes());
        let data: Vec<u8> = match shape.values {
            Values::Single => return vec![shape.kind],
            Values::None => Vec::new(),
            Values::One(size) => first.to_be_bytes()[4 - size..].to_vec(),
            Values::Two | Values::Pairs => wide().collect(),
            Values::Zeros => vec![0; first as usize],
            // The first free place is the fourth byte of the option, counted from 1.
            Values::Slots => [&[4][..], &vec![0; 4 * first as usize]].concat(),
            Values::Addresses => [4].into_iter().chain(wide()).collect(),
        };
        // The length byte of IPv6 counts the data only (RFC 8200 §4.2).
        let is_ipv6 = IPV6.iter().any(|ipv6| ipv6 == *shape);
        let length = data.len() + if is_ipv6 { 0 } else { 2 };
        [&[shape.kind, length as u8], &data[..]].concat()
    }
}

/// Options in a row, padded to whole words as their family pads.
pub(super) fn padded(family: Family, fixed: usize, options: &[Choice]) -> Vec<u8> {
    let mut out: Vec<u8> = options.iter().flat_map(Choice::bytes).collect();
    match family {
        // "The TCP header padding is used to ensure that the TCP header ends .. on a 32-bit boundary" (RFC 9293 §3.1).
        Family::Tcp | Family::Ipv4 => out.resize(out.len().next_multiple_of(4), 0),
        Family::Ipv6 => match (fixed + out.len()).next_multiple_of(8) - fixed - out.len() {
            0 => {}
            1 => out.push(0),
            missing => {
                out.extend([1, missing as u8 - 2]);
                out.resize(out.len() + missing - 2, 0);
            }
        },
    }
    out
}
