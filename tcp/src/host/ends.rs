//! Finding a connection by its two ends: a hash table that no peer can fill with collisions.
//!
//! A peer chooses its own addresses and ports. If it could also predict which of them share a place in the table, a
//! thousand connections would make every look-up slow for all. So the hash is a keyed one, and its key is derived from
//! the secret of the host. Like Linux (`inet_ehashfn`) we take a quick one: each packet pays for it, and the peer sees
//! no hash from which it could learn the key. SipHash, as std has it, cost 4 % of a transfer. Tested in
//! `tests/host.rs`.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, Hasher};
use std::net::{IpAddr, SocketAddr};

use crate::host::event::Handle;

/// Addresses and ports of two ends, and nothing of what a [`SocketAddr`] holds beside them.
#[derive(PartialEq, Eq)]
enum Key {
    V4([u64; 2]),
    V6([u64; 5]),
}

impl Key {
    #[inline]
    fn new(local: SocketAddr, remote: SocketAddr) -> Key {
        let ports = u64::from(local.port()) << 16 | u64::from(remote.port());
        if let (IpAddr::V4(local), IpAddr::V4(remote)) = (local.ip(), remote.ip()) {
            return Key::V4([u64::from(local.to_bits()) << 32 | u64::from(remote.to_bits()), ports]);
        }
        let [a, b] = halves(local.ip());
        let [c, d] = halves(remote.ip());
        Key::V6([a, b, c, d, ports])
    }
}

fn halves(address: IpAddr) -> [u64; 2] {
    let bits = match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits(),
    };
    [(bits >> 64) as u64, bits as u64]
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        match self {
            Key::V4(words) => words.iter().for_each(|word| hasher.write_u64(*word)),
            Key::V6(words) => words.iter().for_each(|word| hasher.write_u64(*word)),
        }
    }
}

/// Takes a word in by a multiplication whose two halves are folded into one. Without the key, nobody can say what a
/// word does.
#[derive(Clone, Copy)]
struct Folding {
    state: u64,
    key: u64,
}

impl Hasher for Folding {
    fn write_u64(&mut self, word: u64) {
        let product = u128::from(self.state ^ word) * u128::from(self.key);
        self.state = product as u64 ^ (product >> 64) as u64;
    }

    /// No key of ours comes this way.
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn finish(&self) -> u64 {
        self.state
    }
}

/// Every hash starts from the secret.
impl BuildHasher for Folding {
    type Hasher = Folding;

    fn build_hasher(&self) -> Folding {
        *self
    }
}

/// The connections by their two ends.
pub(super) struct Ends {
    handles: HashMap<Key, Handle, Folding>,
}

impl Ends {
    /// An empty table with this secret.
    pub(super) fn new([state, key]: [u64; 2]) -> Ends {
        // An odd key is never zero, and loses no bit of a word.
        Ends { handles: HashMap::with_hasher(Folding { state, key: key | 1 }) }
    }

    /// The connection between these ends.
    #[inline]
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
