//! The resolver of the toy internet, which is the core of `barewire-dns`: cold it walks from the root, warm it knows.

mod common;

use std::net::SocketAddr;
use std::time::Duration;

use barewire::network::Network;
use barewire::network::toy::{RESOLVER, Toy, ToyOptions};
use barewire::services::zones::SERVERS;
use barewire_dns::driver::lookup;
use barewire_dns::resolver::Trace;
use barewire_dns::stub::{Config, Query};
use barewire_dns::{Name, RecordType};
use common::barewire;

/// One way from the client, or from the middle of the internet, to the resolver.
const TO_RESOLVER: Duration = Duration::from_millis(5);
/// What the bytes of the messages take on the wires of one walk, at the most.
const BYTES: Duration = Duration::from_millis(1);

fn toy(cold: bool) -> Toy {
    Toy::new(ToyOptions { cold, ..ToyOptions::default() }).unwrap()
}

/// Asks the resolver for an address, and says how long that took.
fn ask(toy: &mut Toy, name: &str) -> Duration {
    let begun = toy.now();
    let servers = vec![SocketAddr::new(RESOLVER.parse().unwrap(), 53)];
    let name = Name::parse_text(name).unwrap();
    let mut query = Query::new(begun, name, RecordType::A, servers, Config::default(), toy.rng());
    // For a name that does not exist, this is an error. The time counts all the same.
    let _ = lookup(&mut query, &mut toy.udp());
    toy.now() - begun
}

/// The round trip from the resolver to a server, by the table of servers.
fn round_trip(server: SocketAddr) -> Duration {
    let found = SERVERS.iter().find(|one| one.address.parse() == Ok(server.ip()));
    2 * (TO_RESOLVER + Duration::from_millis(found.expect("a server of the table").delay))
}

fn zones(walk: &Trace) -> Vec<String> {
    walk.queries().map(|query| query.zone.with_dot().to_string()).collect()
}

/// The first question costs a round trip to a server of each zone, and one to ask the root for its servers; the second
/// costs nothing.
#[test]
fn a_cold_resolver_walks_once() {
    let mut toy = toy(true);
    let took = ask(&mut toy, "www.example.test");
    let walks = toy.walks();
    let [(after, walk)] = &walks[..] else { panic!("{walks:?}") };
    assert_eq!(zones(walk), [".", ".", "test.", "example.test."]);
    let on_the_way: Duration = walk.queries().map(|query| round_trip(query.server)).sum();
    let wanted = 2 * TO_RESOLVER + on_the_way;
    assert!(wanted <= took && took <= wanted + BYTES, "{took:?}, and not {wanted:?}");
    assert!(TO_RESOLVER <= *after && *after <= TO_RESOLVER + BYTES, "{after:?}");
    let again = ask(&mut toy, "www.example.test");
    assert!(2 * TO_RESOLVER <= again && again <= 2 * TO_RESOLVER + BYTES, "{again:?}");
    assert_eq!(toy.walks().len(), 1, "nobody was asked");
}

/// A warm one answers at once for each host of the zone. It asks the zone's own servers about other names, and nobody
/// above them.
#[test]
fn a_warm_resolver_knows_the_hosts() {
    let mut toy = toy(false);
    for host in ["www", "expired", "late", "mail", "ns2"] {
        let took = ask(&mut toy, &format!("{host}.example.test"));
        assert!(took <= 2 * TO_RESOLVER + BYTES, "{host}: {took:?}");
    }
    assert!(toy.walks().is_empty());
    ask(&mut toy, "nowhere.example.test");
    let walks = toy.walks();
    assert_eq!(walks.iter().flat_map(|(_, walk)| zones(walk)).collect::<Vec<_>>(), ["example.test."]);
}

/// The page has its round trips after the walk, and the walk is in the phase of DNS. Both are in the file.
#[test]
fn a_fetch_shows_the_walk() {
    let file = std::env::temp_dir().join(format!("barewire-cold-{}.pcapng", std::process::id()));
    let run = barewire(&["fetch", "--cold", "--pcapng", file.to_str().unwrap()]).succeeds();
    let capture = std::fs::read(&file);
    std::fs::remove_file(&file).unwrap();
    let capture = barewire_packet::capture::Capture::read(&capture.unwrap()).unwrap();
    let mut toy = toy(true);
    let milliseconds = ask(&mut toy, "www.example.test").as_secs_f64() * 1000.0;
    assert!(run.stdout.contains(&format!("    DNS         {milliseconds:.1} ms")), "{milliseconds}: {run}");
    assert!(run.stdout.contains("first byte after 348.4 ms and 4 round trips"), "{run}");
    assert!(run.stdout.contains("\n  what the resolver did, from 5.0 ms on\n"), "{run}");
    assert!(run.stdout.contains("\n     90.0   │   └ NOERROR, 1 record set\n"), "{run}");
    assert!(run.stdout.lines().all(|line| line.chars().count() <= 80), "{run}");
    let names: Vec<&str> = capture.interfaces.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["client", "resolver"]);
    let warm = barewire(&["fetch"]).succeeds();
    assert!(
        warm.stdout.contains("    DNS          10.0 ms") && !warm.stdout.contains("what the resolver did")
    );
}

#[test]
fn what_it_is_not_for() {
    for (words, says) in [
        (&["fetch", "--cold", "--net", "os"][..], "--cold is about the toy internet's resolver"),
        (&["fetch", "--cold", "--scene", "home"], "'--cold' cannot be used with '--scene <NAME>'"),
    ] {
        let run = barewire(words);
        assert_eq!(run.code, Some(2), "{run}");
        assert!(run.stderr.contains(says), "{run}");
    }
}
