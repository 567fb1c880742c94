//! The key exchange (RFC 8446 §4.2.8): a fresh private key per connection, and what both sides make of it.
//!
//! The private key never leaves ring, which also draws it (its generator is sealed: nobody can hand it random
//! numbers). The key schedule takes the shared secret as plain input, so that a known one can be followed
//! through it. Tested in `tests/loopback.rs` against rustls, and in `tests/rfc8448.rs` with the RFC's secrets.

use ring::{agreement, rand::SystemRandom};

use crate::error::Error;
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
    /// A fresh key. Fails only when the system has no random numbers to give.
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

    /// The secret shared with the owner of the public key `peer`. `None` when that is not a valid
    /// key: not a point on the curve, or (RFC 7748 §6.1) one that leads to the all-zero secret.
    pub fn agree(self, peer: &[u8]) -> Option<Secret> {
        let peer = agreement::UnparsedPublicKey::new(self.group.agreement(), peer);
        agreement::agree_ephemeral(self.private, &peer, Secret::new).ok()
    }
}
