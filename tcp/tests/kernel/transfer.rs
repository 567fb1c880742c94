//! A transfer between our TCP and the kernel's. All bytes arrive although packets are lost, and neither end resets the
//! connection. Either end opens it.

use std::time::{Duration, Instant};

use crate::lab::{Lab, SERVER, malformed};
use crate::pair::{both_within, wait_for_both};
use crate::seen::seen;

/// How much of the packets is lost each way in percent, and how many bytes go each way: in a short run and in a long
/// one.
const RUNS: [(u32, u64, u64); 4] = [
    (0, 1_000_000, 10_000_000),
    (1, 1_000_000, 10_000_000),
    (5, 1_000_000, 10_000_000),
    (20, 50_000, 1_000_000),
];

/// When a run is given up: a transfer at 20 % takes the kernel a minute and more.
const LIMIT: Duration = Duration::from_secs(600);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum We {
    Connect,
    Listen,
}

#[test]
fn the_kernel_as_server_with_reno() {
    both_ways("the_kernel_as_server_with_reno", We::Connect, "reno");
}

#[test]
fn the_kernel_as_server_with_cubic() {
    both_ways("the_kernel_as_server_with_cubic", We::Connect, "cubic");
}

#[test]
fn the_kernel_as_client_with_reno() {
    both_ways("the_kernel_as_client_with_reno", We::Listen, "reno");
}

#[test]
fn the_kernel_as_client_with_cubic() {
    both_ways("the_kernel_as_client_with_cubic", We::Listen, "cubic");
}

/// How long two kernels take on the worst of the paths: what ours takes there is measured by this. Eight connections at
/// once, so 16 directions of 1 MB, and 20 % of the packets are lost each way. It takes ten minutes and more, and judges
/// nothing but the bytes: a kernel whose timer has grown to two minutes may take longer than anybody waits. In November
/// 2026 a direction took between 71 and 813 s, or had not ended after 1200.
#[test]
fn the_kernel_with_itself() {
    if std::env::var_os("BAREWIRE_LONG").is_none() {
        println!("two kernels at 20 % loss: BAREWIRE_LONG=1 runs them");
        return;
    }
    let Some(lab) = Lab::raise("the_kernel_with_itself") else { return };
    let (percent, _, bytes) = RUNS[RUNS.len() - 1];
    lab.lose_percent(percent);
    let connections = (0..8).map(|index| {
        let congestion = ["reno", "cubic"][index % 2];
        let what = format!("{SERVER}:{} {bytes} {bytes} {congestion}", 7100 + index);
        let mut server = lab.process("server", &format!("kernel listen {what}"));
        server.wait_for("listening", Duration::from_secs(20));
        (congestion, [server, lab.process("client", &format!("kernel connect {what}"))])
    });
    let (connections, end) = (connections.collect::<Vec<_>>(), Instant::now() + 2 * LIMIT);
    let mut ended = 0;
    for (congestion, mut ends) in connections {
        let took =
            both_within(&mut ends, "each of them right", end.saturating_duration_since(Instant::now()));
        ended += u32::from(took.is_ok());
        println!(
            "{bytes} bytes each way, {percent} % lost, two kernels with {congestion}: {}",
            took.map_or_else(|_| "not yet ended".to_owned(), |lines| lines.join("; "))
        );
    }
    assert!(ended > 0, "none of the eight ended in {:?}: is there a path at all?", 2 * LIMIT);
}

/// Each run is one connection: the client's bytes, its FIN, the server's bytes, its FIN.
fn both_ways(test: &str, we: We, congestion: &str) {
    let Some(lab) = Lab::raise(test) else { return };
    let is_long = std::env::var_os("BAREWIRE_LONG").is_some();
    for (index, (percent, short, long)) in RUNS.into_iter().enumerate() {
        let bytes = if is_long { long } else { short };
        let at = format!("{bytes} bytes each way, {percent} % lost, {we:?}, the kernel with {congestion}");
        lab.lose_percent(percent);
        let (kernel, server, client) = match we {
            We::Connect => ("server", "kernel", "ours"),
            We::Listen => ("client", "ours", "kernel"),
        };
        let name = format!("{index}.pcap");
        let recorder = lab.record(kernel, &name);
        // Another port each time: the kernel may still be in TIME-WAIT.
        let what = format!("{SERVER}:{} {bytes} {bytes} {congestion}", 7000 + index);
        let mut server = lab.process("server", &format!("{server} listen {what}"));
        server.wait_for("listening", Duration::from_secs(20));
        let mut ends = [server, lab.process("client", &format!("{client} connect {what}"))];
        let took = wait_for_both(&mut ends, "each of them right", LIMIT);
        for end in ends {
            end.finish(Duration::from_secs(60));
        }
        lab.stop(recorder, &name);
        let file = lab.path(&name);
        let seen = seen(&file);
        println!("{at}: {}, {seen:?}", took.join("; "));
        assert!(seen.segments as u64 > bytes / 1000, "{at}: {seen:?}");
        assert!(seen.resets.is_empty(), "{at}: resets in {}: {seen:?}", file.display());
        assert_eq!(malformed(&file), "", "{at}: {}", file.display());
        assert_eq!(lab.counter(kernel, "Tcp", "InErrs"), 0, "{at}: segments that the kernel calls wrong");
    }
}
