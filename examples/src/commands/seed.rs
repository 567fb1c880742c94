//! The generator of random numbers: from `--seed`, or from the system's randomness.

use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use crate::failure::{Failure, Step};

/// The generator for everything random but key material.
pub(super) fn generator(seed: Option<u64>) -> Result<ChaCha8Rng, Failure> {
    if let Some(seed) = seed {
        return Ok(ChaCha8Rng::seed_from_u64(seed));
    }
    let mut seed = [0; 32];
    getrandom::fill(&mut seed)
        .map_err(|error| Failure::new(Step::Usage, format!("the system has no randomness: {error}")))?;
    Ok(ChaCha8Rng::from_seed(seed))
}
