//! Our own TCP on a raw socket, as a process of the lab has it.

use std::net::{IpAddr, SocketAddr};

use barewire_packet::link::raw::{RawLink, RawOptions};
use barewire_packet::link::route::local_address_for;
use barewire_tcp::{Config, Host, Stack};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

/// A stack for so many connections to `server`.
pub(crate) fn of_client(server: SocketAddr, connections: usize, config: Config) -> Stack {
    let options = RawOptions { ephemeral: connections, ..RawOptions::default() };
    stack(local_address_for(server).unwrap(), &options, config)
}

/// A stack that may listen at `server`.
pub(crate) fn of_server(server: SocketAddr, config: Config) -> Stack {
    let options = RawOptions { ephemeral: 0, ports: vec![server.port()], ..RawOptions::default() };
    stack(server.ip(), &options, config)
}

fn stack(local: IpAddr, options: &RawOptions, config: Config) -> Stack {
    let link = RawLink::open(local, options).unwrap();
    let dice = ChaCha20Rng::seed_from_u64(u64::from(std::process::id()));
    let mut host = Host::new(vec![local], config, Box::new(dice));
    if options.ephemeral > 0 {
        link.ports().into_iter().for_each(|port| host.reserve_port(port));
    }
    Stack::new(Box::new(link), host)
}
