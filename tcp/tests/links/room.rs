//! The namespaces of one link, and the recorder at the kernel's end.

use std::fs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::live;
use crate::namespaces::take_down;
use crate::process::{Process, must};
use crate::role::ROLE;

/// What the room is made of.
pub(crate) const TOOLS: [&str; 5] = ["ip", "sysctl", "ethtool", "tcpdump", "tshark"];

/// The VLAN of the link "vlan".
pub(crate) const VLAN: u16 = 7;

/// The size of a capture file without a packet.
const EMPTY: u64 = 24;

const SPACES: [&str; 3] = ["near", "middle", "far"];

/// The two ends of a conversation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ends {
    pub(crate) ours: IpAddr,
    pub(crate) theirs: IpAddr,
}

impl Ends {
    pub(crate) fn of(link: &str, version: u8) -> Ends {
        let (net, host, far_net) = match link {
            "tun" => (2, 2, 2),
            "raw" | "layer3" | "sim" => (1, 2, 1),
            "path-raw" => (1, 2, 3),
            "path-datalink" => (1, 9, 3),
            _ => (1, 9, 1),
        };
        let address = |net: u16, host: u16| match version {
            4 => IpAddr::from([10, 95, net as u8, host as u8]),
            _ => IpAddr::from([0x2001, 0xdb8, 0x95, net, 0, 0, 0, host]),
        };
        Ends { ours: address(net, host), theirs: address(far_net, 1) }
    }
}

/// The router of the links with a path, at our end of it.
pub(crate) fn router(ours: IpAddr) -> IpAddr {
    if ours.is_ipv4() { [10, 95, 1, 3].into() } else { [0x2001, 0xdb8, 0x95, 1, 0, 0, 0, 3].into() }
}

/// How the wires are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wires {
    /// Whether senders leave checksums and cutting to their network cards, as kernels do by default.
    pub(crate) offloads: bool,
    pub(crate) mtu: usize,
}

impl Default for Wires {
    fn default() -> Wires {
        Wires { offloads: true, mtu: 1500 }
    }
}

/// The namespaces and files of one test. Dropping it takes all of it down, also when the test has panicked; the files
/// of a test that failed stay, and their folder is named.
pub(crate) struct Room {
    tag: String,
    dir: PathBuf,
    link: String,
    wires: Wires,
    _bridge: Option<Process>,
}

impl Room {
    /// The room for a link, or nothing where root or a tool is missing.
    pub(crate) fn raise(test: &str, link: &str, wires: Wires) -> Option<Room> {
        if !live::can_run(test, &TOOLS) {
            return None;
        }
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let tag = format!("bwlink-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let dir = std::env::temp_dir().join(&tag);
        fs::create_dir(&dir).expect("a folder for the test");
        let mut room = Room { dir, tag, link: link.to_owned(), wires, _bridge: None };
        for space in SPACES {
            must(&["ip", "netns", "add", &room.space(space)]);
            room.within(space, &["ip", "link", "set", "lo", "up"]);
            room.within(space, &["sysctl", "-qw", "net.ipv6.conf.default.accept_dad=0"]);
        }
        match link {
            "tun" => {}
            "vlan" => room.wire_through_a_bridge(),
            "path-raw" | "path-datalink" => room.path_with_a_router(),
            _ => room.wire(),
        }
        Some(room)
    }

    fn wire(&self) {
        let far = self.space("far");
        self.within(
            "near",
            &["ip", "link", "add", "eth0", "type", "veth", "peer", "name", "eth0", "netns", &far],
        );
        let mtu = self.wires.mtu.to_string();
        for (space, host) in [("near", "2"), ("far", "1")] {
            self.within(space, &["ip", "link", "set", "eth0", "mtu", &mtu, "up"]);
            self.address(space, host);
            self.offloads(space, "eth0");
        }
    }

    /// Our wire takes 1500 bytes, and that of the far end 1280, though it announces more.
    fn path_with_a_router(&self) {
        let middle = self.space("middle");
        for (space, net, mtu) in [("near", "1", "1500"), ("far", "3", "1280")] {
            let pair = ["ip", "link", "add", "eth0", "type", "veth", "peer", "name", space, "netns", &middle];
            self.within(space, &pair);
            let host = if space == "near" { "2" } else { "1" };
            for (place, device, host) in [(space, "eth0", host), ("middle", space, "3")] {
                self.within(place, &["ip", "link", "set", device, "mtu", mtu, "up"]);
                self.within(place, &["ip", "addr", "add", &format!("10.95.{net}.{host}/24"), "dev", device]);
                let v6 = format!("2001:db8:95:{net}::{host}/64");
                self.within(place, &["ip", "addr", "add", &v6, "dev", device, "nodad"]);
            }
            let (v4, v6) = (format!("10.95.{net}.3"), format!("2001:db8:95:{net}::3"));
            self.within(space, &["ip", "route", "add", "default", "via", &v4, "advmss", "1460"]);
            self.within(space, &["ip", "-6", "route", "add", "default", "via", &v6, "advmss", "1440"]);
        }
        self.within("middle", &["sysctl", "-qw", "net.ipv4.ip_forward=1"]);
        self.within("middle", &["sysctl", "-qw", "net.ipv6.conf.all.forwarding=1"]);
    }

    /// The TUN device with the kernel's end, for the link that has one. Otherwise our end makes it.
    pub(crate) fn make_tun(&self, version: u8) {
        if self.link != "tun" {
            return;
        }
        let (theirs, prefix) = (Ends::of("tun", version).theirs, if version == 4 { 24 } else { 64 });
        self.within("near", &["ip", "tuntap", "add", "dev", "tun0", "mode", "tun"]);
        self.within("near", &["ip", "addr", "add", &format!("{theirs}/{prefix}"), "dev", "tun0"]);
        self.within("near", &["ip", "link", "set", "tun0", "up"]);
    }

    /// The tagged wire takes packets of 64 KiB, because a bridge cannot cut what the far end leaves to its card.
    fn wire_through_a_bridge(&mut self) {
        let middle = self.space("middle");
        self.within("middle", &["sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1"]);
        for (space, mtu) in [("near", "65535"), ("far", "1500")] {
            let pair = ["ip", "link", "add", "eth0", "type", "veth", "peer", "name", space, "netns", &middle];
            self.within(space, &pair);
            self.within(space, &["ip", "link", "set", "eth0", "mtu", mtu, "up"]);
            self.within("middle", &["ip", "link", "set", space, "mtu", mtu, "up"]);
            self.offloads(space, "eth0");
            self.offloads("middle", space);
        }
        self.address("far", "1");
        let mut bridge = self.process("middle", &format!("untag {VLAN}"));
        bridge.wait_for("ready", Duration::from_secs(10));
        self._bridge = Some(bridge);
    }

    fn address(&self, space: &str, host: &str) {
        self.within(space, &["ip", "addr", "add", &format!("10.95.1.{host}/24"), "dev", "eth0"]);
        let v6 = format!("2001:db8:95:1::{host}/64");
        self.within(space, &["ip", "addr", "add", &v6, "dev", "eth0", "nodad"]);
    }

    fn offloads(&self, space: &str, device: &str) {
        if !self.wires.offloads {
            let off = ["ethtool", "-K", device, "tx", "off", "tso", "off", "gso", "off", "gro", "off"];
            self.within(space, &off);
        }
    }

    fn space(&self, name: &str) -> String {
        format!("{}-{name}", self.tag)
    }

    /// Where the kernel's end is.
    pub(crate) fn far(&self) -> &'static str {
        if self.link == "tun" { "near" } else { "far" }
    }

    /// The device at the kernel's end.
    pub(crate) fn device(&self) -> &'static str {
        if self.link == "tun" { "tun0" } else { "eth0" }
    }

    /// A file in the folder of this test.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    fn command(&self, space: &str, words: &[&str]) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.space(space)]).args(words).current_dir(&self.dir);
        command
    }

    pub(crate) fn within(&self, space: &str, words: &[&str]) -> String {
        must(&[&["ip", "netns", "exec", &self.space(space)], words].concat())
    }

    /// This program again, in a role (see [`crate::role`]).
    pub(crate) fn process(&self, space: &str, role: &str) -> Process {
        // Not its path: somebody may build it anew meanwhile.
        let program = format!("/proc/{}/exe", std::process::id());
        let words = [&program, "--exact", "role::a_process_of_the_room", "--nocapture"];
        let mut command = self.command(space, &words);
        if self.wires.mtu != 1500 {
            command.env("BAREWIRE_LINKS_MTU", self.wires.mtu.to_string());
        }
        Process::start(&format!("{role} ({space})"), command.env(ROLE, role))
    }

    /// Records the first bytes of each packet at a device, into `name` in the folder of this test.
    pub(crate) fn record(&self, space: &str, device: &str, name: &str) -> Process {
        let file = self.path(name);
        let file = file.to_str().expect("a path that is text");
        // Without the immediate mode a packet may lie in the recorder's ring for a second.
        let words = ["tcpdump", "-Z", "root", "-i", device, "--immediate-mode", "-B", "32768"];
        let rest = ["-s", "200", "-U", "-w", file];
        let mut recorder = Process::start("tcpdump", &mut self.command(space, &[&words[..], &rest].concat()));
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
}

/// What tshark says of the frames of a capture that pass a filter: the fields of each, a line a frame.
pub(crate) fn tshark(file: &Path, filter: &str, fields: &[&str]) -> Vec<String> {
    let mut words =
        vec!["tshark", "-r", file.to_str().expect("a path that is text"), "-Y", filter, "-T", "fields"];
    fields.iter().for_each(|field| words.extend(["-e", field]));
    must(&words).lines().map(str::to_owned).collect()
}

impl Drop for Room {
    fn drop(&mut self) {
        take_down(SPACES.iter().map(|name| self.space(name)), &self.dir);
    }
}
