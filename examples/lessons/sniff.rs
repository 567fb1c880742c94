//! A listener on the path: it sends nothing, nobody sees it, and it reads what others say to each other.
//!
//! The listener sits at the router between client and server. A filter chooses the packets of which rows are printed,
//! in the words of `barewire sniff` and of tcpdump; `inbound`, since a router gets each packet and sends it on. `dns`,
//! `http` and `tls` are found in the bytes, whatever the port: the server listens on port 8080 in each run. After a row
//! stands which of two words can be found in the packet: the name of the server, and the user's password.
//!
//! The client asks for the server's name, in a datagram to port 53 that nobody answers, and then it logs in. With
//! `--wire` the router is a kernel, and the listener has a packet socket there (AF_PACKET).
//!
//! Try: `cargo run --example sniff -- tls`: the client logs in over TLS 1.3. Which of the two words does the listener
//! still read, and where? What else does it learn? Then `-- syn`: only packets with SYN set. How many are there?
//!
//! ```text
//! filter: inbound and (dns or http or tls)
//! DNS  A? www.example.test
//!         the name is in it
//! HTTP POST /login HTTP/1.1
//!         the name is in it
//!         the password is in it
//! ```

use std::error::Error;

use barewire::experiment::{Experiment, Plan, Talk};
use barewire::sniff::{Sniffer, filter::Filter};
use barewire::story::{Config, Says};
use barewire_dns::{Message, Name, RecordType};
use barewire_packet::udp;

const LOGIN: &[u8] =
    b"POST /login HTTP/1.1\r\nHost: www.example.test\r\nContent-Length: 13\r\n\r\npassword=rosa7";

/// Whether a word stands in the packet. (In a DNS message lengths stand in place of the dots of a name.)
fn holds(packet: &[u8], word: &str) -> bool {
    packet.windows(word.len()).any(|bytes| bytes == word.as_bytes())
}

fn main() -> Result<(), Box<dyn Error>> {
    let experiment = Experiment::begin(Plan::Path, &["tls", "syn"])?;
    let mut listener = experiment.tap("router")?;

    let (from, resolver) = (experiment.end("client", 5000)?, experiment.end("server", 53)?);
    let question = Message::query(7, Name::parse_text("www.example.test")?, RecordType::A);
    let mut link = experiment.link("client", &[])?;
    link.send(&udp::ip_packet(from, resolver, &question.encode()?))?;
    let server = experiment.end("server", 8080)?;
    let mut talk = Talk::open(experiment.peer("client")?, experiment.peer("server")?, server)?;
    if experiment.word() == "tls" {
        talk.begin_tls()?;
    }
    talk.write(LOGIN)?;
    assert_eq!(talk.read()?.as_bytes(), LOGIN);

    let filter =
        if experiment.word() == "syn" { "inbound and syn" } else { "inbound and (dns or http or tls)" };
    println!("filter: {filter}");
    let mut sniffer = Sniffer::new(Filter::parse(filter)?, Config::default(), true);
    let heard = listener.take()?;
    for frame in &heard.frames {
        let taken = sniffer.frame(&heard.interfaces[frame.interface as usize], frame);
        let Some(Some(Ok(told))) = taken else { continue };
        for message in told.row.drawn() {
            let text = match &message.says {
                Says::Segment(numbers) => numbers.flags.to_string(),
                // Its length is that of a signature, and differs from run to run.
                Says::Sealed { .. } => "a record that is sealed".to_owned(),
                _ => message.to_string(),
            };
            println!("{:<4} {}", message.layer().name(), text.split(", ").next().unwrap_or_default());
        }
        for (word, name) in [("example", "name"), ("rosa7", "password")] {
            if holds(&frame.bytes, word) {
                println!("        the {name} is in it");
            }
        }
    }
    Ok(())
}
