//! The lookup of a trace about DNS: a resolver whose answer is a chain of aliases. The seed decides the names, how many
//! aliases and addresses there are, and how far away the resolver is.

use std::time::{Duration, Instant};

use barewire::network::{Network, Toy};
use barewire::services::Stage;
use barewire::services::program::{Arrived, Program, Sockets};
use barewire_dns::driver::lookup;
use barewire_dns::stub::{Config, Query};
use barewire_dns::{Message, Name, RData, Record, RecordType};
use barewire_internet::Wire;
use barewire_packet::capture::Capture;
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

const WORDS: [&str; 16] = [
    "alder", "aspen", "beech", "birch", "cedar", "elm", "fir", "hazel", "larch", "lime", "maple", "oak",
    "pine", "rowan", "spruce", "willow",
];
const CLIENT: &str = "192.0.2.42";
const RESOLVER: &str = "192.0.2.53";

/// Asks, and gives what passed.
pub(crate) fn looked_up(seed: u64) -> Result<Capture, Box<dyn std::error::Error>> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let names = chain(&mut rng)?;
    let first = names.first().cloned().unwrap_or_else(Name::root);
    let resolver = Aliases { names, addresses: 1 + below(&mut rng, 3) as u8 };
    let mut stage = Stage::new(seed);
    stage.seat("client", CLIENT, RESOLVER)?;
    stage.host("resolver", RESOLVER, vec![Box::new(resolver)])?;
    stage.wire("client", "resolver", Wire::with_delay(Duration::from_millis(2 + below(&mut rng, 60))));
    let mut toy = Toy::seated(stage.set()?, "a chain of aliases".to_owned())?;
    let (now, servers) = (toy.now(), toy.names().servers());
    let mut query = Query::new(now, first, RecordType::A, servers, Config::default(), toy.rng());
    lookup(&mut query, &mut toy.udp())?;
    Ok(toy.trace().take(toy.now()))
}

/// Two to four names, each an alias of the next. They share their ends, so most of each is a pointer.
fn chain(rng: &mut ChaCha8Rng) -> Result<Vec<Name>, Box<dyn std::error::Error>> {
    let mut word = || WORDS[below(rng, WORDS.len() as u64) as usize];
    let (zone, other) = (word(), word());
    let mut names = vec![format!("www.{zone}.test"), format!("{}.{other}.{zone}.test", word())];
    for _ in 0..below(rng, 3) {
        let (host, above) =
            (WORDS[below(rng, WORDS.len() as u64) as usize], names[below(rng, 2) as usize].clone());
        names.push(format!("{host}.{above}"));
    }
    Ok(names.iter().map(|name| Name::parse_text(name)).collect::<Result<_, _>>()?)
}

/// A number below `end`, each about equally often.
fn below(rng: &mut ChaCha8Rng, end: u64) -> u64 {
    (u64::from(rng.next_u32()) * end) >> 32
}

/// Answers every query with the chain, and the addresses of its last name.
struct Aliases {
    names: Vec<Name>,
    addresses: u8,
}

impl Program for Aliases {
    fn datagram(&mut self, _: Instant, sockets: &mut Sockets, datagram: &Arrived<'_>) -> bool {
        let Ok(query) = Message::parse(datagram.payload) else { return false };
        let mut reply = Message::response_to(&query);
        reply.header.ra = true;
        for (owner, target) in self.names.iter().zip(self.names.iter().skip(1)) {
            reply.answers.push(Record::new(owner.clone(), 300, RData::Cname(target.clone())));
        }
        if let Some(last) = self.names.last() {
            let address = |host| Record::new(last.clone(), 60, RData::A([198, 51, 100, host].into()));
            reply.answers.extend((1..=self.addresses).map(address));
        }
        if let Ok(bytes) = reply.encode() {
            sockets.send_datagram(datagram.local, datagram.remote, &bytes, None);
        }
        true
    }
}
