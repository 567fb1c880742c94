//! How fast a stream goes from us to the kernel, beside one from the kernel to the kernel: 1 % of the packets lost each
//! way, 40 ms there and back, the same dice for all.
//!
//! With `BAREWIRE_GOODPUT=10` each sender runs ten times, and a table is printed. It says nothing of right or wrong,
//! because times on a busy machine prove nothing; without the variable one short run of each shows that all arrives.
//! `BAREWIRE_GOODPUT_BYTES` says how many bytes, and `BAREWIRE_GOODPUT_PATH` describes another path in the relay's
//! words:
//!
//! ```text
//! BAREWIRE_GOODPUT=9 BAREWIRE_GOODPUT_BYTES=1000000 BAREWIRE_GOODPUT_PATH="loss=0.2" \
//!     cargo test -p barewire-tcp --test kernel goodput -- --nocapture
//! ```

use std::time::Duration;

use barewire_packet::capture::Capture;
use barewire_tcp::packet::{Packet, Payload};

use crate::lab::{Lab, SERVER};
use crate::pair::wait_for_both;
use crate::seen::seen;

const PATH: &str = "delay=20ms loss=0.01";

/// Who sends, and with which congestion control.
const SENDERS: [(&str, &str); 6] = [
    ("kernel", "reno"),
    ("kernel", "cubic"),
    ("kernel", "bbr"),
    ("ours", "reno"),
    ("ours", "cubic"),
    ("ours", "bbr"),
];

/// What one run gave.
#[derive(Debug, Clone, Copy)]
struct Run {
    kilobytes_a_second: f64,
    dsacks: usize,
}

#[test]
fn goodput_beside_the_kernel() {
    let Some(lab) = Lab::raise("goodput_beside_the_kernel") else { return };
    let variable = |name| std::env::var(name).ok().map(|text| text.parse::<u64>().expect("a number"));
    let runs = variable("BAREWIRE_GOODPUT");
    let bytes =
        variable("BAREWIRE_GOODPUT_BYTES").unwrap_or(if runs.is_some() { 4_000_000 } else { 100_000 });
    let path = std::env::var("BAREWIRE_GOODPUT_PATH").unwrap_or_else(|_| PATH.to_owned());
    let mut all: Vec<Vec<Run>> = vec![Vec::new(); SENDERS.len()];
    for seed in 1..=runs.unwrap_or(1) {
        for (index, (whose, congestion)) in SENDERS.into_iter().enumerate() {
            let run = once(
                &lab,
                &format!("{path} seed={seed}"),
                whose,
                congestion,
                bytes,
                8000 + seed * 8 + index as u64,
            );
            println!("seed {seed}, {whose} {congestion}: {run:.1?}");
            all[index].push(run);
        }
    }
    println!("{path}, {bytes} bytes, {} runs", all[0].len());
    print_table(&all);
}

fn once(lab: &Lab, path: &str, whose: &str, congestion: &str, bytes: u64, port: u64) -> Run {
    let relay = lab.relay(path);
    let name = format!("{port}.pcap");
    let recorder = lab.record("server", &name);
    let address = format!("{SERVER}:{port}");
    let mut server = lab.process("server", &format!("kernel listen {address} 0 {bytes} cubic"));
    server.wait_for("listening", Duration::from_secs(20));
    let client = lab.process("client", &format!("{whose} connect {address} {bytes} 0 {congestion}"));
    let mut ends = [server, client];
    let [line, _] = wait_for_both(&mut ends, "each of them right", Duration::from_secs(600));
    for process in ends.into_iter().chain([relay]) {
        process.finish(Duration::from_secs(20));
    }
    lab.stop(recorder, &name);
    let file = lab.path(&name);
    let seen = seen(&file);
    assert!(seen.segments as u64 > bytes / 1448, "{} is not whole: {seen:?}", file.display());
    // Ten runs of megabytes are many files.
    let _ = std::fs::remove_file(file);
    let seconds = line.rsplit(' ').nth(1).and_then(|text| text.parse::<f64>().ok()).expect("seconds");
    Run { kilobytes_a_second: bytes as f64 / seconds / 1000.0, dsacks: seen.dsacks }
}

/// The relay, seen by two kernels: it delays, loses and doubles as it is told, and says so.
#[test]
fn the_relay_does_what_it_is_told() {
    let Some(lab) = Lab::raise("the_relay_does_what_it_is_told") else { return };
    let relay = lab.relay("delay=20ms right:data:3:drop right:data:6:twice");
    let recorder = lab.record("server", "relay.pcap");
    let address = format!("{SERVER}:8000");
    let mut server = lab.process("server", &format!("kernel listen {address} 0 20000 reno"));
    server.wait_for("listening", Duration::from_secs(20));
    let client = lab.process("client", &format!("kernel connect {address} 20000 0 reno"));
    let mut ends = [server, client];
    wait_for_both(&mut ends, "each of them right", Duration::from_secs(60));
    let tally = relay.finish(Duration::from_secs(20)).join("\n");
    lab.stop(recorder, "relay.pcap");
    assert!(tally.contains("1 dropped by a rule") && tally.contains("1 sent twice"), "{tally}");
    let bytes = std::fs::read(lab.path("relay.pcap")).expect("a capture");
    let capture = Capture::read(&bytes).expect("a capture");
    let mut first = None;
    // From the SYN-ACK on its way back to the ACK that follows it.
    let round_trip = capture.frames.windows(2).map(|two| two[1].time - two[0].time).nth(1);
    let numbers: Vec<u32> = capture
        .ip_packets()
        .filter_map(|(index, _, bytes)| {
            let missing = capture.frames[index].original_len as usize - capture.frames[index].bytes.len();
            let packet = Packet::parse_captured(bytes, missing).expect("a packet");
            let Payload::Tcp(segment) = &packet.payload else { return None };
            let is_data = segment.payload.len() + packet.missing > 0;
            let base = *first.get_or_insert(segment.seq + 1);
            is_data.then(|| segment.seq.since(base) / 1448)
        })
        .collect();
    assert!(numbers.starts_with(&[0, 1, 3, 4, 5, 5, 6]), "{numbers:?}");
    assert_eq!(numbers.iter().filter(|number| **number == 2).count(), 1, "{numbers:?}");
    assert!(round_trip.is_some_and(|time| time >= Duration::from_millis(40)), "{round_trip:?}");
}

fn print_table(all: &[Vec<Run>]) {
    let rates: Vec<f64> =
        all.iter().map(|runs| median(runs.iter().map(|run| run.kilobytes_a_second))).collect();
    println!(
        "{:16}{:>10}{:>10}{:>10}{:>10}  of the kernel's",
        "sender", "median", "least", "most", "D-SACKs"
    );
    for (index, (whose, congestion)) in SENDERS.into_iter().enumerate() {
        let each = all[index].iter().map(|run| run.kilobytes_a_second);
        let (least, most) = (each.clone().fold(f64::MAX, f64::min), each.fold(0.0, f64::max));
        let dsacks: usize = all[index].iter().map(|run| run.dsacks).sum();
        let kernel = SENDERS.iter().position(|sender| *sender == ("kernel", congestion)).unwrap_or(index);
        let ratio = rates[index] / rates[kernel];
        let name = format!("{whose} {congestion}");
        println!("{name:16}{:8.1} kB/s{least:7.1}{most:10.1}{dsacks:10}  {ratio:.2}", rates[index]);
    }
}

fn median(numbers: impl Iterator<Item = f64>) -> f64 {
    let mut numbers: Vec<f64> = numbers.collect();
    numbers.sort_by(f64::total_cmp);
    let middle = numbers.len() / 2;
    if numbers.len() % 2 == 1 { numbers[middle] } else { (numbers[middle - 1] + numbers[middle]) / 2.0 }
}
