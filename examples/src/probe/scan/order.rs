//! A random order (Fisher and Yates, as Knuth has it): each order is as likely as any other.

use rand_core::Rng;

/// Puts the places into a random order.
pub(super) fn shuffle(places: &mut [usize], rng: &mut dyn Rng) {
    for last in (1..places.len()).rev() {
        let chosen = rng.next_u64() % (last as u64 + 1);
        places.swap(last, chosen as usize);
    }
}
