//! dns05: a set of types as NSEC holds it.

use barewire_dissect::Direction::ToClient;
use barewire_dns::rdata::{Nsec, Types};
use barewire_dns::{Message, Name, RData, Record, RecordType};

use crate::steps::{Failed, Steps, unexpected};

const BITMAP: &str = "RFC 4034 §4.1.2";

/// The bytes that an NSEC record has for these types, after the next name.
fn written(steps: &mut Steps, types: &[u16]) -> Result<Vec<u8>, Failed> {
    let name = |text: &str| Name::parse_text(text).expect("a name");
    let owner = name("alfa.example.com");
    let mut message = Message::response_to(&Message::query(0x3039, owner.clone(), RecordType::NSEC));
    let types = Types::new(types.iter().copied().map(RecordType).collect());
    let nsec = Nsec { next: name("host.example.com"), types };
    message.answers.push(Record::new(owner, 86_400, RData::Nsec(Box::new(nsec))));
    let bytes = message.encode().map_err(|error| unexpected("writing it", &error, BITMAP))?;
    steps.datagram(ToClient, &bytes);
    let next = b"\x04host\x07example\x03com\0";
    let at = bytes.windows(next.len()).rposition(|window| window == next).unwrap_or(bytes.len());
    Ok(bytes.get(at + next.len()..).unwrap_or_default().to_vec())
}

/// dns05: windows of types.
pub(crate) fn types(steps: &mut Steps) -> Result<(), Failed> {
    // The example of RFC 4034 §4.3: A MX RRSIG NSEC TYPE1234.
    let example = [&[0, 6, 0x40, 1, 0, 0, 0, 3, 4, 0x1b][..], &[0; 26], &[0x20]].concat();
    let last = [&[0xff, 32][..], &[0; 31], &[0x01]].concat();
    let sets: [(&[u16], Vec<u8>, &str); 7] = [
        (&[1], vec![0, 1, 0x40], "A alone"),
        (&[1, 28], vec![0, 4, 0x40, 0, 0, 0x08], "A and AAAA: the zero bytes between them stay"),
        (&[7, 8], vec![0, 2, 0x01, 0x80], "the last bit of one byte, and the first of the next"),
        (&[1, 15, 46, 47, 1234], example, "A MX RRSIG NSEC TYPE1234, the example of RFC 4034 §4.3"),
        (&[256], vec![1, 1, 0x80], "TYPE256: window 0 has no types, and is left out"),
        (&[1, 257], vec![0, 1, 0x40, 1, 1, 0x40], "A and CAA: the same bit in two windows"),
        (&[65_535], last, "TYPE65535: the last bit of the last window"),
    ];
    for (types, wanted, what) in sets {
        steps.step(format!("write an NSEC record for {what}"));
        let got = written(steps, types)?;
        steps.equal("its bytes after the next name", wanted, got, BITMAP)?;
    }
    Ok(())
}
