//! The wire: four network namespaces, two of them Linux as a router.
//!
//! ```text
//!   client ─veth─ home ─veth─ isp ─veth─ server      with the addresses of `common::path`
//! ```

use std::process::{Command, Stdio};

use crate::station::Station;

const ENDS: [&str; 4] = ["client", "home", "isp", "server"];

/// Device, its MAC address, its IP addresses.
const DEVICES: [(&str, &str, &str, &str, &str); 6] = [
    ("client", "eth0", "02:00:00:00:00:01", "192.168.1.42/24", "2001:db8:1::42/64"),
    ("home", "inside", "02:00:00:00:00:02", "192.168.1.1/24", "2001:db8:1::1/64"),
    ("home", "outside", "02:00:00:00:00:03", "198.51.100.2/24", "2001:db8:2::2/64"),
    ("isp", "inside", "02:00:00:00:00:04", "198.51.100.1/24", "2001:db8:2::1/64"),
    ("isp", "outside", "02:00:00:00:00:05", "203.0.113.1/24", "2001:db8:3::1/64"),
    ("server", "eth0", "02:00:00:00:00:06", "203.0.113.80/24", "2001:db8:3::80/64"),
];

const ROUTES: [(&str, &str, &str); 8] = [
    ("client", "default", "192.168.1.1"),
    ("client", "default", "2001:db8:1::1"),
    ("home", "203.0.113.0/24", "198.51.100.1"),
    ("home", "2001:db8:3::/64", "2001:db8:2::1"),
    ("isp", "192.168.1.0/24", "198.51.100.2"),
    ("isp", "2001:db8:1::/64", "2001:db8:2::2"),
    ("server", "default", "203.0.113.1"),
    ("server", "default", "2001:db8:3::1"),
];

/// No limit on errors, and hosts that do not exist are given up soon.
const SETTINGS: [&str; 6] = [
    "net.ipv4.ip_forward=1",
    "net.ipv6.conf.all.forwarding=1",
    "net.ipv4.icmp_ratelimit=0",
    "net.ipv6.icmp.ratelimit=0",
    "net.ipv4.neigh.outside.retrans_time_ms=50",
    "net.ipv6.neigh.outside.retrans_time_ms=50",
];

/// The namespaces. Dropping them removes them, also when the test has panicked.
pub(crate) struct Lab {
    tag: String,
}

impl Lab {
    /// The wire between the isp and the server carries `mtu` bytes.
    pub(crate) fn raise(mtu: usize) -> Lab {
        let lab = Lab { tag: format!("bwnet-{}", std::process::id()) };
        for end in ENDS {
            run(&["netns", "add", &lab.space(end)]);
            lab.within(end, &["ip", "link", "set", "lo", "up"]);
        }
        lab.wire(("client", "eth0"), ("home", "inside"), 1500);
        lab.wire(("home", "outside"), ("isp", "inside"), 1500);
        lab.wire(("isp", "outside"), ("server", "eth0"), mtu);
        for (end, device, mac, v4, v6) in DEVICES {
            lab.within(end, &["ip", "link", "set", device, "address", mac, "up"]);
            lab.within(end, &["ip", "addr", "add", v4, "dev", device]);
            lab.within(end, &["ip", "addr", "add", v6, "dev", device, "nodad"]);
        }
        for (end, to, via) in ROUTES {
            lab.within(end, &["ip", "route", "add", to, "via", via]);
        }
        for setting in SETTINGS {
            ["home", "isp"].iter().for_each(|end| lab.within(end, &["sysctl", "-qw", setting]));
        }
        lab
    }

    fn wire(&self, (a, device_a): (&str, &str), (b, device_b): (&str, &str), mtu: usize) {
        let (space, mtu) = (self.space(b), mtu.to_string());
        let add = ["ip", "link", "add", device_a, "mtu", &mtu, "type", "veth", "peer", "name", device_b];
        self.within(a, &[&add[..], &["mtu", &mtu, "netns", &space]].concat());
    }

    fn space(&self, end: &str) -> String {
        format!("{}-{end}", self.tag)
    }

    fn within(&self, end: &str, words: &[&str]) {
        run(&[&["netns", "exec", &self.space(end)], words].concat());
    }

    /// The packets of one end, as bytes.
    pub(crate) fn station(&self, end: &str, router_mac: &str) -> Station {
        Station::start(&self.space(end), router_mac)
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        for end in ENDS {
            let space = self.space(end);
            let _ = Command::new("ip").args(["netns", "del", &space]).stderr(Stdio::null()).status();
        }
    }
}

fn run(words: &[&str]) {
    let output = Command::new("ip").args(words).output().expect("ip runs");
    assert!(output.status.success(), "ip {words:?}: {}", String::from_utf8_lossy(&output.stderr));
}
