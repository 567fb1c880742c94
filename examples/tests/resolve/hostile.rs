//! What real servers do wrong, and what a person is told of it.

use std::net::UdpSocket;

use barewire_dns::stub::Protocol;
use barewire_dns::{EdnsOption, ExtendedError, Message, RData, Rcode, Record, RecordType};
use serde_json::Value;

use crate::common::barewire;
use crate::port::free_port;
use crate::server::{Server, good, name, record};

/// Bytes 6 and 7 of an extended error: RFC 8914 §4.7, "DNSSEC Bogus".
#[test]
fn an_extended_error_is_told_in_words() {
    let server = Server::start(|query, _| {
        let mut reply = Message::response_to(query);
        reply.header.rcode = Rcode::SERVFAIL;
        let error = ExtendedError { code: 6, text: b"signature \x1b[2J\0".to_vec() };
        reply.edns.as_mut().unwrap().options.push(EdnsOption::ExtendedError(error));
        vec![reply.encode().unwrap()]
    });
    let run = barewire(&["resolve", "bogus.test", &server.at()]);
    assert_eq!(run.code, Some(3), "{run}");
    let wanted = format!("{} answered SERVFAIL (DNSSEC Bogus: signature \\u{{1b}}[2J)\n", server.address);
    assert!(run.stderr.ends_with(&wanted), "{run}");
    assert_eq!(run.stdout, "", "{run}");

    let run = barewire(&["resolve", "bogus.test", &server.at(), "--json"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(3), ""), "{run}");
    let object: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(object["exitCode"], 3);
    let reply = &object["responseMessage"];
    assert_eq!((&reply["RCODE"], &reply["RCODEname"]), (&Value::from(2), &Value::from("SERVFAIL")));
    let option = &reply["EDNS"]["options"][0];
    assert_eq!((&option["infoCode"], &option["purpose"]), (&Value::from(6), &Value::from("DNSSEC Bogus")));
}

/// A header of twelve bytes, as some servers send it (tried against dig, which takes it, too).
#[test]
fn another_server_is_asked_after_a_refusal() {
    let refuses = Server::start(|query, _| {
        vec![[&query.header.id.to_be_bytes()[..], &[0x83 & !2, 0x85], &[0; 8]].concat()]
    });
    let run = barewire(&["resolve", "a.test", &refuses.at()]);
    assert_eq!(run.code, Some(3), "{run}");
    assert!(run.stderr.contains("answered REFUSED"), "{run}");

    let answers = Server::start(|query, _| vec![good(query).encode().unwrap()]);
    let run = barewire(&["resolve", "a.test", &refuses.at(), &answers.at()]).succeeds();
    let step = format!("next server: {} answered REFUSED", refuses.address);
    assert!(run.stdout.contains(&step) && run.stdout.contains("192.0.2.80"), "{run}");
}

#[test]
fn a_truncated_reply_is_asked_for_over_tcp() {
    let server = Server::start(|query, protocol| {
        let mut reply = good(query);
        if protocol == Protocol::Udp {
            reply.answers.clear();
            reply.header.tc = true;
        }
        vec![reply.encode().unwrap()]
    });
    let run = barewire(&["resolve", "a.test", &server.at(), "--time"]).succeeds();
    assert!(run.stdout.contains("over TCP: the answer did not fit a UDP message (RFC 7766 §5)"), "{run}");
    assert!(run.stdout.contains(&format!("ms from {} over TCP", server.address)), "{run}");
    assert!(run.stdout.contains("sent 2 messages") && run.stdout.contains("192.0.2.80"), "{run}");
    assert_eq!(server.asked(), 2);
}

#[test]
fn what_is_not_quite_right_is_a_note() {
    let trailing = Server::start(|query, _| vec![[&good(query).encode().unwrap()[..], b"abc"].concat()]);
    let run = barewire(&["resolve", "a.test", &trailing.at()]).succeeds();
    assert!(run.stdout.contains("192.0.2.80"), "{run}");
    assert!(run.stdout.contains("not quite right") && run.stdout.contains("3 bytes"), "{run}");

    let two_opts = Server::start(|query, _| {
        let mut bytes = good(query).encode().unwrap();
        bytes.extend([0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0]);
        bytes[11] += 1;
        vec![bytes]
    });
    let run = barewire(&["resolve", "a.test", &two_opts.at()]).succeeds();
    assert!(run.stdout.contains("not quite right") && run.stdout.contains("OPT"), "{run}");
}

#[test]
fn what_was_ignored_is_counted() {
    let with_id = |query: &Message, id: u16| {
        let mut reply = good(query);
        reply.header.id = query.header.id ^ id;
        reply.encode().unwrap()
    };
    let server = Server::start(move |query, _| [1, 2, 3, 0].map(|id| with_id(query, id)).to_vec());
    let run = barewire(&["resolve", "a.test", &server.at()]).succeeds();
    assert!(run.stdout.contains("ignored 3 messages from"), "{run}");
    assert!(run.stdout.contains("is not the query's") && run.stdout.contains("192.0.2.80"), "{run}");

    // More than sixteen: over TCP, where nobody guesses.
    let flood = Server::start(move |query, protocol| match protocol {
        Protocol::Udp => (1..=17).map(|id| with_id(query, id)).collect(),
        Protocol::Tcp => vec![with_id(query, 0)],
    });
    let run = barewire(&["resolve", "a.test", &flood.at()]).succeeds();
    assert!(run.stdout.contains("over TCP: too many bad replies"), "{run}");
    assert!(run.stdout.contains("ignored 16 messages") && run.stdout.contains("1 more message"), "{run}");
}

/// Of a flood not all messages are kept. What was asked, and what came of it, is told all the same.
#[test]
fn a_flood_does_not_hide_what_was_asked() {
    let flood = Server::start(|query, protocol| {
        let mut wrong = good(query);
        wrong.header.id ^= 1;
        let last = if protocol == Protocol::Tcp { good(query) } else { wrong.clone() };
        let messages = std::iter::repeat_n(wrong, 300).chain([last]);
        messages.map(|message| message.encode().unwrap()).collect()
    });
    let run = barewire(&["resolve", "a.test", &flood.at(), "--time"]).succeeds();
    assert!(run.stdout.contains(&format!("ms from {} over TCP; sent 2 messages", flood.address)), "{run}");
    let run = barewire(&["resolve", "a.test", &flood.at(), "--json"]).succeeds();
    let object: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((&object["protocol"], &object["queryMessage"]["QNAME"]), (&"TCP".into(), &"a.test.".into()));
    let run = barewire(&["resolve", "a.test", &flood.at(), "--bytes"]).succeeds();
    assert_eq!(run.stdout.matches("\nsent to ").count(), 2, "{run}");
    assert!(run.stdout.contains(" messages that came are not shown: there were too many to keep\n"), "{run}");
}

/// U+009B begins an escape sequence in some terminals, and U+202E turns the direction of writing. JSON allows both.
#[test]
fn json_steers_no_terminal() {
    let text = "caf\u{e9} \u{9b}2J \u{202e}\u{7f}";
    let server = Server::start(move |query, _| {
        let mut reply = good(query);
        let error = ExtendedError { code: 0, text: text.as_bytes().to_vec() };
        reply.edns.as_mut().unwrap().options.push(EdnsOption::ExtendedError(error));
        vec![reply.encode().unwrap()]
    });
    let run = barewire(&["resolve", "a.test", &server.at(), "--json"]).succeeds();
    assert!(run.stdout.contains("caf\u{e9} \\u009b2J \\u202e\\u007f"), "{run}");
    let object: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(object["responseMessage"]["EDNS"]["options"][0]["text"], text);
}

#[test]
fn silence_has_its_own_code_and_its_number_of_tries() {
    for (tries, over) in [("1", &[][..]), ("3", &[]), ("2", &["--tcp"])] {
        let server = Server::start(|_, _| Vec::new());
        let words = ["resolve", "a.test", &server.at(), "--timeout", "0.7", "--tries", tries];
        let run = barewire(&[&words, over].concat());
        assert_eq!(run.code, Some(9), "{run}");
        assert!(run.stderr.contains("nobody answered A? a.test within 0.7 s"), "{run}");
        assert_eq!(server.asked().to_string(), tries, "{run}");
    }
    // Nobody listens there: the kernel says so at once.
    let port = free_port();
    let run = barewire(&["resolve", "a.test", &format!("@127.0.0.1:{port}")]);
    assert_eq!(run.code, Some(9), "{run}");
    assert!(run.stderr.contains("cannot be reached"), "{run}");
}

/// RFC 1034 §5.2.2: the reply stops at the alias, and its target is asked for.
#[test]
fn an_alias_is_followed_to_another_question() {
    let server = Server::start(|query, _| {
        let mut reply = good(query);
        if query.questions[0].name == name("www.a.test") {
            reply.answers = vec![record("www.a.test", RecordType::CNAME, "host.b.test.")];
        }
        vec![reply.encode().unwrap()]
    });
    let run = barewire(&["resolve", "www.a.test", &server.at(), "--short"]).succeeds();
    assert_eq!(run.stdout, "host.b.test.\n192.0.2.80\n", "{run}");
    let run = barewire(&["resolve", "www.a.test", &server.at()]).succeeds();
    assert!(run.stdout.contains("stops at an alias of host.b.test"), "{run}");
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert_eq!(lines[1], "  www.a.test.   CNAME  5m   host.b.test.");
    assert_eq!(lines[2], "  host.b.test.  A      5m   192.0.2.80");
}

/// The alias is shown, also if the server knows nothing of its target.
#[test]
fn an_alias_that_leads_to_a_refusal_is_shown() {
    let server = Server::start(|query, _| {
        let mut reply = Message::response_to(query);
        match query.questions[0].name == name("www.a.test") {
            true => reply.answers = vec![record("www.a.test", RecordType::CNAME, "host.b.test.")],
            false => reply.header.rcode = Rcode::REFUSED,
        }
        vec![reply.encode().unwrap()]
    });
    let run = barewire(&["resolve", "www.a.test", &server.at()]);
    assert_eq!(run.code, Some(3), "{run}");
    assert!(run.stdout.contains("www.a.test.  CNAME  5m   host.b.test."), "{run}");
}

/// RFC 1034 §5.2.2: a circle of aliases is an error, and dig shows its records.
#[test]
fn a_circle_of_aliases_is_shown() {
    let server = Server::start(|query, _| {
        let mut reply = Message::response_to(query);
        reply.answers = vec![
            record("a.test", RecordType::CNAME, "b.test."),
            record("b.test", RecordType::CNAME, "a.test."),
        ];
        vec![reply.encode().unwrap()]
    });
    let run = barewire(&["resolve", "a.test", &server.at()]);
    assert_eq!(run.code, Some(3), "{run}");
    assert!(run.stderr.contains("do not end"), "{run}");
    assert!(run.stdout.contains("  b.test.  CNAME  5m   a.test."), "{run}");
}

/// RFC 7873 §5.3: a reply with another client cookie than ours is not from the server.
#[test]
fn a_cookie_of_somebody_else_is_told() {
    let server = Server::start(|query, _| {
        let mut reply = good(query);
        let cookie = EdnsOption::Cookie { client: [9; 8], server: vec![7; 16] };
        reply.edns.as_mut().unwrap().options.push(cookie);
        vec![reply.encode().unwrap()]
    });
    let run = barewire(&["resolve", "a.test", &server.at(), "--cookie=0102030405060708"]).succeeds();
    assert!(run.stdout.contains("not what we sent"), "{run}");
}

/// RFC 7873 §5.3: named with `require-server-cookie` answers so until it has its cookie back.
#[test]
fn a_cookie_that_the_server_wants_back_is_told() {
    let server = Server::start(|query, _| {
        let mut reply = good(query);
        let EdnsOption::Cookie { client, server } = query.edns.clone().unwrap().options.remove(0) else {
            panic!()
        };
        if server.is_empty() {
            (reply.answers, reply.header.rcode) = (Vec::new(), Rcode::BADCOOKIE);
        }
        let cookie = EdnsOption::Cookie { client, server: vec![0xab; 8] };
        reply.edns.as_mut().unwrap().options.push(cookie);
        vec![reply.encode().unwrap()]
    });
    let run = barewire(&["resolve", "a.test", &server.at(), "--cookie=0102030405060708"]);
    assert_eq!(run.code, Some(3), "{run}");
    assert!(run.stderr.contains("BADCOOKIE") && run.stdout.contains("the server wants it back"), "{run}");
    let cookie = run.stdout.split_whitespace().nth(1).unwrap().trim_end_matches(';');
    let run = barewire(&["resolve", "a.test", &server.at(), &format!("--cookie={cookie}")]).succeeds();
    assert!(!run.stdout.contains("wants it back"), "{run}");
    // A random cookie is followed by the server's without being told.
    let run = barewire(&["resolve", "a.test", &server.at(), "--cookie"]).succeeds();
    assert!(run.stdout.contains("with the server's new cookie: it answered BADCOOKIE"), "{run}");
    assert!(run.stdout.contains("abababababababab\n"), "{run}");
    // Of several servers it is said which one wanted it.
    let run = barewire(&["resolve", "a.test", &server.at(), &server.at(), "--cookie"]).succeeds();
    assert!(run.stdout.contains(&format!("{}, with the server's new cookie", server.address)), "{run}");
}

#[test]
fn long_and_odd_texts_fit_eighty_columns_and_steer_nothing() {
    let label = "abcdefghi-".repeat(5);
    let owner = [label.as_str(); 4].join(".");
    let server = Server::start(|query, _| {
        let mut reply = Message::response_to(query);
        let owner = query.questions[0].name.clone();
        let text = format!("\"\\027[2J{}\" \"\\195\\188\"", "word ".repeat(40));
        let data = RData::parse_text(RecordType::TXT, &text).unwrap();
        reply.answers.push(Record::new(owner, u32::MAX >> 1, data));
        vec![reply.encode().unwrap()]
    });
    let run = barewire(&["resolve", &owner, "TXT", &server.at(), "-v"]).succeeds();
    for line in run.stdout.lines() {
        assert!(line.chars().count() <= 80, "{line}\n{run}");
    }
    assert!(run.stdout.contains("24855d3h14m7s") && run.stdout.contains(r"\027[2J"), "{run}");
    assert!(!run.stdout.contains('\x1b'), "{run}");
    assert_eq!(run.stdout.matches("word").count(), 40, "nothing is lost: {run}");
}

/// Three questions are in flight together: the server answers none of them before it has all.
#[test]
fn several_names_are_asked_at_the_same_time() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let at = format!("@{}", socket.local_addr().unwrap());
    let names = ["a.test", "b.test", "c.test"];
    let server = std::thread::spawn(move || {
        let mut buffer = [0; 512];
        let mut queries = Vec::new();
        while queries.len() < names.len() {
            let (length, client) = socket.recv_from(&mut buffer).unwrap();
            let query = Message::parse(&buffer[..length]).unwrap();
            if !queries.iter().any(|(known, _): &(Message, _)| known.questions == query.questions) {
                queries.push((query, client));
            }
        }
        for (query, client) in queries {
            socket.send_to(&good(&query).encode().unwrap(), client).unwrap();
        }
    });
    let run = barewire(&["resolve", "a.test", "b.test", "c.test", &at, "--time"]).succeeds();
    server.join().unwrap();
    let shown: Vec<&str> =
        run.stdout.lines().skip(1).take(3).filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(shown, ["a.test.", "b.test.", "c.test."], "in the order in which they were asked: {run}");
    assert_eq!(run.stdout.matches("sent 1 message ").count(), 3, "none had to ask twice: {run}");
}
