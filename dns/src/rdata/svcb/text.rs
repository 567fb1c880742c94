//! The parameters of SVCB as text: `key=value`, the value in quotes or not (RFC 9460 §2.1 and appendix A).
//!
//! A list has commas. A comma inside an item is `\,` and a backslash `\\`; as the value is a character-string before it
//! is a list, such a backslash is written twice.

use std::fmt;
use std::str::FromStr;

use data_encoding::BASE64;

use super::param::{self, SvcKey, SvcParam};
use crate::text::escape::quoted;
use crate::text::fields::{Fields, Text};
use crate::text::reason::TextReason;
use crate::text::tokens::Token;

/// Reads the next parameter.
pub(super) fn read(text: &mut Fields<'_>) -> Text<SvcParam> {
    let token = text.token("SvcParam")?;
    let at = token.text.iter().position(|byte| *byte == b'=');
    let (key, value) = token.text.split_at(at.unwrap_or(token.text.len()));
    let Some((name, key)) = str::from_utf8(key).ok().and_then(|name| Some((name, SvcKey::from_name(name)?)))
    else {
        return text.refuse(token, "SvcParam", "a key like alpn, or keyN");
    };
    let value = value.strip_prefix(b"=").unwrap_or_default();
    let inside = value.strip_prefix(b"\"").and_then(|value| value.strip_suffix(b"\""));
    let (value, from_end) = inside.map_or((value, value.len()), |inside| (inside, inside.len() + 1));
    let at = token.at + token.text.len() - from_end;
    let value = text.unescaped(Token { text: value, at, ..token })?;
    let param = if name.starts_with("key") { of_bytes(key, &value) } else { of_value(key, value) };
    let broken = |reason| Err(token.refused(TextReason::Wire(reason)));
    let Some(param) = param else { return broken(param::value_of(key)) };
    match param.check() {
        Ok(()) => Ok(param),
        Err(reason) => broken(reason),
    }
}

/// The parameter of `keyN`: the value has the bytes as they go over the wire (RFC 9460 §2.1).
fn of_bytes(key: SvcKey, bytes: &[u8]) -> Option<SvcParam> {
    match param::value(key, bytes) {
        Ok(([], param)) => Some(param),
        Ok(_) | Err(_) => None,
    }
}

/// The parameter with this value; `None` if the key wants another form.
fn of_value(key: SvcKey, value: Vec<u8>) -> Option<SvcParam> {
    Some(match key {
        SvcKey::MANDATORY => {
            let mut keys = words(&value, SvcKey::from_name)?;
            keys.sort();
            SvcParam::Mandatory(keys)
        }
        SvcKey::ALPN => SvcParam::Alpn(items(&value)?),
        SvcKey::NO_DEFAULT_ALPN if value.is_empty() => SvcParam::NoDefaultAlpn,
        SvcKey::NO_DEFAULT_ALPN => return None,
        SvcKey::PORT => SvcParam::Port(number(str::from_utf8(&value).ok()?)?),
        SvcKey::IPV4HINT => SvcParam::Ipv4Hint(words(&value, number)?),
        SvcKey::IPV6HINT => SvcParam::Ipv6Hint(words(&value, number)?),
        SvcKey::ECH => SvcParam::Other { key, value: BASE64.decode(&value).ok()? },
        _ => SvcParam::Other { key, value },
    })
}

fn number<T: FromStr>(word: &str) -> Option<T> {
    word.parse().ok().filter(|_| !word.starts_with('+'))
}

/// A list of words without escapes.
fn words<T>(value: &[u8], word: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    str::from_utf8(value).ok()?.split(',').map(word).collect()
}

/// A list of items, in which a backslash keeps the byte after it.
fn items(value: &[u8]) -> Option<Vec<Vec<u8>>> {
    let (mut items, mut bytes) = (vec![Vec::new()], value.iter());
    while let Some(&byte) = bytes.next() {
        match byte {
            b',' => items.push(Vec::new()),
            b'\\' => items.last_mut()?.push(*bytes.next()?),
            _ => items.last_mut()?.push(byte),
        }
    }
    Some(items)
}

/// An item of a list, with its backslashes.
fn item(id: &[u8]) -> Vec<u8> {
    let escaped = |byte: &u8| if matches!(byte, b',' | b'\\') { vec![b'\\', *byte] } else { vec![*byte] };
    id.iter().flat_map(escaped).collect()
}

impl fmt::Display for SvcParam {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.key().name())?;
        match self {
            SvcParam::Mandatory(keys) => write!(f, "={}", joined(keys.iter().map(|key| key.name()))),
            SvcParam::Alpn(ids) => {
                let ids: Vec<Vec<u8>> = ids.iter().map(|id| item(id)).collect();
                write!(f, "={}", quoted(&ids.join(&b','))) // the list is a character-string
            }
            SvcParam::NoDefaultAlpn => Ok(()),
            SvcParam::Port(port) => write!(f, "={port}"),
            SvcParam::Ipv4Hint(addresses) => write!(f, "={}", joined(addresses.iter())),
            SvcParam::Ipv6Hint(addresses) => write!(f, "={}", joined(addresses.iter())),
            SvcParam::Other { key: SvcKey::ECH, value } => write!(f, "=\"{}\"", BASE64.encode(value)),
            SvcParam::Other { value, .. } if value.is_empty() => Ok(()),
            SvcParam::Other { value, .. } => write!(f, "={}", quoted(value)),
        }
    }
}

fn joined(items: impl Iterator<Item = impl fmt::Display>) -> String {
    items.map(|item| item.to_string()).collect::<Vec<_>>().join(",")
}
