//! The server's core: the first byte says how the rest is cut, and no cut changes what happens.
//! `cargo +nightly fuzz run server`
#![no_main]

use std::time::Instant;

use barewire_http1::{Body, Config, Response, server};
use libfuzzer_sys::fuzz_target;

/// What happened, in words; content is joined.
fn happens(bytes: &[u8], size: usize) -> (Vec<String>, Vec<u8>) {
    let now = Instant::now();
    let mut connection = server::Connection::new(Config::default());
    let (mut told, mut content, mut buffer) = (Vec::new(), Vec::new(), [0; 64]);
    for piece in bytes.chunks(size) {
        let mut result = connection.receive(now, piece).map(drop);
        loop {
            let mut ended = false;
            while let Some(event) = connection.event() {
                match event {
                    server::Event::Data => loop {
                        let length = connection.read(&mut buffer);
                        content.extend_from_slice(&buffer[..length]);
                        if length == 0 {
                            break;
                        }
                    },
                    event => {
                        ended |= matches!(event, server::Event::End(_));
                        told.push(format!("{event:?} after {} bytes of content", content.len()));
                    }
                }
            }
            if !ended || result.is_err() {
                break;
            }
            connection.respond(&Response::new(404), Body::None).expect("a good response");
            match connection.next_cycle(now) {
                Ok(true) => {}
                Ok(false) => return (told, content),
                Err(refused) => result = Err(refused),
            }
        }
        if let Err(error) = result {
            let answer = Response::new(error.reason.status_hint());
            let _ = connection.respond(&answer, Body::None);
            assert_eq!(connection.receive(now, b"x"), Err(error.clone()), "an error stays");
            told.push(error.to_string());
            return (told, content);
        }
    }
    told.extend(connection.receive_eof(now).err().map(|error| error.to_string()));
    (told, content)
}

fuzz_target!(|bytes: &[u8]| {
    let [size, bytes @ ..] = bytes else { return };
    assert_eq!(happens(bytes, usize::from(*size).max(1)), happens(bytes, bytes.len().max(1)));
});
