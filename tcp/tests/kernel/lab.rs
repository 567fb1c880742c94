//! The wire: three network namespaces.
//!
//! ```text
//!     client 10.93.1.2  ──veth──  10.93.1.1 router 10.93.2.1  ──veth──  server 10.93.2.2
//! ```
//!
//! The router forwards, and loses packets as nft is told. Or it is silent, and a relay passes frames on in its place:
//! then each end is told that the router's address is the other end.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::live;
use crate::namespaces::take_down;
use crate::process::{Process, must};
use crate::role::ROLE;

pub(crate) const SERVER: &str = "10.93.2.2";

/// What the lab is made of.
pub(crate) const TOOLS: [&str; 6] = ["ip", "sysctl", "nft", "ethtool", "tcpdump", "tshark"];

/// The size of a capture file without a packet.
const EMPTY: u64 = 24;

const ENDS: [&str; 3] = ["client", "router", "server"];

/// End, its subnet, its MAC address, and that of the router's device toward it.
const WIRES: [(&str, &str, &str, &str); 2] = [
    ("client", "10.93.1", "02:00:00:00:00:01", "02:00:00:00:00:02"),
    ("server", "10.93.2", "02:00:00:00:00:04", "02:00:00:00:00:03"),
];

/// The namespaces and files of one test. Dropping it takes all of it down, also when the test has panicked; the files
/// of a test that failed stay, and their folder is named.
pub(crate) struct Lab {
    tag: String,
    dir: PathBuf,
}

impl Lab {
    /// The lab, or nothing where root or a tool is missing.
    pub(crate) fn raise(test: &str) -> Option<Lab> {
        if !live::can_run(test, &TOOLS) {
            return None;
        }
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let tag = format!("bwtcp-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let lab = Lab { dir: std::env::temp_dir().join(&tag), tag };
        fs::create_dir(&lab.dir).expect("a folder for the test");
        for end in ENDS {
            must(&["ip", "netns", "add", &lab.space(end)]);
            lab.within(end, &["ip", "link", "set", "lo", "up"]);
            // No IPv6: its neighbour chatter would be in the captures.
            lab.within(end, &["sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1"]);
            lab.within(end, &["sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1"]);
            // What the kernel learns of a path it forgets: each run begins anew.
            let _ = lab.command(end, &["sysctl", "-qw", "net.ipv4.tcp_no_metrics_save=1"]).output();
        }
        lab.within("router", &["sysctl", "-qw", "net.ipv4.ip_forward=1"]);
        WIRES.iter().for_each(|wire| lab.join(wire));
        Some(lab)
    }

    fn join(&self, (end, subnet, mac, router_mac): &(&str, &str, &str, &str)) {
        let router = self.space("router");
        let (here, there) = (format!("{subnet}.2/24"), format!("{subnet}.1/24"));
        let pair = ["ip", "link", "add", "eth0", "type", "veth", "peer", "name", end, "netns", &router];
        self.within(end, &pair);
        self.within("router", &["ip", "link", "set", end, "address", router_mac, "up"]);
        self.within("router", &["ip", "addr", "add", &there, "dev", end]);
        self.within(end, &["ip", "link", "set", "eth0", "address", mac, "up"]);
        self.within(end, &["ip", "addr", "add", &here, "dev", "eth0"]);
        self.within(end, &["ip", "route", "add", "default", "via", &format!("{subnet}.1")]);
        // As on a real wire: packets of at most 1500 bytes, with finished checksums.
        for (place, device) in [(*end, "eth0"), ("router", *end)] {
            let off = ["ethtool", "-K", device, "tx", "off", "tso", "off", "gso", "off", "gro", "off"];
            self.within(place, &off);
        }
    }

    fn space(&self, end: &str) -> String {
        format!("{}-{end}", self.tag)
    }

    /// A file in the folder of this test.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// A command at one end of the wire. `ip netns exec` becomes the command, so killing the one kills the other.
    fn command(&self, end: &str, words: &[&str]) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.space(end)]).args(words).current_dir(&self.dir);
        command
    }

    fn within(&self, end: &str, words: &[&str]) -> String {
        must(&[&["ip", "netns", "exec", &self.space(end)], words].concat())
    }

    /// This program again, at one end, in a role (see [`crate::role`]).
    pub(crate) fn process(&self, end: &str, role: &str) -> Process {
        // Not its path: somebody may build it anew meanwhile.
        let program = format!("/proc/{}/exe", std::process::id());
        let mut command =
            self.command(end, &[&program, "--exact", "role::a_process_of_the_lab", "--nocapture"]);
        Process::start(&format!("{role} ({end})"), command.env(ROLE, role))
    }

    /// Sets a variable of the kernel at one end: `net.ipv4.tcp_fastopen=3`.
    pub(crate) fn set(&self, end: &str, variable: &str) {
        self.within(end, &["sysctl", "-qw", variable]);
    }

    /// From now on the router loses this share of the packets, each way.
    pub(crate) fn lose_percent(&self, percent: u32) {
        self.within("router", &["nft", "flush", "ruleset"]);
        if percent > 0 {
            self.drop_where(&format!("meta l4proto tcp numgen random mod 100 < {percent}"));
        }
    }

    /// From now on the router also drops what nft matches by these words.
    pub(crate) fn drop_where(&self, matches: &str) {
        let rule = format!(
            "table inet lab {{ chain forward {{ type filter hook forward priority 0; {matches} counter drop; }}; }}"
        );
        self.within("router", &["nft", &rule]);
    }

    /// The router steps aside, and a relay takes its place until it is dropped. `words` are those of the relay.
    pub(crate) fn relay(&self, words: &str) -> Process {
        self.within("router", &["sysctl", "-qw", "net.ipv4.ip_forward=0"]);
        for ((end, subnet, ..), (.., other_mac, _)) in [(WIRES[0], WIRES[1]), (WIRES[1], WIRES[0])] {
            let router = format!("{subnet}.1");
            let neighbour = ["ip", "neigh", "replace", &router, "lladdr", other_mac, "dev", "eth0"];
            self.within(end, &[&neighbour[..], &["nud", "permanent"]].concat());
        }
        let mut relay = self.process("router", &format!("relay client server {words}"));
        relay.wait_for("ready", Duration::from_secs(10));
        relay
    }

    /// Records the first bytes of each TCP packet that passes an end, into `name` in the folder of this test, until the
    /// recorder is stopped.
    pub(crate) fn record(&self, end: &str, name: &str) -> Process {
        let file = self.path(name);
        let file = file.to_str().expect("a path that is text");
        // Without the immediate mode a packet may lie in the recorder's ring for a second.
        let ring = ["--immediate-mode", "-B", "16384"];
        let rest = ["-s", "128", "-U", "-w", file, "tcp"];
        let words = [&["tcpdump", "-Z", "root", "-i", "eth0"], &ring[..], &rest[..]].concat();
        let mut recorder = Process::start("tcpdump", &mut self.command(end, &words));
        recorder.wait_for("listening on", Duration::from_secs(10));
        recorder
    }

    /// Ends a recording, once what was on the wire is in the file: it has grown, and does so no more.
    pub(crate) fn stop(&self, recorder: Process, name: &str) {
        let size = || fs::metadata(self.path(name)).map_or(0, |file| file.len());
        let (mut before, end) = (0, Instant::now() + Duration::from_secs(10));
        while (size() <= EMPTY || size() > before) && Instant::now() < end {
            before = size();
            thread::sleep(Duration::from_millis(300));
        }
        recorder.stop();
    }

    /// A counter of the kernel at one end, as `/proc/net/snmp` and `/proc/net/netstat` name it: `Tcp` and `OutRsts`.
    pub(crate) fn counter(&self, end: &str, protocol: &str, name: &str) -> u64 {
        let table = self.within(end, &["cat", "/proc/net/snmp", "/proc/net/netstat"]);
        let rows: Vec<Vec<&str>> = table
            .lines()
            .filter(|line| line.starts_with(&format!("{protocol}:")))
            .map(|line| line.split_whitespace().collect())
            .collect();
        let [names, values] = &rows[..] else { panic!("no {protocol} in {table}") };
        let column = names.iter().position(|column| *column == name).expect("a counter of that name");
        values[column].parse().expect("a number")
    }
}

/// What tshark calls malformed in a capture.
pub(crate) fn malformed(file: &Path) -> String {
    must(&["tshark", "-r", file.to_str().expect("a path that is text"), "-Y", "_ws.malformed"])
}

impl Drop for Lab {
    fn drop(&mut self) {
        take_down(ENDS.iter().map(|name| self.space(name)), &self.dir);
    }
}
