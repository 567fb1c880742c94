//! The packet language of `barewire send`: whatever the text, it is a packet or an error with its place; a packet is
//! written as a text that is read as the same packet, and every byte of what is built belongs to one header.
#![no_main]

use barewire::craft::{self, Sender};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let built = craft::packet(text).and_then(|packet| {
        let again = craft::packet(&packet.to_string()).expect("what is written is read");
        assert_eq!(again, packet);
        packet.build(&Sender::default())
    });
    match built {
        Ok(built) => {
            let end = built.parts.iter().fold(0, |end, part| {
                assert_eq!(part.range.start, end);
                part.range.end
            });
            assert_eq!(end, built.bytes.len());
            built.rows();
            built.rust(text);
        }
        Err(error) => {
            assert!(error.at.start <= error.at.end && error.at.end <= text.len());
            error.figure(80);
        }
    }
});
