//! `resolve --from-root`: the walk over the toy internet, whose zones are in `examples/zones`; what it draws, counts
//! and writes. unbound judges the resolver itself in the dns crate's tests.

use serde_json::Value;

use crate::common::{Run, TempFolder, barewire};
use crate::server::{Server, record};
use barewire_dns::zone_file::ZoneFile;
use barewire_dns::{Message, Name, RecordType, RrSet};

/// Over the toy internet, from the root.
fn walk(words: &[&str]) -> Run {
    barewire(&[&["resolve", "--from-root"], words].concat())
}

/// One question as JSON.
fn json(words: &[&str]) -> Value {
    let run = walk(&[words, &["--json"]].concat());
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run}"))
}

/// The queries of a walk: zone, name sent, type, server.
fn queries(object: &Value) -> Vec<[String; 4]> {
    let steps = object["trace"]["steps"].as_array().expect("steps");
    let queries = steps.iter().filter(|step| step["decision"] == "query");
    let text = |step: &Value, member: &str| step[member].as_str().expect("a text").to_ascii_lowercase();
    queries.map(|step| ["zone", "name", "type", "server"].map(|member| text(step, member))).collect()
}

/// The zones of `examples/zones` say who knows what: the root delegates `test.`, and that `example.test.`. The server
/// of the root learns no more of the name than its last label (RFC 9156 §2).
#[test]
fn from_the_root_to_the_authority() {
    let object = json(&["www.example.test"]);
    let walked = queries(&object);
    let asked: Vec<(&str, &str)> = walked.iter().map(|[zone, name, ..]| (&zone[..], &name[..])).collect();
    let wanted =
        [(".", "."), (".", "test."), ("test.", "example.test."), ("example.test.", "www.example.test.")];
    assert_eq!(asked, wanted, "priming, and three questions");
    assert_eq!(walked[0][2], "ns");
    assert_eq!(object["sent"], 4);
    let answers = object["responseMessage"]["answerRRs"].as_array().unwrap();
    assert_eq!((answers.len(), &answers[0]["rdataA"]), (1, &Value::from("203.0.113.80")));
    let bits = ["RA", "AD", "AA"].map(|bit| object["responseMessage"][bit].as_u64());
    assert_eq!(bits, [Some(1), Some(0), Some(0)]);
}

/// Each server is as far away as `services/zones.rs` says: twice its way to the middle.
#[test]
fn each_round_trip_is_that_of_its_server() {
    let object = json(&["www.shop.test"]);
    let delays = [("a.root", 4), ("b.root", 40), ("a.nic", 10), ("hoster", 15), ("ns1", 20), ("ns2", 60)];
    let mut seen = 0;
    for step in object["trace"]["steps"].as_array().unwrap().iter().filter(|step| step["decision"] == "query")
    {
        let server = step["server"].as_str().unwrap();
        let host = server.trim_start_matches("ns.").split(".test").next().unwrap().trim_end_matches('.');
        let delay = delays.iter().find(|(name, _)| *name == host).unwrap_or_else(|| panic!("{server}")).1;
        let took = step["roundTrip"].as_f64().expect("a reply");
        // The packets take a few microseconds to get onto the wire.
        assert!((0.0..1.0).contains(&(took - 2.0 * f64::from(delay))), "{server}: {took} ms");
        seen += 1;
    }
    assert!(seen >= 3, "{object}");
}

#[test]
fn every_step_belongs_to_one_before_it() {
    let object = json(&["shop.example.test", "TXT"]);
    let steps = object["trace"]["steps"].as_array().unwrap();
    assert_eq!((&steps[0]["parent"], &steps[0]["decision"]), (&Value::Null, &Value::from("asked")));
    for (place, step) in steps.iter().enumerate().skip(1) {
        let parent = step["parent"].as_u64().expect("a parent") as usize;
        assert!(parent < place, "step {place}: {step}");
        assert!(step["at"].as_f64() >= steps[parent]["at"].as_f64(), "step {place}: {step}");
        assert_ne!(step["decision"], "other", "a kind of decision without a word: {step}");
        assert!(!step["text"].as_str().unwrap().is_empty());
    }
    assert_eq!(object["trace"]["leftOut"], 0);
}

/// The second question is answered from what the first has brought, and a third one begins far down.
#[test]
fn one_resolver_for_all_questions() {
    let run = walk(&["www.example.test", "WWW.example.test", "mail.example.test", "--json"]).succeeds();
    let objects: Vec<Value> = run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let sent: Vec<Option<u64>> = objects.iter().map(|object| object["sent"].as_u64()).collect();
    assert_eq!(sent, [Some(4), Some(0), Some(1)], "{run}");
    assert_eq!(queries(&objects[2])[0][0], "example.test.");
    let text = walk(&["www.example.test", "WWW.example.test"]).succeeds().stdout;
    assert!(text.contains("from what the resolver knows already: nobody was asked, 0.0 ms"), "{text}");
}

/// In 80 columns, without colours: standard output is a pipe here.
#[test]
fn the_tree_and_its_bars() {
    let run = walk(&["home.example.test", "--trace"]).succeeds();
    let wide = run.stdout.lines().find(|line| line.chars().count() > 80);
    assert_eq!(wide, None, "{run}");
    assert!(!run.stdout.contains('\u{1b}'), "{run}");
    let tree: Vec<&str> =
        run.stdout.lines().skip_while(|line| !line.contains("what was decided")).skip(1).collect();
    let tree: Vec<&str> = tree.into_iter().take_while(|line| !line.is_empty()).collect();
    assert!(tree[0].starts_with("      0.0   A? home.example.test"), "{run}");
    assert!(tree[0].ends_with(&"█".repeat(16)), "the whole walk is as long as the scale: {run}");
    let mut bars = Vec::new();
    for line in &tree {
        let columns: Vec<char> = line.chars().collect();
        if let Some(first) = columns.iter().position(|c| *c == '█') {
            assert!(first >= 64 && columns[first..].iter().all(|c| *c == '█'), "{line}");
            bars.push((line.contains(" to "), first));
        }
    }
    let queries: Vec<usize> =
        bars.iter().filter(|(is_query, _)| *is_query).map(|(_, first)| *first).collect();
    assert_eq!(queries.len(), 4, "{run}");
    assert!(queries.is_sorted() && queries[0] < queries[3], "later queries begin further right: {run}");
    let places = ["zone .", "delegates test:", "delegates example.test:", "└ NOERROR, 3 record sets"];
    let text = tree.join("\n");
    let places: Vec<Option<usize>> = places.iter().map(|place| text.find(place)).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?} in {run}");
}

#[test]
fn exit_codes_and_what_is_said() {
    for (words, code, says) in [
        (&["nope.example.test"][..], 1, "nope.example.test does not exist"),
        (&["www.example.test", "MX"], 1, "www.example.test has no MX record"),
        (&["home.example.test", "MX"], 1, "www.example.test has no MX record"),
        (&["people.example.test", "A"], 1, "people.example.test has no A record"),
        (&["x.lame.test"], 3, "x.lame.test A: SERVFAIL, because No Reachable Authority"),
        (&["www.example.test", "x.lame.test", "nope.test"], 3, "nope.test does not exist"),
    ] {
        let run = walk(words);
        assert_eq!(run.code, Some(code), "{run}");
        assert!(
            run.stderr.contains(&format!("({}) ", if says.contains("SERVFAIL") { 3 } else { 1 })),
            "{run}"
        );
        assert!(run.stderr.contains(says), "{says}: {run}");
    }
    assert_eq!(
        walk(&["home.example.test", "--short"]).succeeds().stdout.lines().last(),
        Some("203.0.113.80")
    );
}

/// `lame.test` is delegated to a server that does not have it (`examples/zones/test.zone`).
#[test]
fn why_there_is_no_answer() {
    let run = walk(&["x.lame.test", "--why"]);
    let text = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("why: leaves a.nic.test (198.51.100.11:53) behind: it is lame"), "{run}");
    let run = walk(&["www.example.test", "--why"]).succeeds();
    assert!(run.stdout.contains("why: nothing was checked: --anchor FILE names keys to trust"), "{run}");
}

/// In 5 ms nobody answers: the nearest server is 8 ms away. What was sent counts, also in the lookup that did not end.
#[test]
fn time_runs_out() {
    let run = walk(&["www.shop.test", "--timeout", "0.005", "--why"]);
    assert_eq!(run.code, Some(9), "{run}");
    assert!(run.stdout.contains("  1 question to 1 server, 5.0 ms\n"), "{run}");
    assert!(run.stdout.contains("gives up: too much time, in milliseconds, and the limit is 5\n"), "{run}");
}

/// The authorities of the toy internet have IPv4 addresses: there is nobody to ask, and nothing is known either.
#[test]
fn nobody_can_be_asked() {
    let run = walk(&["www.shop.test", "-6"]);
    assert_eq!(run.code, Some(3), "{run}");
    assert!(run.stdout.starts_with("  nobody was asked, 0.0 ms\n"), "{run}");
}

/// The root, test and example.test are signed there; shop.test is not, and the zone above has signed that.
#[test]
fn a_signed_toy_internet() {
    for (words, says) in [
        (&["www.example.test", "--why"][..], "secure: a chain of signatures leads from the trust anchor"),
        (&["www.shop.test"], "insecure: the zone above has signed that shop.test. has no DS"),
        (&["www.example.test", "--nta", "example.test"], "insecure: a negative trust anchor"),
        (&["www.example.test", "--cd"], "signatures were not checked, as --cd says"),
    ] {
        let run = walk(&[words, &["--signed"]].concat()).succeeds();
        assert!(run.stdout.contains(says), "{run}");
        assert!(run.stdout.contains("over the signed toy internet"), "{run}");
    }
    let run = walk(&["nope.example.test", "--signed"]);
    assert!(run.code == Some(1) && run.stdout.contains("secure: a chain"), "{run}");
    for words in [&["--net", "os"][..], &["--anchor", "root.key"], &["--hints", "root.hints"]] {
        let run = walk(&[words, &["--signed"]].concat());
        assert_eq!(run.code, Some(2), "{run}");
    }
}

/// `--cd` is named only if it was given.
#[test]
fn what_was_not_checked() {
    let folder = TempFolder::new();
    let key = folder.file("key");
    let digest = "E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D";
    std::fs::write(&key, format!("elsewhere. IN DS 20326 8 2 {digest}\n")).unwrap();
    let unchecked = "signatures were not checked, as --cd says";
    let run = walk(&["www.shop.test", "--anchor", &key, "--cd", "--why"]).succeeds();
    assert!(run.stdout.contains(unchecked) && run.stdout.contains("why: nothing was checked: --cd"), "{run}");
    let run = walk(&["x.lame.test", "--anchor", &key, "--why"]);
    assert!(run.stdout.contains("why: leaves a.nic.test") && !run.stdout.contains("--cd"), "{run}");
}

#[test]
fn hints_of_a_file() {
    let folder = TempFolder::new();
    let file = |name: &str, text: &str| {
        let path = folder.file(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let b = file("b", ". 1d NS b.root.\nb.root. 1d A 198.51.100.2\n");
    assert_eq!(queries(&json(&["www.example.test", "--hints", &b]))[0][3], "b.root.");
    for (name, text, says) in [
        ("empty", "; nobody\n", "no NS record of the root"),
        ("names", ". 1d NS b.root.\n", "no address of a root server"),
        ("typo", ". 1d NS b.root.\nb.root. 1d A 198.51.100\n", "line 2"),
    ] {
        let run = walk(&["www.example.test", "--hints", &file(name, text)]);
        assert_eq!((run.code, run.stdout.as_str()), (Some(26), ""), "{run}");
        assert!(run.stderr.contains(says), "{says}: {run}");
    }
    let nobody = file("nobody", ". 1d NS c.root.\nc.root. 1d A 198.51.100.99\n");
    let run = walk(&["www.example.test", "--hints", &nobody]);
    assert_eq!(run.code, Some(9), "{run}");
    assert!(run.stderr.contains("no server of the root gave an answer"), "{run}");
    assert_eq!(walk(&["--hints", "/nowhere/at/all"]).code, Some(26));
}

/// With keys to trust, servers are asked for signatures (DO); the keys come from a file.
#[test]
fn anchors_of_a_file() {
    let folder = TempFolder::new();
    let (key, other) = (folder.file("root.key"), folder.file("other"));
    let ds = ". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D\n";
    std::fs::write(&key, ds).unwrap();
    std::fs::write(&other, ". IN A 192.0.2.1\n").unwrap();
    let wants = |object: &Value| {
        let messages = object["messages"].as_array().unwrap();
        let mut sent = messages.iter().filter(|message| message["isSent"] == true);
        sent.all(|message| message["EDNS"]["DO"] == 1)
    };
    assert!(wants(&json(&["www.example.test", "--anchor", &key])));
    assert!(!wants(&json(&["www.example.test"])));
    let run = walk(&["www.example.test", "--anchor", &key]);
    assert!(run.stdout.contains("bogus"), "nothing in the toy internet is signed: {run}");
    let run = walk(&["www.example.test", "--anchor", &key, "--nta", "test"]);
    assert!(run.stdout.contains("a negative trust anchor turns validation off from test. down"), "{run}");
    assert!(run.stdout.contains("203.0.113.80"), "{run}");
    assert_eq!(walk(&["www.example.test", "--nta", "test"]).code, Some(2), "without --anchor");
    let run = walk(&["www.example.test", "--anchor", &key, "--nta", "a..b"]);
    assert_eq!(run.code, Some(2), "{run}");
    let run = walk(&["www.example.test", "--anchor", &other]);
    assert_eq!(run.code, Some(77), "{run}");
    assert!(run.stderr.contains("a trust anchor is DS or DNSKEY"), "{run}");
}

/// The file has each message of the walk, for Wireshark and for `read`.
#[test]
fn the_packets_in_a_file() {
    let folder = TempFolder::new();
    let path = folder.file("walk.pcapng");

    walk(&["www.example.test", "--pcapng", &path]).succeeds();
    let rows = barewire(&["read", &path, "--json"]).succeeds();
    let rows: Vec<Value> = rows.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let frames = rows.iter().filter(|row| row.get("frame").is_some()).count();
    assert_eq!(frames, 8, "four questions, four replies");
}

/// Over real sockets: one server that has the whole tree, on a port of its own.
#[test]
fn over_the_sockets_of_the_system() {
    let server = Server::start(|query, _| {
        let mut reply = Message::response_to(query);
        reply.header.aa = true;
        let question = &query.questions[0];
        let owner = question.name.to_string();
        match (owner.to_ascii_lowercase().as_str(), question.rtype) {
            (".", RecordType::NS) => reply.answers.push(record(".", RecordType::NS, "a.root.")),
            ("www.a.test", RecordType::A) => reply.answers.push(record(&owner, RecordType::A, "192.0.2.80")),
            _ => reply.authorities.push(record(".", RecordType::SOA, "a.root. joe. 1 1 1 1 1")),
        }
        vec![reply.encode().unwrap()]
    });
    let folder = TempFolder::new();
    let hints = folder.file("hints");
    std::fs::write(&hints, ". 1d NS a.root.\na.root. 1d A 127.0.0.1\n").unwrap();
    let port = server.address.port().to_string();
    let at = ["--net", "os", "--hints", &hints, "--port", &port];
    let run = walk(&[&["www.a.test", "--short"], &at[..]].concat()).succeeds();
    assert_eq!(run.stdout, "192.0.2.80\n", "{run}");
    assert!(server.asked() >= 3, "priming, and a label at a time: {}", server.asked());
    let packets = folder.file("os.pcapng");
    let words = ["nope.a.test", "--trace", "--pcapng", &packets];
    let run = walk(&[&words[..], &at[..]].concat());
    assert_eq!(run.code, Some(1), "{run}");
    assert!(run.stdout.contains("127.0.0.1"), "{run}");
    assert!(std::fs::metadata(&packets).unwrap().len() > 500);
}

/// The root of the dns crate's tests, which is signed until 2093: a client that asks for signatures gets them, and AD.
#[test]
fn signatures_that_were_asked_for() {
    let signed = concat!(env!("CARGO_MANIFEST_DIR"), "/../dns/tests/recursion/signed/");
    let zone = std::fs::read(format!("{signed}root.zone")).unwrap();
    let sets = RrSet::group(&ZoneFile::parse(&zone, &Name::root()).records);
    let server = Server::start(move |query, _| {
        let mut reply = Message::response_to(query);
        reply.header.aa = true;
        let question = &query.questions[0];
        let is_it = |set: &&RrSet| set.name() == Some(&question.name) && set.rtype() == Some(question.rtype);
        reply.answers = sets.iter().filter(is_it).flat_map(RrSet::all).cloned().collect();
        let glue = record("a.root-servers.net.", RecordType::A, "127.0.0.1");
        reply.additionals.extend((question.rtype == RecordType::NS).then_some(glue));
        vec![reply.encode().unwrap()]
    });
    let folder = TempFolder::new();
    let hints = folder.file("hints");
    std::fs::write(&hints, ". 1d NS a.root-servers.net.\na.root-servers.net. 1d A 127.0.0.1\n").unwrap();
    let (port, anchor) = (server.address.port().to_string(), format!("{signed}root.ds"));
    let words = [".", "NS", "--net", "os", "--hints", &hints, "--port", &port, "--anchor", &anchor];
    let seen = |more: &[&str]| {
        let object = json(&[&words[..], more].concat());
        assert_eq!(object["security"]["status"], "secure", "{object}");
        let answers = object["responseMessage"]["answerRRs"].as_array().unwrap();
        let types: Vec<&str> = answers.iter().filter_map(|record| record["TYPEname"].as_str()).collect();
        (types.join(" "), object["responseMessage"]["AD"].as_u64())
    };
    assert_eq!(seen(&[]), ("NS".to_owned(), Some(1)));
    assert_eq!(seen(&["--dnssec"]), ("NS RRSIG".to_owned(), Some(1)));
}

/// What the resolver knows at the end: each entry with its place in the tree, its time and its source.
#[test]
fn the_cache_after_the_questions() {
    let words = ["home.example.test", "nope.test", "x.lame.test", "--cache"];
    let run = walk(&words);
    let wide = run.stdout.lines().find(|line| line.chars().count() > 80);
    assert_eq!(wide, None, "{run}");
    let listed: Vec<&str> = run.stdout.lines().skip_while(|line| !line.starts_with("the cache: ")).collect();
    assert!(
        listed[0].starts_with("the cache: 10 entries, ") && listed[0].ends_with(" of 8,388,608 bytes"),
        "{run}"
    );
    // The columns stand below each other.
    let heads = ["NAME", "WHAT", "LEFT", "WORTH", "SECURITY"].map(|head| listed[1].find(head).expect(head));
    let rows: Vec<&&str> = listed[2..].iter().filter(|line| !line.starts_with("    ")).collect();
    assert_eq!(rows.len(), 10, "{run}");
    for row in &rows {
        let is_start = |at: usize| row.as_bytes()[at - 1] == b' ' && row.as_bytes()[at] != b' ';
        assert!(heads.into_iter().all(is_start), "{row}");
    }
    let text = listed.join("\n").split_whitespace().collect::<Vec<_>>().join(" ");
    for entry in [
        "example.test. zone cut 23h59m59s additional not checked ns1.example.test. at 203.0.113.53, \
         ns2.example.test. at 203.0.113.54; from 198.51.100.11, as a server of test.",
        "www.example.test. A 4m59s authoritative not checked 203.0.113.80; from 203.0.113.53, as a server of example.test.",
        "nope.test. NXDOMAIN 14m59s authority not checked proven by SOA of test.; from ",
        "x.lame.test. A failed 5s - - the question failed a moment ago",
    ] {
        assert!(text.contains(entry), "{entry}: {run}");
    }
}

#[test]
fn the_cache_as_json_is_the_last_line() {
    let run = walk(&["home.example.test", "nope.test", "--cache", "--json"]);
    let lines: Vec<Value> = run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 3, "{run}");
    let cache = &lines[2]["cache"];
    let entries = cache["entries"].as_array().unwrap();
    let bytes: u64 = entries.iter().map(|entry| entry["bytes"].as_u64().unwrap()).sum();
    assert_eq!(
        (Some(bytes), cache["maximumBytes"].as_u64()),
        (cache["bytes"].as_u64(), Some(8 << 20)),
        "{run}"
    );
    let www = entries.iter().find(|entry| entry["name"] == "www.example.test.").unwrap();
    assert_eq!(www["records"], serde_json::json!(["www.example.test. 299 IN A 203.0.113.80"]));
    let members = ["kind", "typeName", "credibility", "security", "server", "zone"];
    let wanted = ["records", "A", "authoritative", "not checked", "203.0.113.53", "example.test."];
    assert_eq!(members.map(|member| www[member].as_str().unwrap()), wanted, "{www}");
    let kinds: Vec<&str> = entries.iter().map(|entry| entry["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["cut", "cut", "cut", "records", "records", "records", "records", "nxDomain"]);
}

#[test]
fn flags_that_make_no_sense_together() {
    for (words, says) in [
        (&["a.test", "--from-root", "@ns1"][..], "not @ns1; --hints FILE names others"),
        (&["a.test", "--trace"], "--from-root"),
        (&["a.test", "--hints", "f"], "--from-root"),
        (&["a.test", "--from-root", "--tcp"], "cannot be used with"),
        (&["a.test", "--from-root", "--no-recurse"], "cannot be used with"),
        (&["a.test", "--from-root", "--short", "--trace"], "cannot be used with"),
        (&["a.test", "--cache"], "--from-root"),
        (&["a.test", "--from-root", "--short", "--cache"], "cannot be used with"),
        (&["a.test", "--from-root", "--bufsize", "0"], "needs EDNS"),
        (&["a.test", "--from-root", "--timeout", "0"], "leaves no time"),
    ] {
        let run = barewire(&[&["resolve"], words].concat());
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{run}");
        assert!(run.stderr.contains(says), "{says}: {run}");
    }
}

/// The examples of `--help` that need no real network.
#[test]
fn the_examples_of_the_help_work() {
    let help = barewire(&["resolve", "--help"]).succeeds().stdout;
    let lines = help.lines().filter(|line| line.contains("--from-root") && !line.contains("--net os"));
    let lines: Vec<&str> = lines.filter_map(|line| line.strip_prefix("  barewire ")).collect();
    assert_eq!(lines.len(), 4, "{help}");
    for line in lines {
        let words: Vec<&str> = line.split("   ").next().unwrap_or_default().split_whitespace().collect();
        let run = barewire(&words);
        assert_eq!(run.code, Some(if words.contains(&"x.lame.test") { 3 } else { 0 }), "{run}");
    }
}
