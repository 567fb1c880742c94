//! The key exchange (RFC 8446 §4.2.8): each connection has a fresh private key. From it and the other side's public key
//! both sides make the same secret.
//!
//! ring draws the private key and never gives it out; no random numbers can be handed to it. The key schedule takes the
//! shared secret as plain bytes, so that a known one can be followed through it.
//! Left out: post-quantum groups, in which the server does not make a key, but encapsulates a secret. Tested in
//! `tests/loopback.rs` against rustls, and in `tests/rfc8448.rs` with the RFC's secrets.

use ring::{agreement, rand::SystemRandom};

use crate::error::Error;
use crate::extensions::KeyShareEntry;
use crate::group::Group;
use crate::key_schedule::Secret;

/// The private half of a key share that has been offered.
#[derive(Debug)]
pub struct PrivateShare {
    group: Group,
    private: agreement::EphemeralPrivateKey,
    public: Vec<u8>,
}

impl PrivateShare {
    /// A fresh key.
    ///
    /// # Errors
    /// [`Error::Random`] when the system gives no random numbers.
    pub fn generate(group: Group) -> Result<PrivateShare, Error> {
        let failed = |_| Error::Random;
        let private = agreement::EphemeralPrivateKey::generate(group.agreement(), &SystemRandom::new())
            .map_err(failed)?;
        let public = private.compute_public_key().map_err(failed)?.as_ref().to_vec();
        Ok(PrivateShare { group, private, public })
    }

    /// The group.
    pub fn group(&self) -> Group {
        self.group
    }

    /// The public half, as `key_exchange` carries it.
    pub fn public(&self) -> &[u8] {
        &self.public
    }

    /// The secret that is shared with the owner of the public key `peer`. `None` if that is not a valid key: not a
    /// point on the curve, or one that makes the secret all zeros (RFC 7748 §6.1).
    pub fn agree(self, peer: &[u8]) -> Option<Secret> {
        let peer = agreement::UnparsedPublicKey::new(self.group.agreement(), peer);
        agreement::agree_ephemeral(self.private, &peer, Secret::new).ok()
    }
}

/// The private halves of all key shares of one ClientHello. The server answers to one of them.
#[derive(Debug)]
pub(crate) struct KeyShares(Vec<PrivateShare>);

impl KeyShares {
    /// A fresh key for each group.
    pub(crate) fn generate(groups: &[Group]) -> Result<KeyShares, Error> {
        groups.iter().map(|&group| PrivateShare::generate(group)).collect::<Result<_, _>>().map(KeyShares)
    }

    /// The public halves, as the ClientHello has them.
    pub(crate) fn entries<'a>(&'a self) -> Vec<KeyShareEntry<'a>> {
        let entry =
            |share: &'a PrivateShare| KeyShareEntry { group: share.group.id(), key_exchange: &share.public };
        self.0.iter().map(entry).collect()
    }

    /// Whether the server has our key in that group.
    pub(crate) fn has(&self, group: Group) -> bool {
        self.0.iter().any(|share| share.group == group)
    }

    /// The share in the group of that number, if there is one. The others are dropped.
    pub(crate) fn take(self, group: u16) -> Option<PrivateShare> {
        self.0.into_iter().find(|share| share.group.id() == group)
    }

    /// The names of their groups: "x25519, secp256r1".
    pub(crate) fn names(&self) -> String {
        self.0.iter().map(|share| share.group.name()).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
impl KeyShares {
    /// A share whose private key is known: those of RFC 8448 are printed there.
    #[allow(deprecated)] // the only way to give ring a private key
    pub(crate) fn known(group: Group, private: &[u8]) -> KeyShares {
        let random = ring::test::rand::FixedSliceRandom { bytes: private };
        let private = agreement::EphemeralPrivateKey::generate(group.agreement(), &random).unwrap();
        let public = private.compute_public_key().unwrap().as_ref().to_vec();
        KeyShares(vec![PrivateShare { group, private, public }])
    }
}
