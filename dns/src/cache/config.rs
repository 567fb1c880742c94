//! The settings of a cache: how much room it has, and for how long it keeps what it hears.
//!
//! Tested in `tests/cache`.

/// The longest that a failure may be kept, in seconds (RFC 9520 §3.2).
pub(super) const LONGEST_FAILURE: u32 = 300;

/// How a cache behaves. All times are in seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// How many bytes of memory the entries may take. 8 MiB, as in unbound (4 MiB for messages and 4 for records).
    pub bytes: usize,
    /// Records with a lower TTL are kept for so long. 0: the owner of a zone knows best.
    pub min_ttl: u32,
    /// Records with a higher TTL are kept for so long. A day.
    pub max_ttl: u32,
    /// The longest that an answer is kept which says that something does not exist. Three hours (RFC 2308 §5).
    pub max_negative_ttl: u32,
    /// How long a failure is kept: at least 1 s and at most 5 minutes (RFC 9520 §3.2). 5 s.
    pub failure_ttl: u32,
    /// The longest that something bogus is kept (RFC 4035 §4.7). 60 s.
    pub bogus_ttl: u32,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            bytes: 8 << 20,
            min_ttl: 0,
            max_ttl: 86_400,
            max_negative_ttl: 10_800,
            failure_ttl: 5,
            bogus_ttl: 60,
        }
    }
}

impl Config {
    /// For how long records are kept. If the bounds contradict each other, the lower one counts.
    pub(super) fn ttl(&self, ttl: u32) -> u32 {
        ttl.max(self.min_ttl).min(self.max_ttl)
    }

    /// For how long something is kept that does not exist. The minimum is not for it.
    pub(super) fn negative_ttl(&self, ttl: u32) -> u32 {
        ttl.min(self.max_negative_ttl)
    }

    /// For how long a failure is kept.
    pub(super) fn failure_ttl(&self) -> u32 {
        self.failure_ttl.clamp(1, LONGEST_FAILURE)
    }
}
