//! TCP by hand: three packets open a connection to a server. Each byte of them is written here.
//!
//! The server has a TCP of its own, which takes our packets as anybody's: it answers, and when the third packet fits,
//! `accept` gives its program a connection. S is the number that the server draws for its first byte. A SYN takes one
//! number, as a byte does, so that it can be acknowledged (RFC 9293 §3.4).
//!
//! Below are the four-byte words of our SYN: two ports, two numbers, five words of header with SYN set and the window,
//! the checksum. In the plain run the server is the TCP of this workspace. With `--wire` it is a kernel's, in a network
//! namespace that is made for this run.
//!
//! Try: `cargo run --example handshake_by_hand -- wrong`: the third packet acknowledges one byte too many. Which
//! sequence number has the answer? Then `-- closed`: nobody listens on that port. Why does the answer acknowledge
//! something now, and what does our ACK to nobody get? Then `-- -6`: which of the twenty bytes change in IPv6?
//!
//! ```text
//! the client sends SYN: seq 1000
//!     [0f, a0, 1f, 90]
//!     [00, 00, 03, e8]
//!     [00, 00, 00, 00]
//!     [50, 02, ff, ff]
//!     [68, 2e, 00, 00]
//! the server sends SYN ACK: seq S+0, ack 1001
//! the client sends ACK: seq 1001, ack S+1
//! accept gives the server a connection from port 4000
//! ```

use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

use barewire::experiment::{Experiment, Plan};
use barewire_packet::{checksum, ip, link::Link};
use barewire_tcp::packet::{Packet, Payload};
use barewire_tcp::{Flags, SeqNumber};

// book: packet
/// A packet that carries a TCP header and nothing else (RFC 9293 §3.1).
fn packet(from: SocketAddr, to: SocketAddr, seq: u32, ack: u32, flags: u8) -> Vec<u8> {
    let mut tcp = [from.port().to_be_bytes(), to.port().to_be_bytes()].concat();
    tcp.extend(seq.to_be_bytes());
    tcp.extend(ack.to_be_bytes());
    tcp.extend([5 << 4, flags]); // the header has five words of four bytes
    tcp.extend(65_535_u16.to_be_bytes()); // the window: how many bytes we could take
    tcp.extend([0; 4]); // the checksum, which comes last, and the urgent pointer
    let mut sum = checksum::pseudo_header(from.ip(), to.ip(), 6, tcp.len());
    sum.add(&tcp);
    tcp[16..18].copy_from_slice(&sum.checksum().to_be_bytes());
    let mut packet = Vec::new();
    ip::write_header(from.ip(), to.ip(), 6, tcp.len(), &mut packet);
    [packet, tcp].concat()
}
// book: end

/// The next segment to our port: flags, seq and ack. A link hears everything.
fn hear(link: &mut dyn Link, port: u16) -> Result<(Flags, SeqNumber, SeqNumber), Box<dyn Error>> {
    let deadline = link.now() + Duration::from_millis(500);
    while let Some(bytes) = link.receive(Some(deadline))? {
        match Packet::parse(&bytes)?.payload {
            Payload::Tcp(it) if it.destination_port == port => return Ok((it.flags, it.seq, it.ack)),
            _ => continue,
        }
    }
    Err("the server says nothing".into())
}

fn main() -> Result<(), Box<dyn Error>> {
    let experiment = Experiment::begin(Plan::Pair, &["wrong", "closed"])?;
    let port = if experiment.word() == "closed" { 8081 } else { 8080 };
    let (here, there) = (experiment.end("client", 4000)?, experiment.end("server", port)?);
    let (mut link, mut server) = (experiment.link("client", &[4000])?, experiment.peer("server")?);
    server.listen(8080, 1)?;

    let syn = packet(here, there, 1000, 0, 0b0000_0010);
    println!("the client sends SYN: seq 1000");
    syn[ip::header_length(here.ip())..].chunks(4).for_each(|word| println!("    {word:02x?}"));
    link.send(&syn)?;
    let (flags, s, ack) = hear(link.as_mut(), 4000)?;
    // S is only drawn for a SYN.
    let told = |seq: SeqNumber| if flags.syn() { format!("S+{}", seq.since(s)) } else { seq.to_string() };
    println!("the server sends {flags}: seq {}, ack {ack}", told(s));

    let more = if experiment.word() == "wrong" { 2 } else { 1 };
    link.send(&packet(here, there, 1001, (s + more).0, 0b0001_0000))?;
    println!("the client sends ACK: seq 1001, ack {}", told(s + more));
    if let Some((_, from)) = server.accept()? {
        println!("accept gives the server a connection from port {}", from.port());
        return Ok(());
    }
    let (flags, seq, _) = hear(link.as_mut(), 4000)?;
    println!("the server sends {flags}: seq {}", told(seq));
    Ok(())
}
