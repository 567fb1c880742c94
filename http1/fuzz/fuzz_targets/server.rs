//! The server's core: the first byte says how the rest is cut. `cargo +nightly fuzz run server`
#![no_main]

use std::time::Instant;

use barewire_http1::{Body, Config, Response, server};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let [size, bytes @ ..] = bytes else { return };
    let now = Instant::now();
    let mut connection = server::Connection::new(Config::default());
    for piece in bytes.chunks(usize::from(*size).max(1)) {
        let mut result = connection.receive(now, piece);
        while let (Ok(()), Some(event)) = (&result, connection.event()) {
            if event == server::Event::End {
                connection.respond(&Response::new(404), Body::None).expect("a good response");
                result = connection.next_cycle(now).map(|_| ());
            }
        }
        while connection.read(&mut [0; 64]) > 0 {}
        if let Err(error) = result {
            let answer = Response::new(error.reason.status_hint());
            let _ = connection.respond(&answer, Body::None);
            assert_eq!(connection.receive(now, b"x"), Err(error), "an error stays");
            return;
        }
    }
    let _ = connection.receive_eof(now);
});
