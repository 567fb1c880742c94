//! Any bytes as an IP packet: read, drawn, written again, observed.
#![no_main]

use std::time::Duration;

use barewire_tcp::observe::Observer;
use barewire_tcp::options::list;
use barewire_tcp::packet;
use barewire_tcp::packet::Payload;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let (whole, tree) = packet::dissect(bytes);
    match whole {
        Ok(whole) => {
            assert_eq!(tree.check_coverage(), Ok(()));
            let mut observer = Observer::default();
            observer.packet(1, Duration::ZERO, &whole);
            observer.packet(2, Duration::ZERO, &whole);
            let mut again = Vec::new();
            whole.ip.write(&mut again);
            assert_eq!(again, bytes, "written as it was read");
            if let Payload::Tcp(segment) = &whole.payload {
                again.clear();
                segment.write(&mut again);
                assert_eq!(again, whole.ip.payload);
                again.clear();
                list(segment.option_bytes)
                    .expect("read once already")
                    .iter()
                    .for_each(|o| o.write(&mut again));
                assert_eq!(again, segment.option_bytes);
            }
        }
        Err(error) => assert!(error.offset <= bytes.len(), "{error}"),
    }
});
