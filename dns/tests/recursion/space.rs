//! A network namespace with servers in it, for as long as a test runs.
//!
//! The test starts itself again with `unshare`, in a network and a PID namespace of its own. When that process is over,
//! for whatever reason, the kernel ends the servers and takes the devices and addresses away.

use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use barewire_dns::{Message, Name, RecordType};

use crate::need;
use crate::sockets::ask;

/// The folder for the servers' files; it is set for the process in the namespace.
const FOLDER: &str = "BAREWIRE_RECURSION_FOLDER";
/// A server that does not come up by then never will.
const PATIENCE: Duration = Duration::from_secs(30);
/// The address of unbound.
pub(crate) const UNBOUND: Ipv4Addr = Ipv4Addr::new(10, 53, 0, 99);

/// In the namespace, the folder for files. Outside, runs the test `name` again in a namespace, unless it must be
/// skipped, and gives nothing.
pub(crate) fn enter(name: &str, tools: &[&str]) -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os(FOLDER) {
        return Some(PathBuf::from(folder));
    }
    if !need::can_run(name, &[&["unshare", "ip", "bash", "nsd", "unbound"], tools].concat()) {
        return None;
    }
    let folder = Folder::new(name);
    let status = Command::new("unshare")
        .args(["--net", "--pid", "--fork", "--kill-child", "--mount-proc"])
        .arg(std::env::current_exe().unwrap())
        .args([name, "--exact", "--nocapture"])
        .env(FOLDER, &folder.0)
        .status()
        .unwrap();
    assert!(status.success(), "{name}, in its namespace: {status}");
    None
}

/// A folder that goes when this is dropped, also when the test has failed.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let name = format!("barewire-{}-{}", name.replace("::", "-"), std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        Folder(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Starts the servers of the lab, or those of a folder with zones, and waits for them.
pub(crate) fn raise(folder: &Path, zones: Option<&Path>) {
    let here = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/recursion");
    let servers = zones.map_or(Path::new(here), |zones| zones).join("servers");
    let mut command = Command::new("bash");
    command.arg(format!("{here}/servers.sh")).arg(folder);
    if let Some(zones) = zones {
        command.arg(zones).arg(&servers);
    }
    assert!(command.status().unwrap().success(), "servers.sh");
    for line in std::fs::read_to_string(servers).unwrap().lines() {
        wait_for(Ipv4Addr::new(10, 53, 0, line.split(' ').next().unwrap().parse().unwrap()));
    }
}

fn wait_for(server: Ipv4Addr) {
    let begun = Instant::now();
    while let Err(error) = ask(server, &Message::query(1, Name::root(), RecordType::SOA)) {
        assert!(begun.elapsed() < PATIENCE, "nobody answers at {server}: {error}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// unbound, until this is dropped.
pub(crate) struct Unbound(Child);

impl Unbound {
    pub(crate) fn start(folder: &Path) -> Unbound {
        let mut unbound = Command::new("unbound");
        unbound.arg("-d").arg("-c").arg(folder.join("unbound.conf")).stdin(Stdio::null());
        let unbound = Unbound(unbound.spawn().unwrap());
        let begun = Instant::now();
        while let Err(error) = TcpStream::connect((UNBOUND, 53)) {
            assert!(begun.elapsed() < PATIENCE, "unbound does not listen: {error}");
            std::thread::sleep(Duration::from_millis(10));
        }
        unbound
    }
}

impl Drop for Unbound {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What unbound says. Now and then it closes a connection without a reply, and is asked once more.
pub(crate) fn unbounds(query: &Message) -> Message {
    let mut tries = (0..5).map(|_| ask(UNBOUND, query));
    tries.find_map(Result::ok).unwrap_or_else(|| panic!("unbound does not answer {query:?}"))
}
