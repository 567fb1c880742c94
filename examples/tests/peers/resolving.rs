//! `barewire resolve` beside dig and kdig: all ask the same nsd about a zone with every type of record, and say the
//! same. A host beyond ASCII is sent as curl sends it.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use barewire::url::Url;
use barewire_dns::zone_file::ZoneFile;
use barewire_dns::{Name, RData, Record, RecordType};
use serde_json::Value;

use crate::need::can_run;
use crate::port::free_port;

/// A server that does not come up by then never will.
const PATIENCE: Duration = Duration::from_secs(30);

/// nsd with the zone of `dns/tests/live`.
struct Nsd {
    process: Child,
    port: u16,
    folder: PathBuf,
}

fn every_type() -> Vec<Record> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../dns/tests/live/every_type.zone");
    let read = ZoneFile::parse(&fs::read(file).expect("the zone"), &Name::root());
    assert!(read.faults.is_empty(), "{:?}", read.faults);
    read.records
}

impl Nsd {
    fn start(name: &str) -> Nsd {
        let folder = std::env::temp_dir().join(format!("barewire-resolve-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let zone: String = every_type().iter().map(|record| format!("{record}\n")).collect();
        fs::write(folder.join("zone"), zone).unwrap();
        let port = free_port();
        let place = folder.display();
        let config = format!(
            "server:\n  ip-address: 127.0.0.1@{port}\n  username: \"\"\n  server-count: 1\n  zonesdir: \"{place}\"\n  \
             database: \"\"\n  pidfile: \"{place}/pid\"\n  xfrdfile: \"{place}/xfrd\"\n  zonelistfile: \"{place}/list\"\n  \
             nsid: \"ascii_cellar\"\n  answer-cookie: yes\n\
             remote-control:\n  control-enable: no\n\
             zone:\n  name: example.test\n  zonefile: zone\n"
        );
        fs::write(folder.join("config"), config).unwrap();
        let log = fs::File::create(folder.join("log")).unwrap();
        let mut nsd = Command::new("nsd");
        nsd.arg("-d").arg("-c").arg(folder.join("config")).stdout(Stdio::null()).stderr(log);
        let mut nsd = Nsd { process: nsd.spawn().unwrap(), port, folder };
        let begun = Instant::now();
        while !nsd
            .dig(&["+short", "+tries=1", "+time=1", "example.test", "SOA"])
            .starts_with("ns1.example.test.")
        {
            let ended = nsd.process.try_wait().unwrap();
            let log = || fs::read_to_string(nsd.folder.join("log")).unwrap_or_default();
            assert_eq!(ended, None, "nsd ended: {}", log());
            assert!(begun.elapsed() < PATIENCE, "nsd does not answer: {}", log());
            std::thread::sleep(Duration::from_millis(50));
        }
        nsd
    }

    fn dig(&self, words: &[&str]) -> String {
        let port = self.port.to_string();
        output("dig", &[&["@127.0.0.1", "-p", &port, "+nosplit"], words].concat()).1
    }

    /// Exit code, and standard output.
    fn resolve(&self, words: &[&str]) -> (Option<i32>, String) {
        let at = format!("@127.0.0.1:{}", self.port);
        output(env!("CARGO_BIN_EXE_barewire"), &[&["resolve", &at], words].concat())
    }
}

impl Drop for Nsd {
    /// Asks it to end, so that its children end too.
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.process.id().to_string()).status();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn output(program: &str, words: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(program).args(words).output().expect("it runs");
    (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
}

/// What can be asked for: nsd keeps NSEC3 for its proofs, and below a delegation is the child's zone.
fn questions() -> Vec<(String, RecordType)> {
    let records = every_type();
    let apex = records[0].name.clone();
    let asked = |record: &&Record| {
        record.rtype() != RecordType::NSEC3 && !(record.rtype() == RecordType::NS && record.name != apex)
    };
    let question = |record: &Record| (record.name.with_dot().to_string(), record.rtype());
    let mut questions: Vec<_> = records.iter().filter(asked).map(question).collect();
    questions.dedup();
    questions
}

/// Lines in an order of their own: a server may turn the records of a set round.
fn sorted(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

/// The first word of a line, and the rest.
fn word(line: &str) -> (&str, &str) {
    line.trim_start().split_once(char::is_whitespace).unwrap_or((line, ""))
}

/// Without white space, as the table breaks its lines.
fn dense(text: &str) -> String {
    text.split_whitespace().collect()
}

#[test]
fn every_type_as_dig_prints_it() {
    if !can_run("every_type_as_dig_prints_it", false, &["nsd", "dig"]) {
        return;
    }
    let nsd = Nsd::start("dig");
    let questions = questions();
    assert!(questions.len() > 40, "{}", questions.len());
    for (name, rtype) in &questions {
        let rtype = rtype.name();
        let (code, short) = nsd.resolve(&["-q", name, "-t", &rtype, "--short"]);
        assert_eq!(code, Some(0), "{name} {rtype}");
        assert_eq!(sorted(&short), sorted(&nsd.dig(&["+short", name, &rtype])), "{name} {rtype}");
        // The table, with TTLs as BIND writes them.
        let (_, table) = nsd.resolve(&["-q", name, "-t", &rtype]);
        let table = dense(&table);
        let answer = nsd.dig(&["+noall", "+answer", "+ttlunits", "+noclass", name, &rtype]);
        for line in answer.lines() {
            let (owner, rest) = word(line);
            let (ttl, rest) = word(rest);
            let (rtype, data) = word(rest);
            let wanted = dense(&format!("{owner}{rtype}{ttl}{data}"));
            assert!(table.contains(&wanted), "{name} {rtype}: wanted {wanted}\ngot {table}");
        }
    }
}

/// Types that kdig 3.2.6 does not know by name.
const UNKNOWN_TO_KDIG: [RecordType; 4] = [RecordType::MB, RecordType::MG, RecordType::MR, RecordType::PX];

/// kdig writes RFC 8427, too.
#[test]
fn json_as_kdig_prints_it() {
    if !can_run("json_as_kdig_prints_it", false, &["nsd", "dig", "kdig"]) {
        return;
    }
    let nsd = Nsd::start("kdig");
    let port = nsd.port.to_string();
    let members = [
        "QR",
        "Opcode",
        "AA",
        "TC",
        "RD",
        "RA",
        "AD",
        "CD",
        "RCODE",
        "QDCOUNT",
        "ANCOUNT",
        "NSCOUNT",
        "QNAME",
        "QTYPE",
        "QTYPEname",
        "QCLASS",
        "QCLASSname",
    ];
    let nowhere = ("nobody.example.test.".to_owned(), RecordType::A);
    let known = questions().into_iter().filter(|(_, rtype)| !UNKNOWN_TO_KDIG.contains(rtype));
    for (name, rtype) in known.chain([nowhere]) {
        let rtype = rtype.name();
        let words = ["@127.0.0.1", "-p", &port, "+json", "-q", &name, "-t", &rtype];
        let kdig: Value = serde_json::from_str(&output("kdig", &words).1).expect("JSON of kdig");
        let (_, ours) = nsd.resolve(&["--json", "-q", &name, "-t", &rtype]);
        let ours: Value = serde_json::from_str(&ours).expect("JSON of ours");
        let ours = &ours["responseMessage"];
        for member in members {
            assert_eq!(ours[member], kdig[member], "{member} of {name} {rtype}");
        }
        for section in ["answerRRs", "authorityRRs"] {
            let (ours, kdig) = (records(&ours[section]), records(&kdig[section]));
            assert!(ours == kdig, "{section} of {name} {rtype}:\nours {ours:?}\nkdig {kdig:?}");
        }
    }
}

/// The records, in an order of their own. The data is text, and kdig writes LOC and SVCB in other words, so it is read.
fn records(section: &Value) -> Vec<String> {
    let members = ["NAME", "TYPE", "TYPEname", "CLASS", "CLASSname", "TTL"];
    let line = |record: &Value| {
        let mut line: Vec<String> = members.iter().map(|member| record[member].to_string()).collect();
        let rtype = record["TYPEname"].as_str().and_then(RecordType::from_name).expect("a type");
        let text = record.get(format!("rdata{rtype}")).and_then(Value::as_str);
        line.push(match text {
            Some(text) => RData::parse_text(rtype, text).expect("data of that type").to_string(),
            None => record["RDATAHEX"].to_string(),
        });
        line.join(" ")
    };
    let mut lines: Vec<String> = section.as_array().into_iter().flatten().map(line).collect();
    lines.sort();
    lines
}

/// nsd says who it is and gives a cookie; dig prints the same of both.
#[test]
fn options_as_dig_prints_them() {
    if !can_run("options_as_dig_prints_them", false, &["nsd", "dig"]) {
        return;
    }
    let nsd = Nsd::start("options");
    let (_, ours) = nsd.resolve(&["example.test", "SOA", "--nsid", "--cookie=0102030405060708"]);
    let dig = nsd.dig(&["example.test", "SOA", "+nsid", "+cookie=0102030405060708"]);
    assert!(dig.contains("(\"cellar\")") && ours.contains("calls itself \"cellar\""), "{dig}\n{ours}");
    // After the client's bytes: version 1 and three reserved bytes (RFC 9018 §4); then the time, and a hash.
    let cookie = "010203040506070801000000";
    assert!(dig.contains(cookie) && ours.contains(cookie), "{dig}\n{ours}");
}

/// What dig calls status and where it is silent: our exit codes.
#[test]
fn exit_codes_beside_the_status_of_dig() {
    if !can_run("exit_codes_beside_the_status_of_dig", false, &["nsd", "dig"]) {
        return;
    }
    let nsd = Nsd::start("codes");
    for (name, rtype, status, code) in [
        ("mail.example.test", "A", "NOERROR", 0),
        ("mail.example.test", "MX", "NOERROR", 1),
        ("nobody.example.test", "A", "NXDOMAIN", 1),
        ("www.example.com", "A", "REFUSED", 3),
        ("www.child.example.test", "A", "NOERROR", 3),
    ] {
        let dig = nsd.dig(&["+norec", name, rtype]);
        assert!(dig.contains(&format!("status: {status}")), "{dig}");
        assert_eq!(nsd.resolve(&["--no-recurse", name, rtype]).0, Some(code), "{name} {rtype}");
    }
}

/// The host that curl names to a proxy for this URL.
fn host_of_curl(proxy: &TcpListener, url: &str) -> String {
    let at = format!("http://{}", proxy.local_addr().unwrap());
    let mut curl = Command::new("curl");
    curl.args(["-s", "--max-time", "10", "-x", &at, url]).env("LC_ALL", "C.UTF-8").stdout(Stdio::null());
    let mut curl = curl.spawn().unwrap();
    proxy.set_nonblocking(true).unwrap();
    let mut stream = loop {
        match proxy.accept() {
            Ok((stream, _)) => break stream,
            Err(_) => assert_eq!(curl.try_wait().unwrap(), None, "curl does not ask for {url}"),
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    stream.set_nonblocking(false).unwrap();
    let mut line = String::new();
    BufReader::new(&stream).read_line(&mut line).unwrap();
    stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap();
    drop(stream);
    curl.wait().unwrap();
    line.split('/').nth(2).unwrap_or_default().to_owned()
}

#[test]
fn hosts_beyond_ascii_as_curl_sends_them() {
    if !can_run("hosts_beyond_ascii_as_curl_sends_them", false, &["curl"]) {
        return;
    }
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    for host in [
        "bücher.test",
        "straße.test",
        "παράδειγμα.test",
        "例え.test",
        "مثال.test",
        "президент.рф",
        "xn--bcher-kva.test",
    ] {
        let url = format!("http://{host}/");
        let ours = Url::parse(&url).unwrap_or_else(|failure| panic!("{failure}")).host;
        assert_eq!(ours, host_of_curl(&proxy, &url), "{host}");
    }
}
