//! The program over the toy internet: what it prints, what it exits with, what it teaches.

mod common;

use common::{Run, barewire};

/// The picture of the first page, as the README shows it.
fn readme_picture() -> String {
    let readme =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md")).expect("README.md");
    let start = readme.find("```text\n").expect("a text block in README.md") + "```text\n".len();
    let length = readme[start..].find("```").expect("the end of the block");
    readme[start..start + length].to_owned()
}

#[test]
fn the_first_page_is_the_picture_in_the_readme() {
    let run = barewire(&[]).succeeds();
    assert_eq!(
        run.stdout,
        readme_picture(),
        "README.md shows another picture; what is printed:\n{}",
        run.stdout
    );
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert!(lines.len() <= 60, "{} lines", lines.len());
    for line in lines {
        assert!(line.chars().count() <= 80, "{} columns: {line}", line.chars().count());
    }
}

/// Key material aside, which is drawn by the system: DNS is in the clear, so there the bytes are compared too.
#[test]
fn the_seed_decides_the_packets_and_their_times() {
    let large = |seed: &str| {
        let line = ["https://www.example.test/large", "--loss", "3", "-v", "--seed", seed];
        after_the_headline(&barewire(&line).succeeds().stdout, |_| true)
    };
    assert_eq!(large("1"), large("1"));
    assert_ne!(large("1"), large("2"));
    let dns = |seed: &str| {
        let run = barewire(&["--bytes", "--seed", seed]).succeeds();
        after_the_headline(&run.stdout, |line| !line.contains("TCP"))
    };
    assert_eq!(dns("1"), dns("1"));
    assert_ne!(dns("1"), dns("2"));
}

/// The output from behind the headline, which names the seed, for as long as `wanted` holds.
fn after_the_headline(output: &str, wanted: impl Fn(&str) -> bool) -> String {
    output.lines().skip(1).take_while(|line| wanted(line)).collect::<Vec<_>>().join("\n")
}

/// The lines of the fetch and of its budget in a report.
fn reported(arguments: &[&str]) -> [serde_json::Value; 2] {
    let run = barewire(arguments).succeeds();
    let lines = run.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON"));
    let lines: Vec<serde_json::Value> = lines.collect();
    ["fetch", "budget"].map(|kind| {
        let found = lines.iter().find(|line| line["kind"] == kind);
        found.unwrap_or_else(|| panic!("no line {kind:?}: {run}")).clone()
    })
}

#[test]
fn four_round_trips_to_the_first_byte_and_each_phase_in_its_time() {
    let [fetch, budget] = reported(&["--report", "-"]);
    assert_eq!(budget["round_trips_to_first_byte"], 4, "{budget}");
    let phases: Vec<_> = budget["phases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| (p["name"].as_str().unwrap(), p["round_trips"].as_u64().unwrap()))
        .collect();
    assert_eq!(phases, [("DNS", 1), ("TCP", 1), ("TLS", 1), ("wait", 1), ("transfer", 0)]);
    assert_eq!(fetch["hops"][0]["tls"]["verified"], true);
    assert_eq!(fetch["hops"][0]["http"]["status"], 200);
}

#[test]
fn a_hello_retry_request_costs_a_round_trip() {
    let [fetch, budget] = reported(&["https://retry.example.test/", "--report", "-"]);
    assert_eq!(fetch["hops"][0]["tls"]["hello_retry"], true);
    assert_eq!(budget["round_trips_to_first_byte"], 5);
}

#[test]
fn each_refusal_has_its_exit_code_and_its_sentence() {
    for (arguments, code, sentences) in [
        (
            &["https://nosuch.example.test/"][..],
            6,
            &["nosuch.example.test", "does not exist", "RFC 2308"][..],
        ),
        (&["https://closed.example.test/"], 7, &["reset", "RFC 9293"]),
        (&["https://silent.example.test/", "--max-time", "3"], 28, &["203.0.113.86", "time"]),
        (&["https://silent.example.test/", "--connect-timeout", "2"], 28, &["203.0.113.86"]),
        (&["https://expired.example.test/"], 60, &["expired", "2020-02-01"]),
        (&["https://wrong.example.test/"], 60, &["elsewhere.example.test", "wrong.example.test", "RFC"]),
        (&["https://untrusted.example.test/"], 60, &["Nobody's CA"]),
        (&["gopher://www.example.test/"], 1, &["not http or https"]),
        (&["--net", "os"], 2, &["which URL?"]),
        (&["--resolver", "192.0.2.1"], 2, &["--resolver"]),
        (&["https://localhost/", "--net", "os", "--loss", "1"], 2, &["--loss"]),
        (&["https://www.example.test/", "-H", "X: a\r\nY: b"], 2, &["RFC 911"]),
    ] {
        let run = barewire(arguments);
        assert_eq!(run.code, Some(code), "{run}");
        for sentence in sentences {
            assert!(run.stderr.contains(sentence), "wanted {sentence:?} in what it said:\n{run}");
        }
    }
}

/// The kernel tells nothing of the SYN that failed, and yet what failed is in the picture and in the budget.
#[test]
fn a_refused_connection_of_the_kernels_is_in_the_budget() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port of our own");
    let url = format!("http://{}/", listener.local_addr().expect("its address"));
    drop(listener);
    let run = barewire(&["--net", "os", &url]);
    assert_eq!(run.code, Some(7), "{run}");
    for wanted in
        ["├──*TCP  SYN ", "◀──*TCP  RST ACK", "* made-up headers", "TCP did not end: given up after"]
    {
        assert!(run.stdout.contains(wanted), "wanted {wanted:?}: {run}");
    }
}

#[test]
fn insecure_says_so() {
    let run = barewire(&["https://untrusted.example.test/", "-k"]).succeeds();
    assert!(run.stdout.contains("NOT VERIFIED"), "{run}");
    assert!(!run.stdout.contains("(trusted)"), "{run}");
}

#[test]
fn every_page_arrives_whole_also_over_a_bad_path() {
    let folder = common::TempFolder::new();
    for (page, length) in
        [("/", None), ("/large", Some(200_000)), ("/chunked", None), ("/slow", None), ("/close", None)]
    {
        let reference = folder.file("reference");
        let url = format!("https://www.example.test{page}");
        barewire(&[&url, "-o", &reference]).succeeds();
        let wanted = std::fs::read(&reference).unwrap();
        if let Some(length) = length {
            assert_eq!(wanted.len(), length);
        }
        for seed in ["1", "2", "3"] {
            let lossy = folder.file("lossy");
            let run = barewire(&[&url, "-o", &lossy, "--loss", "5", "--seed", seed]).succeeds();
            assert!(std::fs::read(&lossy).unwrap() == wanted, "{page} with seed {seed} differs\n{run}");
        }
    }
}

#[test]
fn plain_http_and_head_and_post() {
    let plain = barewire(&["http://www.example.test/"]).succeeds();
    assert!(plain.stdout.contains("plain HTTP carries no proof"), "{plain}");
    let head = barewire(&["https://www.example.test/large", "-I"]).succeeds();
    assert!(head.stdout.contains("Content-Length: 200000"), "{head}");
    assert!(head.stdout.contains("the body is 0 bytes"), "{head}");
    let post = barewire(&[
        "https://www.example.test/",
        "-d",
        "a=b",
        "-v",
        "-H",
        "Accept: text/html",
        "-H",
        "User-Agent:",
    ])
    .succeeds();
    for line in ["> POST / HTTP/1.1", "> Content-Length: 3", "> Accept: text/html", "< HTTP/1.1 200 OK"] {
        assert!(post.stdout.contains(line), "wanted {line:?}: {post}");
    }
    assert!(!post.stdout.contains("User-Agent"), "-H with an empty value removes a field: {post}");
}

#[test]
fn the_body_on_standard_output_is_the_body_alone() {
    let run = barewire(&["https://www.example.test/close", "-o", "-"]).succeeds();
    assert_eq!(run.stdout, "piece 1 of the page, sent when it was ready\n");
    assert!(run.stderr.contains("where the time went"), "{run}");
}

#[test]
fn a_failed_fetch_leaves_an_older_file_alone() {
    let folder = common::TempFolder::new();
    let file = folder.file("page.html");
    std::fs::write(&file, "older").unwrap();
    assert_eq!(barewire(&["https://closed.example.test/", "-o", &file]).code, Some(7));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "older");
    let run = barewire(&["-o", &folder.file("no/such/folder")]);
    assert_eq!(run.code, Some(23), "{run}");
    assert!(run.stderr.contains("no/such/folder"), "{run}");
}

#[test]
fn stepping_shows_one_packet_at_a_time() {
    let run = Run::with_input(&["--step"], b"\nb\nq\n").succeeds();
    assert!(run.stdout.contains("A? www.example.test"), "{run}");
    assert!(run.stdout.contains("── DNS message"), "b shows the bytes of the second packet: {run}");
    assert!(!run.stdout.contains("ClientHello"), "q ends it: {run}");
    let all = Run::with_input(&["--step"], b"").succeeds();
    assert!(all.stdout.contains("where the time went"), "{all}");
}

/// Each loss and its repair takes lines, and the rest is folded.
#[test]
fn a_page_over_a_bad_path_is_not_much_longer() {
    let run = barewire(&["https://www.example.test/large", "--loss", "3"]).succeeds();
    let lines = run.stdout.lines().count();
    assert!(lines <= 70, "{lines} lines:\n{run}");
}

#[test]
fn what_is_piped_is_plain() {
    let run = barewire(&["--bytes"]).succeeds();
    assert!(!run.stdout.contains('\x1b'), "{run}");
}
