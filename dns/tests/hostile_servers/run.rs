//! A lookup in virtual time against one hostile server, and against a second one where the row has it.

use std::time::{Duration, Instant};

use barewire_dns::stub::{Lookup, LookupEvent};
use barewire_dns::system::ResolvConf;
use barewire_dns::{Message, Name};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::asked::{Arrival, Asked, What};
use crate::row::Row;

/// What a lookup came to.
pub(crate) struct Ran {
    /// The addresses, or the sentence.
    pub(crate) says: String,
    pub(crate) milliseconds: u64,
    /// Messages sent, over UDP and TCP.
    pub(crate) packets: usize,
    /// Every step, for a failing test.
    pub(crate) steps: String,
}

/// Runs the lookup of a row to its end.
pub(crate) fn run(row: &Row, seed: u64) -> Ran {
    let start = Instant::now();
    let (mut now, mut rng) = (start, ChaCha8Rng::seed_from_u64(seed));
    let conf = ResolvConf::parse(row.conf);
    let (typed, names) = (Name::parse_text(row.typed).unwrap(), conf.candidates(row.typed).unwrap());
    let config = (row.config)(conf.config());
    let lookup = Lookup::new(now, typed, names, row.types.to_vec(), conf.servers, config, &mut rng);
    let mut lookup = lookup.knowing(&(row.history)(now));
    let (mut packets, mut steps) = (Vec::new(), format!("seed {seed}"));
    let mut arriving: Vec<(Instant, Arrival, _)> = Vec::new();
    loop {
        let mut step = |text: String| {
            steps += &format!("\n  {:>6} ms  {text}", (now - start).as_millis());
        };
        while let Some(event) = lookup.event() {
            let says = match event {
                LookupEvent::Found(addresses, _) if addresses.len() > 4 => {
                    format!("{} addresses", addresses.len())
                }
                LookupEvent::Found(addresses, _) => {
                    assert!(!addresses.is_empty(), "{}: what is found is at least one address", row.name);
                    addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
                }
                LookupEvent::Failed(why) => why.to_string(),
                LookupEvent::Query(event) | LookupEvent::Ended(event) => {
                    step(event.to_string());
                    continue;
                }
                _ => continue,
            };
            let milliseconds = (now - start).as_millis() as u64;
            return Ran { says, milliseconds, packets: packets.len(), steps };
        }
        if let Some(sent) = lookup.transmit(now) {
            packets.push(sent.to);
            let query = Message::parse(&sent.bytes).unwrap();
            step(format!("sends {} over {} to {}", query.summary(), sent.protocol, sent.to));
            let number = packets.iter().filter(|to| **to == sent.to).count();
            for arrival in (row.does)(&Asked { sent: &sent, query, number }) {
                arriving.push((now + Duration::from_millis(arrival.after), arrival, sent.protocol));
            }
            // Those of the same moment keep their order.
            arriving.sort_by_key(|(at, ..)| *at);
            assert!(packets.len() < 500, "{}: it does not end\n{steps}", row.name);
            continue;
        }
        let deadline = lookup.deadline().expect("it is not over");
        match arriving.first() {
            Some((at, ..)) if *at <= deadline => {
                let (at, Arrival { from, what, .. }, protocol) = arriving.remove(0);
                now = at;
                match what {
                    What::Message(bytes) => lookup.receive(now, protocol, from, &bytes),
                    What::Gone(why) => lookup.unreachable(now, protocol, from, why),
                }
            }
            _ => {
                now = deadline;
                lookup.on_deadline(now);
            }
        }
    }
}
