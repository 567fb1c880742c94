//! Two hosts and a wire that does what it likes: the code stands in `tests/hostile/pair.rs`, where bytes by chance go
//! through it as well.
#![no_main]

#[path = "../../tests/hostile/input.rs"]
mod input;
#[path = "../../tests/hostile/laws.rs"]
mod laws;
#[path = "../../tests/hostile/pair.rs"]
mod pair;
#[path = "../../tests/hostile/text.rs"]
mod text;
#[path = "../../tests/hostile/wire.rs"]
mod wire;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| pair::run(bytes));
