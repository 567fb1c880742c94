//! The wire: three network namespaces, and a folder for what the test writes.
//!
//! ```text
//!     client 10.92.1.2  ──veth──  10.92.1.1 router 10.92.2.1  ──veth──  server 10.92.2.2
//! ```
//!
//! The router is there so that a lost packet is lost on the way: a rule at either end would be noticed by that end's
//! own TCP.

use std::cell::{Cell, RefCell};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::need;
use crate::process::{Background, must};

/// Where every server listens.
pub(crate) const SERVER: &str = "10.92.2.2";
/// Where nginx listens too, once the lab has IPv6.
pub(crate) const SERVER_V6: &str = "2001:db8:92:2::2";

/// What the lab is made of.
pub(crate) const TOOLS: [&str; 15] = [
    "ip",
    "ss",
    "sysctl",
    "nft",
    "ethtool",
    "setpriv",
    "sha256sum",
    "openssl",
    "nginx",
    "unbound",
    "gnutls-serv",
    "python3",
    "tcpdump",
    "tshark",
    "capinfos",
];

/// Namespaces, servers and files of one test. Dropping it takes all of it down, also when the test has panicked; the
/// files of a test that failed stay, and their folder is named.
pub(crate) struct Lab {
    /// The first part of the namespaces' names; holds the process's number, so two runs cannot meet.
    tag: String,
    dir: PathBuf,
    background: RefCell<Vec<Background>>,
    ipv6: Cell<bool>,
}

impl Lab {
    /// The lab, or nothing where root or a tool is missing (see [`need::can_run`]).
    pub(crate) fn raise(test: &str) -> Option<Lab> {
        if !need::can_run(test, true, &TOOLS) {
            return None;
        }
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let tag = format!("bwlive-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let dir = std::env::temp_dir().join(&tag);
        fs::create_dir(&dir).expect("a folder for the test");
        let lab = Lab { tag, dir, background: RefCell::new(Vec::new()), ipv6: Cell::new(false) };
        lab.make_wire();
        lab.make_readable();
        Some(lab)
    }

    fn make_wire(&self) {
        for end in ["client", "router", "server"] {
            must("ip", &["netns", "add", &self.space(end)]);
            self.must_in(end, &["ip", "link", "set", "lo", "up"]);
            // No IPv6: its neighbour chatter would only make captures longer.
            self.must_in(end, &["sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1"]);
            self.must_in(end, &["sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1"]);
        }
        let router = self.space("router");
        for (end, subnet) in [("client", "10.92.1"), ("server", "10.92.2")] {
            let (here, there) = (format!("{subnet}.2/24"), format!("{subnet}.1"));
            self.must_in(
                end,
                &["ip", "link", "add", "eth0", "type", "veth", "peer", "name", end, "netns", &router],
            );
            self.must_in("router", &["ip", "addr", "add", &format!("{there}/24"), "dev", end]);
            self.must_in("router", &["ip", "link", "set", end, "up"]);
            self.must_in(end, &["ip", "addr", "add", &here, "dev", "eth0"]);
            self.must_in(end, &["ip", "link", "set", "eth0", "up"]);
            self.must_in(end, &["ip", "route", "add", "default", "via", &there]);
        }
        self.must_in("router", &["sysctl", "-qw", "net.ipv4.ip_forward=1"]);
    }

    /// Gives each end an address of IPv6, too: 2001:db8:92:1::2 the client, [`SERVER_V6`] the server.
    pub(crate) fn add_ipv6(&self) {
        for (end, device, address) in [
            ("client", "eth0", "2001:db8:92:1::2/64"),
            ("router", "client", "2001:db8:92:1::1/64"),
            ("router", "server", "2001:db8:92:2::1/64"),
            ("server", "eth0", "2001:db8:92:2::2/64"),
        ] {
            self.must_in(end, &["sysctl", "-qw", &format!("net.ipv6.conf.{device}.disable_ipv6=0")]);
            // Nobody else has the address, so nobody is asked for it ("nodad").
            self.must_in(end, &["ip", "addr", "add", address, "dev", device, "nodad"]);
        }
        self.must_in("router", &["sysctl", "-qw", "net.ipv6.conf.all.forwarding=1"]);
        for (end, router) in [("client", "2001:db8:92:1::1"), ("server", "2001:db8:92:2::1")] {
            self.must_in(end, &["ip", "-6", "route", "add", "default", "via", router]);
        }
        self.ipv6.set(true);
    }

    /// Waits until the client reaches this port of [`SERVER_V6`]: the first packets wait for neighbor discovery, and
    /// some of them in vain.
    pub(crate) fn reach_over_ipv6(&self, port: u16) {
        let script = format!("import socket; socket.create_connection(('{SERVER_V6}', {port}), 2)");
        let connects = || {
            let outcome =
                self.command("client", "python3").args(["-c", &script]).stderr(Stdio::null()).status();
            outcome.is_ok_and(|status| status.success())
        };
        assert!((0..10).any(|_| connects()), "port {port} of {SERVER_V6} cannot be reached");
    }

    pub(crate) fn has_ipv6(&self) -> bool {
        self.ipv6.get()
    }

    /// An ordinary user must be able to read the certificates, run the program's copy and write results.
    fn make_readable(&self) {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(&self.dir, fs::Permissions::from_mode(0o777))
            .expect("permissions of our own folder");
    }

    /// The name of an end's namespace.
    pub(crate) fn space(&self, end: &str) -> String {
        format!("{}-{end}", self.tag)
    }

    /// The folder of this test.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// A file in the folder of this test.
    pub(crate) fn path(&self, name: &str) -> String {
        self.dir.join(name).display().to_string()
    }

    /// Writes a file in the folder of this test; returns its path.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        fs::write(self.dir.join(name), content).expect("the folder of the test can be written");
        self.path(name)
    }

    /// A command at one end of the wire (`client`, `router` or `server`). `ip netns exec` becomes the command, so
    /// killing the one kills the other.
    pub(crate) fn command(&self, end: &str, program: &str) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.space(end), program]).current_dir(&self.dir);
        command
    }

    /// Sets a variable of the kernel at one end.
    pub(crate) fn set(&self, end: &str, variable: &str) {
        self.must_in(end, &["sysctl", "-qw", variable]);
    }

    fn must_in(&self, end: &str, words: &[&str]) {
        let space = self.space(end);
        let arguments: Vec<&str> = ["netns", "exec", &space].iter().chain(words).copied().collect();
        must("ip", &arguments);
    }

    /// Starts a server at the server's end and waits until it listens on `port`. What it prints goes to `NAME.log`.
    pub(crate) fn serve(&self, port: u16, words: &[&str]) {
        let log = File::create(self.dir.join(format!("{}-{port}.log", words[0]))).expect("a log");
        let mut command = self.command("server", words[0]);
        command
            .args(&words[1..])
            .stdin(Stdio::piped())
            .stdout(log.try_clone().expect("the log again"))
            .stderr(log);
        let mut server = Background::start(&mut command);
        let start = Instant::now();
        while !self.listens_on(port) {
            assert!(!server.has_ended(), "{words:?} ended at once; see its log in {}", self.dir.display());
            assert!(
                start.elapsed() < Duration::from_secs(10),
                "{words:?} does not listen on port {port} after 10 s"
            );
            thread::sleep(Duration::from_millis(20));
        }
        self.background.borrow_mut().push(server);
    }

    fn listens_on(&self, port: u16) -> bool {
        let filter = format!("sport = :{port}");
        let answer = self.command("server", "ss").args(["-Hlntu", &filter]).output().expect("ss runs");
        !answer.stdout.is_empty()
    }

    /// Records what passes the server's end, into `name` in the folder of this test, until [`Recorder::stop`].
    pub(crate) fn record(&self, name: &str) -> Recorder {
        let file = self.path(name);
        let log = self.path("tcpdump.log");
        let mut command = self.command("server", "tcpdump");
        command.args([
            "-Z",
            "root",
            "-i",
            "eth0",
            "-s",
            "0",
            "-B",
            "16384",
            "-U",
            "--immediate-mode",
            "-w",
            &file,
            "ip",
        ]);
        command.stdin(Stdio::null()).stderr(File::create(&log).expect("a log"));
        let recorder = Background::start(&mut command);
        let start = Instant::now();
        while !fs::read_to_string(&log).is_ok_and(|text| text.contains("listening on")) {
            assert!(start.elapsed() < Duration::from_secs(10), "tcpdump does not start; see {log}");
            thread::sleep(Duration::from_millis(10));
        }
        Recorder { file, recorder }
    }

    /// From now on the router loses this share of the packets, each way.
    pub(crate) fn lose_percent(&self, percent: u32) {
        self.drop_at_router(&["numgen", "random", "mod", "100", "<", &percent.to_string()]);
    }

    /// From now on the router swallows what goes to this port: a host that never answers.
    pub(crate) fn swallow_port(&self, port: u16) {
        self.drop_at_router(&["tcp", "dport", &port.to_string()]);
        self.drop_at_router(&["udp", "dport", &port.to_string()]);
    }

    /// How many packets the router has dropped so far.
    pub(crate) fn lost(&self) -> u64 {
        let rules =
            must("ip", &["netns", "exec", &self.space("router"), "nft", "list", "table", "inet", "lab"]);
        let words: Vec<&str> = rules.split_whitespace().collect();
        let counters = words.windows(3).filter(|three| three[0] == "counter" && three[1] == "packets");
        counters.filter_map(|three| three[2].parse::<u64>().ok()).sum()
    }

    fn drop_at_router(&self, condition: &[&str]) {
        self.must_in("router", &["nft", "add", "table", "inet", "lab"]);
        let hook = "{ type filter hook forward priority 0; }";
        self.must_in("router", &["nft", "add", "chain", "inet", "lab", "forward", hook]);
        let rule: Vec<&str> = ["nft", "add", "rule", "inet", "lab", "forward"]
            .iter()
            .chain(condition)
            .chain(&["counter", "drop"])
            .copied()
            .collect();
        self.must_in("router", &rule);
    }

    /// As on a real wire: packets of at most 1500 bytes, with complete checksums. Without this, veth carries packets of
    /// up to 64 KiB whose checksums nobody has finished, and the program has to live with that too.
    pub(crate) fn offloads_off(&self) {
        for (end, device) in
            [("client", "eth0"), ("server", "eth0"), ("router", "client"), ("router", "server")]
        {
            self.must_in(end, &["ethtool", "-K", device, "tx", "off", "tso", "off", "gso", "off"]);
        }
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        self.background.borrow_mut().clear();
        for end in ["client", "router", "server"] {
            let space = self.space(end);
            // What servers have forked is still in their namespace, where nobody else is.
            if let Ok(pids) =
                Command::new("ip").args(["netns", "pids", &space]).stderr(Stdio::null()).output()
            {
                for pid in String::from_utf8_lossy(&pids.stdout).split_whitespace() {
                    let _ = Command::new("kill").args(["-KILL", pid]).stderr(Stdio::null()).status();
                }
            }
            let _ = Command::new("ip").args(["netns", "del", &space]).stderr(Stdio::null()).status();
        }
        if thread::panicking() {
            eprintln!("captures, logs and keys of this test are kept in {}", self.dir.display());
        } else {
            let _ = fs::remove_dir_all(&self.dir);
        }
    }
}

/// A tcpdump at the server's end.
pub(crate) struct Recorder {
    file: String,
    recorder: Background,
}

impl Recorder {
    /// Ends the recording, once what is on the wire has arrived; returns the capture's path.
    pub(crate) fn stop(self) -> String {
        thread::sleep(Duration::from_millis(300));
        self.recorder.stop();
        self.file
    }
}
