//! `barewire listen` for a client of the toy internet, and the plain services under it: echo, discard, a file.

mod common;

use std::sync::Arc;
use std::time::{Duration, Instant};

use barewire::services::plain::{Bulletin, News, Plain, Service, What};
use barewire::services::program::Program;
use barewire::services::watched::Watched;
use barewire::services::{HttpServer, Machine, Site};
use barewire_internet::{Topology, Wire};
use barewire_tcp::{Config, Host, Stack, TcpStream};
use common::barewire;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;
use std::io::{Read, Write};

const PORT: u16 = 7000;

/// What a client gets for `sent` over a wire that loses packets, and what the service says of it.
fn talk(service: Service, sent: &[u8]) -> (Vec<u8>, Vec<What>) {
    let echoes = service == Service::Echo;
    let plain = Plain::new(PORT, 8, service);
    let bulletin = plain.bulletin();
    talk_to(Box::new(plain), &bulletin, echoes, sent)
}

fn talk_to(
    program: Box<dyn Program>,
    bulletin: &Bulletin,
    echoes: bool,
    sent: &[u8],
) -> (Vec<u8>, Vec<What>) {
    let (client, server) = ("10.0.0.2".parse().unwrap(), "10.0.0.80".parse().unwrap());
    let mut plan = Topology::new(Instant::now(), 4);
    plan.link("client", "10.0.0.2/24");
    let machine = Machine::new(vec![server], 1).with(program).unwrap();
    plan.node("server", &["10.0.0.80/24"], Box::new(machine));
    plan.wire("client", "server", Wire::ms(5).rate(100_000_000).loss(0.01));
    let world = plan.build().unwrap();
    let host = Host::new(vec![client], Config::default(), Box::new(ChaCha8Rng::seed_from_u64(2)));
    let stack = Stack::new(Box::new(world.link("client").unwrap()), host);
    let mut stream = TcpStream::connect(&stack, (server, PORT).into()).unwrap();
    let mut got = Vec::new();
    let mut rest = sent;
    // As much as the window lets pass, and what has come back: a client that only wrote would wait for ever.
    while !rest.is_empty() {
        let written = stream.write(&rest[..rest.len().min(50_000)]).unwrap();
        rest = &rest[written..];
        if echoes && got.len() + 200_000 < sent.len() - rest.len() {
            let mut chunk = [0; 50_000];
            let read = stream.read(&mut chunk).unwrap();
            got.extend(&chunk[..read]);
        }
    }
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    stream.read_to_end(&mut got).unwrap();
    stream.close(Duration::from_secs(30)).unwrap();
    stack.run_until(stack.now() + Duration::from_secs(100)).unwrap();
    let news = std::iter::from_fn(|| bulletin.next()).map(|News { what, .. }| what).collect();
    (got, news)
}

fn noise(length: usize) -> Vec<u8> {
    (0..length).map(|at| ((at * at) >> 3) as u8).collect()
}

#[test]
fn an_echo_is_what_was_sent() {
    for length in [0, 1, 1000, 200_000] {
        let sent = noise(length);
        let (got, news) = talk(Service::Echo, &sent);
        assert!(got == sent, "{length} bytes: {} came back", got.len());
        let length = length as u64;
        assert_eq!(news, [What::Opened, What::Ended { received: length, sent: length, in_order: true }]);
    }
}

#[test]
fn discard_reads_all_and_says_nothing() {
    let (got, news) = talk(Service::Discard, &noise(300_000));
    assert!(got.is_empty(), "{} bytes", got.len());
    assert_eq!(news, [What::Opened, What::Ended { received: 300_000, sent: 0, in_order: true }]);
}

/// The server closes first, so it waits in TIME-WAIT before the connection is over.
#[test]
fn a_file_is_sent_whole() {
    for length in [0, 1, 500_000] {
        let content = noise(length);
        let (got, news) = talk(Service::Send(Arc::from(content.clone())), b"");
        assert!(got == content, "{length} bytes: {} came", got.len());
        assert_eq!(news, [What::Opened, What::Ended { received: 0, sent: length as u64, in_order: true }]);
    }
}

#[test]
fn listen_in_the_toy_internet() {
    let run = barewire(&["listen"]);
    for words in [
        "listening at 203.0.113.80:7: echo",
        "SYN ACK",
        "the client got 15 bytes",
        "the server got 15 bytes and sent 15",
    ] {
        assert!(run.stdout.contains(words), "{words}: {}", run.stdout);
    }
    assert_eq!(run.code, Some(0));
    let quiet = barewire(&["listen", "9", "--discard", "-q"]);
    assert!(
        quiet.stdout.contains("the client got 0 bytes") && !quiet.stdout.contains("SYN"),
        "{}",
        quiet.stdout
    );
    let page = barewire(&["listen", "8080", "--http"]);
    assert!(
        page.stdout.contains("GET / → www.example.test") || page.stdout.contains("HTTP"),
        "{}",
        page.stdout
    );
}

/// A web server does not tell of its connections, so `--once` would never end, and nothing would be counted.
#[test]
fn connections_of_a_web_server_are_told_of() {
    let server = HttpServer::new(Site::new("www.example.test")).http(PORT);
    let watched = Watched::new(Box::new(server), PORT);
    let bulletin = watched.bulletin();
    let request = b"GET / HTTP/1.1\r\nHost: www.example.test\r\nConnection: close\r\n\r\n";
    let (page, news) = talk_to(Box::new(watched), &bulletin, false, request);
    assert!(page.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&page));
    let (received, sent) = (request.len() as u64, page.len() as u64);
    assert_eq!(news, [What::Opened, What::Ended { received, sent, in_order: true }]);
}

#[test]
fn what_cannot_be_served_is_2() {
    #[cfg(unix)]
    assert!(barewire(&["listen", "--file", "/dev/zero"]).stderr.contains("this is not a regular file"));
    for (words, why) in [
        (&["listen", "--file", "/there/is/no/such/file"][..], "/there/is/no/such/file: "),
        (&["listen", "--file", "/"], "/: this is not a regular file"),
        (&["listen", "--bind", "127.0.0.1"], "--bind is for real wires"),
        (&["listen", "--net", "raw", "--bind", "0.0.0.0"], "0.0.0.0 stands for many: name one address"),
        (&["listen", "--net", "raw", "--bind", "255.255.255.255"], "255.255.255.255 stands for many"),
        (&["listen", "--net", "raw", "--bind", "224.0.0.1"], "224.0.0.1 stands for many"),
        (&["listen", "--net", "raw", "--bind", "::"], ":: stands for many"),
        (&["listen", "--net", "raw", "--bind", "ff02::1"], "ff02::1 stands for many"),
    ] {
        let run = barewire(words);
        assert!(run.stderr.contains(why) && run.code == Some(2), "{words:?}: {}", run.stderr);
    }
    assert_eq!(barewire(&["listen", "0"]).code, Some(2));
    // One byte more than 1 GiB, none of which is on the disk.
    let large = std::env::temp_dir().join(format!("barewire-listen-{}", std::process::id()));
    std::fs::File::create(&large).unwrap().set_len((1 << 30) + 1).unwrap();
    let run = barewire(&["listen", "--file", large.to_str().unwrap()]);
    std::fs::remove_file(&large).unwrap();
    assert!(run.stderr.contains("larger than 1 GiB") && run.code == Some(2), "{}", run.stderr);
    assert_eq!(barewire(&["listen", "--echo", "--discard"]).code, Some(2));
}
