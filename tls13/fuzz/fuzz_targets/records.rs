//! A stream of records: parsing never panics, and every byte of a good one has a name.
#![no_main]

use barewire_tls13::dissect;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let (records, tree) = dissect(bytes);
    match records {
        Ok(_) => tree.check_coverage().unwrap(),
        Err(refused) => assert!(refused.offset <= bytes.len(), "{refused}"),
    }
});
