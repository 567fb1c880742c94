//! DNS: a question, its answer, and each byte of the answer by name.
//!
//! The lookup is the query core's, across the toy internet: a random ID and port, EDNS, and checks
//! of whatever comes back. Then the packet that came is taken from the trace and dissected. Look
//! for the pointer in the record: `c0 0c` says "the name that stands at byte 12", so the name is
//! not sent twice.
//!
//! Try: `cargo run --example dns_lookup -- www.example.test AAAA`, then `-- nowhere.example.test`. Neither has an
//! address to give: which bytes of the two replies tell one case from the other?
//!
//! On the page that `web/build.sh` builds:
//!
//! * `barewire.html#frame=2`: the answer
//! * `barewire.html#close=resolver:53`: nobody answers
//!
//! ```text
//! asked: www.example.test A (1)
//! event: answer: A 203.0.113.80, ttl 300
//! addresses: [203.0.113.80], good for 300 s, after 10 ms
//! from port 39509 to 53: 45 bytes
//! from port 53 to 39509: 61 bytes
//!
//!                                 ▾ header
//! 0000  06 65 81 80 00 01 00 01   .e......
//!       ^^^^^                       ID 1637
//!             ^^^^^                 flags 0x8180
//!       1... .... .... ....           QR response
//!       .000 0... .... ....           Opcode QUERY (0)
//!       .... .0.. .... ....           AA false
//!       .... ..0. .... ....           TC false
//!       .... ...1 .... ....           RD true
//!       .... .... 1... ....           RA true
//!       .... .... .0.. ....           Z false
//!       .... .... ..0. ....           AD false
//!       .... .... ...0 ....           CD false
//!       .... .... .... 0000           RCODE NOERROR (0)
//!                   ^^^^^           QDCOUNT 1
//!                         ^^^^^     ANCOUNT 1
//! 0008  00 00 00 01               ....
//!       ^^^^^                       NSCOUNT 0
//!             ^^^^^                 ARCOUNT 1
//!                                 ▾ question www.example.test IN A
//!                                   ▾ QNAME www.example.test
//! 000c  03 77 77 77 07 65 78 61   .www.exa
//!       ^^^^^^^^^^^                   label 3 www
//!                   ^^^^^^^^^^^…      label 7 example
//! 0014  6d 70 6c 65 04 74 65 73   mple.tes
//!                   ^^^^^^^^^^^…      label 4 test
//! 001c  74 00 00 01 00 01         t.....
//!          ^^                         root .
//!             ^^^^^                 QTYPE A (1)
//!                   ^^^^^           QCLASS IN (1)
//!                                 ▾ answer record www.example.test. 300 IN A
//!                                     203.0.113.80
//!                                   ▾ NAME www.example.test
//! 0022  c0 0c 00 01 00 01 00 00   ........
//!       ^^^^^                         pointer to byte 12
//!       11.. .... .... ....             tag 11
//!       ..00 0000 0000 1100             offset 12
//!             ^^^^^                 TYPE A (1)
//!                   ^^^^^           CLASS IN (1)
//!                         ^^^^^…    TTL 300
//! 002a  01 2c 00 04               .,..
//!             ^^^^^                 RDLENGTH 4
//!                                   ▾ RDATA
//! 002e  cb 00 71 50               ..qP
//!       ^^^^^^^^^^^                   ADDRESS 203.0.113.80
//!                                 ▾ additional record OPT, UDP payload size 1232
//!                                   ▾ NAME .
//! 0032  00 00 29 04 d0 00 00 00   ..).....
//!       ^^                            root .
//!          ^^^^^                    TYPE OPT (41)
//!                ^^^^^              UDP payload size 1232
//!                      ^^           extended RCODE 0
//!                         ^^        EDNS version 0
//!                            ^^…    EDNS flags 0x0000
//! 003a  00 00 00                  ...
//!       0... .... .... ....           DO false
//!       .000 0000 0000 0000           Z 0
//!          ^^^^^                    RDLENGTH 0
//!                                   RDATA
//! ```

use std::error::Error;

use barewire::network::{Network, Toy, ToyOptions};
use barewire_dissect::{Show, TextStyle, lines};
use barewire_dns::driver::lookup_observed;
use barewire_dns::stub::{Config, Event, Query};
use barewire_dns::{Name, RecordType, dissect};
use barewire_tcp::packet::{Packet, Payload};

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (name, rtype) = match &words[..] {
        [] => ("www.example.test", "A"),
        [name] => (name.as_str(), "A"),
        [name, rtype] => (name.as_str(), rtype.as_str()),
        _ => return Err("too many words; try a name, or a name and a type of record".into()),
    };
    let name = Name::parse_text(name).map_err(|refused| refused.to_string())?;
    let rtype = RecordType::from_name(rtype)
        .ok_or_else(|| format!("{rtype} is not a type of record; try A, AAAA, MX or TXT"))?;
    let mut toy = Toy::new(ToyOptions::default())?;
    let (start, servers) = (toy.now(), toy.names().servers());

    let mut query = Query::new(start, name, rtype, servers, Config::default(), toy.rng());
    println!("asked: {} {}", query.question().name, query.question().rtype.show());
    let mut say = |event: &Event| println!("event: {}", lines(&event.to_string(), 73, 78).join("\n  "));
    // Without an answer, the last event has said why.
    if let Ok(answer) = lookup_observed(&mut query, &mut toy.udp(), &mut say) {
        println!(
            "addresses: {:?}, good for {} s, after {} ms",
            answer.addresses(),
            answer.ttl(),
            answer.elapsed().as_millis()
        );
    }

    let capture = toy.trace().take(toy.now());
    let [question, reply] = &capture.frames[..] else { return Err("expected two packets".into()) };
    for packet in [question, reply] {
        let Payload::Udp(datagram) = Packet::parse(&packet.bytes)?.payload else { continue };
        println!(
            "from port {} to {}: {} bytes",
            datagram.source_port,
            datagram.destination_port,
            datagram.payload.len()
        );
    }
    println!();
    if let Payload::Udp(datagram) = Packet::parse(&reply.bytes)?.payload {
        let (_, tree) = dissect(datagram.payload);
        // The names alone: `barewire read --bytes` also says what each field is for.
        print!("{}", tree.to_text(datagram.payload, TextStyle { comments: false, ..TextStyle::default() }));
    }
    Ok(())
}
