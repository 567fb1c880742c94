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
//! | `balancer4` | two backends share one address, and one of them dies |
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
mod scene;
mod slow_queue;
mod traceroute;
mod two_paths;

use std::time::Duration;

use crate::network::{Network, Toy};
use crate::services::stage::{Fault, Stage};

pub use scene::{Report, Run, Scene};

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

/// The scene of this name.
pub fn find(name: &str) -> Option<&'static Scene> {
    SCENES.iter().find(|scene| scene.name == name)
}

/// How long a scene goes on after all has happened, so that packets which are under way arrive.
const AFTERWARDS: Duration = Duration::from_secs(1);

/// Runs a scene on a stage, which decides its seed and what is broken.
///
/// # Errors
/// A host that the breakage names is not there; else never, unless the scene has a bug.
pub fn run(scene: &Scene, stage: Stage) -> Result<Run, Fault> {
    let is_broken = stage.is_broken();
    let mut toy = Toy::seated((scene.set)(stage)?, scene.about.to_owned())?;
    let report = match (scene.play)(&mut toy) {
        // What happened until then is what somebody who breaks things wants to see.
        Err(fault) if is_broken => Report::of_end(fault.as_ref()),
        played => played?,
    };
    toy.stack().run_until(toy.now() + AFTERWARDS)?;
    let (now, seat, undone) = (toy.now(), toy.trace().name(), toy.complaints());
    Ok(Run { seat, capture: toy.trace().take(now), report, undone })
}
