//! What a connection costs: ten answers of 100 kB, each over a connection of its own, or all over one that is kept.
//!
//! The server is 25 ms away, and the wire carries 100 Mbit/s. A cold connection pays twice. The handshake takes a round
//! trip before the request can leave. Then slow start begins with ten segments, and the answer takes several round
//! trips because the window has to grow. A kept connection has paid for both. Each answer is requested when the one
//! before it is there. Packets of both directions are counted, with those that open and close.
//!
//! Try: `cargo run --example cost_of_a_connection -- small`: an answer has 1 kB, so it fits in one segment. What is
//! left of the difference? Then `-- idle`: two seconds pass between two requests. What has the kept connection
//! forgotten (RFC 5681 §4.1), and what not?
//!
//! ```text
//! answer     1    2    3    4    5    6    7    8    9   10
//! cold     220  220  220  220  220  220  220  220  220  220 ms
//!        2200 ms in all, 1171 packets
//! kept     220   68   68   68   68   68   68   68   68   68 ms
//!        832 ms in all, 1063 packets
//! ```

use std::error::Error;
use std::time::Duration;

use barewire::hosts::{CLIENT, Hosts, SERVER};
use barewire_internet::Wire;
use barewire_tcp::{Config, Event, Handle};

/// The client asks with one small segment, and reads the answer.
fn ask(hosts: &mut Hosts, client: Handle, length: usize) -> Result<(), Box<dyn Error>> {
    let (begin, mut read, mut text) = (hosts.elapsed(), 0, vec![0; 1 << 16]);
    hosts[CLIENT].write(client, b"GET")?;
    while read < length {
        hosts.send_all()?;
        hosts.wait(begin + Duration::from_secs(60))?.ok_or("no answer")?;
        while let Some(event) = hosts[SERVER].event() {
            if let Event::Readable(handle) = event {
                hosts[SERVER].read(handle, &mut text)?;
                hosts[SERVER].write(handle, &vec![b'-'; length])?;
            }
        }
        while let count @ 1.. = hosts[CLIENT].read(client, &mut text)? {
            read += count;
        }
    }
    Ok(())
}

/// Lets the hosts do what is left to do for so long. The server closes what the client has closed.
fn rest(hosts: &mut Hosts, time: Duration) -> Result<(), Box<dyn Error>> {
    let limit = hosts.elapsed() + time;
    loop {
        while let Some(event) = hosts[SERVER].event() {
            if let Event::PeerClosed(handle) = event {
                hosts[SERVER].close(handle);
            }
        }
        hosts.send_all()?;
        if hosts.wait(limit)?.is_none() {
            return Ok(());
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (length, pause) = match words.join(" ").as_str() {
        "" => (100_000, 0),
        "small" => (1_000, 0),
        "idle" => (100_000, 2),
        other => return Err(format!("{other} is not known here; try small or idle").into()),
    };
    println!("answer     1    2    3    4    5    6    7    8    9   10");
    for (name, kept) in [("cold", false), ("kept", true)] {
        let mut hosts = Hosts::two(Wire::ms(25).rate(100_000_000), [Config::default(); 2], 1)?;
        let (mut times, mut connection) = (Vec::new(), None);
        hosts[SERVER].listen(80, 16)?;
        for _ in 0..10 {
            let (begin, now, server) = (hosts.elapsed(), hosts.now(), hosts.end(SERVER, 80));
            let client = match connection {
                Some(client) => client,
                None => hosts[CLIENT].connect(now, server)?,
            };
            ask(&mut hosts, client, length)?;
            times.push((hosts.elapsed() - begin).as_millis());
            connection = kept.then_some(client);
            if !kept {
                hosts[CLIENT].close(client);
            }
            rest(&mut hosts, Duration::from_secs(pause))?;
        }
        if let Some(client) = connection {
            hosts[CLIENT].close(client);
        }
        rest(&mut hosts, Duration::from_secs(1))?;
        let (all, sent) = (times.iter().sum::<u128>(), hosts.world().counters().sent);
        println!("{name:7}{} ms", times.iter().map(|time| format!("{time:5}")).collect::<String>());
        println!("       {all} ms in all, {sent} packets");
    }
    Ok(())
}
