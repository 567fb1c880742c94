//! TCP: somebody sends SYNs and never answers. A listener has few places, so a client who means it finds none.
//!
//! A SYN takes a place in the backlog until the handshake is complete; there are two here. These SYNs have forged
//! addresses, so nobody hears the SYN-ACKs. The server sends each twice more, and then frees the place (RFC 4987 §2.2).
//!
//! With SYN cookies a full backlog answers as well, and keeps nothing (§3.6). What the server has to know later stands
//! in the sequence number of its SYN-ACK: the minute (5 bits), one of eight sizes of segments (3), and a hash with a
//! secret key over both ends (24). An ACK of that number brings it back. With timestamps there is room for more: may
//! SACK be used (1 bit), and by how much the peer shifts its windows (5)?
//!
//! Try: `cargo run --example tcp_syn_flood -- plain`: the client has no timestamps. What does its connection lack? Then
//! `-- lost`: the client's ACK is lost, and nobody at the server can repeat anything. Which packet opens the
//! connection, and what if the client waited for a greeting, as in SMTP? Then `-- forged`: a forger guesses at a
//! cookie, and happens to know all of it but 8 bits. What does a wrong guess cost the server? How many guesses would 24
//! bits take?
//!
//! ```text
//! a backlog of 2, without SYN cookies
//!    10 ms    server to 198.51.100.1: SYN ACK, seq 0 ack 1
//!    10 ms    server to 198.51.100.2: SYN ACK, seq 0 ack 1
//!    10 ms    server: SYN, dropped: the backlog is full
//!    50 ms  client to 10.0.0.80: SYN, seq 0 ack 0
//!    60 ms    server: SYN, dropped: the backlog is full
//!  1010 ms    server to 198.51.100.1: SYN ACK, seq 0 ack 1
//!  1010 ms    server to 198.51.100.2: SYN ACK, seq 0 ack 1
//!  1050 ms  client to 10.0.0.80: SYN, seq 0 ack 0
//!  1060 ms    server: SYN, dropped: the backlog is full
//!  3010 ms    server to 198.51.100.1: SYN ACK, seq 0 ack 1
//!  3010 ms    server to 198.51.100.2: SYN ACK, seq 0 ack 1
//!  3050 ms  client to 10.0.0.80: SYN, seq 0 ack 0
//!  3060 ms    server: SYN, dropped: the backlog is full
//!  7050 ms  client to 10.0.0.80: SYN, seq 0 ack 0
//!  7060 ms    server to 10.0.0.2: SYN ACK, seq 0 ack 1
//!  7070 ms  client to 10.0.0.80: ACK, seq 1 ack 1
//!  7080 ms    server: open; segments of 1460 bytes, shift 3
//!  8000 ms  client to 10.0.0.80: PSH ACK, seq 1 ack 1, 5 bytes
//!  8050 ms    server to 10.0.0.2: ACK, seq 1 ack 6
//! a backlog of 2, with SYN cookies
//!    10 ms    server to 198.51.100.1: SYN ACK, seq 0 ack 1
//!    10 ms    server to 198.51.100.2: SYN ACK, seq 0 ack 1
//!    10 ms    server: SYN, the backlog is full, a cookie answers it
//!    10 ms    server to 198.51.100.3: SYN ACK, seq 0 ack 1
//!             cookie: minute 0, size 0, hash 9a485c
//!    50 ms  client to 10.0.0.80: SYN, seq 0 ack 0
//!    60 ms    server: SYN, the backlog is full, a cookie answers it
//!    60 ms    server to 10.0.0.2: SYN ACK, seq 0 ack 1
//!             cookie: minute 0, size 6, hash ffce76
//!             timestamp: SACK 1, shift 3
//!    70 ms  client to 10.0.0.80: ACK, seq 1 ack 1
//!    80 ms    server: open; segments of 1460 bytes, shift 3
//!   200 ms  client to 10.0.0.80: PSH ACK, seq 1 ack 1, 5 bytes
//!   250 ms    server to 10.0.0.2: ACK, seq 1 ack 6
//! ```

use std::error::Error;
use std::net::IpAddr;
use std::time::Duration;

use barewire::hosts::{CLIENT, Happened, Hosts, SERVER};
use barewire_internet::Wire;
use barewire_tcp::packet::{Packet, Payload};
use barewire_tcp::{Config, Event, Flags, Segment, SeqNumber};

/// A packet with a forged source address goes to the server. Nobody has that address, so nobody reads the answer.
fn forge(hosts: &mut Hosts, last: u8, flags: Flags, ack: SeqNumber) -> Result<(), Box<dyn Error>> {
    // The SYN takes the number 0.
    let segment = Segment { seq: SeqNumber(flags.ack().into()), ack, flags, ..Segment::empty(1024, 80) };
    let (from, to) = (IpAddr::from([198, 51, 100, last]), hosts[SERVER].addresses()[0]);
    Ok(hosts.send(CLIENT, &segment.ip_packet(from, to))?)
}

/// Lets the hosts talk for so many milliseconds, and says what they send. The client's ACK may be lost. Gives the
/// number in the last cookie.
fn talk(hosts: &mut Hosts, during: u64, lost: bool) -> Result<u32, Box<dyn Error>> {
    let (mut cookie, limit) = (0, hosts.elapsed() + Duration::from_millis(during));
    loop {
        while let Some(sent) = hosts.transmit() {
            let (now, packet) = (hosts.elapsed().as_millis(), Packet::parse(&sent.packet)?);
            let (who, to) = (["client", "  server"][sent.host], packet.ip.header.destination());
            println!("{now:5} ms  {who} to {to}: {sent}");
            let Payload::Tcp(segment) = &packet.payload else { continue };
            if sent.note.contains("cookie") {
                cookie = segment.seq.0;
                let (minute, size, hash) = (cookie >> 27, cookie >> 24 & 7, cookie & 0xff_ffff);
                println!("            cookie: minute {minute}, size {size}, hash {hash:06x}");
                if let Some(stamp) = segment.options.timestamps.map(|stamp| stamp.value) {
                    println!("            timestamp: SACK {}, shift {}", stamp >> 5 & 1, stamp & 31);
                }
            }
            if lost && sent.host == CLIENT && sent.flags == Flags::ACK {
                println!("          which is lost");
                continue;
            }
            hosts.send(sent.host, &sent.packet)?;
        }
        let Some(happened) = hosts.wait(limit)? else { return Ok(cookie) };
        let (now, Happened::Arrived(it)) = (hosts.elapsed().as_millis(), happened) else { continue };
        if it.host == SERVER && !it.note.is_empty() {
            println!("{now:5} ms    server: {}, {}", it.flags, it.note);
        }
        while let Some(Event::Accepted { handle, .. }) = hosts[SERVER].event() {
            let snd = hosts[SERVER].variables(handle).ok_or("it has ended")?.snd;
            println!("{now:5} ms    server: open; segments of {} bytes, shift {}", snd.mss, snd.shift);
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let word = std::env::args().skip(1).collect::<Vec<String>>().join(" ");
    let (runs, timestamps): (&[bool], bool) = match word.as_str() {
        "" => (&[false, true], true),
        "lost" | "forged" => (&[true], true),
        "plain" => (&[true], false),
        other => return Err(format!("{other} is not known here; try plain, lost or forged").into()),
    };
    for syn_cookies in runs.iter().copied() {
        println!("a backlog of 2, {} SYN cookies", if syn_cookies { "with" } else { "without" });
        let server = Config { syn_retries: 2, syn_cookies, ..Config::default() };
        let mut hosts = Hosts::two(Wire::ms(10), [Config { timestamps, ..Config::default() }, server], 1)?;
        hosts[SERVER].listen(80, 2)?;
        (1..=3).try_for_each(|last| forge(&mut hosts, last, Flags::SYN, SeqNumber(0)))?;
        let cookie = talk(&mut hosts, 50, false)?;
        if word == "forged" {
            let (mut guesses, mut resets) = (0, 0);
            while guesses < 256 && hosts[SERVER].event().is_none() {
                forge(&mut hosts, 3, Flags::ACK, SeqNumber(cookie & !0xff | guesses) + 1)?;
                hosts.wait(hosts.elapsed() + Duration::from_millis(10))?;
                resets += std::iter::from_fn(|| hosts.transmit()).filter(|it| it.flags.rst()).count();
                guesses += 1;
            }
            println!("after {guesses} forged ACKs, and {resets} resets, a connection is open");
            return Ok(());
        }
        let (now, to) = (hosts.now(), hosts.end(SERVER, 80));
        let handle = hosts[CLIENT].connect(now, to)?;
        talk(&mut hosts, if syn_cookies { 150 } else { 7950 }, word == "lost")?;
        hosts[CLIENT].write(handle, b"hello")?;
        talk(&mut hosts, 100, false)?;
    }
    Ok(())
}
