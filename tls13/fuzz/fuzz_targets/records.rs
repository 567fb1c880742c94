//! A stream of records: parsing never panics, and every byte of a good one has a name.
#![no_main]

use barewire_dissect::{Lesson, record};
use barewire_tls13::dissect_records;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let (records, tree) = record(bytes, || dissect_records(bytes));
    match records {
        Ok(_) => tree.check_coverage().unwrap(),
        Err(error) => assert!(error.offset() <= bytes.len()),
    }
});
