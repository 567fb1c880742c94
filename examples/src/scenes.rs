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
//! | `slow_queue` | the same service time, another latency: queues, retries, overload |
//!
//! Tested in `tests/scenes.rs`.

mod anycast_hijack;
mod first_page;
mod slow_queue;
mod traceroute;
mod two_paths;

use barewire_internet::Table;
use barewire_packet::capture::Capture;

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
pub const SCENES: [Scene; 5] =
    [first_page::SCENE, traceroute::SCENE, two_paths::SCENE, anycast_hijack::SCENE, slow_queue::SCENE];

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
    /// What was seen of it.
    pub capture: Capture,
    /// What to look at.
    pub report: Report,
}

/// The scene of this name.
pub fn find(name: &str) -> Option<&'static Scene> {
    static ALL: [Scene; 5] = SCENES;
    ALL.iter().find(|scene| scene.name == name)
}

/// Runs a scene.
///
/// # Errors
/// Never, unless the scene has a bug.
pub fn run(scene: &Scene, seed: u64) -> Result<Run, Fault> {
    let mut toy = Toy::seated((scene.set)(seed)?, scene.about.to_owned())?;
    let report = (scene.play)(&mut toy)?;
    let now = toy.now();
    Ok(Run { capture: toy.trace().take(now), report })
}

/// Fetches a page from the seat.
fn get(toy: &mut Toy, url: &str) -> Result<Page, Failure> {
    let trust = toy.trust().map_err(|error| crate::network::toy::failure(error.as_ref()))?;
    fetch(toy, &Job::get(url, trust)?, &mut std::io::sink())
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
