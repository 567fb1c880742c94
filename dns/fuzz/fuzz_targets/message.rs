//! Any bytes as a message.
#![no_main]

use barewire_dns::{Message, dissect};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let parsed = Message::parse(bytes);
    let (listened, tree) = dissect(bytes);
    assert_eq!(parsed, listened);
    match parsed {
        Ok(message) => {
            assert_eq!(tree.check_coverage(), Ok(()));
            let _ = message.summary();
            // Pointers may have made a short message of names that take too many bytes without them.
            if let Ok(written) = message.encode() {
                let again = Message::parse(&written).expect("what was written reads");
                // What was noted is not written again.
                let [again, message] = [again, message].map(|message| Message { notes: vec![], ..message });
                assert_eq!(format!("{again:?}"), format!("{message:?}"));
            }
        }
        Err(error) => {
            assert!(error.offset <= bytes.len());
            let _ = error.to_string();
        }
    }
});
