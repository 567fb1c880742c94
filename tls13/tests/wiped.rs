//! Secrets are wiped when they are dropped. That memory cannot be looked at without `unsafe`, so the proof has two
//! parts: wiping leaves zeros, and the types promise to wipe when they are dropped.

use barewire_tls13::Suite;
use barewire_tls13::key_schedule::{Secret, TrafficKeys};
use zeroize::{Zeroize, ZeroizeOnDrop};

#[test]
fn wiping_leaves_zeros() {
    let mut secret = Secret::new(&[7; 48]);
    secret.zeroize();
    assert_eq!(secret.bytes(), [0; 48]);
    let mut keys = TrafficKeys::new(Suite::Aes256GcmSha384, &Secret::new(&[7; 48]));
    assert!(keys.key() != [0; 32] && keys.iv != [0; 12]);
    keys.zeroize();
    assert_eq!((keys.key(), keys.iv), (&[0; 32][..], [0; 12]));
}

#[test]
fn secrets_and_keys_are_wiped_when_they_are_dropped() {
    fn promises<T: ZeroizeOnDrop>() -> bool {
        std::mem::needs_drop::<T>()
    }
    assert!(promises::<Secret>() && promises::<TrafficKeys>());
}

/// In constant time, but by value: a byte anywhere, and the length.
#[test]
fn secrets_are_equal_by_their_bytes() {
    let secret = Secret::new(&[7; 48]);
    assert_eq!(secret, Secret::new(&[7; 48]));
    for at in 0..48 {
        let mut bytes = [7; 48];
        bytes[at] ^= 0x80;
        assert!(secret != Secret::new(&bytes), "byte {at}");
    }
    assert!(Secret::new(&[0; 32]) != Secret::new(&[0; 48]), "the length counts");
}
