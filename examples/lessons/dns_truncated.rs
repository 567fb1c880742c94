//! Truncation: an answer that is too long for a datagram, and the second way to get it.
//!
//! A message over UDP had at most 512 bytes at first (RFC 1035 §4.2.1). With EDNS a client says how much it takes (RFC
//! 6891 §6.2.3). This client says 1232, which fits a packet on nearly every path, and the server has the same limit. A
//! longer answer does not come: the server sends TC and no records, and the client asks again over TCP (RFC 7766 §5).
//! Three names have texts of different lengths, and two clients ask for them: one with EDNS, one without. Both ends are
//! the crate's cores, and what one of them sends is handed to the other.
//!
//! Try: `cargo run --example dns_truncated -- 4096`: the client with EDNS takes 4096 bytes. For which name is that
//! enough? Then `-- cut`: the server sends the first 512 bytes of its answer, and not TC. Does the client take them?
//! Then `-- no-tcp`: nobody takes the server's TCP connections. What does each client get?
//!
//! ```text
//! TXT? short.example.test, without EDNS
//!   UDP: 36 bytes, and back 375
//!   answered with records: 3
//! TXT? short.example.test, with EDNS, 1232 bytes
//!   UDP: 47 bytes, and back 386
//!   answered with records: 3
//! TXT? long.example.test, without EDNS
//!   UDP: 35 bytes, and back 35
//!   over TCP: the answer did not fit a UDP message (RFC 7766 §5)
//!   TCP: 35 bytes, and back 1052
//!   answered with records: 9
//! TXT? long.example.test, with EDNS, 1232 bytes
//!   UDP: 46 bytes, and back 1063
//!   answered with records: 9
//! TXT? longer.example.test, without EDNS
//!   UDP: 37 bytes, and back 37
//!   over TCP: the answer did not fit a UDP message (RFC 7766 §5)
//!   TCP: 37 bytes, and back 3427
//!   answered with records: 30
//! TXT? longer.example.test, with EDNS, 1232 bytes
//!   UDP: 48 bytes, and back 48
//!   over TCP: the answer did not fit a UDP message (RFC 7766 §5)
//!   TCP: 48 bytes, and back 3438
//!   answered with records: 30
//! ```

use std::error::Error;
use std::net::SocketAddr;
use std::time::Instant;

use barewire_dissect::lines;
use barewire_dns::authority::{self, Authority, Zone};
use barewire_dns::exchange::{Config, Event, Exchange, Protocol};
use barewire_dns::zone_file::ZoneFile;
use barewire_dns::{Class, EDNS_UDP_SIZE, Name, Question, RecordType};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

/// A server of three names, with three, nine and thirty texts of 100 bytes.
fn server() -> Result<Authority, Box<dyn Error>> {
    let mut text = "$TTL 1h\n@ SOA ns1 joe 7 2h 1h 2w 5m\n@ NS ns1\nns1 A 203.0.113.53\n".to_owned();
    for (name, texts) in [("short", 3), ("long", 9), ("longer", 30)] {
        (0..texts).for_each(|number| text += &format!("{name} TXT \"{number:0100}\"\n"));
    }
    let records = ZoneFile::parse(text.as_bytes(), &name("example.test")?).records;
    let mut server = Authority::new(authority::Config::default());
    server.add(Zone::new(records, None).map_err(|faults| faults[0].to_string())?);
    Ok(server)
}

fn name(text: &str) -> Result<Name, Box<dyn Error>> {
    Ok(Name::parse_text(text).map_err(|refused| refused.to_string())?)
}

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (size, cut, tcp) = match words.join(" ").as_str() {
        "" => (EDNS_UDP_SIZE, false, true),
        "4096" => (4096, false, true),
        "cut" => (EDNS_UDP_SIZE, true, true),
        "no-tcp" => (EDNS_UDP_SIZE, false, false),
        other => return Err(format!("{other} is not known here; try 4096, cut or no-tcp").into()),
    };
    let (server, address): (_, SocketAddr) = (server()?, "203.0.113.53:53".parse()?);
    let (now, mut rng) = (Instant::now(), ChaCha8Rng::seed_from_u64(1));
    for (host, edns_udp_size) in
        ["short", "long", "longer"].into_iter().flat_map(|host| [(host, None), (host, Some(size))])
    {
        let said = edns_udp_size.map_or("without EDNS".to_owned(), |size| format!("with EDNS, {size} bytes"));
        println!("TXT? {host}.example.test, {said}");
        let rtype = RecordType::TXT;
        let question = Question { name: name(&format!("{host}.example.test"))?, rtype, class: Class::IN };
        let config = Config { edns_udp_size, ..Config::default() };
        let mut client = Exchange::new(now, question, address, config, &mut rng);
        loop {
            if let Some(sent) = client.transmit(now) {
                if sent.protocol == Protocol::Tcp && !tcp {
                    client.unreachable(now, "connection refused".into());
                    continue;
                }
                let cut = cut && sent.protocol == Protocol::Udp;
                let carrier = if cut { Protocol::Tcp } else { sent.protocol };
                let mut reply = server.answer(&sent.bytes, carrier).next().ok_or("no reply")?;
                if cut {
                    reply.truncate(512);
                }
                println!("  {}: {} bytes, and back {}", sent.protocol, sent.bytes.len(), reply.len());
                client.receive(now, sent.protocol, address, &reply);
            }
            match client.event() {
                Some(Event::Over(end)) => {
                    break println!("  {}", lines(&end.to_string(), 78, 74).join("\n      "));
                }
                Some(event) => println!("  {}", lines(&event.to_string(), 78, 74).join("\n      ")),
                None => {}
            }
        }
    }
    Ok(())
}
