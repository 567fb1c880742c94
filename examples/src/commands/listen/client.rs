//! A client of the toy internet that connects to the server, sends a sentence, reads to the end and closes. It shows
//! without privilege what `--net raw` shows with.

use std::io::{Read, Write};
use std::net::SocketAddr;
use std::time::Duration;

use barewire_internet::Wire;
use barewire_tcp::TcpStream;

use super::serving::program;
use crate::cli::ListenArgs;
use crate::commands::output::{print, style};
use crate::commands::probing::usage;
use crate::failure::Failure;
use crate::network::{Network as _, Toy, toy};
use crate::services::plain::What;
use crate::services::stage::{Fault, Set, Stage};
use crate::story::{Config, Story};
use crate::views::{Style, count, ladder};

const SERVER: &str = "203.0.113.80";

/// Plays the client, and draws the ladder.
pub(super) fn play(args: &ListenArgs) -> Result<u8, Failure> {
    if args.bind.is_some() {
        return Err(usage("--bind is for real wires: use --net raw"));
    }
    let (program, about, bulletin) = program(args)?;
    let seed = args.seed.unwrap_or(1);
    let fault = |error: Fault| usage(toy::failure(error.as_ref()).message);
    let set = set(Stage::new(seed), program).map_err(fault)?;
    let mut toy = Toy::seated(set, String::new()).map_err(fault)?;
    let at = SocketAddr::new(toy_server(), args.port);
    let got = talk(&toy, at, args).map_err(|error| usage(error.to_string()))?;
    let (stack, now) = (toy.stack(), toy.now());
    stack.run_until(now + Duration::from_secs(1)).map_err(|error| usage(error.to_string()))?;
    let mut out = format!("listening at {at}: {about}; the toy internet (seed {seed})\n");
    if !args.quiet {
        let lines = if args.verbose { usize::MAX } else { 28 };
        let capture = toy.trace().take(toy.now());
        out.push_str(&format!(
            "\n{}",
            ladder(&Story::of(&capture, Config::default()), &Style { lines, ..style() })
        ));
    }
    out.push_str(&format!("\nthe client got {} bytes\n", count(got)));
    while let Some(news) = bulletin.next() {
        if let What::Ended { received, sent, .. } = news.what {
            out.push_str(&format!("the server got {} bytes and sent {}\n", count(received), count(sent)));
        }
    }
    print(&out)?;
    let _ = toy.rng();
    Ok(0)
}

fn toy_server() -> std::net::IpAddr {
    std::net::IpAddr::from([203, 0, 113, 80])
}

fn set(mut stage: Stage, program: Box<dyn crate::services::Program>) -> Result<Set, Fault> {
    stage.seat("client", "192.0.2.42/0", "192.0.2.53")?;
    stage.host("server", &format!("{SERVER}/0"), vec![program])?;
    stage.wire("client", "server", Wire::ms(10).rate(100_000_000));
    stage.set()
}

/// Gives how many bytes came.
fn talk(toy: &Toy, at: SocketAddr, args: &ListenArgs) -> std::io::Result<u64> {
    let mut stream = TcpStream::connect(toy.stack(), at)?;
    let sentence: &[u8] = match args.http {
        true => b"GET / HTTP/1.1\r\nHost: www.example.test\r\nConnection: close\r\n\r\n",
        false => b"Anybody there?\n",
    };
    stream.write_all(sentence)?;
    if !args.http {
        stream.shutdown(std::net::Shutdown::Write)?;
    }
    let mut got = Vec::new();
    stream.read_to_end(&mut got)?;
    stream.close(Duration::from_secs(5))?;
    Ok(got.len() as u64)
}
