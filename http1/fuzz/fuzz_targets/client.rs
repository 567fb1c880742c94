//! The client's core: the first byte says how the rest is cut. `cargo +nightly fuzz run client`
#![no_main]

use std::time::Instant;

use barewire_http1::{Body, Config, Request, client};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let [size, bytes @ ..] = bytes else { return };
    let now = Instant::now();
    let mut connection = client::Connection::new(Config::default());
    let request = Request::get("example.test", "/").with("Upgrade", "x").with("Connection", "upgrade");
    for piece in bytes.chunks(usize::from(*size).max(1)) {
        if connection.is_ready() {
            connection.request(&request, Body::None).expect("a good request");
            connection.transmit(now);
        }
        if let Err(refused) = connection.receive(now, piece) {
            assert_eq!(connection.receive(now, b"x"), Err(refused), "an error stays");
            break;
        }
        while connection.event().is_some() {}
        while connection.read(&mut [0; 64]) > 0 {}
    }
    let _ = connection.receive_eof(now);
    while connection.event().is_some() {}
});
