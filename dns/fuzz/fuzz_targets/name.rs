//! Any text as a name.
#![no_main]

use barewire_dns::Name;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(name) = Name::parse_text(text) {
        assert!(name.as_wire().len() <= 255);
        let again = Name::parse_text(&name.to_string()).expect("what was shown reads");
        assert!(again.same_case_as(&name));
    }
});
