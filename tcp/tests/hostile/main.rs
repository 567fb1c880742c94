//! Hostile peers and wires: a connection in each state is given segments, calls and errors by chance, and two hosts
//! talk over a wire that does what it likes. The targets `connection` and `pair` of `tcp/fuzz` run the same code.

mod connection;
mod input;
mod laws;
mod pair;
mod play;
mod states;
mod text;
mod wire;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Runs of bytes from seeds. A run that fails says which.
fn by_chance(seeds: std::ops::Range<u64>, run: fn(&[u8])) {
    let failed: Vec<u64> = seeds
        .filter(|seed| {
            let mut rng = ChaCha20Rng::seed_from_u64(*seed);
            let mut bytes = vec![0; (rng.next_u32() % 400) as usize];
            rng.fill_bytes(&mut bytes);
            std::panic::catch_unwind(|| run(&bytes)).is_err()
        })
        .inspect(|seed| eprintln!("seed {seed} failed"))
        .collect();
    assert!(failed.is_empty(), "{} seeds failed: {failed:?}", failed.len());
}

/// What the fuzzer begins with.
fn seeds_of(target: &str, run: fn(&[u8])) {
    let folder = format!("{}/fuzz/seeds/{target}", env!("CARGO_MANIFEST_DIR"));
    let seeds = std::fs::read_dir(&folder).expect("a folder of seeds").map(|entry| entry.unwrap().path());
    let count = seeds.inspect(|path| run(&std::fs::read(path).unwrap())).count();
    assert!(count > 5, "{count} seeds");
}

#[test]
fn connections() {
    seeds_of("connection", connection::run);
    by_chance(0..3000, connection::run);
}

#[test]
fn pairs() {
    seeds_of("pair", pair::run);
    by_chance(0..1000, pair::run);
}
