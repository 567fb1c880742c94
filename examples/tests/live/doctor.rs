//! `barewire doctor` in five made situations: what it says is what happens, and it changes nothing.
//!
//! Each situation is a wrapper around a program, in a network namespace of the test's own. What really happens is found
//! out by a script that opens the same things by itself, in the same wrapper, and by the program's own commands.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::need;
use crate::process::{Outcome, run};

const TOOLS: [&str; 8] = ["ip", "ethtool", "setpriv", "unshare", "mount", "nft", PYTHON, "cp"];

/// The one that an ordinary user may run, too.
const PYTHON: &str = "/usr/bin/python3";

/// Docker's default set of capabilities (a80425fb), as docs.docker.com lists it.
const DOCKER: &str = "--bounding-set=-all,+chown,+dac_override,+fowner,+fsetid,+kill,+setgid,+setuid,+setpcap,\
                      +net_bind_service,+net_raw,+sys_chroot,+mknod,+audit_write,+setfcap";
const USER: [&str; 4] = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];

/// Refuses new user namespaces as Docker's seccomp filter does, then becomes the program.
const SECCOMP: &str = "
import ctypes, os, platform, struct, sys
unshare = {'x86_64': 272, 'aarch64': 97}[platform.machine()]
program = b''.join(struct.pack('HBBI', *step) for step in [
    (0x20, 0, 0, 0), (0x15, 0, 3, unshare),             # the number of the system call
    (0x20, 0, 0, 16), (0x45, 0, 1, 0x10000000),         # its flags: CLONE_NEWUSER
    (0x06, 0, 0, 0x00050001), (0x06, 0, 0, 0x7fff0000)  # EPERM, or go on
])
program = ctypes.create_string_buffer(program)
pointer = struct.pack('HP', 6, ctypes.addressof(program))
libc = ctypes.CDLL(None, use_errno=True)
assert libc.prctl(38, 1, 0, 0, 0) == 0 and libc.prctl(22, 2, pointer, 0, 0) == 0, ctypes.get_errno()
os.execv(sys.argv[1], sys.argv[1:])
";

/// Opens everything by itself, and says what happened.
const REALLY: &str = "
import ctypes, fcntl, json, os, socket, struct, subprocess
def works(attempt):
    try:
        attempt()
        return True
    except OSError:
        return False
def tun():
    node = os.open('/dev/net/tun', os.O_RDWR)
    fcntl.ioctl(node, 0x400454ca, struct.pack('16sH22x', b'bwtest%d', 0x1001))
def deaf(level, option, value):
    with socket.socket() as listener:
        listener.setsockopt(level, option, value)
        listener.bind(('127.0.0.1', 0))
        listener.listen()
drop = ctypes.create_string_buffer(struct.pack('HBBI', 6, 0, 0, 0))
quiet = {'stdout': subprocess.DEVNULL, 'stderr': subprocess.DEVNULL}
spaces = [['unshare', '-n', 'true'], ['unshare', '-Urn', 'true']]
print(json.dumps({
    'raw socket': works(lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 6)),
    'raw, IPv6': works(lambda: socket.socket(socket.AF_INET6, socket.SOCK_RAW, 6)),
    'packet socket': works(lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)),
    'TUN device': works(tun),
    'guard A': works(lambda: deaf(1, 26, struct.pack('HP', 1, ctypes.addressof(drop)))),
    'guard B': works(lambda: deaf(0, 21, 255)),
    'lab': any(subprocess.run(words, **quiet).returncode == 0 for words in spaces),
}))
";

/// A folder with a copy of the program that everybody may run. It is removed when this is dropped.
struct Place {
    dir: PathBuf,
}

impl Place {
    fn make(test: &str) -> Option<Place> {
        if !need::can_run(test, true, &TOOLS) {
            return None;
        }
        use std::os::unix::fs::PermissionsExt;
        let dir = std::env::temp_dir().join(format!("bwdoctor-{}-{test}", std::process::id()));
        fs::create_dir(&dir).expect("a folder for the test");
        fs::set_permissions(&dir, fs::Permissions::from_mode(0o755)).expect("permissions of our own folder");
        let place = Place { dir };
        // `cp` makes it: see `fetch.rs`.
        let made = Command::new("cp").args([env!("CARGO_BIN_EXE_barewire"), &place.program()]).status();
        assert!(made.expect("cp").success());
        Some(place)
    }

    fn program(&self) -> String {
        self.dir.join("barewire").display().to_string()
    }

    /// Runs words in a new network namespace with a loopback, as a wrapper has them.
    fn run(&self, wrapper: &[&str], words: &[&str]) -> Outcome {
        let mut command = Command::new("unshare");
        command.args(["-n", "sh", "-c", "ip link set lo up; exec \"$@\"", "sh"]).args(wrapper).args(words);
        run(command.current_dir("/"), Duration::from_secs(60))
    }

    fn doctor(&self, wrapper: &[&str]) -> (Value, i32) {
        let outcome = self.run(wrapper, &[&self.program(), "doctor", "--json"]);
        let report =
            serde_json::from_str(&outcome.stdout).unwrap_or_else(|error| panic!("{error}: {outcome}"));
        (report, outcome.code.unwrap_or_else(|| panic!("{outcome}")))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.dir);
    }
}

/// The probe of this name.
fn probe<'a>(report: &'a Value, place: &str, name: &str) -> &'a Value {
    let probes = report[place].as_array().expect("a list of probes");
    probes
        .iter()
        .find(|probe| probe["name"] == name)
        .unwrap_or_else(|| panic!("no {name} in {place}: {report}"))
}

/// Compares the report with what really happens, and looks for the line that opens each closed door.
fn compare(place: &Place, wrapper: &[&str]) -> (Value, i32) {
    let (report, code) = place.doctor(wrapper);
    let really = place.run(wrapper, &[PYTHON, "-c", REALLY]);
    let really: Value =
        serde_json::from_str(&really.stdout).unwrap_or_else(|error| panic!("{error}: {really}"));
    for (name, works) in really.as_object().expect("names") {
        let probe = probe(&report, "here", name);
        let said = if works == true { "open" } else { "closed" };
        assert_eq!(probe["outcome"], said, "{name}, {wrapper:?}: {probe}");
        assert_eq!(probe["way"].is_string(), works == false, "{name}: {probe}");
    }
    // The command that most people want: port 1 is closed, so a raw link that opens is refused a connection.
    let fetch = place.run(wrapper, &[&place.program(), "fetch", "--net", "raw", "http://127.0.0.1:1/"]);
    assert_eq!(!fetch.stderr.contains("CAP_NET_RAW"), code == 0, "{fetch}");
    let lab = place.run(wrapper, &[&place.program(), "lab", "run", "--quiet", "--no-servers", "--", "true"]);
    assert_eq!(lab.succeeded(), probe(&report, "here", "lab")["outcome"] == "open", "{lab}");
    assert_eq!(report["in_lab"].as_array().expect("a list").is_empty(), !lab.succeeded(), "{report}");
    (report, code)
}

/// Whether the doors stand as they should in this situation.
fn expect(report: &Value, place: &str, doors: &[(&str, &str)]) {
    for (name, outcome) in doors {
        let probe = probe(report, place, name);
        assert_eq!(probe["outcome"], *outcome, "{place}: {probe}");
    }
}

#[test]
fn root_may_do_everything() {
    let Some(place) = Place::make("root_may_do_everything") else { return };
    let (report, code) = compare(&place, &[]);
    assert_eq!(code, 0, "{report}");
    expect(
        &report,
        "here",
        &[("raw socket", "open"), ("packet socket", "open"), ("guard A", "open"), ("lab", "open")],
    );
    expect(
        &report,
        "in_lab",
        &[("raw socket", "open"), ("raw, IPv6", "open"), ("nft", "open"), ("guard A", "open")],
    );
}

#[test]
fn an_ordinary_user_has_it_all_in_a_lab() {
    let Some(place) = Place::make("an_ordinary_user_has_it_all_in_a_lab") else { return };
    let (report, code) = compare(&place, &USER);
    assert_eq!(code, 1, "{report}");
    assert_eq!((&report["raw_works"], &report["raw_works_in_lab"]), (&false.into(), &true.into()));
    expect(&report, "here", &[("raw socket", "closed"), ("guard B", "open"), ("lab", "open")]);
    expect(
        &report,
        "in_lab",
        &[("raw socket", "open"), ("packet socket", "open"), ("guard A", "open"), ("nft", "open")],
    );
    let way = probe(&report, "here", "raw socket")["way"].to_string();
    assert!(way.contains("setcap cap_net_raw+ep"), "{way}");
}

#[test]
fn namespaces_are_refused_by_a_filter_of_system_calls() {
    let Some(place) = Place::make("namespaces_are_refused_by_a_filter_of_system_calls") else { return };
    let wrapper = [&USER[..], &[PYTHON, "-c", SECCOMP, "/usr/bin/env"]].concat();
    let (report, code) = compare(&place, &wrapper);
    assert_eq!(code, 3, "{report}");
    expect(&report, "here", &[("raw socket", "closed"), ("lab", "closed")]);
    let lab = probe(&report, "here", "lab");
    assert!(lab["way"].to_string().contains("--security-opt seccomp=unconfined"), "{lab}");
    assert!(report["facts"]["seccomp"].to_string().contains("a filter"), "{report}");
}

#[test]
fn namespaces_are_refused_by_a_limit() {
    let Some(place) = Place::make("namespaces_are_refused_by_a_limit") else { return };
    let limit =
        "echo 0 >/proc/sys/user/max_user_namespaces; exec setpriv --bounding-set=-all --inh-caps=-all \"$@\"";
    let (report, code) = compare(&place, &["unshare", "--user", "--map-root-user", "sh", "-c", limit, "sh"]);
    assert_eq!(code, 3, "{report}");
    expect(&report, "here", &[("raw socket", "closed"), ("lab", "closed")]);
    let lab = probe(&report, "here", "lab");
    assert_eq!(lab["way"], "sudo sysctl -w user.max_user_namespaces=15000", "{lab}");
}

#[test]
fn dockers_capabilities_are_enough_for_raw() {
    let Some(place) = Place::make("dockers_capabilities_are_enough_for_raw") else { return };
    let (report, code) = compare(&place, &["setpriv", DOCKER]);
    assert_eq!(code, 0, "{report}");
    expect(&report, "here", &[("raw socket", "open"), ("packet socket", "open"), ("guard B", "open")]);
    expect(&report, "here", &[("guard A", "closed"), ("TUN device", "closed")]);
    let raw = probe(&report, "here", "raw socket");
    assert!(raw["seen"].to_string().contains("guard B"), "{raw}");
    assert!(report["facts"]["capabilities"].to_string().contains("CAP_NET_RAW"), "{report}");
}

#[test]
fn no_tun_node() {
    let Some(place) = Place::make("no_tun_node") else { return };
    let hide = "mkdir -p /dev/net; mount -t tmpfs tmpfs /dev/net && exec \"$@\"";
    let (report, code) = compare(&place, &["unshare", "--mount", "sh", "-c", hide, "sh"]);
    assert_eq!(code, 0, "{report}");
    let tun = probe(&report, "here", "TUN device");
    assert_eq!((&tun["outcome"], &tun["seen"]), (&"closed".into(), &"/dev/net/tun is not there".into()));
    assert!(tun["way"].to_string().contains("modprobe tun"), "{tun}");
}

/// Interfaces, addresses, rules, named namespaces and mounts are the same before and after.
#[test]
fn it_changes_nothing() {
    let Some(place) = Place::make("it_changes_nothing") else { return };
    let script = "look() { ip -o link; ip -o addr; ip route; nft list ruleset; ip netns; cat /proc/self/mounts; }\n\
                  look >before; \"$1\" doctor >said; look >after; cmp before after && grep -q 'yes  lab' said";
    let script = format!("cd {} && {script}", place.dir.display());
    let outcome = place.run(&[], &["sh", "-ec", &script, "sh", &place.program()]);
    assert!(outcome.succeeded(), "{outcome}");
}

/// What it says of an interface is what ethtool says.
#[test]
fn offloads_are_those_of_ethtool() {
    let Some(place) = Place::make("offloads_are_those_of_ethtool") else { return };
    let script = "ip link add name v0 type veth peer name v1; ip link set v0 up; ip link set v1 up
                  [ $2 = on ] || ethtool -K v0 rx off tx off tso off gso off gro off >/dev/null 2>&1 || true
                  ethtool -k v0 >&2; exec \"$1\" doctor --json";
    for wanted in ["on", "off"] {
        let outcome = place.run(&[], &["sh", "-c", script, "sh", &place.program(), wanted]);
        let report: Value =
            serde_json::from_str(&outcome.stdout).unwrap_or_else(|error| panic!("{error}: {outcome}"));
        let seen = probe(&report, "here", "v0")["seen"].to_string();
        for (word, line) in [
            ("TSO", "tcp-segmentation-offload"),
            ("GSO", "generic-segmentation-offload"),
            ("GRO", "generic-receive-offload"),
            ("nobody has finished", "tx-checksumming"),
            ("has judged", "rx-checksumming"),
        ] {
            let is_on = outcome.stderr.lines().any(|said| said.starts_with(&format!("{line}: on")));
            assert_eq!(seen.contains(word), is_on, "{word}, {seen}:\n{outcome}");
        }
        assert_eq!(seen.contains("left to the card: you"), wanted == "on", "{seen}:\n{outcome}");
    }
}
