//! Several URLs over one connection to nginx, over each network: what tshark sees, and what the budget says of it.

use crate::certificates::Authority;
use crate::fetch::{Net, fetch, tshark, tshark_fields};
use crate::lab::{Lab, SERVER};
use crate::servers::{self, Site};

#[test]
fn a_connection_carries_what_comes_next() {
    let Some(lab) = Lab::raise("a_connection_carries_what_comes_next") else { return };
    let authority = Authority::new(&lab, "root");
    servers::nginx(&lab, &[Site::new(443, &authority.good("good"))]);
    let page = format!("https://{SERVER}/page.html");
    let missing = format!("https://{SERVER}/missing");
    for net in Net::BOTH {
        for (flags, connections) in [(&[][..], 1), (&["--no-keepalive"], 3)] {
            let file = lab.path(&format!("{net:?}-{connections}.pcapng"));
            let flags = [&["-k", "--pcapng", &file, &missing, &page], flags].concat();
            let run = fetch(&lab, net, &page, &flags);
            assert!(run.succeeded(), "{run}");
            let syns = tshark(&file, "tcp.flags.syn == 1 && tcp.flags.ack == 0");
            assert_eq!(syns.len(), connections, "{net:?} {flags:?}: {run}");
            let requests = tshark_fields(&file, "http.request", &["tcp.stream", "http.request.uri"]);
            let uris: Vec<&str> = requests.iter().map(|fields| fields[1].as_str()).collect();
            assert_eq!(uris, ["/page.html", "/missing", "/page.html"], "{net:?} {flags:?}");
            let words: Vec<&str> = run.stdout.split_whitespace().collect();
            let text = words.join(" ");
            let saved = text.matches("; it saved ").count();
            let cost = text.matches("another connection to the same server: ").count();
            assert_eq!((saved, cost), if connections == 1 { (2, 0) } else { (0, 2) }, "{run}");
        }
    }
}

/// Several at once over the kernel's sockets: each body arrives whole.
#[test]
fn several_at_once() {
    let Some(lab) = Lab::raise("several_at_once") else { return };
    let authority = Authority::new(&lab, "root");
    servers::nginx(&lab, &[Site::new(443, &authority.good("good"))]);
    let url = format!("https://{SERVER}/2mb");
    let files: Vec<String> = (0..8).map(|number| lab.path(&format!("body-{number}"))).collect();
    let mut words = vec!["-sSkZ", "-w", "%{http_code} %{size_download} %{num_connects}\\n"];
    files.iter().for_each(|file| words.extend(["-o", file]));
    words.extend([url.as_str(); 7]);
    let run = fetch(&lab, Net::Os, &url, &words);
    assert!(run.succeeded(), "{run}");
    let connects = |wanted: &str| run.stdout.lines().filter(|line| *line == wanted).count();
    assert_eq!((connects("200 2000000 1"), connects("200 2000000 0")), (6, 2), "six connections: {run}");
    let bytes = servers::two_megabytes();
    for file in files {
        assert!(std::fs::read(&file).expect("a body") == bytes, "{file} differs");
    }
}

/// Fast Open over a raw socket (RFC 7413): nginx's kernel gives a cookie, and takes each later ClientHello with the
/// SYN.
#[test]
fn the_client_hello_goes_with_the_syn() {
    let Some(lab) = Lab::raise("the_client_hello_goes_with_the_syn") else { return };
    // As server (2), and for each listener without its asking (0x400).
    lab.set("server", "net.ipv4.tcp_fastopen=1026");
    let authority = Authority::new(&lab, "root");
    servers::nginx(&lab, &[Site::new(443, &authority.good("good"))]);
    let page = format!("https://{SERVER}/page.html");
    let file = lab.path("fast_open.pcapng");
    let flags = ["-k", "--no-keepalive", "--tcp-fastopen", "--pcapng", &file, &page, &page];
    let run = fetch(&lab, Net::Raw, &page, &flags);
    assert!(run.succeeded(), "{run}");
    let syns = tshark_fields(&file, "tcp.flags.syn == 1 && tcp.flags.ack == 0", &["tcp.stream", "tcp.len"]);
    let lengths: Vec<u32> = syns.iter().map(|fields| fields[1].parse().expect("a number")).collect();
    assert!(matches!(lengths[..], [0, a, b] if a > 100 && b > 100), "{lengths:?}: {run}");
    let answers =
        tshark_fields(&file, "tcp.flags.syn == 1 && tcp.flags.ack == 1", &["tcp.stream", "tcp.ack"]);
    let acks: Vec<u32> = answers.iter().map(|fields| fields[1].parse().expect("a number")).collect();
    assert_eq!(acks, lengths.iter().map(|length| length + 1).collect::<Vec<_>>(), "taken: {run}");
}
