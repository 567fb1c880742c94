//! TCP: two connections share one path, and each has a controller of its own. Is the path shared fairly?
//!
//! The path carries 5 Mbit/s, takes 20 ms one way, and has a queue of 25 kB. Both connections send as much as they can
//! for 20 s, and the last 10 s are counted. Two of the same kind should get the same share. Where a packet is lost,
//! Reno gives up half of its window and CUBIC 0.3 of it. BBR asks how fast the path is, and a single loss does not
//! matter to it. The last column is Jain's index: 1.00 is fair, and 0.50 is everything for one.
//!
//! Try: `cargo run --example tcp_fairness -- shallow`: the queue has 8 kB, a third of what the path holds. Whose share
//! is another one, and why? Then `-- late`: the second connection begins when the counting does. Who makes room for a
//! newcomer?
//!
//! ```text
//! first  second   first          second         Jain
//! reno   reno     0.32 MB/s  53 %   0.28 MB/s  47 %   1.00
//! cubic  cubic    0.31 MB/s  51 %   0.29 MB/s  49 %   1.00
//! bbr    bbr      0.28 MB/s  47 %   0.31 MB/s  53 %   1.00
//! reno   cubic    0.29 MB/s  48 %   0.31 MB/s  52 %   1.00
//! reno   bbr      0.27 MB/s  44 %   0.33 MB/s  56 %   0.99
//! cubic  bbr      0.22 MB/s  37 %   0.38 MB/s  63 %   0.93
//! ```

use std::error::Error;
use std::time::Duration;

use barewire::hosts::{CLIENT, Hosts, SERVER};
use barewire_internet::Wire;
use barewire_tcp::Config;
use barewire_tcp::congestion::CongestionControl::{self, Bbr, Cubic, Reno};

const PAIRS: [[CongestionControl; 2]; 6] =
    [[Reno, Reno], [Cubic, Cubic], [Bbr, Bbr], [Reno, Cubic], [Reno, Bbr], [Cubic, Bbr]];

/// How many bytes each connection has carried from the 10th to the 20th second.
fn run(pair: [CongestionControl; 2], wire: Wire, second_begins: u64) -> Result<[u64; 2], Box<dyn Error>> {
    let config = Config { receive_buffer: 1 << 20, send_buffer: 1 << 20, ..Config::default() };
    let mut hosts = Hosts::two(wire, [config; 2], 1)?;
    let (mut open, mut read, mut text) = (Vec::new(), [0; 2], vec![0; 1 << 16]);
    while hosts.elapsed() < Duration::from_secs(20) {
        let now = hosts.elapsed();
        if open.len() < 2 && now >= Duration::from_secs(second_begins * open.len() as u64) {
            open.push(hosts.open_with(Config { congestion: pair[open.len()], ..config })?);
        }
        for [writer, _] in &open {
            while hosts[CLIENT].write(*writer, &text)? == text.len() {}
        }
        hosts.send_all()?;
        hosts.wait(Duration::from_secs(20))?;
        for (count, [_, reader]) in read.iter_mut().zip(&open) {
            while let length @ 1.. = hosts[SERVER].read(*reader, &mut text)? {
                *count += if now < Duration::from_secs(10) { 0 } else { length as u64 };
            }
        }
    }
    Ok(read)
}

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let usual = Wire::ms(20).rate(5_000_000);
    let (wire, second_begins) = match words.join(" ").as_str() {
        "" => (usual.queue(25_000), 0),
        "shallow" => (usual.queue(8_000), 0),
        "late" => (usual.queue(25_000), 10),
        other => return Err(format!("{other} is not known here; try shallow or late").into()),
    };
    println!("first  second   first          second         Jain");
    for pair in PAIRS {
        let [a, b] = run(pair, wire.clone(), second_begins)?.map(|bytes| bytes as f64);
        let jain = (a + b) * (a + b) / (2.0 * (a * a + b * b));
        let cell = |it: f64| format!("{:.2} MB/s {:3.0} %", it / 10e6, 100.0 * it / (a + b));
        println!("{:6} {:8} {}   {}   {jain:.2}", pair[0].name(), pair[1].name(), cell(a), cell(b));
    }
    Ok(())
}
