//! Scenes: small internets in which one thing can be seen, each in one file.
//!
//! A scene is a stage (topology, machines, programs), what happens on it, and what to look at. `barewire scenes` lists
//! them, `barewire scene NAME` runs one and draws it from its capture.
//!
//! | scene | what it shows |
//! |---|---|
//! | `first_page` | one page, and what each round trip is for |
//! | `traceroute` | routers count hops, and answer by ICMP when they run out |
//! | `two_paths` | a route changes during a transfer: what TCP sees of it |
//! | `anycast_hijack` | a more specific prefix pulls traffic away; TLS notices |
//! | `home` | a client behind a NAT, an ISP, and a server behind a firewall |
//! | `nat_timeout` | an idle connection dies at the NAT; who forgot, and the cure |
//! | `firewall` | drop, reject, and a database that is open to the world |
//! | `balancer4` | two backends behind one address, and one of them dies |
//! | `proxy` | two connections, two budgets; whose address the origin sees |
//! | `slow_queue` | the same service time, another latency: queues, retries, overload |
//!
//! Tested in `tests/scenes.rs`.

mod anycast_hijack;
mod balancer4;
mod firewall;
mod first_page;
mod home;
mod nat_timeout;
mod proxy;
mod slow_queue;
mod traceroute;
mod two_paths;

use std::io;

use barewire_http1::{Config, Request, client, driver};
use barewire_internet::Table;
use barewire_packet::capture::Capture;
use barewire_tcp::TcpStream;

use crate::failure::Failure;
use crate::fetch::{Job, Page, fetch};
use crate::network::{Network, Toy};
use crate::services::stage::{Fault, Set};

/// One scene.
pub struct Scene {
    /// What it is called on the command line.
    pub name: &'static str,
    /// What it shows, in one line.
    pub about: &'static str,
    /// Its topology.
    pub drawing: &'static str,
    /// Sets its stage. The seed decides everything random but key material.
    pub set: fn(seed: u64) -> Result<Set, Fault>,
    /// What happens on the stage.
    pub play: fn(&mut Toy) -> Result<Report, Fault>,
}

/// All scenes, in the order in which to read them.
pub static SCENES: [Scene; 10] = [
    first_page::SCENE,
    home::SCENE,
    traceroute::SCENE,
    nat_timeout::SCENE,
    firewall::SCENE,
    balancer4::SCENE,
    proxy::SCENE,
    two_paths::SCENE,
    anycast_hijack::SCENE,
    slow_queue::SCENE,
];

/// What to look at after a scene.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Sentences, each with what was measured.
    pub lines: Vec<String>,
    /// Tables that nodes decided by, each under the name of its node.
    pub tables: Vec<(String, Table)>,
}

/// A scene that was run.
pub struct Run {
    /// The host that was driven from outside.
    pub seat: String,
    /// What was seen of it.
    pub capture: Capture,
    /// What to look at.
    pub report: Report,
}

/// The scene of this name.
pub fn find(name: &str) -> Option<&'static Scene> {
    SCENES.iter().find(|scene| scene.name == name)
}

/// Runs a scene.
///
/// # Errors
/// Never, unless the scene has a bug.
pub fn run(scene: &Scene, seed: u64) -> Result<Run, Fault> {
    let mut toy = Toy::seated((scene.set)(seed)?, scene.about.to_owned())?;
    let report = (scene.play)(&mut toy)?;
    let now = toy.now();
    let seat = toy.trace().name();
    Ok(Run { seat, capture: toy.trace().take(now), report })
}

/// Fetches a page from the seat.
fn get(toy: &mut Toy, url: &str) -> Result<Page, Failure> {
    let trust = toy.trust().map_err(|error| crate::network::toy::failure(error.as_ref()))?;
    fetch(toy, &Job::get(url, trust)?, &mut io::sink())
}

/// One request for the first page of whoever is at the other end of a connection, which stays open. Gives the status.
fn ask(stream: &mut TcpStream, method: &str) -> io::Result<u16> {
    let request = Request::new(method, "www.example.test", "/");
    let mut connection = client::Connection::new(Config::default());
    let answered = driver::exchange(stream, &mut connection, &request, &[]);
    let (response, _, mut body) = answered.map_err(|error| io::Error::other(error.to_string()))?;
    io::copy(&mut body, &mut io::sink())?;
    Ok(response.status)
}

impl Report {
    /// Adds a sentence.
    fn say(&mut self, line: impl Into<String>) {
        self.lines.push(line.into());
    }

    /// Adds the tables of a node, as they are now.
    fn show(&mut self, toy: &Toy, node: &str) -> Result<(), Fault> {
        let tables = toy.world().tables(node)?;
        self.tables.extend(tables.into_iter().map(|table| (node.to_owned(), table)));
        Ok(())
    }
}
