//! Any bytes as the options of an OPT record.
#![no_main]

use barewire_dns::{Message, dissect};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|options: &[u8]| {
    let Ok(length) = u16::try_from(options.len()) else { return };
    let mut bytes = vec![0, 1, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 41, 4, 0xd0, 0xff, 0, 0xff, 0xff];
    bytes.extend(length.to_be_bytes());
    bytes.extend(options);
    let (parsed, tree) = dissect(&bytes);
    assert_eq!(parsed, Message::parse(&bytes));
    let Ok(message) = parsed else { return };
    assert_eq!((tree.check_coverage(), message.notes.len()), (Ok(()), 0));
    for option in message.edns.iter().flat_map(|edns| &edns.options) {
        let _ = option.to_string();
    }
    // Nothing in an option has two forms, so the bytes are the same.
    if message.encode().is_ok_and(|written| written != bytes) || message.encode().is_err() {
        panic!("{:?}: {:02x?}", message.edns, message.encode());
    }
});
