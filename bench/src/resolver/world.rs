//! The servers of the walk: a root, 10 zones below it, 100 zones below each of them. A server is its address.
//!
//! A reply is made once and kept, so that a server costs a look into a table and a copy. Both contestants ask the same
//! servers.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex};

use barewire_dns::{Message, Name, Record, RecordType};

pub(crate) const ROOT: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 1));
pub(crate) const HINTS: &str = ". 3600000 NS a.root.test.\na.root.test. 3600000 A 198.51.100.1\n";
const TOPS: usize = 10;
const ZONES: usize = 100;

/// The replies that were made, by server and question.
type Made = HashMap<(IpAddr, Vec<u8>), Vec<u8>>;

#[derive(Clone, Default)]
pub(crate) struct World {
    made: Arc<Mutex<Made>>,
}

/// One name in each zone.
pub(crate) fn names(host: &str) -> Vec<String> {
    let zones = (0..TOPS).flat_map(|top| (0..ZONES).map(move |zone| (top, zone)));
    zones.map(|(top, zone)| format!("{host}.z{zone}.t{top}.")).collect()
}

impl World {
    /// What the server at this address says to a query.
    pub(crate) fn reply(&self, server: IpAddr, query: &[u8]) -> Vec<u8> {
        let end = query[12..].iter().position(|byte| *byte == 0).expect("a name") + 17;
        // The question without regard to case, and whether OPT follows.
        let key = (server, [query[12..end].to_ascii_lowercase(), vec![query[11]]].concat());
        let mut made = self.made.lock().expect("nobody panicked");
        let mut reply = made.entry(key).or_insert_with(|| make(server, query)).clone();
        reply[..2].copy_from_slice(&query[..2]);
        reply[12..end].copy_from_slice(&query[12..end]);
        reply
    }
}

fn record(text: String) -> Record {
    Record::parse_text(&text).expect("a record")
}

fn make(server: IpAddr, query: &[u8]) -> Vec<u8> {
    let query = Message::parse(query).expect("a query");
    let mut reply = Message::response_to(&query);
    let question = &query.questions[0];
    let above: Vec<Name> = question.name.ancestors().collect();
    let IpAddr::V4(address) = server else { panic!("no server has such an address") };
    let [_, second, ..] = address.octets();
    // The labels of the zone that this server has, and the zone below on the way to the name.
    let depth = match second {
        51 => 0,
        18 => 1,
        _ => 2,
    };
    let labels = above.len() - 1;
    let zone = above.iter().rev().nth(depth).map(dotted).expect("a name in the zone");
    reply.header.aa = true;
    if depth < 2 && labels > depth {
        let below = above.iter().rev().nth(depth + 1).map(dotted).expect("a zone below");
        reply.header.aa = false;
        reply.authorities.push(record(format!("{below} 3600 NS ns.{below}")));
        reply.additionals.push(record(format!("ns.{below} 3600 A {}", address_of(&below))));
    } else if labels == depth && question.rtype == RecordType::NS {
        let (ns, address) = match depth {
            0 => ("a.root.test.".to_owned(), ROOT.to_string()),
            _ => (format!("ns.{zone}"), address.to_string()),
        };
        reply.answers.push(record(format!("{zone} 3600 NS {ns}")));
        reply.additionals.push(record(format!("{ns} 3600 A {address}")));
    } else if labels > 2 && question.rtype == RecordType::A {
        reply.answers.push(record(format!("{} 3600 A 203.0.113.80", dotted(&question.name))));
    } else {
        reply.authorities.push(record(format!("{zone} 3600 SOA ns.{zone} joe.{zone} 1 1 1 1 300")));
    }
    reply.encode().expect("bytes")
}

fn dotted(name: &Name) -> String {
    let text = name.to_string();
    if text.ends_with('.') { text.to_ascii_lowercase() } else { format!("{}.", text.to_ascii_lowercase()) }
}

/// The address of the server of a zone: 198.18.0.1 for t1., 198.19.1.2 for z2.t1.
fn address_of(zone: &str) -> Ipv4Addr {
    let numbers: Vec<u8> = zone.split('.').filter_map(|label| label.get(1..)?.parse().ok()).collect();
    match numbers[..] {
        [top] => Ipv4Addr::new(198, 18, 0, top),
        [zone, top] => Ipv4Addr::new(198, 19, top, zone),
        _ => panic!("{zone} is not a zone"),
    }
}
