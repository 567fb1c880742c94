//! One handshake message, of TLS 1.3 and of older versions: parsing never panics, and every byte of a good one has a
//! name.
#![no_main]

use barewire_dissect::record;
use barewire_tls13::handshake::Message;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for parse in [Message::parse, Message::parse_older] {
        let (message, tree) = record(bytes, || parse(bytes));
        match message {
            Ok(_) => tree.check_coverage().unwrap(),
            Err(refused) => assert!(refused.offset <= bytes.len(), "{refused}"),
        }
    }
});
