//! What a kept connection saved, read from the packets.

mod common;

use std::time::Duration;

use barewire::fetch::{Config, Errand, Job, Limit, Redirects, Retries, Sink, visit};
use barewire::network::{Network, Toy, ToyOptions};
use barewire::story::{self, Carried, PhaseName, Story};
use barewire::views::{Style, reuse};
use common::barewire;
use common::scripted::{Does, Scripted};

/// Takes a body, and keeps none of it.
struct Nowhere;

impl Sink for Nowhere {
    fn body(&mut self, _: &[u8]) -> Result<(), barewire::failure::Failure> {
        Ok(())
    }
}

/// Fetches these pages of the toy internet, whose server is `round_trip` away.
fn carried(urls: &[&str], keeps_connections: bool, round_trip: u64) -> (Story, Vec<Carried>) {
    let options = ToyOptions { round_trip: Duration::from_millis(round_trip), ..ToyOptions::default() };
    let mut toy = Toy::new(options).expect("the toy internet");
    let trust = toy.trust().expect("a root");
    let mut sinks: Vec<Nowhere> = urls.iter().map(|_| Nowhere).collect();
    let errand = |(url, sink)| Errand {
        job: Job::get(url, trust.clone()).expect("a URL"),
        redirects: Redirects::new(Limit::Off),
        retries: Retries::default(),
        sink,
    };
    let sinks = sinks.iter_mut().map(|sink| sink as &mut dyn Sink);
    let errands = urls.iter().copied().zip(sinks).map(errand).collect();
    let visits = visit(&mut toy, errands, &Config { keeps_connections, ..Config::default() });
    assert!(visits.iter().all(|visit| visit.answer().is_some()), "{visits:?}");
    let story = Story::of(&toy.trace().take(toy.now()), story::Config::default());
    let carried = story.carried();
    (story, carried)
}

/// Whole round trips, and what the wire takes for the bytes: less than a millisecond each.
fn is_about(got: Duration, round_trips: u64, round_trip: u64) -> bool {
    let wanted = Duration::from_millis(round_trips * round_trip);
    got >= wanted && got < wanted + Duration::from_millis(round_trips)
}

#[test]
fn a_request_on_a_kept_connection_saves_its_handshakes() {
    for (scheme, round_trip, opening, trips) in [
        ("https", 50, &[PhaseName::Tcp, PhaseName::Tls][..], 2),
        ("https", 200, &[PhaseName::Tcp, PhaseName::Tls], 2),
        ("http", 50, &[PhaseName::Tcp], 1),
    ] {
        let urls = ["/", "/bytes/7", "/bytes/8"].map(|path| format!("{scheme}://www.example.test{path}"));
        let (_, carried) = carried(&urls.each_ref().map(String::as_str), true, round_trip);
        let [one] = &carried[..] else { panic!("wanted one page, got {carried:?}") };
        let got = one.opening().expect("it was opened");
        assert_eq!((&got.phases[..], got.round_trips), (opening, trips));
        assert!(is_about(got.took, trips.into(), round_trip), "{got:?}");
        assert!(!one.opened_again);
        let asked: Vec<&str> = one.later.iter().map(|later| later.asked.as_str()).collect();
        assert_eq!(asked, ["GET /bytes/7", "GET /bytes/8"]);
        for later in &one.later {
            assert_eq!(later.budget.round_trips(), 1, "{later:?}");
            assert!(is_about(later.budget.total() - later.budget.begin(), 1, round_trip), "{later:?}");
            let phases: Vec<PhaseName> = later.budget.phases.iter().map(|phase| phase.name).collect();
            assert_eq!(phases, [PhaseName::Wait, PhaseName::Transfer]);
        }
        let first = one.first.phases.last().expect("a phase");
        assert!(first.end <= one.later[0].budget.begin(), "the first one ends where the second one begins");
    }
}

#[test]
fn another_connection_to_the_same_server_is_a_cost() {
    let url = "https://www.example.test/";
    let (_, carried) = carried(&[url, "https://retry.example.test/", url], false, 50);
    let again: Vec<bool> = carried.iter().map(|one| one.opened_again).collect();
    assert_eq!(again, [false, false, true], "the second one goes to another server");
    let line = reuse(&carried[2], &Style::default());
    let wanted = "another connection to the same server: 100.1 ms and 2 round trips for TCP";
    assert!(line.contains(wanted), "wanted {wanted:?}, got {line:?}");
    assert!(carried.iter().all(|one| one.later.is_empty()));
}

#[test]
fn the_lines_say_what_was_saved() {
    let (_, mut carried) =
        carried(&["http://www.example.test/", "http://www.example.test/bytes/9"], true, 50);
    let text = reuse(&carried[0], &Style { width: 200, ..Style::default() });
    let wanted = "    GET /bytes/9 on the same connection took 50.1 ms and 1 round trip; it saved 50.0 ms and 1 round trip for \
        TCP\n";
    assert_eq!(text, wanted);
    // A request that the server did not answer saved nothing.
    carried[0].later[0].budget.phases.retain(|phase| phase.name != PhaseName::Transfer);
    let text = reuse(&carried[0], &Style { width: 200, ..Style::default() });
    assert_eq!(text, "    GET /bytes/9 on the same connection got no response\n");
}

/// RFC 9112 §9.2: a client takes no other answer from a connection on which bytes came that answer no request.
#[test]
fn bytes_that_answer_no_request_end_the_reuse() {
    let server = Scripted::new(|_| Does::Says("HTTP/1.1 204 No Content\r\n\r\nbody".to_owned()));
    let run = barewire(&["fetch", "--net", "os", "-v", &server.url("/")]);
    let words = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("this one was not kept: the server sent bytes that answer no request"), "{run}");
    assert!(words.contains("9112 §9.2 forbids"), "the ladder cites the clause: {run}");
}
