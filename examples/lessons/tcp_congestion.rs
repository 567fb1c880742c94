//! TCP: the congestion windows of Reno, CUBIC and BBR on the same path, drawn over time.
//!
//! Nobody tells a sender how much the path takes. Each controller finds out in its own way. Reno grows until a packet
//! is lost, halves its window, and grows by a segment in each round trip (RFC 5681). CUBIC cuts it to 0.7, and comes
//! back along a curve of the time (RFC 9438). BBR measures the rate and the round trip, and keeps the window at about
//! twice their product; a full queue tells it nothing. The path carries 10 Mbit/s, takes 20 ms one way, and has a queue
//! of 50 kB, so 100 kB fill path and queue. Under the axis is a mark where a packet was lost.
//!
//! Try: `cargo run --example tcp_congestion -- deep`: the queue has 400 kB. Whose round trip grows with it, and what is
//! won by that? Then `-- loss`: the path loses 1 % of the packets by chance. For whom is that a sign of a full queue?
//! Then `-- csv`: the same numbers for a spreadsheet. In which phase was each controller after 5 s?
//!
//! ```text
//! reno: 1.19 MB/s, round trip 60 ms on average, 78 packets lost
//!  120 kB |*
//!  100 kB |
//!   80 kB | *     ***     ****     ***     ****     ****     ****     *
//!   60 kB |   ****     ***      ***     ***      ***      ***     ****
//!   40 kB |  *       **       **      **       **       **       *
//!   20 kB |
//!    0 kB |
//!         +xxx-------x--------x-------x--------x--------x-------x------ 15 s
//! cubic: 1.20 MB/s, round trip 67 ms on average, 36 packets lost
//!  120 kB |*
//!  100 kB |
//!   80 kB |     *******   ********     *******   *******     *******  *
//!   60 kB | ****       ***        *****       ***       *****       **
//!   40 kB |
//!   20 kB |
//!    0 kB |
//!         +xx----------x----------x-----------x---------x-----------x-- 15 s
//! bbr: 1.17 MB/s, round trip 47 ms on average, 69 packets lost
//!  100 kB |*
//!   80 kB | ******************* ******************** ******************
//!   60 kB |
//!   40 kB |
//!   20 kB |                    *                    *
//!    0 kB |
//!         +xx------xx------xx----------xx------x------------x------xx-- 15 s
//! ```

use std::error::Error;
use std::time::Duration;

use barewire::hosts::{CLIENT, Hosts, SERVER};
use barewire_internet::Wire;
use barewire_tcp::congestion::table::TABLE;
use barewire_tcp::{Config, Variables};

/// How long the lines of the plot are, how far apart in time two columns stand, and how many lines there are.
const COLUMNS: u32 = 60;
const STEP: Duration = Duration::from_millis(250);
const LINES: u32 = 8;

/// The variables of the sender at the end of a step, and how many packets the wire has lost in it.
struct Sample {
    after: Duration,
    sender: Variables,
    lost: u64,
}

/// The client sends as much as it can. Gives a sample for each column, and how many bytes the server has read.
fn run(config: Config, wire: Wire) -> Result<(Vec<Sample>, u64), Box<dyn Error>> {
    let mut hosts = Hosts::two(wire, [config; 2], 1)?;
    let [writer, reader] = hosts.open()?;
    let (mut samples, mut read, mut lost, mut text) = (Vec::new(), 0, 0, vec![0; 1 << 16]);
    while samples.len() < COLUMNS as usize {
        while hosts[CLIENT].write(writer, &text)? == text.len() {}
        hosts.send_all()?;
        let after = STEP * (samples.len() as u32 + 1);
        if hosts.wait(after)?.is_none() {
            let sender = hosts[CLIENT].variables(writer).ok_or("the connection has ended")?;
            let lost_before = std::mem::replace(&mut lost, hosts.world().counters().all_lost());
            samples.push(Sample { after, sender, lost: lost - lost_before });
        }
        while let count @ 1.. = hosts[SERVER].read(reader, &mut text)? {
            read += count as u64;
        }
    }
    Ok((samples, read))
}

/// Draws the window over time.
fn draw(samples: &[Sample]) {
    let most = samples.iter().map(|sample| sample.sender.cwnd / 1000).max().unwrap_or_default();
    let unit = (most / LINES / 10 + 1) * 10;
    for line in (0..LINES).rev().skip_while(|line| line * unit > most) {
        let mark = |it: &Sample| if it.sender.cwnd / 1000 / unit == line { '*' } else { ' ' };
        let marks: String = samples.iter().map(mark).collect();
        println!("{:4} kB |{}", line * unit, marks.trim_end());
    }
    let axis: String = samples.iter().map(|sample| if sample.lost > 0 { 'x' } else { '-' }).collect();
    println!("        +{axis} 15 s");
}

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let usual = Wire::ms(20).rate(10_000_000).queue(50_000);
    let wire = match words.join(" ").as_str() {
        "" | "csv" => usual,
        "deep" => usual.queue(400_000),
        "loss" => usual.loss(0.01),
        other => return Err(format!("{other} is not known here; try deep, loss or csv").into()),
    };
    let csv = words.first().is_some_and(|word| word == "csv");
    if csv {
        println!("controller,ms,cwnd,ssthresh,pipe,srtt_ms,lost,phase");
    }
    for row in &TABLE {
        let config = Config { congestion: row.control, receive_buffer: 1 << 20, ..Config::default() };
        let (samples, read) = run(Config { send_buffer: 1 << 20, ..config }, wire.clone())?;
        let srtt = |it: &Sample| it.sender.srtt.unwrap_or_default().as_millis();
        if csv {
            for it in &samples {
                let Variables { cwnd, ssthresh, pipe, phase, .. } = it.sender;
                let (name, after, srtt, lost) = (row.name, it.after.as_millis(), srtt(it), it.lost);
                let ssthresh = if ssthresh == u32::MAX { String::new() } else { ssthresh.to_string() };
                println!("{name},{after},{cwnd},{ssthresh},{pipe},{srtt},{lost},{phase}");
            }
            continue;
        }
        let (rate, round_trip) = (read as f64 / 15e6, samples.iter().map(srtt).sum::<u128>() / 60);
        let lost: u64 = samples.iter().map(|it| it.lost).sum();
        println!("{}: {rate:.2} MB/s, round trip {round_trip} ms on average, {lost} packets lost", row.name);
        draw(&samples);
    }
    Ok(())
}
