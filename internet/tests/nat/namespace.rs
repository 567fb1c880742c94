//! Linux as the NAT of the lab: conntrack and nft's `masquerade` in a network namespace.
//!
//! The namespace is the NAT. Its wires are TUN devices, so it gets the packets of the test and nothing else: there is
//! no ARP and no other stack, and each case sends Linux the very bytes that our NAT gets.

use std::io::{BufRead, BufReader, Write};
use std::net::Ipv4Addr;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::lab::{HOSTS, Wires};
use crate::linux::{Case, FORWARDED};

const TOOLS: [&str; 4] = ["ip", "nft", "sysctl", "python3"];
const NATS: &str = "table ip nat {
  chain out { type nat hook postrouting priority srcnat; oifname \"net0\" masquerade; }
  chain in { type nat hook prerouting priority dstnat; ip daddr 203.0.113.5 tcp dport PORT dnat to 192.168.1.43:80; }
}";

/// A namespace in which Linux is the NAT. It goes when this is dropped, also when the test has failed.
pub(crate) struct Linux {
    space: String,
    python: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Linux {
    pub(crate) fn new(case: &Case) -> Linux {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let space = format!("bwnat-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        run(&["ip", "netns", "add", &space]);
        let mut python = Command::new("ip")
            .args([
                "netns",
                "exec",
                &space,
                "python3",
                "-u",
                "-c",
                include_str!("tun.py"),
                "lan0",
                "lan1",
                "net0",
            ])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (input, output) = (python.stdin.take().unwrap(), BufReader::new(python.stdout.take().unwrap()));
        let mut linux = Linux { space, python, input, output };
        linux.answer();
        linux.set_up(case);
        linux
    }

    fn set_up(&mut self, case: &Case) {
        for setting in [
            "net.ipv6.conf.all.disable_ipv6=1",
            "net.ipv4.ip_forward=1",
            "net.ipv4.conf.all.rp_filter=0",
            "net.ipv4.conf.all.send_redirects=0",
            "net.ipv4.icmp_ratelimit=0",
            "net.ipv4.icmp_msgs_per_sec=100000",
        ] {
            // The limit for all destinations together is the machine's: not every kernel has it in a namespace.
            if !self.try_run(&["sysctl", "-qw", setting]) && !setting.contains("icmp_msgs") {
                panic!("{setting} cannot be set");
            }
        }
        for (device, address) in
            [("lan0", "192.168.1.1/24"), ("lan1", "192.168.2.1/24"), ("net0", "203.0.113.5/24")]
        {
            for setting in ["rp_filter", "send_redirects"] {
                self.must(&["sysctl", "-qw", &format!("net.ipv4.conf.{device}.{setting}=0")]);
            }
            self.must(&["ip", "addr", "add", address, "dev", device]);
            self.must(&["ip", "link", "set", device, "up"]);
        }
        let nats = NATS.replace("PORT", &FORWARDED.to_string());
        self.must(&["nft", &format!("{nats}\ntable ip case {{ {} }}", case.rules)]);
        for setting in case.sysctls {
            self.must(&["sysctl", "-qw", &format!("net.netfilter.nf_conntrack_{setting}")]);
        }
    }

    fn try_run(&self, words: &[&str]) -> bool {
        let output = Command::new("ip").args(["netns", "exec", &self.space]).args(words).output().unwrap();
        output.status.success()
    }

    pub(crate) fn must(&self, words: &[&str]) -> String {
        run(&[&["ip", "netns", "exec", &self.space], words].concat())
    }

    fn ask(&mut self, line: &str) -> Vec<String> {
        writeln!(self.input, "{line}").unwrap();
        self.answer()
    }

    /// The lines up to the dot.
    fn answer(&mut self) -> Vec<String> {
        let lines =
            (&mut self.output).lines().map(|line| line.expect("the wires of the namespace have ended"));
        let answer: Vec<String> = lines.take_while(|line| line != ".").collect();
        assert!(self.python.try_wait().unwrap().is_none(), "the wires of the namespace have ended");
        answer
    }

    fn arrived(&mut self, line: &str) -> Vec<(String, Vec<u8>)> {
        let arrives = |line: String| {
            let (device, hex) = line.split_once(' ').unwrap();
            let bytes = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
            let packet: Vec<u8> = (0..hex.len()).step_by(2).map(bytes).collect();
            (host(device, &packet), packet)
        };
        self.ask(line).into_iter().map(arrives).collect()
    }
}

/// The host that a packet out of this device reaches.
fn host(device: &str, packet: &[u8]) -> String {
    let to = Ipv4Addr::new(packet[16], packet[17], packet[18], packet[19]).to_string();
    let found = HOSTS.iter().find(|(name, address)| *address == to && device_of(name) == device);
    found.map_or(format!("nobody ({to} by {device})"), |(name, _)| (*name).to_owned())
}

fn device_of(host: &str) -> &'static str {
    match host {
        "a" | "b" => "lan0",
        "c" => "lan1",
        _ => "net0",
    }
}

impl Wires for Linux {
    fn exchange(&mut self, from: &str, packet: &[u8]) -> Vec<(String, Vec<u8>)> {
        let hex: String = packet.iter().map(|byte| format!("{byte:02x}")).collect();
        self.arrived(&format!("{} {hex}", device_of(from)))
    }

    fn wait(&mut self, time: Duration) -> Vec<(String, Vec<u8>)> {
        std::thread::sleep(time);
        self.arrived("anything")
    }

    fn states(&mut self) -> Vec<String> {
        self.ask("states")
    }

    fn forget(&mut self) {
        // Masquerade forgets its connections when its device goes down.
        self.must(&["ip", "link", "set", "net0", "down"]);
        self.must(&["ip", "link", "set", "net0", "up"]);
        // It does so in another thread of the kernel, a moment later.
        let is_empty = (0..500).any(|_| {
            std::thread::sleep(Duration::from_millis(1));
            self.states().is_empty()
        });
        assert!(is_empty, "connections that are not forgotten: {:?}", self.states());
    }
}

impl Drop for Linux {
    fn drop(&mut self) {
        let _ = self.python.kill();
        let _ = self.python.wait();
        let _ = Command::new("ip").args(["netns", "del", &self.space]).status();
    }
}

/// Runs a command, which must succeed. Gives what it prints.
fn run(words: &[&str]) -> String {
    let output = Command::new(words[0]).args(&words[1..]).output().unwrap();
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Whether the test can run. It says loudly if not; under `BAREWIRE_REQUIRE_LIVE=1` it fails.
pub(crate) fn can_run() -> bool {
    let succeeds = |program: &str, arguments: &[&str]| {
        Command::new(program).args(arguments).output().is_ok_and(|output| output.status.success())
    };
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n");
    let missing = TOOLS.iter().find(|tool| !succeeds("sh", &["-c", &format!("command -v {tool}")]));
    let why = match (is_root, missing) {
        (false, _) => "it makes network namespaces, which needs root".to_owned(),
        (_, Some(tool)) => format!("{tool} is not installed"),
        _ if !std::path::Path::new("/dev/net/tun").exists() => "there is no /dev/net/tun".to_owned(),
        _ => return true,
    };
    let required = std::env::var_os("BAREWIRE_REQUIRE_LIVE").is_some_and(|value| value == "1");
    assert!(!required, "Linux as NAT may not be skipped (BAREWIRE_REQUIRE_LIVE=1), but {why}");
    let _ = writeln!(std::io::stderr(), "SKIPPED: Linux as NAT, because {why}");
    false
}
