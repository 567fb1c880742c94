//! Any bytes as a capture file: read or refused; what was read is written, and read again as the same.
#![no_main]

use std::time::Duration;

use barewire_dissect::Lesson;
use barewire_packet::capture::Capture;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut capture = match Capture::read(bytes) {
        Ok(capture) => capture,
        Err(error) => {
            assert!(error.offset() <= bytes.len(), "{error}");
            return;
        }
    };
    for (index, _, ip) in capture.ip_packets() {
        assert!(capture.packets[index].bytes.ends_with(ip));
    }
    // 64 bits of nanoseconds are the latest time that is written.
    let latest = Duration::from_nanos(u64::MAX);
    capture.packets.iter_mut().for_each(|packet| packet.time = packet.time.min(latest));
    assert_eq!(Capture::read(&capture.write()), Ok(capture));
});
