//! The generator that decides what a wire loses, delays and doubles: splitmix64, small and the same on every machine.
//!
//! Nothing here must be hard to guess. Each direction of a wire has dice of its own, so that a packet on one wire does
//! not change what happens on another.
//!
//! Tested in `tests/wire.rs`: chances are as likely as they say.

/// Seeded dice.
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    /// The dice number `which` of a world with this seed.
    pub(crate) fn new(seed: u64, which: u64) -> Dice {
        let mut dice = Dice(seed ^ which.wrapping_mul(0xd134_2543_de82_ef95));
        Dice(dice.roll())
    }

    /// 64 random bits.
    pub(crate) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 up to, not including, 1.
    pub(crate) fn fraction(&mut self) -> f64 {
        (self.roll() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// True with this probability. What cannot happen uses up no roll.
    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        probability > 0.0 && self.fraction() < probability
    }
}
