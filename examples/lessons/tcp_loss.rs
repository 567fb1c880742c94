//! TCP: one segment is lost, and the reader waits for it, though the bytes after it are there.
//!
//! The client writes ten segments at once, and the third one is lost. The server gets the others in 25 ms. But TCP is a
//! stream: its reader gets the bytes in order, so it has to wait (head-of-line blocking). How long depends on how the
//! client notices the loss. NewReno counts three ACKs that say the same (RFC 6582). SACK reports what has arrived
//! beyond the gap (RFC 2018, RFC 6675). RACK compares times: what was sent later has arrived (RFC 8985).
//!
//! Try: `cargo run --example tcp_loss -- two`: the fifth segment is lost as well. Which way needs a round trip for each
//! loss? Then `-- tail`: the last two are lost, and nothing comes after them. Who asks before the timer has run out,
//! and with which segment? Then `-- late`: nothing is lost, but the ninth segment takes 8 ms longer and, two seconds
//! later, the third of the next ten. Who has learned from the first time, and sends nothing twice?
//!
//! ```text
//! NewReno
//!   segment       1    2    3    4    5    6    7    8    9   10
//!   arrives      25   25   75   25   25   25   25   25   25   25
//!   is read      25   25   75   75   75   75   75   75   75   75
//!    50 ms: 3 goes out again: fast retransmission, 3 duplicate ACKs
//! SACK
//!   segment       1    2    3    4    5    6    7    8    9   10
//!   arrives      25   25   75   25   25   25   25   25   25   25
//!   is read      25   25   75   75   75   75   75   75   75   75
//!    50 ms: 3 goes out again: retransmission, SACK shows the loss
//! RACK
//!   segment       1    2    3    4    5    6    7    8    9   10
//!   arrives      25   25   75   25   25   25   25   25   25   25
//!   is read      25   25   75   75   75   75   75   75   75   75
//!    50 ms: 3 goes out again: retransmission, what was sent after it has arrived
//! ```

use std::error::Error;
use std::time::Duration;

use barewire::hosts::{CLIENT, Happened, Hosts, SERVER};
use barewire_internet::Wire;
use barewire_tcp::congestion::CongestionControl;
use barewire_tcp::{Config, Handle};

const SEGMENTS: usize = 10;
/// How many bytes of text are in each.
const SIZE: usize = 1000;

/// The row of a table.
fn row(name: &str, cells: impl IntoIterator<Item = u128>) {
    println!("  {name:10}{}", cells.into_iter().map(|cell| format!("{cell:5}")).collect::<String>());
}

/// Writes the ten segments, and says when each arrived, and when it was read. Some are lost the first time, and one
/// comes 8 ms later.
fn write(hosts: &mut Hosts, ends: [Handle; 2], lost: &[usize], late: usize) -> Result<(), Box<dyn Error>> {
    let (begin, mut held, mut first) = (hosts.elapsed(), None, None);
    let (mut sent_before, mut arrived) = ([false; SEGMENTS], [None; SEGMENTS]);
    let (mut read, mut again) = (Vec::new(), Vec::new());
    hosts[CLIENT].write(ends[CLIENT], &[b'-'; SIZE * SEGMENTS])?;
    loop {
        while let Some(sent) = hosts.transmit() {
            if sent.length > 0 {
                let number = (sent.seq - *first.get_or_insert(sent.seq)) as usize / SIZE + 1;
                let now = (hosts.elapsed() - begin).as_millis();
                if std::mem::replace(&mut sent_before[number - 1], true) {
                    again.push(format!("{now:5} ms: {number} goes out again: {}", sent.note));
                } else if lost.contains(&number) {
                    continue;
                } else if late == number {
                    held = Some((hosts.elapsed() + Duration::from_millis(8), sent.packet));
                    continue;
                }
            }
            hosts.send(sent.host, &sent.packet)?;
        }
        let limit = held.as_ref().map_or(begin + Duration::from_secs(2), |(until, _)| *until);
        let happened = hosts.wait(limit)?;
        let now = (hosts.elapsed() - begin).as_millis();
        match (happened, first) {
            (Some(Happened::Arrived(it)), Some(first)) if it.host == SERVER && it.length > 0 => {
                arrived[(it.seq - first) as usize / SIZE].get_or_insert(now);
                while hosts[SERVER].read(ends[SERVER], &mut [0; SIZE])? > 0 {
                    read.push(now);
                }
            }
            (Some(_), _) => {}
            (None, _) => match held.take() {
                Some((_, packet)) => hosts.send(CLIENT, &packet)?,
                None => break,
            },
        }
    }
    row("segment", 1..=SEGMENTS as u128);
    row("arrives", arrived.into_iter().flatten());
    row("is read", read);
    again.iter().for_each(|line| println!("{line}"));
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    // Which segments are lost, and which one is late: of the first ten, and of those that follow two seconds later.
    let (lost, late) = match words.join(" ").as_str() {
        "" => ([3].as_slice(), [0].as_slice()),
        "two" => (&[3, 5][..], &[0][..]),
        "tail" => (&[9, 10][..], &[0][..]),
        "late" => (&[][..], &[9, 3][..]),
        other => return Err(format!("{other} is not known here; try two, tail or late").into()),
    };
    // Headers of 20 + 20 + 12 bytes. Reno, because it is not paced: all ten leave at once.
    let config = Config { mtu: SIZE + 52, congestion: CongestionControl::Reno, ..Config::default() };
    for (name, sack, rack) in [("NewReno", false, false), ("SACK", true, false), ("RACK", true, true)] {
        println!("{name}");
        let mut hosts = Hosts::two(Wire::ms(25), [Config { sack, rack, ..config }; 2], 1)?;
        let ends = hosts.open()?;
        for late in late {
            write(&mut hosts, ends, lost, *late)?;
        }
    }
    Ok(())
}
