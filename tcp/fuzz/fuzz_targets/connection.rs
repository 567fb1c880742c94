//! One connection in any of its states, and a peer that may send anything well formed: the code stands in
//! `tests/hostile/connection.rs`, where bytes by chance go through it as well.
#![no_main]

#[path = "../../tests/hostile/connection.rs"]
mod connection;
#[path = "../../tests/hostile/input.rs"]
mod input;
#[path = "../../tests/hostile/laws.rs"]
mod laws;
#[path = "../../tests/hostile/play.rs"]
mod play;
#[path = "../../tests/hostile/states.rs"]
mod states;
#[path = "../../tests/hostile/text.rs"]
mod text;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| connection::run(bytes));
