//! The values of flags that only `resolve` has: types, cookies, prefixes.

use std::net::IpAddr;

use barewire_dns::{ClientSubnet, RecordType};

/// A cookie to send (RFC 7873 §4).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cookie {
    /// The client's 8 bytes; `None`: random ones.
    pub client: Option<[u8; 8]>,
    /// What the server gave us before: nothing, or 8 to 32 bytes.
    pub server: Vec<u8>,
}

/// A type of record: by its mnemonic, or `TYPE` and its number.
pub(super) fn parse_type(text: &str) -> Result<RecordType, String> {
    RecordType::from_name(text).ok_or_else(|| "wanted a type of record, such as MX or TYPE65280".to_owned())
}

/// A cookie: empty for a random one, or the 8 bytes of the client, and then none or 8 to 32 of the server.
pub(super) fn parse_cookie(text: &str) -> Result<Cookie, String> {
    let digits: Option<Vec<u32>> = text.chars().map(|digit| digit.to_digit(16)).collect();
    let byte = |pair: &[u32]| pair.iter().fold(0, |byte, digit| byte << 4 | *digit as u8);
    let digits = digits.filter(|digits| digits.len() % 2 == 0);
    match digits.map(|digits| digits.chunks(2).map(byte).collect::<Vec<u8>>()) {
        Some(bytes) if bytes.is_empty() => Ok(Cookie::default()),
        Some(bytes) if matches!(bytes.len(), 8 | 16..=40) => {
            let (client, server) = bytes.split_at(8);
            Ok(Cookie { client: client.first_chunk().copied(), server: server.to_vec() })
        }
        _ => Err("wanted 16 hexadecimal digits of the client, and none or 16 to 64 of the server".to_owned()),
    }
}

/// An address, and how many bits of it are told: `192.0.2.0/24`. Without the number it is all of them. `0` tells none,
/// and has the server tell none either (RFC 7871 §7.1.2).
pub(super) fn parse_subnet(text: &str) -> Result<ClientSubnet, String> {
    let wanted = || format!("{text:?} is not a prefix; wanted 192.0.2.0/24, 2001:db8::/56 or 0");
    let (address, bits) = match text.split_once('/') {
        Some((address, bits)) => (address, Some(bits)),
        None if text == "0" => ("0.0.0.0", Some("0")),
        None => (text, None),
    };
    let address: IpAddr = address.parse().map_err(|_| wanted())?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let bits = bits.map_or(Ok(most), str::parse).ok().filter(|bits| *bits <= most);
    Ok(ClientSubnet::new(address, bits.ok_or_else(wanted)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes() {
        let text = |text: &str| parse_subnet(text).map(|subnet| subnet.to_string());
        assert_eq!(text("192.0.2.77/24").as_deref(), Ok("192.0.2.0/24/0"));
        assert_eq!(text("2001:db8::1").as_deref(), Ok("2001:db8::1/128/0"));
        assert_eq!(text("0").as_deref(), Ok("0.0.0.0/0/0"));
        assert!(text("192.0.2.0/33").is_err() && text("192.0.2/24").is_err() && text("::/-1").is_err());
    }

    #[test]
    fn cookies() {
        let client = Some([1, 2, 3, 4, 5, 6, 7, 0xfe]);
        assert_eq!(parse_cookie("01020304050607fE"), Ok(Cookie { client, server: vec![] }));
        let longest = Cookie { client: Some([255; 8]), server: vec![255; 32] };
        assert_eq!(parse_cookie(&"ff".repeat(40)), Ok(longest));
        assert_eq!(parse_cookie(""), Ok(Cookie::default()));
        for text in [
            "01",
            "010203040506070",
            &"01".repeat(15),
            "0102030405060708ff",
            &"ff".repeat(41),
            "zz02030405060708",
        ] {
            assert!(parse_cookie(text).is_err(), "{text}");
        }
    }
}
