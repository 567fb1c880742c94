//! `barewire serve-dns --recursive` with a client that we did not write, beside a resolver that we did not write: dig
//! puts the same questions to both. unbound cannot ask servers at a port of our choice from the root down, so it is
//! told of each zone where its server is.

use std::fs::File;
use std::net::{Ipv4Addr, UdpSocket};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::common::TempFolder;
use crate::need::can_run;
use crate::port::free_port;
use crate::tree::{Tree, ZONES};

/// A process that ends with the test.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// unbound as a resolver over the servers of the tree, and its port.
fn unbound(tree: &Tree, folder: &TempFolder) -> (Process, u16) {
    let port = free_port();
    let mut conf = format!(
        "server:\n interface: 127.0.0.1@{port}\n do-daemonize: no\n username: \"\"\n chroot: \"\"\n directory: \"/tmp\"\n \
         pidfile: \"\"\n use-syslog: no\n do-not-query-localhost: no\n do-ip6: no\n local-zone: \"test.\" nodefault\n \
         module-config: \"iterator\"\n minimal-responses: yes\nremote-control:\n control-enable: no\n"
    );
    for (last, zone) in ZONES {
        conf += &format!("stub-zone:\n name: \"{zone}\"\n stub-addr: 127.0.0.{last}@{}\n", tree.port());
    }
    let file = folder.file("unbound.conf");
    std::fs::write(&file, conf).unwrap();
    let log = File::create(folder.file("log")).unwrap();
    let mut unbound = Command::new("unbound");
    unbound.args(["-d", "-c", &file]).stdout(Stdio::null()).stderr(log);
    let process = Process(unbound.spawn().expect("unbound starts"));
    // Until it listens, the kernel refuses what is sent to its port.
    let probe = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    probe.connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    probe.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
    let query = [&[0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0][..], &[0, 0, 2, 0, 1]].concat(); // NS? .
    let begun = Instant::now();
    while probe.send(&query).and_then(|_| probe.recv(&mut [0; 512])).is_err() {
        let log = || std::fs::read_to_string(folder.file("log")).unwrap_or_default();
        assert!(begun.elapsed() < Duration::from_secs(20), "unbound does not answer: {}", log());
        std::thread::sleep(Duration::from_millis(50));
    }
    (process, port)
}

/// What dig saw: the status, the flags, and the records of the answer without their TTLs.
#[derive(Debug, PartialEq)]
struct Seen {
    status: String,
    flags: Vec<String>,
    answer: Vec<String>,
}

fn dig(port: u16, words: &[&str]) -> Seen {
    let at = port.to_string();
    let fixed = ["@127.0.0.1", "-p", &at, "+noall", "+comments", "+answer", "+tries=1", "+time=15"];
    let output = Command::new("dig").args(fixed).args(words).output().expect("dig runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let after = |mark: &str, end: char| {
        let rest = text.split_once(mark).unwrap_or_else(|| panic!("{mark:?} of {words:?}: {text}")).1;
        rest.split(end).next().unwrap_or_default().trim().to_owned()
    };
    let records = text.lines().filter(|line| !line.is_empty() && !line.starts_with(';'));
    // The owner of a record is in the case of the question with unbound, and in that of the cache with us: RFC 4343
    // §4.1 leaves it open.
    let without_ttl = |line: &str| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        format!("{} {}", fields[0].to_ascii_lowercase(), fields[2..].join(" "))
    };
    let mut answer: Vec<String> = records.map(without_ttl).collect();
    answer.sort();
    let flags = after("flags:", ';').split_whitespace().map(str::to_owned).collect();
    Seen { status: after("status:", ','), flags, answer }
}

#[test]
fn dig_sees_what_it_sees_of_unbound() {
    if !can_run("dig_sees_what_it_sees_of_unbound", false, &["dig", "unbound"]) {
        return;
    }
    let (tree, folder) = (Tree::grow(), TempFolder::new());
    let ours = tree.resolver(&[]);
    let (_unbound, theirs) = unbound(&tree, &folder);
    for words in [
        &["www.example.test", "A"][..],
        &["www.example.test", "A"],
        &["WwW.eXaMpLe.TeSt", "A"],
        &["alias.example.test", "A"],
        &["alias.example.test", "CNAME"],
        &["www.example.test", "MX"],
        &["nope.example.test", "A"],
        &["below.nope.example.test", "A"],
        &["nope.test", "A"],
        &["example.test", "SOA"],
        &["example.test", "NS"],
        &["test", "NS"],
        &[".", "NS"],
        &["big.example.test", "TXT"],
        &["big.example.test", "TXT", "+tcp"],
        &["big.example.test", "TXT", "+ignore", "+noedns"],
        &["www.example.test", "A", "+tcp"],
        &["www.example.test", "A", "+noedns"],
        &["www.example.test", "A", "+cdflag"],
        &["www.example.test", "A", "+dnssec"],
        &["www.example.test", "A", "+norec"],
    ] {
        assert_eq!(dig(ours.at.port(), words), dig(theirs, words), "{words:?}: ours, and unbound's");
    }
    let version = dig(ours.at.port(), &["+edns=1", "+noednsneg", "www.example.test", "A"]);
    assert_eq!((version.status.as_str(), version.answer.len()), ("BADVERS", 0));
}
