//! Finding a connection by its two ends: a hash table that no peer can fill with collisions.
//!
//! A peer chooses its own addresses and ports. If it could also predict which of them share a place in the table, a
//! thousand connections would make every look-up slow for all. So the hash is a keyed one (SipHash, as std has it), and
//! its key is derived from the secret of the host. Tested in `tests/host.rs`.

use std::collections::HashMap;
use std::hash::{BuildHasher, DefaultHasher, Hash, Hasher};
use std::net::{IpAddr, SocketAddr};

use crate::host::event::Handle;

/// Two ends as one number, or two: addresses and ports, and nothing of what a [`SocketAddr`] holds beside them.
#[derive(PartialEq, Eq)]
enum Key {
    V4(u128),
    V6([u128; 2], u32),
}

impl Key {
    fn new(local: SocketAddr, remote: SocketAddr) -> Key {
        let ports = u32::from(local.port()) << 16 | u32::from(remote.port());
        match (local.ip(), remote.ip()) {
            (IpAddr::V4(local), IpAddr::V4(remote)) => {
                let addresses = u64::from(local.to_bits()) << 32 | u64::from(remote.to_bits());
                Key::V4(u128::from(addresses) << 32 | u128::from(ports))
            }
            (local, remote) => Key::V6([in_v6(local), in_v6(remote)], ports),
        }
    }
}

fn in_v6(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

impl Hash for Key {
    /// In as few pieces as possible, because SipHash has its price for every piece.
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        match self {
            Key::V4(ends) => hasher.write_u128(*ends),
            Key::V6(addresses, ports) => {
                addresses.iter().for_each(|address| hasher.write_u128(*address));
                hasher.write_u32(*ports);
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
    handles: HashMap<Key, Handle, Keyed>,
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
        self.handles.get(&Key::new(local, remote)).copied()
    }

    /// These ends belong to a connection now.
    pub(super) fn insert(&mut self, local: SocketAddr, remote: SocketAddr, handle: Handle) {
        self.handles.insert(Key::new(local, remote), handle);
    }

    /// The ends may be used again, unless another connection has them by now.
    pub(super) fn remove(&mut self, (local, remote): (SocketAddr, SocketAddr), handle: Handle) {
        if self.get(local, remote) == Some(handle) {
            self.handles.remove(&Key::new(local, remote));
        }
    }
}
