//! Packets at random: what is written is read again, what is built can be looked at, and no text ends in a panic.

use std::net::{Ipv4Addr, Ipv6Addr};

use barewire::craft::header::{Field, Form, Header};
use barewire::craft::headers::HEADERS;
use barewire::craft::{self, reading, rust_uses};
use proptest::prelude::*;
use proptest::sample::select;

/// A value of a field, in the language.
fn value(field: &'static Field) -> BoxedStrategy<String> {
    let mask = field.most();
    let number = any::<u128>().prop_map(move |number| number & mask);
    match field.form {
        Form::Ipv4 => number.prop_map(|n| Ipv4Addr::from_bits(n as u32).to_string()).boxed(),
        Form::Ipv6 => number.prop_map(|n| Ipv6Addr::from_bits(n).to_string()).boxed(),
        Form::Mac => any::<[u8; 6]>().prop_map(|octets| octets.map(|o| format!("{o:02x}")).join(":")).boxed(),
        Form::Flags(flags) if flags.len() > 3 => "[FSRPAUEC]{1,8}".boxed(),
        Form::Name => select(vec!["a.test", "www.example.test", ".", "x"]).prop_map(str::to_owned).boxed(),
        Form::Options(_) => {
            let known = select(vec!["nop", "eol", "hex(fd0400ff)", "ra(0)", "mss(1460)", "rr(2)", "padn(3)"]);
            prop::collection::vec(known, 0..4).prop_map(|all| format!("[{}]", all.join(","))).boxed()
        }
        Form::Text => "\"[ -!#-\\[\\]-~é]{0,20}\"".boxed(),
        Form::Bytes => "([0-9a-f]{2}){0,20}".boxed(),
        Form::Zeros => (0..2000).prop_map(|count: i32| count.to_string()).boxed(),
        Form::Number | Form::Hex | Form::Named(_) | Form::Flags(_) | Form::RecordType => {
            number.prop_map(|n| format!("{n:#x}")).boxed()
        }
    }
}

fn layer(header: &'static Header) -> impl Strategy<Value = String> {
    let fields: Vec<_> =
        header.fields.iter().map(|field| prop::option::weighted(0.3, value(field))).collect();
    fields.prop_map(move |values| {
        let named = |(field, value): (&Field, Option<String>)| Some(format!("{}={}", field.name, value?));
        let given: Vec<String> = header.fields.iter().zip(values).filter_map(named).collect();
        format!("{}({})", header.name, given.join(", "))
    })
}

fn text() -> impl Strategy<Value = String> {
    let first = select(vec!["ip", "ip6", "ether"]).prop_map(|name| craft::headers::find(name).unwrap());
    let others = prop::collection::vec(select(HEADERS.to_vec()), 0..5);
    (first, others).prop_flat_map(|(first, others)| {
        let layers: Vec<_> = [first].into_iter().chain(others).map(layer).collect();
        layers.prop_map(|layers| layers.join("/"))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    /// A packet that is written is read as the same packet, and its bytes are the same.
    #[test]
    fn what_is_written_is_read_again(text in text()) {
        let Ok(packet) = craft::packet(&text) else { return Ok(()) };
        let again = craft::packet(&packet.to_string()).unwrap();
        prop_assert_eq!(&again, &packet);
        prop_assert_eq!(again.bytes().ok(), packet.bytes().ok());
    }

    /// The fields lie one after the other, and what was read of them covers each byte once.
    #[test]
    fn a_packet_that_is_built_can_be_looked_at(text in text()) {
        let built = craft::packet(&text).and_then(|packet| packet.build(&craft::Sender::default()));
        let Ok(built) = built else { return Ok(()) };
        let mut end = 0;
        for part in &built.parts {
            prop_assert_eq!(part.range.start, end);
            end = part.range.end;
        }
        prop_assert_eq!(end, built.bytes.len());
        let mut reading = reading::read(&built.bytes, built.is_frame());
        if reading.stopped.is_some() {
            reading.tree.len = reading.end();
        }
        prop_assert_eq!(reading.tree.check_coverage(), Ok(()));
        let (rows, _) = built.rows();
        let asked: usize = rows.iter().map(|row| row.asked.len()).sum();
        prop_assert_eq!(asked, built.sets().filter(|set| set.asked.is_some()).count());
        prop_assert!(built.rust("").len() > rust_uses("").len());
    }

    #[test]
    fn no_text_ends_in_a_panic(text in "\\PC{0,60}|[a-z0-9=(),/\\[\\]\" .:x\\\\]{0,60}") {
        if let Err(error) = craft::packet(&text).and_then(|packet| packet.bytes()) {
            prop_assert!(!error.figure(80).is_empty() && !error.to_string().is_empty());
        }
    }

    /// One character of a good packet is another one.
    #[test]
    fn no_slip_ends_in_a_panic(text in text(), at in any::<prop::sample::Index>(), c in any::<char>()) {
        let mut letters: Vec<char> = text.chars().collect();
        let at = at.index(letters.len());
        letters[at] = c;
        let text: String = letters.into_iter().collect();
        if let Err(error) = craft::packet(&text).and_then(|packet| packet.bytes()) {
            prop_assert!(!error.figure(80).is_empty() && !error.to_string().is_empty());
        }
    }
}
