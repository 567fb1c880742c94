//! Records: one name, eight types, and the bytes of each.
//!
//! A name holds sets of records, one set for each type (RFC 2181 §5). A question names one type, and the answer has
//! that set. Here the server ns1 of the toy internet is asked eight times about the same name. Of each answer the data
//! of its records is shown, which the type lays out: the rest of a record is the same for all. Look at the names in the
//! data. In the old types of RFC 1035 a name may end with a pointer. In newer types it may not, because a program that
//! does not know the type copies its data as bytes (RFC 3597 §4).
//!
//! Try: `cargo run --example dns_records -- any`: one question for all types. How many of the eight sets come? Then `--
//! srv`: at _https._tcp.example.test an SRV record names the host www.example.test. How many bytes does that name take?
//! Then `-- alias`: the server is asked for the address of home.example.test. Records of which types come?
//!
//! ```text
//! A? example.test: 1 record
//!   example.test. 300 IN A 203.0.113.80
//! 002a  cb 00 71 50               ..qP
//!       ^^^^^^^^^^^               ADDRESS 203.0.113.80
//! AAAA? example.test: 1 record
//!   example.test. 300 IN AAAA 2001:db8:113::80
//! 002a  20 01 0d b8 01 13 00 00    .......
//!       ^^^^^^^^^^^^^^^^^^^^^^^…  ADDRESS 2001:db8:113::80
//! 0032  00 00 00 00 00 00 00 80   ........
//! NS? example.test: 2 records
//!   example.test. 3600 IN NS ns1.example.test.
//!                                 ▾ NSDNAME ns1.example.test
//! 002a  03 6e 73 31 c0 0c         .ns1..
//!       ^^^^^^^^^^^                 label 3 ns1
//!                   ^^^^^           pointer to byte 12
//!       11.. .... .... ....           tag 11
//!       ..00 0000 0000 1100           offset 12
//!   example.test. 3600 IN NS ns2.example.test.
//!                                 ▾ NSDNAME ns2.example.test
//! 003c  03 6e 73 32 c0 0c         .ns2..
//!       ^^^^^^^^^^^                 label 3 ns2
//!                   ^^^^^           pointer to byte 12
//!       11.. .... .... ....           tag 11
//!       ..00 0000 0000 1100           offset 12
//! SOA? example.test: 1 record
//!   example.test. 3600 IN SOA ns1.example.test. hostmaster.example.test.
//!       2026112600 7200 3600 1209600 300
//!                                 ▾ MNAME ns1.example.test
//! 002a  03 6e 73 31 c0 0c         .ns1..
//!       ^^^^^^^^^^^                 label 3 ns1
//!                   ^^^^^           pointer to byte 12
//!       11.. .... .... ....           tag 11
//!       ..00 0000 0000 1100           offset 12
//!                                 ▾ RNAME hostmaster.example.test
//! 0030  0a 68 6f 73 74 6d 61 73   .hostmas
//!       ^^^^^^^^^^^^^^^^^^^^^^^…    label 10 hostmaster
//! 0038  74 65 72 c0 0c 78 c4 06   ter..x..
//!                ^^^^^              pointer to byte 12
//!       11.. .... .... ....           tag 11
//!       ..00 0000 0000 1100           offset 12
//!                      ^^^^^^^^…  SERIAL 2026112600
//! 0040  58 00 00 1c 20 00 00 0e   X... ...
//!          ^^^^^^^^^^^            REFRESH 7200
//!                      ^^^^^^^^…  RETRY 3600
//! 0048  10 00 12 75 00 00 00 01   ...u....
//!          ^^^^^^^^^^^            EXPIRE 1209600
//!                      ^^^^^^^^…  MINIMUM 300
//! 0050  2c                        ,
//! MX? example.test: 1 record
//!   example.test. 300 IN MX 10 mail.example.test.
//! 002a  00 0a                     ..
//!       ^^^^^                     PREFERENCE 10
//!                                 ▾ EXCHANGE mail.example.test
//! 002c  04 6d 61 69 6c c0 0c      .mail..
//!       ^^^^^^^^^^^^^^              label 4 mail
//!                      ^^^^^        pointer to byte 12
//!       11.. .... .... ....           tag 11
//!       ..00 0000 0000 1100           offset 12
//! TXT? example.test: 1 record
//!   example.test. 300 IN TXT "v=spf1 mx -all"
//!                                 ▾ TXT-DATA "v=spf1 mx -all"
//! 002a  0e 76 3d 73 70 66 31 20   .v=spf1
//!       ^^                          length 14
//!          ^^^^^^^^^^^^^^^^^^^^…    string "v=spf1 mx -all"
//! 0032  6d 78 20 2d 61 6c 6c      mx -all
//! CAA? example.test: 1 record
//!   example.test. 300 IN CAA 0 issue "ca.test"
//! 002a  00                        .
//!       ^^                        Flags 0
//!                                 ▾ Tag
//! 002b  05 69 73 73 75 65 63 61   .issueca
//!       ^^                          Tag Length 5
//!          ^^^^^^^^^^^^^^           Tag "issue"
//!                         ^^^^^…  Value "ca.test"
//! 0033  2e 74 65 73 74            .test
//! HTTPS? example.test: 1 record
//!   example.test. 300 IN HTTPS 1 www.example.test. alpn="http/1.1"
//! 002a  00 01                     ..
//!       ^^^^^                     SvcPriority 1
//!                                 ▾ TargetName www.example.test
//! 002c  03 77 77 77 07 65 78 61   .www.exa
//!       ^^^^^^^^^^^                 label 3 www
//!                   ^^^^^^^^^^^…    label 7 example
//! 0034  6d 70 6c 65 04 74 65 73   mple.tes
//!                   ^^^^^^^^^^^…    label 4 test
//! 003c  74 00                     t.
//!          ^^                       root .
//!                                 ▾ SvcParam alpn="http/1.1"
//! 003e  00 01 00 09 08 68 74 74   .....htt
//!       ^^^^^                       SvcParamKey alpn (1)
//!             ^^^^^                 length 9
//!                   ^^              length 8
//!                      ^^^^^^^^…    alpn-id http/1.1
//! 0046  70 2f 31 2e 31            p/1.1
//! ```

use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

use barewire::network::{Network, Toy, ToyOptions};
use barewire_dissect::{TextStyle, Tree, lines, several};
use barewire_dns::driver::Transport;
use barewire_dns::stub::{Protocol, Transmit};
use barewire_dns::{Message, Name, RecordType, dissect};

const EIGHT: [&str; 8] = ["A", "AAAA", "NS", "SOA", "MX", "TXT", "CAA", "HTTPS"];
/// The server ns1, which has the zone.
const NS1: &str = "203.0.113.53:53";

/// One question to ns1, and the bytes of its reply.
fn ask(toy: &Toy, name: &Name, rtype: RecordType) -> Result<Vec<u8>, Box<dyn Error>> {
    let (to, mut udp): (SocketAddr, _) = (NS1.parse()?, toy.udp());
    let deadline = toy.now() + Duration::from_secs(1);
    let bytes = Message::query(1, name.clone(), rtype).encode()?;
    udp.send(&Transmit {
        protocol: Protocol::Udp,
        to,
        source_port: 40_000,
        bytes,
        note: String::new(),
        deadline,
    })?;
    Ok(udp.receive(deadline)?.ok_or("no reply")?.bytes)
}

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (name, types) = match words.join(" ").as_str() {
        "" => ("example.test", &EIGHT[..]),
        "any" => ("example.test", &["ANY"][..]),
        "srv" => ("_https._tcp.example.test", &["SRV"][..]),
        "alias" => ("home.example.test", &["A"][..]),
        other => return Err(format!("{other} is not known here; try any, srv or alias").into()),
    };
    let toy = Toy::new(ToyOptions::default())?;
    let name = Name::parse_text(name).map_err(|refused| refused.to_string())?;
    for rtype in types {
        let bytes = ask(&toy, &name, RecordType::from_name(rtype).ok_or("not a type")?)?;
        let (message, tree) = dissect(&bytes);
        let data = tree.walk().filter(|(_, node)| node.name == "answer record");
        let data = data.filter_map(|(_, record)| record.children.iter().find(|node| node.name == "RDATA"));
        println!("{rtype}? {name}: {}", several(message.clone()?.answers.len() as u64, "record"));
        for (record, data) in message?.answers.iter().zip(data) {
            println!("  {}", lines(&record.to_string(), 78, 74).join("\n      "));
            let tree = Tree { len: bytes.len(), nodes: data.children.clone() };
            let style = TextStyle { comments: false, ..TextStyle::default() };
            tree.to_text(&bytes[..data.range.end], style)
                .lines()
                .for_each(|line| println!("{}", line.trim_end()));
        }
    }
    Ok(())
}
