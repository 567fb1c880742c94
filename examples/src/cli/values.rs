//! The values of flags: addresses, numbers, streams. A value that makes no sense is refused with what was wanted.

use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

#[cfg(not(target_family = "wasm"))]
use barewire_dns::Name;
use barewire_tls13::Group;

use crate::fetch::{Limit, Resolve};
use crate::story::Transport;

pub(super) fn parse_resolve(text: &str) -> Result<Resolve, String> {
    let mut parts = text.splitn(3, ':');
    let (Some(host), Some(port), Some(address)) = (parts.next(), parts.next(), parts.next()) else {
        return Err("wanted HOST:PORT:ADDR, such as www.example.test:443:192.0.2.1".into());
    };
    let port = port.parse().map_err(|_| format!("{port:?} is no port"))?;
    let address = address.trim_start_matches('[').trim_end_matches(']');
    let address = address.parse().map_err(|_| format!("{address:?} is no IP address"))?;
    Ok(Resolve { host: host.to_ascii_lowercase(), port, address })
}

pub(super) fn parse_resolver(text: &str) -> Result<SocketAddr, String> {
    let address = text.trim_start_matches('[').trim_end_matches(']');
    if let Ok(address) = address.parse::<IpAddr>() {
        return Ok(SocketAddr::new(address, 53));
    }
    text.parse()
        .map_err(|_| format!("{text:?} is no address; wanted 192.0.2.1, 192.0.2.1:53 or [2001:db8::1]:53"))
}

/// The groups of `--curves`, the preferred one first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Groups(pub Vec<Group>);

/// A list as curl and OpenSSL have it: X25519:P-256.
pub(super) fn parse_groups(text: &str) -> Result<Groups, String> {
    let mut groups = Vec::new();
    for name in text.split(':') {
        let group = match name.to_ascii_lowercase().as_str() {
            "x25519" => Group::X25519,
            "p-256" | "prime256v1" | "secp256r1" => Group::Secp256r1,
            "p-384" | "secp384r1" => Group::Secp384r1,
            _ => {
                return Err(format!(
                    "{name:?} is not one of X25519, P-256 and P-384, with : between several"
                ));
            }
        };
        if groups.contains(&group) {
            return Err(format!("{name} stands there twice"));
        }
        groups.push(group);
    }
    Ok(Groups(groups))
}

/// A file beside the rows of the output. On standard output it would stand between them, and nobody could read it.
pub(super) fn parse_named_file(text: &str) -> Result<PathBuf, String> {
    match text {
        "-" => Err("standard output has the rows: name a file (./- is one that is called -)".to_owned()),
        _ => Ok(text.into()),
    }
}

fn parse_number(text: &str, most: f64, unit: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if (0.0..=most).contains(&number) => Ok(number),
        _ => Err(format!("wanted {unit} from 0 to {most}")),
    }
}

/// A number of bytes: 500000, 64k, 8m, 1g. The units are those of unbound: k is 1024.
#[cfg(not(target_family = "wasm"))]
pub(super) fn parse_size(text: &str) -> Result<usize, String> {
    let (number, unit) = match text.char_indices().next_back() {
        Some((end, 'k' | 'K')) => (&text[..end], 1 << 10),
        Some((end, 'm' | 'M')) => (&text[..end], 1 << 20),
        Some((end, 'g' | 'G')) => (&text[..end], 1 << 30),
        _ => (text, 1),
    };
    let bytes = number.parse::<usize>().ok().and_then(|number| number.checked_mul(unit));
    bytes.ok_or_else(|| "wanted a number of bytes, such as 500000, 64k, 8m or 1g".to_owned())
}

/// The name of a zone, with or without the dot at its end.
#[cfg(not(target_family = "wasm"))]
pub(super) fn parse_zone(text: &str) -> Result<Name, String> {
    Name::parse_text(text).map_err(|error| error.to_string())
}

pub(super) fn parse_seconds(text: &str) -> Result<Duration, String> {
    parse_number(text, 1e6, "seconds").map(Duration::from_secs_f64)
}

pub(super) fn parse_millis(text: &str) -> Result<f64, String> {
    parse_number(text, 1e5, "milliseconds")
}

pub(super) fn parse_percent(text: &str) -> Result<f64, String> {
    parse_number(text, 100.0, "a percentage")
}

/// How many redirects: a number, or -1 for as many as there are.
pub(super) fn parse_redirects(text: &str) -> Result<Limit, String> {
    match text.parse() {
        Ok(-1_i64) => Ok(Limit::Unlimited),
        Ok(number) => u32::try_from(number).map(Limit::Most).map_err(|_| "wanted a number, or -1".to_owned()),
        Err(_) => Err("wanted a number, or -1".to_owned()),
    }
}

/// A host: by its address, or by the name of its capture point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Its address.
    Address(IpAddr),
    /// Its name.
    Name(String),
}

/// An address, or a name. Names are those of capture points: what a name meant in DNS stands in the capture.
pub(super) fn parse_place(text: &str) -> Result<Place, String> {
    match text.trim_start_matches('[').trim_end_matches(']').parse() {
        Ok(address) => Ok(Place::Address(address)),
        Err(_) if text.is_empty() => Err("wanted an address, or the name of a capture point".into()),
        Err(_) => Ok(Place::Name(text.to_owned())),
    }
}

/// `3` or `tcp:3`, `udp:0`: the numbers that tshark gives streams.
pub(super) fn parse_stream(text: &str) -> Result<(Transport, usize), String> {
    let (transport, number) = match text.split_once([':', ' ']) {
        None => (Transport::Tcp, text),
        Some(("tcp", number)) => (Transport::Tcp, number),
        Some(("udp", number)) => (Transport::Udp, number),
        Some((other, _)) => return Err(format!("{other:?} is not tcp or udp; wanted 3, tcp:3 or udp:3")),
    };
    let number =
        number.trim().parse().map_err(|_| format!("{number:?} is not a number; wanted 3, tcp:3 or udp:3"))?;
    Ok((transport, number))
}

/// One frame, `7`, or several, `65-128`.
pub(super) fn parse_frames(text: &str) -> Result<RangeInclusive<u64>, String> {
    let number = |text: &str| text.parse::<u64>().ok();
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    match (number(first), number(last)) {
        (Some(first), Some(last)) if first <= last => Ok(first..=last),
        _ => Err("wanted a frame number, or the first and the last of several: 7, 65-128".to_owned()),
    }
}

/// A frame and a number that belongs to it.
fn parse_of_frame(text: &str, wanted: &str) -> Result<(u64, String), String> {
    let parts = text.split_once(':').and_then(|(frame, rest)| Some((frame.parse().ok()?, rest.to_owned())));
    parts.ok_or_else(|| format!("wanted the number of a frame, a colon and {wanted}"))
}

pub(super) fn parse_delay(text: &str) -> Result<(u64, Duration), String> {
    let (frame, by) = parse_of_frame(text, "milliseconds: 7:250")?;
    Ok((frame, Duration::from_secs_f64(parse_millis(&by)? / 1000.0)))
}

pub(super) fn parse_flip(text: &str) -> Result<(u64, usize), String> {
    let (frame, bit) = parse_of_frame(text, "the number of a bit: 7:320")?;
    let bit = bit.parse().ok().filter(|bit| *bit < 8 * 65_535);
    Ok((frame, bit.ok_or("an IP packet has the bits 0 to 524,279")?))
}

pub(super) fn parse_port_of(text: &str) -> Result<(String, u16), String> {
    let wanted = || "wanted a host, a colon and a port: www:443, 203.0.113.80:443".to_owned();
    let (host, port) = text.rsplit_once(':').ok_or_else(wanted)?;
    let host = host.trim_start_matches('[').trim_end_matches(']');
    Ok((host.to_owned(), port.parse().map_err(|_| wanted())?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolvers_and_resolves() {
        assert_eq!(parse_resolver("::1").unwrap(), "[::1]:53".parse().unwrap());
        assert_eq!(parse_resolver("10.0.0.1:5300").unwrap(), "10.0.0.1:5300".parse().unwrap());
        let wanted = Resolve { host: "a.test".into(), port: 443, address: "2001:db8::1".parse().unwrap() };
        assert_eq!(parse_resolve("A.test:443:[2001:db8::1]").unwrap(), wanted);
    }

    #[test]
    fn hosts() {
        assert_eq!(parse_place("[2001:db8::1]"), Ok(Place::Address("2001:db8::1".parse().unwrap())));
        assert_eq!(parse_place("proxy"), Ok(Place::Name("proxy".to_owned())));
    }

    #[test]
    fn streams() {
        assert_eq!(parse_stream("3"), Ok((Transport::Tcp, 3)));
        assert_eq!(parse_stream("udp:0"), Ok((Transport::Udp, 0)));
        assert!(parse_stream("sctp:1").unwrap_err().contains("tcp or udp"));
        assert!(parse_stream("-1").is_err());
    }
}
