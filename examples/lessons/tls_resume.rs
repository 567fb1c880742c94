//! TLS 1.3: coming back to a server, with a ticket and with early data (0-RTT), and somebody who sends it once more.
//!
//! A request to the shop buys something. At first the server shows its certificate and signs; then it sends tickets. A
//! ticket names a secret that both ends have, so the next connection needs no certificate (RFC 8446 §2.2). With early
//! data (§2.3) the request goes out with the ClientHello, under a key that comes from the ticket alone. At the end
//! somebody on the way, who has copied what the client sent in its last connection, sends the copy. They have no key,
//! and need none. This server takes a ticket as often as it comes, which §8 advises against.
//!
//! Round trips are counted from the SYN to the answer, so one of them is TCP's.
//!
//! Try: `cargo run --example tls_resume -- once`: the server takes each ticket once (§8.1). Then `-- wait`: the client
//! has a ticket, but its request waits for the server's Finished. What does the copy buy? At last `-- race`: each
//! ticket is good once, and the copy comes before what it was made from. How often is sold, and can TLS know that both
//! are one request? The client's function for early data has a warning in its name.
//!
//! On the page that `web/build.sh` builds:
//!
//! * `barewire.html#fetch=https://early.example.test/`: a server that takes early data
//!
//! ```text
//!                    round trips  certificates  sold so far  early data
//! the first time               3             1            1  NotOffered
//! the second time              3             0            2  NotOffered
//! the third time               2             0            3  Accepted
//! a copy, 380 bytes                                       4
//! ```

use std::error::Error;
use std::io::{Read, Write};
use std::time::Duration;

use barewire::network::{Network, Toy};
use barewire::services::certificates::{Flavour, server_config};
use barewire::services::{HttpServer, Stage, shop::Book, shop::Shop};
use barewire_internet::Wire;
use barewire_tcp::TcpStream;
use barewire_tls13::{Client, Config, EarlyData, Event, MemoryStore, PreSharedKey, SessionStore};

const NAME: &str = "shop.example.test";
const REQUEST: &[u8] = b"POST /buy HTTP/1.1\r\nHost: shop.example.test\r\nContent-Length: 0\r\n\r\n";

/// A client and its tickets, and the book of the shop.
struct Town(Toy, MemoryStore, Book);

impl Town {
    /// The client comes, and buys. Gives what it has sent. In a race, a copy of its first flight comes before it.
    fn visit(&mut self, title: &str, early: bool, race: bool) -> Result<Vec<u8>, Box<dyn Error>> {
        let (toy, store) = (&mut self.0, &mut self.1);
        let mut config = Config { trust: toy.trust()?, ..Config::new(NAME, toy.wall_clock()) };
        config.replayable_early_data = early;
        config.pre_shared_key = store.take(&config.wanted()).map(|it| PreSharedKey::Session(Box::new(it)));
        let mut client = Client::new(toy.now(), config, toy.rng())?;
        if early {
            client.write_early_replayable(REQUEST)?;
        }
        let mut flight = client.transmit(toy.now()).ok_or("no ClientHello")?;
        if race {
            self.copy(&flight)?;
        }
        let (toy, store, begins, mut sent) = (&self.0, &mut self.1, self.0.now(), Vec::new());
        let mut socket = TcpStream::connect(toy.stack(), ([203, 0, 113, 80], 443).into())?;
        while client.readable() == 0 {
            socket.write_all(&flight)?;
            sent.extend(flight);
            let mut buffer = [0; 4096];
            let count = socket.read(&mut buffer)?;
            client.receive(toy.now(), &buffer[..count])?;
            while let Some(event) = client.event() {
                match event {
                    Event::HandshakeDone(it) if it.early_data != EarlyData::Accepted => {
                        client.write(REQUEST)?
                    }
                    Event::Ticket(session) => store.insert(*session),
                    _ => {}
                }
            }
            flight = client.transmit(toy.now()).unwrap_or_default();
        }
        let (took, done) = ((toy.now() - begins).as_millis(), client.summary().ok_or("no handshake")?);
        let (round_trips, shown, sales) = (took / 50, done.chain.len(), self.2.sales());
        println!("{title:<17} {round_trips:>12} {shown:>13} {sales:>12}  {:?}", done.early_data);
        Ok(sent)
    }

    /// Somebody else sends these bytes.
    fn copy(&mut self, bytes: &[u8]) -> Result<(), Box<dyn Error>> {
        let Town(toy, _, book) = self;
        let mut socket = TcpStream::connect(toy.stack(), ([203, 0, 113, 80], 443).into())?;
        socket.write_all(bytes)?;
        toy.stack().run_until(toy.now() + Duration::from_millis(100))?;
        println!("a copy, {} bytes {:>39}", bytes.len(), book.sales());
        Ok(())
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let (flavour, early, race) = match std::env::args().skip(1).collect::<Vec<_>>().join(" ").as_str() {
        "" => (Flavour::ReusesTickets, true, false),
        "once" => (Flavour::EarlyData, true, false),
        "wait" => (Flavour::ReusesTickets, false, false),
        "race" => (Flavour::EarlyData, true, true),
        other => return Err(format!("{other} is not known here; try once, wait or race").into()),
    };
    let ((shop, book), mut stage) = (Shop::new(), Stage::new(1));
    let server = HttpServer::new(shop).https(443, server_config(NAME, flavour)?);
    stage.seat("client", "192.0.2.42", "192.0.2.53")?;
    stage.host("shop", "203.0.113.80", vec![Box::new(server)])?;
    stage.wire("client", "shop", Wire::ms(25));
    let mut town = Town(Toy::seated(stage.set()?, "a shop".into())?, MemoryStore::default(), book);
    println!("                   round trips  certificates  sold so far  early data");
    town.visit("the first time", false, false)?;
    town.visit("the second time", false, false)?;
    let sent = town.visit("the third time", early, race)?;
    if race { Ok(()) } else { town.copy(&sent) }
}
