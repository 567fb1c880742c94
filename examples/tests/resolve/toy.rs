//! Over the toy internet: no privilege, no network.

use serde_json::Value;

use crate::common::{Run, barewire};

/// The example of --help and of README.md. The address is that of `examples/zones/example.test.zone`.
#[test]
fn the_first_example() {
    let run = barewire(&["resolve", "www.example.test"]).succeeds();
    let wanted = "  NAME               TYPE  TTL  DATA\n  www.example.test.  A     5m   203.0.113.80\n  over the toy \
                  internet (seed 1); --net os asks real servers\n";
    assert_eq!(run.stdout, wanted, "{run}");
    assert_eq!(barewire(&["resolve"]).succeeds().stdout, wanted);
}

#[test]
fn the_readme_shows_what_is_printed() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md")).unwrap();
    let words = ["resolve", "home.example.test", "@ns1", "--time"];
    let run = barewire(&words).succeeds();
    assert!(readme.contains(&format!("`cargo run -- {}`", words.join(" "))), "the command is in README.md");
    assert!(
        readme.contains(&format!("```text\n{}```\n", run.stdout)),
        "README.md shows something else: {run}"
    );
}

/// Records of the zone files, by several types and servers; the aliases of RFC 1034 §3.6.2.
#[test]
fn authorities_answer_from_their_zones() {
    for (words, wanted) in [
        (&["example.test", "MX", "TXT", "@ns1"][..], "10 mail.example.test.\n\"v=spf1 mx -all\"\n"),
        (&["home.example.test", "@203.0.113.54"], "web.example.test.\nwww.example.test.\n203.0.113.80\n"),
        (&["-x", "203.0.113.80", "@ns2:53"], "www.example.test.\n"),
        (&["-q", "test", "-t", "NS", "@a.nic"], "a.nic.test.\nns.hoster.test.\n"),
        (&["www.example.test", "www.shop.test", "@resolver"], "203.0.113.80\n203.0.113.80\n"),
    ] {
        let run = barewire(&[&["resolve", "--short"], words].concat());
        assert_eq!(run.stdout, wanted, "{run}");
    }
}

#[test]
fn exit_codes() {
    for (words, code, says) in [
        (&["nope.example.test", "@ns1"][..], 1, "nope.example.test does not exist"),
        (&["www.example.test", "MX"], 1, "www.example.test has no MX record"),
        (&["www.shop.test", "@ns1"], 3, "answered REFUSED"),
        (&["www.example.test", "NS", "@a.root"], 3, "it only named other servers"),
        (&["www.example.test", "@a.root", "--no-recurse"], 3, "it names the servers of test"),
        (&["www.example.test", "@ns1:54", "--timeout", "1"], 9, "nobody answered"),
        // The highest of several.
        (
            &["www.example.test", "nope.example.test", "www.shop.test", "@ns1"],
            3,
            "nope.example.test does not",
        ),
    ] {
        let run = barewire(&[&["resolve"], words].concat());
        assert_eq!(run.code, Some(code), "{run}");
        assert!(run.stderr.contains(says) && run.stderr.contains(&format!("({code})")), "{run}");
    }
}

/// Without an answer the other sections are shown, each with its name: here a referral with glue.
#[test]
fn a_referral() {
    let run = barewire(&["resolve", "www.shop.test", "@a.root", "--no-recurse"]);
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert_eq!(lines[0], "  SECTION     NAME             TYPE  TTL  DATA");
    assert_eq!(lines[1], "  authority   test.            NS    1d   a.nic.test.");
    assert_eq!(lines[4], "  additional  ns.hoster.test.  A     1d   192.0.2.53");
}

/// IN is dig's word for what is asked for anyway. One sentence and one SOA are enough for two types.
#[test]
fn what_is_the_same_is_said_once() {
    let run = barewire(&["resolve", "nope.example.test", "IN", "A", "MX", "@ns1"]);
    assert_eq!(run.code, Some(1), "{run}");
    assert_eq!(run.stderr.matches("does not exist").count(), 1, "{run}");
    assert_eq!(run.stdout.matches("SOA").count(), 1, "{run}");
}

fn json(words: &[&str]) -> (Run, Value) {
    let run = barewire(&[&["resolve", "--json"], words].concat());
    let object = serde_json::from_str(run.stdout.lines().next().unwrap_or_default());
    let object = object.unwrap_or_else(|error| panic!("{error}: {run}"));
    (run, object)
}

/// RFC 8427 §5.1 and §5.2 have such messages.
#[test]
fn json_has_the_names_of_the_rfc() {
    let (run, object) = json(&["www.example.test", "shop.example.test", "@ns1"]);
    assert_eq!(run.stdout.lines().count(), 2, "one object for each question: {run}");
    let (query, reply) = (&object["queryMessage"], &object["responseMessage"]);
    assert_eq!(
        (&query["QR"], &query["RD"], &query["QNAME"]),
        (&0.into(), &1.into(), &"www.example.test.".into())
    );
    assert_eq!((&reply["QR"], &reply["AA"], &reply["ANCOUNT"]), (&1.into(), &1.into(), &1.into()));
    let record = &reply["answerRRs"][0];
    assert_eq!((&record["TTL"], &record["rdataA"]), (&300.into(), &"203.0.113.80".into()));
    assert_eq!((&object["protocol"], &object["server"]), (&"UDP".into(), &"203.0.113.53:53".into()));
    // The wire from the middle to ns1 takes 20 ms each way.
    let time = object["milliseconds"].as_f64().unwrap();
    assert!((40.0..41.0).contains(&time), "{time}");
    assert_eq!(query["ID"], reply["ID"]);
}

/// The bytes are drawn as `dissect` draws them.
#[test]
fn bytes_are_those_of_dissect() {
    let words = ["example.test", "MX", "@ns1", "--seed", "5"];
    let (_, object) = json(&words);
    let run = barewire(&[&["resolve", "--bytes"], &words[..]].concat()).succeeds();
    for message in ["queryMessage", "responseMessage"] {
        let octets = object[message]["messageOctetsHEX"].as_str().unwrap();
        let drawn =
            Run::with_input(&["dissect", "--layer", "dns", "--hex", "-"], octets.as_bytes()).succeeds();
        assert!(run.stdout.contains(&drawn.stdout), "{message}: {drawn}\n{run}");
    }
    assert!(run.stdout.contains("received from 203.0.113.53:53 over UDP"), "{run}");
}

#[test]
fn verbose_has_flags_and_time() {
    let run = barewire(&["resolve", "www.example.test", "-v"]).succeeds();
    assert!(
        run.stdout.contains("NOERROR; flags qr rd ra; records: 1 answer, 0 authority, 0 additional;"),
        "{run}"
    );
    assert!(run.stdout.contains("10.0 ms from 10.0.0.53:53 over UDP; sent 1 message (45 bytes)"), "{run}");
}

/// RFC 3492's own word for a book, as browsers send it.
#[test]
fn letters_beyond_ascii() {
    let run = barewire(&["resolve", "BÜCHER.test", "@a.nic"]);
    assert!(run.stderr.contains("(1) xn--bcher-kva.test does not exist"), "{run}");
    assert!(run.stdout.contains("BÜCHER.test is xn--bcher-kva.test in the DNS"), "{run}");
    let run = barewire(&["fetch", "https://bücher.example.test/"]);
    assert_eq!(run.code, Some(6), "{run}");
    assert!(run.stderr.contains("xn--bcher-kva.example.test does not exist"), "{run}");
}

/// A program answers such a name itself; here it is asked, and that is said.
#[test]
fn a_special_name_is_told() {
    let run = barewire(&["resolve", "www.onion"]);
    assert!(run.stdout.contains("a program would not ask for a name in onion: RFC 7686 §2"), "{run}");
}
