//! `barewire sniff` while 100,000 packets a second come: is every packet heard, or counted as dropped?
//!
//! ```text
//!   near 10.96.3.1 ─── veth ─── far, a device without an address: the sniffer hears it, the kernel drops it
//!   a plain UdpSocket, 100 datagrams each millisecond
//! ```
//!
//! What was sent has to be what was received and what the kernel says it dropped. Beside `barewire` stands tcpdump,
//! which writes the same file. CPU time is that of the sniffer's process.
//!
//! Needs root: this program starts itself again in a network namespace of its own (`unshare`), which is gone when it
//! ends. Without root the subject is left out, and says so.

use std::io::{BufRead, BufReader};
use std::net::UdpSocket;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// The variable with which this program finds itself at home. Its value is the sniffer.
const ROLE: &str = "BAREWIRE_BENCH_SNIFF";
/// Datagrams of one run, and how many of them go out each millisecond.
const ALL: u64 = 500_000;
const AT_ONCE: u64 = 100;

/// How a sniffer is started.
struct Way {
    what: &'static str,
    program: &'static str,
    words: &'static [&'static str],
}

const WAYS: [Way; 4] = [
    Way { what: "counted (-q)", program: "barewire", words: &["sniff", "far", "-q", "udp", "port", "9"] },
    Way {
        what: "written to a file (-q -w)",
        program: "barewire",
        words: &["sniff", "far", "-q", "-w", "FILE", "udp", "port", "9"],
    },
    Way {
        what: "each a row, into /dev/null",
        program: "barewire",
        words: &["sniff", "far", "udp", "port", "9"],
    },
    Way {
        what: "written to a file (-w)",
        program: "tcpdump",
        words: &["-n", "-Z", "root", "-B", "16384", "-i", "far", "-w", "FILE", "udp", "port", "9"],
    },
];

/// What came of a run.
struct Outcome {
    took: Duration,
    received: u64,
    dropped: u64,
    cpu: Duration,
}

/// The sniffer to run, where this is the program in a namespace of its own.
pub(crate) fn program_at_home() -> Option<PathBuf> {
    std::env::var_os(ROLE).map(PathBuf::from)
}

/// Starts this program again in a namespace of its own: it prints the table.
pub(crate) fn run_at_home(barewire: &Path, markdown: bool) {
    let may = Command::new("unshare").args(["-n", "true"]).stderr(Stdio::null()).status();
    if !may.is_ok_and(|status| status.success()) {
        eprintln!("sniff: left out, since it makes a network namespace, which needs root");
        return;
    }
    let program = std::env::current_exe().expect("this program has a file");
    let mut again = Command::new("unshare");
    again.arg("-n").arg(program).arg("sniff").env(ROLE, barewire);
    if markdown {
        again.arg("--markdown");
    }
    assert!(again.status().expect("unshare runs").success(), "in the namespace");
}

/// The table.
pub(crate) fn table(barewire: &Path) -> Vec<[String; 8]> {
    furnish();
    let heads =
        ["sniff", "100,000 packets a second", "sent", "a second", "received", "dropped", "not accounted for"];
    let mut table =
        vec![std::array::from_fn(|at| heads.get(at).copied().unwrap_or("CPU, a packet").to_owned())];
    for way in &WAYS {
        let outcome = run(way, barewire);
        let missing = ALL as i64 - (outcome.received + outcome.dropped) as i64;
        table.push([
            way.program.to_owned(),
            way.what.to_owned(),
            ALL.to_string(),
            format!("{:.0}", ALL as f64 / outcome.took.as_secs_f64()),
            outcome.received.to_string(),
            outcome.dropped.to_string(),
            missing.to_string(),
            format!("{} ns", outcome.cpu.as_nanos() as u64 / outcome.received.max(1)),
        ]);
    }
    table
}

/// Two ends of a cable. Nothing but our datagrams passes: no IPv6, and the neighbour is known.
fn furnish() {
    for line in [
        "sysctl -qw net.ipv6.conf.default.disable_ipv6=1 net.ipv6.conf.all.disable_ipv6=1",
        "ip link add near type veth peer name far",
        "ip addr add 10.96.3.1/24 dev near",
        "ip link set near up",
        "ip link set far up",
        "ip neigh add 10.96.3.2 lladdr 02:00:00:00:00:02 dev near nud permanent",
    ] {
        let words: Vec<&str> = line.split(' ').collect();
        assert!(Command::new(words[0]).args(&words[1..]).status().expect(line).success(), "{line}");
    }
}

fn run(way: &Way, barewire: &Path) -> Outcome {
    let file = std::env::temp_dir().join(format!("barewire-bench-sniff-{}", std::process::id()));
    let program = if way.program == "barewire" { barewire } else { Path::new(way.program) };
    let mut command = Command::new(program);
    for word in way.words {
        if *word == "FILE" {
            command.arg(&file)
        } else {
            command.arg(word)
        };
    }
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut sniffer = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let mut said = BufReader::new(sniffer.stderr.take().expect("a pipe")).lines();
    // "hearing far", "listening on far".
    let first =
        said.find(|line| line.as_ref().is_ok_and(|line| line.contains("ing ") && line.contains("far")));
    assert!(first.is_some(), "{command:?} does not begin");
    sleep(Duration::from_millis(200));
    let took = send();
    sleep(Duration::from_millis(500));
    let cpu = cpu_time(&sniffer);
    interrupt(&mut sniffer);
    let text: Vec<String> = said.map_while(Result::ok).collect();
    let _ = std::fs::remove_file(&file);
    let text = text.join("\n");
    // tcpdump: "N packets captured", "N packets dropped by kernel".
    let (received, dropped) = match way.program {
        "barewire" => (number_before(&text, " frame"), number_before(&text, " dropped by the kernel\n")),
        _ => (number_before(&text, " packets captured"), number_before(&text, " packets dropped by kernel")),
    };
    Outcome { took, received, dropped, cpu }
}

/// Sends all datagrams, so many each millisecond. How long that took.
fn send() -> Duration {
    let socket = UdpSocket::bind("10.96.3.1:0").expect("our end");
    socket.connect("10.96.3.2:9").expect("the far end");
    let start = Instant::now();
    for sent in 0..ALL {
        socket.send(&[7; 18]).expect("the queue of a veth has room");
        if sent % AT_ONCE == AT_ONCE - 1 {
            let due = Duration::from_millis((sent + 1) / AT_ONCE);
            sleep(due.saturating_sub(start.elapsed()));
        }
    }
    start.elapsed()
}

/// The CPU time that a process has taken, user and system (utime and stime in proc(5)).
fn cpu_time(process: &Child) -> Duration {
    const TICKS: u64 = 100; // a second: USER_HZ, on every architecture that Rust has
    let text = std::fs::read_to_string(format!("/proc/{}/stat", process.id())).unwrap_or_default();
    let after_name = text.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks = after_name.split_whitespace().skip(11).take(2).filter_map(|word| word.parse::<u64>().ok());
    Duration::from_millis(ticks.sum::<u64>() * 1000 / TICKS)
}

fn interrupt(process: &mut Child) {
    let pid = process.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().expect("kill runs").success());
    process.wait().expect("a child");
}

/// The last number before these words: "1,234 frames".
fn number_before(text: &str, words: &str) -> u64 {
    let text = format!("{text}\n");
    let before = text.rsplit_once(words).map_or("", |(before, _)| before);
    let number =
        before.rsplit(|letter: char| !letter.is_ascii_digit() && letter != ',').next().unwrap_or_default();
    number.replace(',', "").parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::number_before;

    #[test]
    fn counts_are_read_from_what_both_say() {
        let ours =
            "499,000 frames received, 499,000 taken by the filter, 0 shown, 1,000 dropped by the kernel";
        assert_eq!(number_before(ours, " frame"), 499_000);
        assert_eq!(number_before(ours, " dropped by the kernel\n"), 1_000);
        let theirs = "7 packets captured\n7 packets received by filter\n12 packets dropped by kernel";
        assert_eq!(number_before(theirs, " packets captured"), 7);
        assert_eq!(number_before(theirs, " packets dropped by kernel"), 12);
    }
}
