//! Reading a capture of one point or of several, frame by frame.
//!
//! A file is a scene if its first frame says which way it passes, and if the file has capture points at two hosts or
//! more by then: so a recording is, and a file that a capture program took at two cards of one host is not. Points that
//! are asked for by name are read from any file.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use barewire_packet::capture::{Capture, Frame, Interface, Origin};

use super::Scene;
use super::several::{Several, host_of};
use crate::story::{Config, Reader, Selection, Story};

/// What a file turned out to be.
#[derive(Debug, Clone)]
pub enum Reading {
    /// The story of one point.
    Story(Box<Story>),
    /// Several points.
    Scene(Box<Scene>),
}

/// A capture point was asked for that the file does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownPoint {
    /// The name that was asked for.
    pub wanted: String,
    /// The names that the file has.
    pub points: Vec<String>,
}

impl fmt::Display for UnknownPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no capture point is called {:?}; ", self.wanted)?;
        match self.points.is_empty() {
            true => f.write_str("the interfaces of this file have no names"),
            false => write!(f, "the file has: {}", self.points.join(", ")),
        }
    }
}

impl std::error::Error for UnknownPoint {}

/// Reads a capture of one point or of several.
pub struct SceneReader {
    config: Config,
    /// The points that were asked for; all, if none.
    wanted: Vec<String>,
    start: Option<Duration>,
    kind: Kind,
    /// The names of all capture points of the file.
    names: BTreeSet<String>,
    /// The secrets that came before the first frame.
    secrets: Vec<String>,
}

enum Kind {
    /// No frame was seen yet.
    Unknown,
    One(Box<Reader>),
    Several(Box<Several>),
}

impl SceneReader {
    /// A reader that has seen nothing yet. `wanted` names hosts or interfaces; empty: all of them. The selection of
    /// `config` is for a single story; of a scene [`Scene::choose`] makes it, once all has been read.
    pub fn new(config: Config, wanted: &[String]) -> SceneReader {
        SceneReader {
            config,
            wanted: wanted.to_vec(),
            start: None,
            kind: Kind::Unknown,
            names: BTreeSet::new(),
            secrets: Vec::new(),
        }
    }

    /// A reader that takes every file for one of a single point.
    pub fn of_one(config: Config) -> SceneReader {
        let kind = Kind::One(Box::new(Reader::new(config.clone())));
        SceneReader { kind, ..SceneReader::new(config, &[]) }
    }

    /// Reads a whole capture.
    ///
    /// # Errors
    /// [`UnknownPoint`].
    pub fn read(capture: &Capture, config: Config, wanted: &[String]) -> Result<Reading, UnknownPoint> {
        let mut reader = SceneReader::new(config, wanted);
        capture.secrets.iter().for_each(|lines| reader.secrets(lines));
        for frame in &capture.frames {
            reader.frame(&capture.interfaces, frame);
        }
        reader.finish(capture.end, capture.cut.as_ref().map(|cut| cut.to_string()))
    }

    /// Adds TLS secrets. They must come before the packets that they open.
    pub fn secrets(&mut self, lines: &str) {
        match &mut self.kind {
            Kind::Unknown => self.secrets.push(lines.to_owned()),
            Kind::One(reader) => reader.secrets(lines),
            Kind::Several(several) => several.secrets(lines),
        }
    }

    /// Reads a frame; `interfaces` are those that the file has told of so far.
    pub fn frame(&mut self, interfaces: &[Interface], frame: &Frame) {
        let Some(interface) = interfaces.get(frame.interface as usize) else { return };
        if let Kind::Unknown = self.kind {
            self.begin(interfaces, frame);
        }
        let start = *self.start.get_or_insert(frame.time);
        match &mut self.kind {
            Kind::Unknown => {}
            Kind::One(reader) => reader.frame(interface, frame),
            Kind::Several(several) => {
                let is_point = interface.origin != Origin::Lost && !interface.name.is_empty();
                if is_point && !self.names.contains(&interface.name) {
                    self.names.insert(interface.name.clone());
                }
                let wanted = is_point && is_wanted(&self.wanted, &interface.name);
                several.frame(interface, frame, start, wanted);
            }
        }
    }

    fn begin(&mut self, interfaces: &[Interface], frame: &Frame) {
        let is_scene = is_scene(interfaces, frame) || !self.wanted.is_empty();
        self.kind = match is_scene {
            true => Kind::Several(Box::new(Several::new(&self.config, interfaces.len()))),
            false => Kind::One(Box::new(Reader::new(self.config.clone()))),
        };
        for lines in std::mem::take(&mut self.secrets) {
            self.secrets(&lines);
        }
    }

    /// What was read. `end`: when the capture ended, where the file says so. `cut`: why its reading stopped early.
    ///
    /// # Errors
    /// [`UnknownPoint`]: a point was asked for that did not turn up.
    pub fn finish(self, end: Option<Duration>, cut: Option<String>) -> Result<Reading, UnknownPoint> {
        let SceneReader { config, wanted, kind, names, .. } = self;
        let is_there =
            |wanted: &&String| !names.iter().any(|name| is_wanted(std::slice::from_ref(*wanted), name));
        if let Some(wanted) = wanted.iter().find(is_there) {
            return Err(UnknownPoint { wanted: wanted.clone(), points: names.into_iter().collect() });
        }
        let story = |reader: Reader, cut| Reading::Story(Box::new(reader.finish(end, cut)));
        Ok(match kind {
            Kind::Unknown => story(Reader::new(config), cut),
            Kind::One(reader) => story(*reader, cut),
            Kind::Several(several) => {
                of_several(several.finish(end, cut.as_deref()), &wanted, &config.selection)
            }
        })
    }
}

impl Scene {
    /// Reads a whole capture as a scene, also one of a single point.
    pub fn of(capture: &Capture, config: Config) -> Scene {
        let mut several = Several::new(&config, capture.interfaces.len());
        capture.secrets.iter().for_each(|lines| several.secrets(lines));
        let start = capture.frames.first().map(|frame| frame.time).unwrap_or_default();
        for frame in &capture.frames {
            if let Some(interface) = capture.interfaces.get(frame.interface as usize) {
                several.frame(interface, frame, start, interface.origin != Origin::Lost);
            }
        }
        several.finish(capture.end, capture.cut.as_ref().map(ToString::to_string).as_deref())
    }
}

/// One point that was asked for is a story; several are a scene.
fn of_several(mut scene: Scene, wanted: &[String], selection: &Selection) -> Reading {
    match scene.points.pop() {
        Some(mut point) if scene.points.is_empty() && !wanted.is_empty() => {
            selection.apply(&mut point.story);
            Reading::Story(Box::new(point.story))
        }
        last => {
            scene.points.extend(last);
            Reading::Scene(Box::new(scene))
        }
    }
}

/// Whether the file says which way packets pass, at two hosts or more.
fn is_scene(interfaces: &[Interface], frame: &Frame) -> bool {
    let seen = interfaces.iter().filter(|one| one.origin == Origin::Seen && !one.name.is_empty());
    let hosts: BTreeSet<&str> = seen.map(|one| host_of(&one.name)).collect();
    let is_lost = interfaces.get(frame.interface as usize).is_some_and(|one| one.origin == Origin::Lost);
    hosts.len() > 1 && (frame.way.is_some() || is_lost)
}

fn is_wanted(wanted: &[String], name: &str) -> bool {
    wanted.is_empty() || wanted.iter().any(|wanted| wanted == name || wanted == host_of(name))
}
