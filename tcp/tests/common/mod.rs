//! What several tests share: hosts, addresses, and a server that answers.
#![allow(dead_code, reason = "each test uses a part")]

pub(crate) mod need;
pub(crate) mod script;
pub(crate) mod wire;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Instant;

use barewire_tcp::link::sim::{Application, HostNode, Path, Simulation};
use barewire_tcp::{Config, Event, Handle, Host, Stack};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

pub(crate) const CLIENT: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 2);
pub(crate) const SERVER: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 80);
pub(crate) const PORT: u16 = 7;

pub(crate) fn server_address() -> SocketAddr {
    SocketAddr::new(SERVER.into(), PORT)
}

pub(crate) fn host(address: IpAddr, config: Config, seed: u64) -> Host {
    Host::new(vec![address], config, Box::new(ChaCha20Rng::seed_from_u64(seed)))
}

/// A client's stack, and a server that sends back whatever it gets and closes when the client does.
pub(crate) fn echo_internet(config: Config, path: Path, seed: u64) -> (Simulation, Stack) {
    let simulation = Simulation::new(Instant::now(), seed);
    let mut server = host(SERVER.into(), config, seed ^ 1);
    server.listen(PORT, 16).expect("a free port");
    simulation.attach(vec![SERVER.into()], Box::new(HostNode::new(server, echo())), Path::default());
    let link = simulation.link(vec![CLIENT.into()], path);
    (simulation, Stack::new(Box::new(link), host(CLIENT.into(), config, seed ^ 2)))
}

/// An application that echoes, holding what it could not write yet.
pub(crate) fn echo() -> Application {
    let mut held: std::collections::BTreeMap<Handle, Vec<u8>> = Default::default();
    Box::new(move |host, _, event| {
        let handle = match event {
            Event::Readable(handle) | Event::Writable(handle) | Event::PeerClosed(handle) => handle,
            Event::Closed(handle) | Event::Reset(handle) | Event::TimedOut(handle) => {
                held.remove(&handle);
                return;
            }
            _ => return,
        };
        let waiting = held.entry(handle).or_default();
        let mut buffer = [0; 4096];
        loop {
            if !waiting.is_empty() {
                let taken = host.write(handle, waiting).unwrap_or(0);
                waiting.drain(..taken);
            }
            if !waiting.is_empty() {
                return;
            }
            match host.read(handle, &mut buffer) {
                Ok(count @ 1..) => waiting.extend_from_slice(&buffer[..count]),
                _ => break,
            }
        }
        if host.peer_has_closed(handle) {
            host.close(handle);
        }
    })
}

/// `length` bytes that are not the same everywhere.
pub(crate) fn pattern(length: usize) -> Vec<u8> {
    (0..length as u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect()
}
