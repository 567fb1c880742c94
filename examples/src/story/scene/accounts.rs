//! What the journeys of a scene tell its points: losses, the count of all frames, and which packets were chosen.

use std::collections::HashSet;

use super::Scene;
use super::journey::{End, Journey, Stop};
use crate::story::note::Note;
use crate::story::row::Fate;
use crate::story::tally::{Tally, Uncounted};
use crate::story::{Selection, Story};

impl Scene {
    /// Tells each sender which of its packets were lost on the way.
    pub(super) fn mark_losses(&mut self) {
        for journey in &self.journeys {
            let End::Lost { place, note, .. } = &journey.end else { continue };
            let point = journey.point.and_then(|point| self.points.get_mut(point));
            let story = point.map_or(&mut self.lost, |point| &mut point.story);
            let Ok(index) = story.rows.binary_search_by_key(&journey.frame, |row| row.frame) else {
                continue;
            };
            let row = &mut story.rows[index];
            row.fate = Fate::Lost;
            // The frame of the loss itself bears the note already, without the place.
            row.notes.retain(|known| !matches!(known, Note::Comment(text) if text == note));
            let lost = if note.is_empty() { format!("lost on {place}") } else { format!("{place}: {note}") };
            row.notes.push(Note::Comment(lost));
            if let Some(one) = row.conversation.and_then(|id| story.conversations.get_mut(id.0)) {
                one.lost += 1;
            }
        }
    }

    /// Counts the frames of the file: `tally` holds those that no reader has. A packet that was lost is drawn where it
    /// was sent, if that was seen.
    pub(super) fn count(&mut self, mut tally: Tally) -> Tally {
        tally.cut = self.lost.tally.cut.clone();
        for story in self.points.iter().map(|point| &point.story).chain([&self.lost]) {
            tally.rows += story.tally.rows;
            let others = story.tally.without.iter().filter(|(reason, _)| **reason != Uncounted::Elsewhere);
            others.for_each(|(reason, count)| tally.add(reason, *count));
        }
        let mut drawn = HashSet::new();
        for journey in self.journeys.iter().filter(|journey| !journey.stops.is_empty()) {
            if let End::Lost { frame, .. } = journey.end {
                tally.drop_row(frame, Uncounted::DrawnWhereSent);
                drawn.insert(frame);
            }
        }
        self.lost.rows.retain(|row| !drawn.contains(&row.frame));
        tally
    }

    /// Leaves the packets of the conversations that were chosen: all sightings of a packet that one of them has.
    pub fn choose(&mut self, selection: &Selection) {
        if selection.is_everything() {
            return;
        }
        let holds = |scene: &Scene, stop: &Stop| {
            let conversations = scene.points.get(stop.point).map(|point| &point.story.conversations);
            let id = scene.row_at(stop).and_then(|row| row.conversation);
            let conversation = conversations.zip(id).and_then(|(all, id)| all.get(id.0));
            conversation.is_some_and(|one| selection.holds(one))
        };
        self.keep(&holds);
    }

    /// Leaves the packets that pass this host; `false`: there is no such host.
    pub fn choose_host(&mut self, host: &str) -> bool {
        self.keep(&|scene, stop| scene.host(stop) == host);
        self.hosts.iter().any(|known| known == host)
    }

    /// Leaves the journeys of which one stop is wanted, and their rows. The conversations all stay.
    fn keep(&mut self, wanted: &dyn Fn(&Scene, &Stop) -> bool) {
        let journeys = std::mem::take(&mut self.journeys);
        let is_wanted = |journey: &Journey| journey.stops.iter().any(|stop| wanted(self, stop));
        let journeys: Vec<Journey> = journeys.into_iter().filter(is_wanted).collect();
        let frames: HashSet<u64> =
            journeys.iter().flat_map(|journey| &journey.stops).map(|stop| stop.frame).collect();
        let Scene { points, lost, tally, .. } = self;
        for story in points.iter_mut().map(|point| &mut point.story).chain([lost]) {
            let Story { rows, tally: own, .. } = story;
            rows.retain(|row| {
                let keep = frames.contains(&row.frame);
                if !keep {
                    own.drop_row(row.frame, Uncounted::NotChosen);
                    tally.drop_row(row.frame, Uncounted::NotChosen);
                }
                keep
            });
        }
        self.journeys = journeys;
    }
}
