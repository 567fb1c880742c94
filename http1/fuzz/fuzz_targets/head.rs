//! Whole messages: heads, framing, chunks, and the law of the trees. `cargo +nightly fuzz run head`
#![no_main]

use barewire_http1::{Config, Role, dissect, head, write};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for role in [Role::Request, Role::Response] {
        let (Ok(length), _) = dissect(role, bytes) else { continue };
        let whole = &bytes[..length];
        let (again, tree) = dissect(role, whole);
        assert_eq!(again, Ok(length));
        assert_eq!(tree.check_coverage(), Ok(()));
    }
    // A head that was read and can be written is read again as the same.
    if let Ok((read, _)) = head::read_request(bytes, &Config::default()) {
        let request = read.to_request();
        let mut out = Vec::new();
        if write::request_head(&request, &mut out).is_ok() {
            let (again, length) = head::read_request(&out, &Config::default()).expect("what we wrote");
            assert_eq!((again.to_request(), length), (request, out.len()));
        }
    }
});
