//! Keys and nonces, tried on a record that does not open: under the secret and the number that we used.

use ring::aead::{Aad, LessSafeKey, Nonce, UnboundKey};

use super::finding::{Finding, NonceSlip};
use crate::key_schedule::{Secret, TrafficKeys};
use crate::ledger::schedule::Name;
use crate::ledger::{KeysInUse, Ledger};
use crate::record::HEADER;
use crate::suite::Suite;

/// How far from our sequence number others are tried.
const REACH: u64 = 256;

/// What opens the record: the first that does, from the likeliest slip to the least.
pub(super) fn record(
    ours: &Ledger,
    theirs: Option<&Ledger>,
    (secret, sequence): (Name, u64),
    bytes: &[u8],
) -> Option<Finding> {
    let (suite, own) = (ours.suite()?, ours.find(secret)?);
    let keys = Keys::new(suite, own)?;
    let near = sequence.saturating_sub(REACH)..sequence.saturating_add(REACH);
    if let Some(theirs) = (0..REACH).chain(near).find(|&other| other != sequence && keys.open(other, bytes)) {
        return Some(Finding::Sequence { ours: sequence, theirs });
    }
    let same_hash = |other: &Suite| *other != suite && other.hash() == suite.hash();
    for theirs in Suite::ALL.into_iter().filter(same_hash) {
        if Keys::new(theirs, own).is_some_and(|keys| keys.open(sequence, bytes)) {
            return Some(Finding::Suite { ours: suite, theirs });
        }
    }
    if let Some((slip, _)) = keys.nonces(sequence).into_iter().find(|(_, nonce)| keys.opens(*nonce, bytes)) {
        return Some(Finding::Nonce(slip));
    }
    let mut unchanged = bytes.to_vec();
    unchanged.get_mut(..3)?.copy_from_slice(&[23, 3, 3]);
    if keys.open(sequence, &unchanged) {
        return Some(Finding::Header);
    }
    let all = ours.secrets().iter().chain(theirs.into_iter().flat_map(Ledger::secrets));
    let mut others = all.filter(|(name, _)| *name != secret && has_keys(*name));
    let fits = |other: &Secret| {
        let keys = Keys::new(suite, other);
        keys.is_some_and(|keys| keys.open(sequence, bytes) || (0..REACH).any(|other| keys.open(other, bytes)))
    };
    let (theirs, _) = others.find(|(_, secret)| fits(secret))?;
    Some(Finding::OtherSecret { ours: secret, theirs: *theirs })
}

fn has_keys(name: Name) -> bool {
    use Name::*;
    matches!(
        name,
        ClientEarly | ClientHandshake | ServerHandshake | ClientApplication(_) | ServerApplication(_)
    )
}

/// The key that a secret makes.
struct Keys {
    key: LessSafeKey,
    keys: TrafficKeys,
}

impl Keys {
    fn new(suite: Suite, secret: &Secret) -> Option<Keys> {
        let keys = TrafficKeys::new(suite, secret);
        Some(Keys { key: LessSafeKey::new(UnboundKey::new(suite.aead(), keys.key()).ok()?), keys })
    }

    fn open(&self, sequence: u64, record: &[u8]) -> bool {
        self.opens(KeysInUse::nonce_of(self.keys.iv, sequence), record)
    }

    fn opens(&self, nonce: [u8; 12], record: &[u8]) -> bool {
        let Some((header, fragment)) = record.split_first_chunk::<HEADER>() else { return false };
        let nonce = Nonce::assume_unique_for_key(nonce);
        self.key.open_in_place(nonce, Aad::from(*header), &mut fragment.to_vec()).is_ok()
    }

    /// Nonces that are made in another way.
    fn nonces(&self, sequence: u64) -> [(NonceSlip, [u8; 12]); 3] {
        let iv = self.keys.iv;
        let (big, little) = (sequence.to_be_bytes(), sequence.to_le_bytes());
        let xor = |start: usize, number: [u8; 8]| {
            let mut nonce = iv;
            nonce[start..].iter_mut().zip(number).for_each(|(byte, number)| *byte ^= number);
            nonce
        };
        let mut plain = iv;
        plain[4..].copy_from_slice(&big);
        [
            (NonceSlip::LeftAligned, xor(0, big)),
            (NonceSlip::LittleEndian, xor(4, little)),
            (NonceSlip::NotXored, plain),
        ]
    }
}
