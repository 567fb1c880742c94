//! A word of the packet language as the value of a field.

use std::net::{Ipv4Addr, Ipv6Addr};

use barewire_dns::RecordType;

use super::header::{Flag, Form};

/// The number that a word stands for in this form. `None`: it is not one.
pub(super) fn number(form: Form, word: &str) -> Option<u128> {
    match form {
        Form::Number | Form::Hex | Form::Zeros => plain(word),
        Form::Named(names) => {
            let named = names.iter().find(|(name, _)| name.eq_ignore_ascii_case(word));
            named.map(|(_, number)| (*number).into()).or_else(|| plain(word))
        }
        Form::Flags(flags) => plain(word).or_else(|| bits(flags, word)),
        Form::Ipv4 => Some(word.parse::<Ipv4Addr>().ok()?.to_bits().into()),
        Form::Ipv6 => Some(word.parse::<Ipv6Addr>().ok()?.to_bits()),
        Form::Mac => mac(word),
        Form::RecordType => {
            let known = RecordType::from_name(word).map(|kind| kind.0.into());
            plain(word).or(known)
        }
        Form::Name | Form::Options(_) | Form::Text | Form::Bytes => None,
    }
}

/// 80, 0x50, 0b1010000.
fn plain(word: &str) -> Option<u128> {
    let (digits, radix) = match word.get(..2) {
        Some("0x" | "0X") => (&word[2..], 16),
        Some("0b" | "0B") => (&word[2..], 2),
        _ => (word, 10),
    };
    // A sign is not a digit, though Rust's numbers may begin with one.
    let good = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
    good.then(|| u128::from_str_radix(digits, radix).ok()).flatten()
}

/// `SA`, `SYN+ACK`, `DF+MF`.
fn bits(flags: &[Flag], word: &str) -> Option<u128> {
    word.split(['+', '|']).map(|part| bits_of(flags, part)).try_fold(0, |all, bits| Some(all | bits?))
}

fn bits_of(flags: &[Flag], part: &str) -> Option<u128> {
    let is_it = |flag: &&Flag| [flag.letter, flag.name].iter().any(|name| name.eq_ignore_ascii_case(part));
    if let Some(flag) = flags.iter().find(is_it) {
        return Some(flag.bit.into());
    }
    let letter = |c: char| {
        let flag = flags.iter().find(|flag| flag.letter.eq_ignore_ascii_case(c.encode_utf8(&mut [0; 4])));
        flag.map(|flag| u128::from(flag.bit))
    };
    let letters = part.chars().map(letter).try_fold(0, |all, bit| Some(all | bit?));
    letters.filter(|_| !part.is_empty())
}

fn mac(word: &str) -> Option<u128> {
    let octets: Vec<&str> = word.split([':', '-']).collect();
    let octet = |text: &&str| {
        let good = matches!(text.len(), 1 | 2) && text.chars().all(|c| c.is_ascii_hexdigit());
        good.then(|| u128::from_str_radix(text, 16).ok()).flatten()
    };
    let all = octets.iter().map(octet).try_fold(0, |all, octet| Some(all << 8 | octet?));
    all.filter(|_| octets.len() == 6)
}

/// The bytes of words of hexadecimal digits: `00ff`, `00 ff`, `00:ff`.
pub(super) fn bytes<'a>(words: impl Iterator<Item = &'a str>) -> Option<Vec<u8>> {
    let mut digits = Vec::new();
    for word in words {
        let word = word.strip_prefix("0x").unwrap_or(word);
        for c in word.chars().filter(|c| *c != ':') {
            digits.push(c.to_digit(16)? as u8);
        }
    }
    let (pairs, rest) = digits.as_chunks::<2>();
    rest.is_empty().then(|| pairs.iter().map(|[high, low]| high << 4 | low).collect())
}
