//! TCP: somebody on the side, who sees no packet, forges a reset. When does it end the connection?
//!
//! The attacker knows both addresses and both ports, and claims to be the server. It has to guess a sequence number.
//! Under the old rule each reset in the window counted, so a few thousand guesses were enough. Now only the very
//! number counts that the client expects next. A reset elsewhere in the window is answered with a challenge ACK: a
//! server that has really reset the connection answers that with a reset that fits (RFC 5961 §3).
//!
//! Try: `cargo run --example tcp_reset -- syn`: the attacker forges a SYN, with the same three numbers. Does the number
//! matter? Then `-- reboot`: nobody forges anything, but the server has forgotten the connection, and the client
//! writes. Which number does the reset of the server have, and how did the server know it?
//!
//! ```text
//! a forged reset, exact: seq 1
//!    the client is in CLOSED, and its user hears of a reset
//! a forged reset, in the window: seq 1001
//!    the client sends ACK, seq 1 ack 1 (challenge ACK)
//!    the client is in ESTABLISHED
//! a forged reset, outside the window: seq 1000001
//!    the client is in ESTABLISHED
//! ```

use std::error::Error;
use std::time::Duration;

use barewire::hosts::{CLIENT, Hosts, SERVER};
use barewire_internet::Wire;
use barewire_tcp::{Config, Event, Flags, Handle, Segment};

/// Lets the hosts talk for a second, and says what they send, and how it ends for the client.
fn talk(hosts: &mut Hosts, handle: Handle) -> Result<(), Box<dyn Error>> {
    let limit = hosts.elapsed() + Duration::from_secs(1);
    while hosts.wait(limit)?.is_some() {
        while let Some(sent) = hosts.transmit() {
            let who = if sent.host == CLIENT { "client" } else { "server" };
            let note = if sent.note.is_empty() { String::new() } else { format!(" ({})", sent.note) };
            println!("   the {who} sends {sent}{note}");
            hosts.send(sent.host, &sent.packet)?;
        }
    }
    let reset = std::iter::from_fn(|| hosts[CLIENT].event()).any(|event| event == Event::Reset(handle));
    let news = if reset { ", and its user hears of a reset" } else { "" };
    println!("   the client is in {}{news}", hosts[CLIENT].state(handle));
    Ok(())
}

/// The client writes to a server that has forgotten the connection.
fn reboot() -> Result<(), Box<dyn Error>> {
    let mut hosts = Hosts::two(Wire::ms(10), [Config::default(); 2], 1)?;
    let [handle, _] = hosts.open()?;
    println!("the server starts anew, and the client writes");
    hosts.restart(SERVER, 2);
    hosts[CLIENT].write(handle, b"hello")?;
    hosts.send_all()?;
    talk(&mut hosts, handle)
}

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (name, flags) = match words.join(" ").as_str() {
        "" => ("reset", Flags::RST),
        "syn" => ("SYN", Flags::SYN),
        "reboot" => return reboot(),
        other => return Err(format!("{other} is not known here; try syn or reboot").into()),
    };
    for (beyond, place) in [(0, "exact"), (1000, "in the window"), (1_000_000, "outside the window")] {
        let mut hosts = Hosts::two(Wire::ms(10), [Config::default(); 2], 1)?;
        let [handle, _] = hosts.open()?;
        let at_client = hosts[CLIENT].variables(handle).ok_or("the connection has ended")?;
        let (client, server) = (at_client.local, at_client.remote);
        let seq = at_client.rcv.nxt + beyond;
        let forged = Segment { seq, flags, ..Segment::empty(server.port(), client.port()) };
        println!("a forged {name}, {place}: seq {}", seq.since(at_client.rcv.irs));
        // To the client it looks as if the server had sent it.
        hosts.send(SERVER, &forged.ip_packet(server.ip(), client.ip()))?;
        talk(&mut hosts, handle)?;
    }
    Ok(())
}
