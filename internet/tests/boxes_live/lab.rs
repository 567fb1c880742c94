//! Namespaces: one is Linux as the box, and each of the others is an end of a wire to it.
//!
//! The ends have no addresses, so their kernels say nothing: every packet is sent and received by hand. The box is told
//! where each address is.

use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::station::Station;

/// An end: its name, the addresses of the box on the wire, and the addresses that are there.
pub(crate) type End = (&'static str, &'static [&'static str], &'static [&'static str]);

/// Whether the test `name` can run: as root, with these tools. Under `BAREWIRE_REQUIRE_LIVE=1` it must.
pub(crate) fn can_run(name: &str) -> bool {
    let tools = ["ip", "nft", "sysctl", "ethtool", "python3"];
    let is_there = |tool: &&str| {
        Command::new("sh")
            .args(["-c", "command -v \"$0\"", tool])
            .stdout(Stdio::null())
            .status()
            .is_ok_and(|s| s.success())
    };
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|answer| answer.stdout == b"0\n");
    let missing: Vec<&str> = tools.iter().filter(|tool| !is_there(tool)).copied().collect();
    if is_root && missing.is_empty() {
        return true;
    }
    let why = if is_root { format!("these are missing: {missing:?}") } else { "it needs root".to_owned() };
    let required = std::env::var_os("BAREWIRE_REQUIRE_LIVE").is_some_and(|value| value == "1");
    assert!(!required, "{name} may not be skipped (BAREWIRE_REQUIRE_LIVE=1), but {why}");
    let _ = writeln!(std::io::stderr(), "SKIPPED: {name}, because {why}");
    false
}

/// The namespaces of one scenario. Dropping it removes them, also when the test has panicked.
pub(crate) struct Lab {
    tag: String,
    names: Vec<&'static str>,
    /// In the order of the ends.
    pub(crate) stations: Vec<Station>,
}

impl Lab {
    pub(crate) fn raise(ends: &[End]) -> Lab {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let tag = format!("bwbox-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let names = ends.iter().map(|(name, ..)| *name).chain(["box"]).collect();
        let mut lab = Lab { tag, names, stations: Vec::new() };
        for name in lab.names.clone() {
            run("ip", &["netns", "add", &lab.space(name)]);
        }
        for setting in [
            "net.ipv4.ip_forward=1",
            "net.ipv6.conf.all.forwarding=1",
            "net.ipv4.icmp_ratelimit=0",
            "net.ipv6.icmp.ratelimit=0",
        ] {
            lab.within("box", &["sysctl", "-qw", setting]);
        }
        lab.within("box", &["ip", "link", "set", "lo", "up"]);
        for (index, end) in ends.iter().enumerate() {
            lab.wire(index, end);
        }
        lab.stations = ends
            .iter()
            .enumerate()
            .map(|(index, (name, ..))| Station::start(&lab.space(name), &mac(index, 1)))
            .collect();
        lab
    }

    fn wire(&self, index: usize, (name, own, there): &End) {
        let (ours, theirs) = (mac(index, 1), mac(index, 2));
        let space = self.space(name);
        self.within(
            "box",
            &["ip", "link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", &space],
        );
        self.within(name, &["ip", "link", "set", "eth0", "address", &theirs, "up"]);
        self.within("box", &["ip", "link", "set", name, "address", &ours, "up"]);
        // Checksums of what the box itself sends must be finished.
        self.within("box", &["ethtool", "-K", name, "tx", "off"]);
        for address in *own {
            self.within("box", &["ip", "addr", "add", address, "dev", name, "nodad"]);
        }
        for address in *there {
            self.within("box", &["ip", "route", "replace", address, "dev", name]);
            self.within(
                "box",
                &["ip", "neigh", "replace", address, "lladdr", &theirs, "dev", name, "nud", "permanent"],
            );
        }
    }

    fn space(&self, name: &str) -> String {
        format!("{}-{name}", self.tag)
    }

    pub(crate) fn within(&self, name: &str, words: &[&str]) {
        run("ip", &[&["netns", "exec", &self.space(name)], words].concat());
    }

    /// Puts these rules in place of all others.
    pub(crate) fn nft(&self, rules: &str) {
        let space = self.space("box");
        let mut child = Command::new("ip")
            .args(["netns", "exec", &space, "nft", "-f", "-"])
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("nft starts");
        let text = format!("flush ruleset\n{rules}");
        child.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("nft reads");
        let output = child.wait_with_output().expect("nft ends");
        assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    }

    pub(crate) fn at(&mut self, name: &str) -> &mut Station {
        let place = self.names.iter().position(|end| *end == name).expect("an end of that name");
        &mut self.stations[place]
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        self.stations.clear();
        for name in &self.names {
            let space = self.space(name);
            let _ = Command::new("ip").args(["netns", "del", &space]).stderr(Stdio::null()).status();
        }
    }
}

fn mac(index: usize, side: u8) -> String {
    format!("02:00:00:00:{index:02x}:{side:02x}")
}

fn run(program: &str, words: &[&str]) {
    let output = Command::new(program).args(words).output().expect("the program runs");
    assert!(output.status.success(), "{program} {words:?}: {}", String::from_utf8_lossy(&output.stderr));
}
