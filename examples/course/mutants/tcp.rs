//! Your tests of TCP. Each is a test of the crate `barewire-tcp`: read its documentation with `cargo doc`.
//! `cargo course mutants tcp` runs them; `tcp.md` beside this file has the task.

use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use barewire_tcp::{Config, Host, SeqNumber, State};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

fn host(address: [u8; 4], seed: u64) -> Host {
    Host::new(vec![IpAddr::from(address)], Config::default(), Box::new(ChaCha8Rng::seed_from_u64(seed)))
}

/// Carries packets between two hosts until both are silent.
fn carry(now: Instant, client: &mut Host, server: &mut Host) {
    loop {
        if let Some(sent) = client.transmit(now) {
            server.receive(now, &sent.packet);
        } else if let Some(sent) = server.transmit(now) {
            client.receive(now, &sent.packet);
        } else {
            return;
        }
    }
}

/// Three packets open a connection. Each of them is yours to look at, to change, or to drop.
#[test]
fn a_connection_opens() {
    let now = Instant::now();
    let (mut client, mut server) = (host([192, 0, 2, 1], 1), host([192, 0, 2, 80], 2));
    server.listen(80, 1).expect("a free port");
    let handle = client.connect(now, SocketAddr::from(([192, 0, 2, 80], 80))).expect("a connection");
    carry(now, &mut client, &mut server);
    assert_eq!(client.state(handle), State::Established);
}

/// RFC 9293 §3.4: 5 comes before 7. Which pairs are harder?
#[test]
fn numbers_have_an_order() {
    assert!(SeqNumber(5).before(SeqNumber(7)));
}
