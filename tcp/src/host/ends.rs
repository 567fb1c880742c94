//! Finding a connection by its two ends: a hash table that no peer can fill with collisions.
//!
//! A peer chooses its own addresses and ports. If it could also predict which of them share a place in the table, a
//! thousand connections would make every look-up slow for all. So the hash is a keyed one (SipHash, as std has it), and
//! its key is derived from the secret of the host. Tested in `tests/host.rs`.

use std::collections::HashMap;
use std::hash::{BuildHasher, DefaultHasher, Hash, Hasher};
use std::net::{IpAddr, SocketAddr};

use crate::host::event::Handle;

/// Two ends: local, remote.
#[derive(PartialEq, Eq)]
struct FourTuple(SocketAddr, SocketAddr);

impl Hash for FourTuple {
    /// Addresses and ports in one piece each, because SipHash has its price for every piece.
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        for end in [self.0, self.1] {
            match end.ip() {
                IpAddr::V4(address) => {
                    hasher.write_u64(u64::from(address.to_bits()) << 16 | u64::from(end.port()))
                }
                IpAddr::V6(address) => {
                    hasher.write_u128(address.to_bits());
                    hasher.write_u16(end.port());
                }
            }
        }
    }
}

/// A hasher that has taken in a secret already: each hash starts from a copy of it.
struct Keyed(DefaultHasher);

impl BuildHasher for Keyed {
    type Hasher = DefaultHasher;

    fn build_hasher(&self) -> DefaultHasher {
        self.0.clone()
    }
}

/// The connections by their two ends.
pub(super) struct Ends {
    handles: HashMap<FourTuple, Handle, Keyed>,
}

impl Ends {
    /// An empty table, keyed with `secret`.
    pub(super) fn new(secret: &[u8]) -> Ends {
        let mut hasher = DefaultHasher::new();
        hasher.write(secret);
        Ends { handles: HashMap::with_hasher(Keyed(hasher)) }
    }

    /// The connection between these ends.
    pub(super) fn get(&self, local: SocketAddr, remote: SocketAddr) -> Option<Handle> {
        self.handles.get(&FourTuple(local, remote)).copied()
    }

    /// These ends belong to a connection now.
    pub(super) fn insert(&mut self, local: SocketAddr, remote: SocketAddr, handle: Handle) {
        self.handles.insert(FourTuple(local, remote), handle);
    }

    /// The ends may be used again, unless another connection has them by now.
    pub(super) fn remove(&mut self, (local, remote): (SocketAddr, SocketAddr), handle: Handle) {
        if self.get(local, remote) == Some(handle) {
            self.handles.remove(&FourTuple(local, remote));
        }
    }
}
