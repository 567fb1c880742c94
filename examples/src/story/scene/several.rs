//! The readers of a scene: one for each capture point, one for what was lost, and the sightings of all.
//!
//! The points share the rows that one story may keep. When one of them is full, all are.

use std::collections::HashMap;
use std::time::Duration;

use barewire_packet::capture::{Frame, Interface, Origin};

use super::identity::{At, Sighting};
use super::matching::Matcher;
use super::path;
use super::{Point, Scene};
use crate::story::tally::{Tally, Uncounted};
use crate::story::{Config, Reader, Selection};

/// The readers of a scene.
pub(super) struct Several {
    /// The share of each reader.
    share: Config,
    /// The secrets so far: points that turn up later need them too.
    secrets: Vec<String>,
    points: Vec<(String, Reader)>,
    by_name: HashMap<String, usize>,
    /// Reads what was lost, where no capture point has it.
    lost: Reader,
    sightings: Vec<Sighting>,
    full: bool,
    /// All frames of the file, and those that no reader has.
    tally: Tally,
}

impl Several {
    /// For a file with so many interfaces. Conversations are chosen when all is known, and not here.
    pub(super) fn new(config: &Config, interfaces: usize) -> Several {
        let readers = interfaces.max(1);
        let share = Config {
            selection: Selection::default(),
            most_rows: config.most_rows.div_ceil(readers),
            most_bytes: config.most_bytes.div_ceil(readers),
            ..config.clone()
        };
        let lost = Reader::new(share.clone());
        Several {
            share,
            secrets: Vec::new(),
            points: Vec::new(),
            by_name: HashMap::new(),
            lost,
            sightings: Vec::new(),
            full: false,
            tally: Tally::default(),
        }
    }

    pub(super) fn secrets(&mut self, lines: &str) {
        self.points.iter_mut().for_each(|(_, reader)| reader.secrets(lines));
        self.secrets.push(lines.to_owned());
    }

    /// Reads a frame of a point that is `wanted`, of one that is not, or one that was lost. Times count from `start`.
    pub(super) fn frame(&mut self, interface: &Interface, frame: &Frame, start: Duration, wanted: bool) {
        let is_lost = interface.origin == Origin::Lost;
        let expected = self.tally.frames + 1;
        self.tally.no_rows(expected, frame.number.saturating_sub(expected), Uncounted::NotAPacket);
        let here = match self.by_name.get(&interface.name).copied() {
            None if wanted => Some(self.begin(&interface.name)),
            here => here,
        };
        // A trace of one host knows of its losses without saying which way packets pass.
        let is_here = !is_lost || frame.way.is_none() && self.sightings.is_empty();
        let point = here.and_then(|here| self.points.get_mut(here)).filter(|_| is_here);
        let reader = match point {
            Some((_, reader)) => Some(reader),
            None => is_lost.then_some(&mut self.lost),
        };
        let Some(reader) = reader else { return self.tally.no_row(frame.number, Uncounted::Elsewhere) };
        self.tally.frames += 1;
        reader.frame_since(start, interface, frame);
        let is_full = reader.is_full();
        self.stop_if(is_full);
        let note = frame.comment.clone().unwrap_or_default();
        let at = match (here, frame.way) {
            _ if is_lost => At::Lost { place: interface.name.clone(), note },
            (Some(point), Some(way)) => At::Point(point, way),
            _ => return,
        };
        let sighting = Sighting::of(interface, frame, frame.time.saturating_sub(start), at);
        self.sightings.extend(sighting.filter(|_| !self.full));
    }

    /// A point turns up.
    fn begin(&mut self, name: &str) -> usize {
        let mut reader = Reader::new(self.share.clone());
        self.secrets.iter().for_each(|lines| reader.secrets(lines));
        if self.full {
            reader.keep_no_more();
        }
        self.by_name.insert(name.to_owned(), self.points.len());
        self.points.push((name.to_owned(), reader));
        self.points.len() - 1
    }

    fn readers(&mut self) -> impl Iterator<Item = &mut Reader> {
        self.points.iter_mut().map(|(_, reader)| reader).chain([&mut self.lost])
    }

    /// One reader keeps no more rows: then none does.
    fn stop_if(&mut self, is_full: bool) {
        if is_full && !self.full {
            self.full = true;
            self.readers().for_each(Reader::keep_no_more);
        }
    }

    /// Puts the scene together. The file began at `start`.
    pub(super) fn finish(self, end: Option<Duration>, cut: Option<&str>) -> Scene {
        let hosts: Vec<String> = self.points.iter().map(|(name, _)| host_of(name).to_owned()).collect();
        let mut matcher = Matcher::new(&hosts);
        self.sightings.iter().for_each(|sighting| matcher.see(sighting));
        let journeys = matcher.finish();
        let story = |mut reader: Reader| {
            reader.elsewhere_until(self.tally.frames);
            reader.finish(end, cut.map(str::to_owned))
        };
        let points = self.points.into_iter().zip(hosts);
        let points = points.map(|((name, reader), host)| Point { name, host, story: story(reader) });
        let mut scene =
            Scene { points: points.collect(), journeys, lost: story(self.lost), ..Scene::default() };
        scene.mark_losses();
        scene.hosts = path::in_order(&scene);
        scene.tally = scene.count(self.tally);
        scene
    }
}

/// The host of a capture point: `nat` of `nat (nat-isp)`.
pub(super) fn host_of(name: &str) -> &str {
    name.split_once(" (").map_or(name, |(host, _)| host)
}
