//! What a flag changes in the query: a server tells it in a TXT record, and adds options of its own.

use barewire_dns::stub::Protocol;
use barewire_dns::{ClientSubnet, EdnsOption, Message, RecordType};

use crate::common::{Run, barewire};
use crate::server::{Server, record};

/// What came, in words.
fn told(query: &Message, protocol: Protocol) -> String {
    let header = &query.header;
    let mut words = vec![format!("{protocol:?}")];
    let flags = [("rd", header.rd), ("ad", header.ad), ("cd", header.cd)];
    words.extend(flags.iter().filter(|(_, is_set)| *is_set).map(|(name, _)| (*name).to_owned()));
    match &query.edns {
        None => words.push("plain".to_owned()),
        Some(edns) => {
            words.push(format!("udp={}", edns.udp_size));
            words.extend(edns.dnssec_ok.then(|| "do".to_owned()));
            words.extend(edns.options.iter().map(|option| format!("[{option}]")));
        }
    }
    words.join(" ")
}

fn server() -> Server {
    Server::start(|query, protocol| {
        let mut reply = Message::response_to(query);
        reply.header.ad = query.header.ad || query.edns.as_ref().is_some_and(|edns| edns.dnssec_ok);
        let owner = query.questions[0].name.to_string();
        let text = format!("\"{}\"", told(query, protocol));
        reply.answers.push(record(&owner, RecordType::TXT, &text));
        let asked = query.edns.iter().flat_map(|edns| &edns.options);
        let answers = asked.map(|option| match option {
            EdnsOption::Nsid(_) => EdnsOption::Nsid(b"ns7 in the cellar".to_vec()),
            EdnsOption::Cookie { client, .. } => {
                EdnsOption::Cookie { client: *client, server: vec![0xab; 8] }
            }
            EdnsOption::ClientSubnet(subnet) => {
                EdnsOption::ClientSubnet(ClientSubnet { scope: 20, ..*subnet })
            }
            other => other.clone(),
        });
        let answers: Vec<EdnsOption> = answers.collect();
        if let Some(edns) = &mut reply.edns {
            edns.options = answers;
        }
        vec![reply.encode().unwrap()]
    })
}

fn ask(flags: &[&str]) -> Run {
    let server = server();
    barewire(&[&["resolve", "a.test", "txt", &server.at()], flags].concat()).succeeds()
}

#[test]
fn flags_of_the_query() {
    for (flags, wanted) in [
        (&[][..], "Udp rd udp=1232"),
        (&["--tcp"], "Tcp rd udp=1232"),
        (&["--no-recurse"], "Udp udp=1232"),
        (&["--ad", "--cd"], "Udp rd ad cd udp=1232"),
        (&["--dnssec", "--bufsize", "4096"], "Udp rd udp=4096 do"),
        (&["--bufsize", "0"], "Udp rd plain"),
        (&["--nsid", "--subnet", "192.0.2.77/24"], "Udp rd udp=1232 [NSID] [client subnet 192.0.2.0/24/0]"),
        (&["--cookie=0102030405060708"], "Udp rd udp=1232 [cookie 0102030405060708]"),
        (
            &["--cookie=01020304050607081112131415161718"],
            "Udp rd udp=1232 [cookie 0102030405060708 1112131415161718]",
        ),
    ] {
        let run = ask(&[flags, &["--short"]].concat());
        assert_eq!(run.stdout, format!("\"{wanted}\"\n"), "{flags:?}: {run}");
    }
}

#[test]
fn options_that_come_back_are_told() {
    let run = ask(&["--nsid", "--subnet", "192.0.2.0/24", "--cookie=0102030405060708", "--dnssec"]);
    for wanted in [
        "the server calls itself \"ns7 in the cellar\" (NSID)",
        "192.0.2.0/24/20: the answer is for clients in the first 20 bits (RFC 7871 §6)",
        "cookie 0102030405060708abababababababab\n",
        "AD: the server says that it checked the signatures",
    ] {
        assert!(run.stdout.contains(wanted), "{wanted}: {run}");
    }
    assert!(!run.stdout.contains("not what we sent"), "{run}");
}

#[test]
fn a_random_cookie_differs_from_run_to_run_and_not_with_a_seed() {
    let cookie = |flags: &[&str]| ask(&[&["--cookie", "--short"], flags].concat()).stdout;
    assert_ne!(cookie(&[]), cookie(&[]));
    assert_eq!(cookie(&["--seed", "7"]), cookie(&["--seed", "7"]));
}

/// 0x20: the letters are sent in random case, and the reply repeats them.
#[test]
fn random_case() {
    let server = Server::start(|query, _| {
        let mut reply = Message::response_to(query);
        let sent = query.questions[0].name.to_string();
        reply.answers.push(record(&sent, RecordType::TXT, &format!("\"{sent}\"")));
        vec![reply.encode().unwrap()]
    });
    let sent = |flags: &[&str]| {
        let words = ["resolve", "abcdefghijklmnopqrstuvwxyz.test", "TXT", "--short", "--seed", "1"];
        barewire(&[&words[..], &[&server.at()], flags].concat()).succeeds().stdout
    };
    let (plain, random) = (sent(&[]), sent(&["--case"]));
    assert_eq!(plain, "\"abcdefghijklmnopqrstuvwxyz.test\"\n");
    assert_ne!(plain, random);
    assert_eq!(plain, random.to_ascii_lowercase());
}
