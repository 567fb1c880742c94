use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Instant;

use barewire_packet::link::Link;
use barewire_tcp::{Config, Host, Stack};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use super::Lost;

/// A link that has lost so many packets: received, sent.
struct Leaky(u64, u64);

impl Link for Leaky {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn mtu(&self) -> usize {
        1500
    }

    fn send(&mut self, _: &[u8]) -> io::Result<()> {
        Ok(())
    }

    fn receive(&mut self, _: Option<Instant>) -> io::Result<Option<Vec<u8>>> {
        Ok(None)
    }

    fn drops(&self) -> Option<u64> {
        Some(self.0)
    }

    fn unsent(&self) -> u64 {
        self.1
    }
}

fn sentences(links: impl IntoIterator<Item = Leaky>) -> Vec<String> {
    let stacks: Vec<Stack> = links
        .into_iter()
        .map(|link| {
            let rng = Box::new(ChaCha8Rng::seed_from_u64(1));
            Stack::new(
                Box::new(link),
                Host::new(vec![IpAddr::V4(Ipv4Addr::LOCALHOST)], Config::default(), rng),
            )
        })
        .collect();
    stacks.iter().fold(Lost::default(), Lost::and).sentences()
}

#[test]
fn what_the_links_have_lost_is_said_in_all() {
    assert_eq!(sentences([Leaky(0, 0), Leaky(0, 0)]), Vec::<String>::new());
    assert_eq!(
        sentences([Leaky(3, 0), Leaky(1200, 1)]),
        [
            "the raw socket's queue had no room for 1,203 packets, and our TCP had to get them again: \
             `sudo sysctl net.core.rmem_max=4194304` allows a larger one",
            "1 packet did not leave this machine: its send queue was full, or its firewall has a rule against that",
        ]
    );
}
