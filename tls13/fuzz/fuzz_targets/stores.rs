//! A store of sessions under any calls: it keeps its bounds, gives each session out once and only where it fits, the
//! newest first, and drops none without a reason. The first two bytes are the bounds; each call has six bytes.
#![no_main]

#[path = "../../tests/common/mod.rs"]
mod common;

use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::time::Duration;

use barewire_tls13::{Config, MemoryStore, Session, SessionStore, Suite, Trust};
use common::{session, wall_clock};
use libfuzzer_sys::fuzz_target;

static BASE: LazyLock<Session> = LazyLock::new(|| session(&config(0, 0, 0)));

/// What a caller wants: a server, a protocol, at a time.
fn config(name: u8, protocol: u8, second: u64) -> Config {
    let mut config =
        Config::new(&format!("host{}.example.test", name % 3), wall_clock() + Duration::from_secs(second));
    config.trust = Trust::Nothing;
    config.alpn = [b"h2", b"h3"].iter().take(usize::from(protocol % 3)).map(|name| name.to_vec()).collect();
    config.suites = Suite::ALL.into_iter().skip(usize::from(protocol >> 7)).collect();
    config
}

/// The sessions in the store by their number, which stands in their ticket.
fn kept(store: &MemoryStore) -> BTreeMap<u32, Session> {
    let number = |session: &Session| u32::from_be_bytes(session.ticket[..].try_into().expect("four bytes"));
    store.sessions().map(|session| (number(session), session.clone())).collect()
}

fuzz_target!(|bytes: &[u8]| {
    let Some((&[most, most_per_server], calls)) = bytes.split_first_chunk() else { return };
    let (most, most_per_server) = (usize::from(most % 8), usize::from(most_per_server % 5));
    let mut store = MemoryStore::new(most, most_per_server);
    for (number, call) in calls.as_chunks::<6>().0.iter().enumerate() {
        let &[kind, name, protocol, high, low, lifetime] = call;
        let (number, second) = (number as u32, u64::from(u16::from_be_bytes([high, low])));
        let (config, before) = (config(name, protocol, second), kept(&store));
        if kind % 3 == 0 {
            let taken = store.take(&config.wanted());
            let newest = before.values().rev().find(|session| session.fits(&config.wanted()).is_ok());
            assert_eq!(taken.as_ref(), newest);
            let mut rest = before.clone();
            rest.retain(|_, session| Some(&*session) != taken.as_ref());
            assert_eq!(kept(&store), rest);
            continue;
        }
        let suite = Suite::ALL[usize::from(kind) % Suite::ALL.len()];
        let (alpn, ticket) = (config.alpn.first().cloned(), number.to_be_bytes().to_vec());
        let (server_name, received) = (config.server_name.clone(), config.wall_clock);
        let lifetime = u32::from(lifetime) * 300;
        let inserted = Session { server_name, alpn, suite, ticket, lifetime, received, ..BASE.clone() };
        store.insert(inserted.clone());
        let after = kept(&store);
        let of_server = |session: &&Session| session.server_name == inserted.server_name;
        assert!(after.len() <= most && after.values().filter(of_server).count() <= most_per_server);
        assert_eq!(after.contains_key(&number), lifetime > 0 && most > 0 && most_per_server > 0);
        for (number, lost) in before.iter().filter(|(number, _)| !after.contains_key(number)) {
            let dead = !lost.is_alive(received) && lost.received <= received;
            let full = after.len() == most || after.values().filter(of_server).count() == most_per_server;
            assert!(dead || full, "session {number} was dropped without a reason");
        }
    }
});
