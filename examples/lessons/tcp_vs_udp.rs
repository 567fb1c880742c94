//! TCP and UDP: the same ten messages over the same wire. One is late, and one is lost.
//!
//! A message is sent each 10 ms, and is 25 ms on its way. The second takes 15 ms more, and the seventh is lost. UDP
//! gives each datagram to the program as it comes (RFC 768): one comes after its time, one is missing, and the others
//! do not care. TCP gives a stream: all bytes, in order, once. What comes after a gap has to wait for it.
//!
//! TCP sends the seventh again at 135 ms. It left at 60 ms, a round trip takes 50, and a quarter of that is patience
//! with what may only be late (RFC 8985 §6.2). Here it is two quarters: TCP had taken the second for lost, sent it
//! again, and heard that it came twice.
//!
//! Try: `cargo run --example tcp_vs_udp -- calm`: nothing is late, and nothing is lost. Which of the two is faster now?
//! Then `-- far`: the wire takes 100 ms. How many messages wait for the one that is lost, with each? A voice is of no
//! use when it comes 150 ms after it was spoken: how many messages are of use here?
//!
//! ```text
//! message     1     2     3     4     5     6     7     8     9    10
//! sent        0    10    20    30    40    50    60    70    80    90
//! UDP        25    50    45    55    65    75     -    95   105   115
//! TCP        25    50    50    55    65    75   160   160   160   160
//! ```

use std::error::Error;
use std::time::Duration;

use barewire::hosts::{CLIENT, Happened, Hosts, SERVER};
use barewire_internet::Wire;
use barewire_internet::tamper::{Tamper, Tampering};
use barewire_packet::link::Way;
use barewire_packet::udp;
use barewire_tcp::Config;
use barewire_tcp::packet::{Packet, Payload};

const MESSAGES: usize = 10;
const SIZE: usize = 100;
const EVERY: Duration = Duration::from_millis(10);

/// Of the messages that were sent one is late, and one is lost.
struct Fate(usize);

impl Tamper for Fate {
    fn packet(&mut self, way: Way, _: usize, packet: &[u8]) -> Tampering {
        let is_message = way == Way::Sent && packet.len() >= SIZE;
        self.0 += usize::from(is_message);
        let delay = (is_message && self.0 == 2).then_some(Duration::from_millis(15));
        Tampering { delay, drop: is_message && self.0 == 7, ..Tampering::default() }
    }
}

/// Sends the messages, as datagrams or as a stream. Says when each was there for the program, in milliseconds.
fn run(delay: u64, calm: bool, as_datagrams: bool) -> Result<[Option<u128>; MESSAGES], Box<dyn Error>> {
    let mut hosts = Hosts::two(Wire::ms(delay), [Config::default(); 2], 1)?;
    if !calm {
        hosts.world().tamper("client", Box::new(Fate(0)))?;
    }
    let ([writer, reader], begin) = (hosts.open()?, hosts.elapsed());
    let (from, to) = (hosts.end(CLIENT, 5000), hosts.end(SERVER, 5000));
    let (mut written, mut read, mut times) = (0, 0, [None; MESSAGES]);
    loop {
        if hosts.elapsed() >= begin + EVERY * written as u32 && written < MESSAGES {
            let message = [written as u8; SIZE];
            if as_datagrams {
                hosts.send(CLIENT, &udp::ip_packet(from, to, &message))?;
            } else {
                hosts[CLIENT].write(writer, &message)?;
            }
            written += 1;
        }
        hosts.send_all()?;
        let next = if written < MESSAGES { EVERY * written as u32 } else { Duration::from_secs(2) };
        match hosts.wait(begin + next)? {
            Some(Happened::Arrived(it)) if it.host == SERVER => {
                let now = Some((hosts.elapsed() - begin).as_millis());
                if let Payload::Udp(datagram) = Packet::parse(&it.packet)?.payload {
                    times[usize::from(datagram.payload[0])] = now;
                }
                while hosts[SERVER].read(reader, &mut [0; SIZE])? > 0 {
                    times[read] = now;
                    read += 1;
                }
            }
            None if written == MESSAGES => return Ok(times),
            _ => {}
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (delay, calm) = match words.join(" ").as_str() {
        "" => (25, false),
        "calm" => (25, true),
        "far" => (100, false),
        other => return Err(format!("{other} is not known here; try calm or far").into()),
    };
    let row = |name: &str, cell: &dyn Fn(usize) -> String| {
        println!(
            "{name:7}{}",
            (0..MESSAGES).map(|number| format!("{:>6}", cell(number))).collect::<String>()
        );
    };
    row("message", &|number| (number + 1).to_string());
    row("sent", &|number| (EVERY.as_millis() * number as u128).to_string());
    for (name, as_datagrams) in [("UDP", true), ("TCP", false)] {
        let times = run(delay, calm, as_datagrams)?;
        row(name, &|number| times[number].map_or("-".to_owned(), |time| time.to_string()));
    }
    Ok(())
}
