//! TCP: three packets that open a connection, carried by hand from one host to the other.
//!
//! Both hosts are state machines without I/O. What one has to send is a packet in your hand: you
//! may look at it, wait, drop it or hand it over. Watch the states move, and `ack` answer `seq`:
//! a SYN takes one sequence number, so the answer to `seq 0` is `ack 1`.
//!
//! Try: `cargo run --example tcp_handshake -- lost`, which loses the first SYN. Who notices, and after how long?
//!
//! On the page that `web/build.sh` builds:
//!
//! * `barewire.html#frame=3`: the SYN
//! * `barewire.html#drop=3&frame=3`: it is lost
//!
//! ```text
//! the client is in SYN-SENT
//! 1. client sends SYN, seq 0 ack 0, window 65535
//!    the client is in SYN-SENT
//! 2. server sends SYN ACK, seq 0 ack 1, window 65535
//!    the client is in ESTABLISHED
//! 3. client sends ACK, seq 1 ack 1, window 262144
//!    the client is in ESTABLISHED
//!    the server accepted a connection on port 80; it is in ESTABLISHED
//! the client's news: Connected(Handle(0))
//! ```

use std::error::Error;
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use barewire_tcp::observe::Observer;
use barewire_tcp::packet::Packet;
use barewire_tcp::{Config, Event, Host};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let lost = match words.join(" ").as_str() {
        "" => None,
        "lost" => Some(1),
        other => return Err(format!("{other} is not known here; try lost").into()),
    };
    let begin = Instant::now();
    let mut now = begin;
    let (here, there) = (IpAddr::from([10, 0, 0, 2]), IpAddr::from([10, 0, 0, 80]));
    let mut client = Host::new(vec![here], Config::default(), Box::new(ChaCha8Rng::seed_from_u64(1)));
    let mut server = Host::new(vec![there], Config::default(), Box::new(ChaCha8Rng::seed_from_u64(2)));

    server.listen(80, 1)?;
    let opening = client.connect(now, SocketAddr::new(there, 80))?;
    println!("the client is in {}", client.state(opening));

    let mut observer = Observer::default();
    let mut packets = 0;
    loop {
        let (from, packet, to) = match (client.transmit(now), server.transmit(now)) {
            (Some(sent), _) => ("client", sent.packet, &mut server),
            (None, Some(sent)) => ("server", sent.packet, &mut client),
            (None, None) => {
                let Some(deadline) = client.deadline() else { break };
                println!("   {} ms pass, and the client's timer ends", (deadline - now).as_millis());
                now = deadline;
                client.on_deadline(now);
                continue;
            }
        };
        packets += 1;
        if let Some(seen) = observer.packet(packets, now - begin, &Packet::parse(&packet)?) {
            println!(
                "{packets}. {from} sends {}, seq {} ack {}, window {}",
                seen.flags, seen.seq, seen.ack, seen.window
            );
        }
        if lost == Some(packets) {
            println!("   it is lost");
            continue;
        }
        to.receive(now, &packet);
        println!("   the client is in {}", client.state(opening));
        while let Some(event) = server.event() {
            if let Event::Accepted { port, handle } = event {
                println!(
                    "   the server accepted a connection on port {port}; it is in {}",
                    server.state(handle)
                );
            }
        }
    }
    while let Some(event) = client.event() {
        println!("the client's news: {event:?}");
    }
    Ok(())
}
