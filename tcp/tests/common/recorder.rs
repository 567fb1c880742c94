//! Keeps the packets of a simulated run as a capture: what a person opens when a seed has failed.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use barewire_internet::World;
use barewire_internet::tap::{Passing, Seen, Tap};
use barewire_packet::capture::{Capture, Frame, Interface, Origin, linktype};

/// A capture that grows with a run. Clones write into the same one.
#[derive(Clone)]
pub(crate) struct Recorder {
    capture: Arc<Mutex<Capture>>,
    nodes: Vec<String>,
}

/// The place of one node in it.
struct Point {
    recorder: Recorder,
    interface: u32,
    start: Instant,
}

impl Recorder {
    pub(crate) fn new(nodes: &[&str]) -> Recorder {
        let interface = |name: &&str| Interface {
            link_type: linktype::RAW,
            name: (*name).to_owned(),
            origin: Origin::default(),
        };
        let capture = Capture { interfaces: nodes.iter().map(interface).collect(), ..Capture::default() };
        let nodes = nodes.iter().map(|name| (*name).to_owned()).collect();
        Recorder { capture: Arc::new(Mutex::new(capture)), nodes }
    }

    /// Sees all packets of its nodes from now on.
    pub(crate) fn watch(&self, world: &World) {
        for (interface, node) in (0..).zip(&self.nodes) {
            let point = Point { recorder: self.clone(), interface, start: world.now() };
            world.tap(node, Box::new(point)).expect("a node of that name");
        }
    }

    /// Writes the capture, and says where.
    pub(crate) fn keep(&self, name: &str) -> String {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        let capture = self.capture.lock().unwrap_or_else(PoisonError::into_inner);
        match std::fs::write(&path, capture.write()) {
            Ok(()) => format!("its packets are in {}", path.display()),
            Err(error) => format!("its packets could not be kept: {error}"),
        }
    }
}

impl Tap for Point {
    fn packet(&mut self, passing: &Passing<'_>) {
        let Seen::Passes(way) = passing.what else { return };
        let mut capture = self.recorder.capture.lock().unwrap_or_else(PoisonError::into_inner);
        let number = capture.frames.len() as u64 + 1;
        capture.frames.push(Frame {
            number,
            interface: self.interface,
            time: passing.now.saturating_duration_since(self.start),
            bytes: passing.packet.to_vec(),
            original_len: passing.packet.len() as u32,
            way: Some(way),
            comment: passing.note.map(ToString::to_string),
        });
    }
}
