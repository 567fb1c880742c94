//! Damage to bytes on their way, by chance: for the tests that want the same of whole and of broken messages.

use proptest::prelude::*;
use proptest::sample::Index;

/// One change: which, where, and with which byte.
pub(crate) type Damage = (u8, Index, u8);

/// The bytes after all changes: a byte replaced, added, taken away, or a piece doubled.
pub(crate) fn damaged(mut bytes: Vec<u8>, damage: &[Damage]) -> Vec<u8> {
    for (way, place, byte) in damage {
        let at = place.index(bytes.len().max(1));
        match way {
            0 if at < bytes.len() => bytes[at] = *byte,
            1 => bytes.insert(at, *byte),
            2 if at < bytes.len() => drop(bytes.remove(at)),
            _ => bytes.extend_from_within(at.min(bytes.len())..),
        }
    }
    bytes
}

/// Up to five changes, many of them with a byte that means something in a message.
pub(crate) fn damage() -> impl Strategy<Value = Vec<Damage>> {
    let byte = prop_oneof![any::<u8>(), prop::sample::select(b"\r\n\0\t :;,\"0159fF=\\/".to_vec())];
    prop::collection::vec((0u8..4, any::<Index>(), byte), 0..6)
}
