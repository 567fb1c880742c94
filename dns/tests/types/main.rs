//! The types of records: what the RFCs show of each as text and as bytes, what each refuses, and the table of them all.
//!
//! Where an RFC has the text and not the bytes, they are what `ldns-read-zone -U` of ldns 1.8.3 made of the text.
//! hickory-proto reads the bytes too. In reading order: [`examples`] and [`svcb`] (the RFCs' own), [`generic`] (text of
//! any type), [`refusals`] and [`texts`] (bytes and text that no type allows), [`pointers`] (names that end in one),
//! [`writing`] (data that would come out as something else), and [`table`].

mod examples;
mod generic;
#[path = "../judge/mod.rs"]
mod judge;
mod pointers;
mod refusals;
mod svcb;
mod table;
mod texts;
#[path = "../wire/mod.rs"]
mod wire;
mod writing;

use barewire_dns::{Message, RData, RecordType, dissect};

/// The text reads as these bytes, the bytes read as that data and are written again, and what is printed reads back.
#[track_caller]
fn there_and_back(rtype: RecordType, text: &str, bytes: &[u8]) {
    let of_text = RData::parse_text(rtype, text).unwrap_or_else(|error| panic!("{rtype} {text}: {error}"));
    let message = wire::one_answer(rtype, bytes);
    let of_bytes = wire::data_of(&message);
    assert_eq!(of_text, of_bytes, "{rtype}: the text `{text}`, then the bytes");
    assert_eq!(Message::parse(&message).unwrap().encode().unwrap(), message, "{rtype} {text}");
    let printed = of_bytes.to_string();
    assert_eq!(
        RData::parse_text(rtype, &printed),
        Ok(of_bytes.clone()),
        "{rtype} {text} is printed as {printed}"
    );
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let generic = format!(r"\# {} {digits}", bytes.len());
    assert_eq!(RData::parse_text(rtype, &generic), Ok(of_bytes), "{rtype} {generic}");
    assert_eq!(dissect(&message).1.check_coverage(), Ok(()), "{rtype} {text}");
    judge::agree(text, &message);
}
