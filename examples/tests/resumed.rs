//! `fetch --session` and `--early-data`: coming back to a server over TLS, in the toy internet and to nginx. And what
//! the lesson `tls_resume` says about copies of early data.

mod common;

use std::io::Read;
use std::sync::Arc;
use std::time::Instant;

use barewire::network::toy;
use barewire::services::certificates::{Flavour, server_config};
use barewire_tls13::{Client, Config, Event, PreSharedKey, Session, Trust};
use common::{Run, TempFolder, barewire};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use rustls::ServerConnection;

const URL: &str = "https://www.example.test/";

fn fetch(arguments: &[&str]) -> Run {
    barewire(&[&["fetch", "--no-keepalive"], arguments].concat())
}

#[test]
fn the_second_connection_goes_on_from_the_first() {
    let folder = TempFolder::new();
    let file = folder.file("sessions");
    let run = fetch(&["--session", &file, URL, URL]).succeeds();
    assert_eq!(run.stdout.matches("resumed (PSK)").count(), 1, "{run}");
    assert_eq!(run.stdout.matches("Certificate www.example.test").count(), 1, "{run}");
    for wanted in [
        "the certificate names www.example.test",
        "no certificate shown: resumed from a connection of 2026-01-01 00:00:00 UTC,",
        "signed with ed25519",
        "not signed",
    ] {
        assert!(run.stdout.contains(wanted), "wanted {wanted:?}: {run}");
    }
    // Without the flag nothing is kept.
    let run = fetch(&[URL, URL]).succeeds();
    assert!(!run.stdout.contains("resumed"), "{run}");
}

#[test]
fn the_file_holds_what_was_not_used_and_is_for_its_owner() {
    let folder = TempFolder::new();
    let file = folder.file("sessions");
    fetch(&["--session", &file, URL]).succeeds();
    let first = std::fs::read_to_string(&file).expect("the file");
    let sessions = |text: &str| -> Vec<String> {
        text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
    };
    assert_eq!(sessions(&first).len(), 2, "{first}");
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&file).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600);
    }
    // Also where a file was there that others could read; a link to it stays one.
    #[cfg(unix)]
    {
        use std::fs::Permissions;
        use std::os::unix::fs::{PermissionsExt, symlink};
        let (open, link) = (folder.file("open"), folder.file("link"));
        std::fs::write(&open, "# by hand\n").unwrap();
        std::fs::set_permissions(&open, Permissions::from_mode(0o644)).unwrap();
        symlink(&open, &link).unwrap();
        std::fs::write(folder.file("open.new0"), "left by another run").unwrap();
        fetch(&["--session", &link, URL]).succeeds();
        let facts = std::fs::symlink_metadata(&open).unwrap();
        assert_eq!((facts.permissions().mode() & 0o777, facts.is_file()), (0o600, true));
        assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(sessions(&std::fs::read_to_string(&open).unwrap()).len(), 2);
        assert_eq!(std::fs::read_to_string(folder.file("open.new0")).unwrap(), "left by another run");
        assert!(!std::path::Path::new(&folder.file("open.new1")).exists());
        // And so does a link whose file is not there yet.
        let early = folder.file("early");
        symlink("later", &early).unwrap();
        fetch(&["--session", &early, URL]).succeeds();
        assert!(std::fs::symlink_metadata(&early).unwrap().is_symlink());
        assert_eq!(sessions(&std::fs::read_to_string(folder.file("later")).unwrap()).len(), 2);
        // A device is written to, and stays one.
        fetch(&["--session", "/dev/null", URL]).succeeds();
        assert!(!std::fs::metadata("/dev/null").unwrap().is_file());
    }
    // Time begins anew in each toy internet. A ticket of another run has not come yet there, so it is not used.
    let run = fetch(&["--session", &file, URL]).succeeds();
    assert!(!run.stdout.contains("resumed"), "{run}");
    assert!(run.stderr.contains("of another run of the toy internet"), "{run}");
    let second = std::fs::read_to_string(&file).expect("the file");
    let kept = sessions(&first).iter().filter(|line| sessions(&second).contains(line)).count();
    assert_eq!((kept, sessions(&second).len()), (2, 4), "two are new: {second}");
    std::fs::write(&file, format!("{first}\nnonsense\nwww.example.test 01ff\n")).unwrap();
    let run = fetch(&["--session", &file, URL]).succeeds();
    assert!(run.stderr.contains("2 lines are not sessions of barewire"), "{run}");
}

/// A wrong name behind --session must not cost its owner the file.
#[test]
fn a_file_of_something_else_stays_as_it_is() {
    let folder = TempFolder::new();
    let file = folder.file("notes");
    std::fs::write(&file, "buy milk\n").unwrap();
    let run = fetch(&["--session", &file, URL]);
    assert!(run.stderr.contains("holds no sessions of barewire; it stays as it is"), "{run}");
    assert_eq!((run.code, std::fs::read_to_string(&file).unwrap()), (Some(2), "buy milk\n".to_owned()));
    // A file of sessions whose lines are broken is one all the same.
    fetch(&["--session", &folder.file("sessions"), URL]).succeeds();
    let text = std::fs::read_to_string(folder.file("sessions")).unwrap();
    std::fs::write(&file, text.replace("www.example.test ", "www.example.test ff")).unwrap();
    let run = fetch(&["--session", &file, URL]).succeeds();
    assert!(run.stderr.contains("2 lines are not sessions of barewire"), "{run}");
    assert_eq!(std::fs::read_to_string(&file).unwrap().matches("www.example.test 01").count(), 2);
}

/// What a ticket was used for is over, also where the run fails after that.
#[test]
fn the_sessions_are_written_also_where_another_file_cannot_be() {
    let folder = TempFolder::new();
    let (file, nowhere) = (folder.file("sessions"), folder.file("missing/t.pcapng"));
    let run = fetch(&["--session", &file, "--pcapng", &nowhere, URL]);
    assert_eq!(run.code, Some(23), "{run}");
    let text = std::fs::read_to_string(&file).expect("the file of sessions");
    assert_eq!(text.lines().filter(|line| line.starts_with("www.example.test ")).count(), 2, "{text}");
}

const EARLY: &str = "https://early.example.test/";
const LATE: &str = "https://late.example.test/";

/// The milliseconds and round trips to the first byte, of each page.
fn first_bytes(run: &Run) -> Vec<String> {
    let line = |line: &str| {
        let (_, rest) = line.split_once("first byte after ")?;
        Some(rest.split_once(';')?.0.to_owned())
    };
    run.stdout.lines().filter_map(line).collect()
}

#[test]
fn early_data_saves_the_round_trip_of_tls() {
    let run = fetch(&["--early-data", EARLY, EARLY]).succeeds();
    // DNS, TCP, TLS and HTTP; then the name is known, and the request goes with the ClientHello.
    assert_eq!(first_bytes(&run), ["160.3 ms and 4 round trips", "100.2 ms and 2 round trips"], "{run}");
    for wanted in ["early data", "EndOfEarlyData", "(early data), which saved the"] {
        assert!(run.stdout.contains(wanted), "wanted {wanted:?}: {run}");
    }
    let run = fetch(&["--session", "/dev/null", EARLY, EARLY]).succeeds();
    assert_eq!(first_bytes(&run), ["160.3 ms and 4 round trips", "150.3 ms and 3 round trips"], "{run}");
    assert!(!run.stdout.contains("which saved the"), "{run}");
}

#[test]
fn refused_early_data_is_sent_again() {
    let run = fetch(&["--early-data", LATE, LATE]).succeeds();
    for wanted in ["resumed (PSK)", "HelloRetryRequest", "2  GET https://late.example.test/: 200 OK"] {
        assert!(run.stdout.contains(wanted), "wanted {wanted:?}: {run}");
    }
    // Once as early data, and once more after the handshake.
    assert_eq!(run.stdout.matches("GET / HTTP/1.1").count(), 3, "{run}");
    // HelloRetryRequest, ServerHello, and the answer: nothing is saved.
    assert_eq!(first_bytes(&run), ["210.3 ms and 5 round trips", "200.3 ms and 4 round trips"], "{run}");
    assert!(!run.stdout.contains("which saved the"), "{run}");
    // It has its answer, where it came again.
    let again = "(early data), which the server\n      refused, and again after the handshake, so that saved nothing\n";
    assert_eq!(run.stdout.matches(again).count(), 1, "{run}");
    assert!(!run.stdout.contains("got no response"), "{run}");
}

/// Whoever can copy a packet can repeat the request: only what may be repeated goes early (RFC 8470 §4).
#[test]
fn a_post_waits_for_the_handshake() {
    let run = fetch(&["--early-data", "-d", "pay=1", EARLY, EARLY]).succeeds();
    assert!(run.stdout.contains("resumed (PSK)") && !run.stdout.contains("EndOfEarlyData"), "{run}");
}

const REQUEST: &[u8] = b"GET /buy";

/// A client of early.example.test that begins now.
fn client(now: Instant, session: Option<Session>) -> Client {
    let trust = Trust::Pem(toy::root_pem().unwrap().into_bytes());
    let mut config = Config { trust, ..Config::new("early.example.test", toy::clock()) };
    config.replayable_early_data = session.is_some();
    config.pre_shared_key = session.map(|session| PreSharedKey::Session(Box::new(session)));
    Client::new(now, config, &mut ChaCha8Rng::seed_from_u64(1)).unwrap()
}

/// Gives a server these bytes. What it reads, early data too, and what it answers.
fn serve(server: &mut ServerConnection, mut bytes: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let (mut read, mut answer) = (Vec::new(), Vec::new());
    while !bytes.is_empty() {
        server.read_tls(&mut bytes).unwrap();
        server.process_new_packets().unwrap();
        if let Some(mut early) = server.early_data() {
            early.read_to_end(&mut read).unwrap();
        }
    }
    while server.wants_write() {
        server.write_tls(&mut answer).unwrap();
    }
    (read, answer)
}

/// What such a server reads when the first flight of a client with early data comes twice.
fn read_of_the_flight_and_of_its_copy(flavour: Flavour) -> [Vec<u8>; 2] {
    let config = Arc::new(server_config("early.example.test", flavour).unwrap());
    let server = || ServerConnection::new(config.clone()).unwrap();
    let now = Instant::now();
    let (mut first, mut to) = (client(now, None), server());
    while let Some(flight) = first.transmit(now) {
        first.receive(now, &serve(&mut to, &flight).1).unwrap();
    }
    let ticket = std::iter::from_fn(|| first.event()).find_map(|event| match event {
        Event::Ticket(session) => Some(*session),
        _ => None,
    });
    let mut back = client(now, ticket);
    assert_eq!(back.write_early_replayable(REQUEST), Ok(REQUEST.len()));
    let flight = back.transmit(now).unwrap();
    [serve(&mut server(), &flight).0, serve(&mut server(), &flight).0]
}

#[test]
fn a_copy_of_early_data_is_read_by_a_server_that_takes_a_ticket_twice() {
    let [flight, copy] = read_of_the_flight_and_of_its_copy(Flavour::ReusesTickets);
    assert_eq!((&flight[..], &copy[..]), (REQUEST, REQUEST));
}

#[test]
fn a_copy_of_early_data_is_passed_over_by_a_server_that_takes_a_ticket_once() {
    let [flight, copy] = read_of_the_flight_and_of_its_copy(Flavour::EarlyData);
    assert_eq!((&flight[..], &copy[..]), (REQUEST, &b""[..]));
}

const ONCE: &str = "https://early.example.test/once";

/// The server does not act on early data: 425. The client asks again when the handshake is done, once, and not as early
/// data (RFC 8470 §5.2): over the same connection, or over another one where none is kept.
#[test]
fn a_request_that_came_too_early_is_sent_again_after_the_handshake() {
    let first = "https://early.example.test/close";
    for (flags, connections) in [(&["--early-data"][..], "1"), (&["--early-data", "--no-keepalive"], "2")] {
        let run = barewire(&[&["fetch", "-v"], flags, &[first, ONCE]].concat()).succeeds();
        let lines: Vec<&str> = run.stdout.lines().map(str::trim).collect();
        let at = |wanted: &str| {
            lines.iter().position(|line| line.contains(wanted)).unwrap_or_else(|| panic!("{run}"))
        };
        assert!(at("early data, ChangeCipherSpec") < at("425 Too Early"), "{run}");
        assert_eq!(run.stdout.matches("early data, ChangeCipherSpec").count(), 1, "{run}");
        let requests = at("the requests");
        assert_eq!(
            lines[requests + 1..requests + 3],
            [format!("1  GET {ONCE}: 425 Too Early"), format!("2  GET {ONCE}: 200 OK")],
            "{run}"
        );
        assert!(run.stdout.contains("< HTTP/1.1 425 Too Early"), "{run}");
        // What the page is, and not the first answer, goes to its file; and no redirect was followed.
        let variables =
            ["-s", "-o", "-", "-o", "-", "-w", " %{http_code} %{num_connects} %{num_redirects}\\n"];
        let run = barewire(&[&["fetch"], flags, &variables, &[first, ONCE]].concat()).succeeds();
        let wanted = format!("This was done once.\n 200 {connections} 0\n");
        assert!(run.stdout.ends_with(&wanted) && !run.stdout.contains("Ask again"), "{run}");
    }
}

/// 425 to a request that waited for the handshake is an answer like others.
#[test]
fn too_early_is_an_answer_where_nothing_went_early() {
    let url = "https://early.example.test/status/425";
    for flags in [&[][..], &["--early-data"]] {
        let run = barewire(&[&["fetch", "-s", "-w", "%{http_code} %{num_connects}"], flags, &[url]].concat());
        assert!(run.succeeds().stdout.ends_with("425 1"));
    }
    // One that always says so is asked twice.
    let run = fetch(&["--early-data", EARLY, url]).succeeds();
    assert_eq!(run.stdout.matches(&format!("GET {url}: 425 Too Early")).count(), 3, "{run}");
}
