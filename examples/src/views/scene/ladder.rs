//! The ladder of a scene: a row is the journey of one packet, with the time when it was sent and when it arrived.
//!
//! ```text
//!    sent   there  client     nat        server
//!     0.0    30.0  ├──────────┼─────────▶│ TCP  SYN seq 0 win 64240
//!                      ↳ nat: mapped 192.168.1.42:52341 to 203.0.113.5:40001
//!    30.0          │    ╳─────┼──────────┤ TCP  SYN ACK seq 0 ack 1 win 65160
//!                      ↳ client-nat: lost at random
//! ```

use std::collections::BTreeSet;
use std::fmt::Write as _;

use barewire_dissect::printable;

use super::arrow::{arrow, rails};
use super::columns::Columns;
use crate::story::{End, Fate, Journey, Row, Scene, Uncounted};
use crate::views::ladder::fold::{Fold, folds, of_many};
use crate::views::ladder::legend;
use crate::views::ladder::lines::{beside, direction, lines};
use crate::views::style::{NARROWEST, Style};
use crate::views::words::{count, fit, milliseconds, paragraph, several};

/// Draws the journeys of a scene, and says which hosts are left out.
pub fn scene_ladder(scene: &Scene, style: &Style) -> String {
    let style = Style { width: style.width.max(NARROWEST), ..*style };
    let drawn: Vec<(&Journey, &Row)> =
        scene.journeys.iter().filter_map(|journey| Some((journey, scene.row(journey)?))).collect();
    let form = Form::of(scene, &drawn, style);
    let rows: Vec<&Row> = drawn.iter().map(|(_, row)| *row).collect();
    let mut out = form.head();
    let notes = form.notes(&drawn);
    let draw = |at: usize| form.row(drawn[at].0, drawn[at].1, &notes[at]);
    for fold in folds(&rows, style.lines, &|at| draw(at).lines().count()) {
        match fold {
            Fold::Row(at) => out.push_str(&draw(at)),
            Fold::Many(many) => {
                let start = milliseconds(drawn[many.start].0.start());
                let room = style.width - form.before() - 3;
                let text = fit(&of_many(&rows[many]), room);
                let _ = writeln!(out, "{}⋮  {}", form.margin(None, &start, ""), text.trim_end());
            }
        }
    }
    if let Some(more) = scene.tally.without.get(&Uncounted::TooMany) {
        let text = format!("⋮  only the first packets are drawn, {} more are counted", count(more.frames));
        out.push_str(&paragraph(&text, form.before(), style.width));
    }
    out.push_str(&legend(&rows, style.width));
    out.push_str(&form.marks(&drawn));
    out
}

struct Form<'a> {
    scene: &'a Scene,
    style: Style,
    columns: Columns,
    /// Columns for a time.
    clock: usize,
    /// Columns for the frame number.
    frame: usize,
}

impl<'a> Form<'a> {
    fn of(scene: &'a Scene, drawn: &[(&Journey, &Row)], style: Style) -> Form<'a> {
        let last = |(journey, _): &(&Journey, &Row)| journey.stops.last().map(|stop| stop.time);
        let clock = milliseconds(drawn.iter().filter_map(last).max().unwrap_or_default()).len().clamp(5, 12);
        let number = drawn.iter().map(|(_, row)| row.frame).max().unwrap_or_default();
        let frame = if style.frames { number.to_string().len().max(5) + 1 } else { 0 };
        let journeys: Vec<&Journey> = drawn.iter().map(|(journey, _)| *journey).collect();
        let columns = Columns::of(scene, &journeys, &style, frame + 2 * clock + 3);
        Form { scene, style, columns, clock, frame }
    }

    /// Columns in front of the lines of the hosts.
    fn before(&self) -> usize {
        self.frame + 2 * self.clock + 3
    }

    fn margin(&self, frame: Option<u64>, sent: &str, there: &str) -> String {
        let frame = frame.filter(|_| self.frame > 0).map(|frame| frame.to_string()).unwrap_or_default();
        let (sent, there) = (fit(sent, self.clock), fit(there, self.clock));
        let (number, clock) = (self.frame.saturating_sub(1), self.clock);
        let number = if self.frame > 0 { format!("{frame:>number$} ") } else { String::new() };
        format!("{number}{:>clock$} {:>clock$}  ", sent.trim_end(), there.trim_end())
    }

    fn head(&self) -> String {
        let mut out = String::new();
        let name = |name: &str| fit(name, self.columns.step - 1) + " ";
        let mut names: String = self.columns.hosts.iter().map(|host| name(&printable(host))).collect();
        names.push_str(self.columns.others.unwrap_or_default());
        if !self.columns.left_out.is_empty() {
            let hosts = self.columns.left_out.join(", ");
            let text = format!("left out: {}; --host chooses", printable(&hosts));
            out.push_str(&paragraph(&text, 0, self.style.width));
        }
        let number = if self.frame > 0 { format!("{:<1$}", "frame", self.frame) } else { String::new() };
        let clock = self.clock;
        let _ = writeln!(out, "{number}{:>clock$} {:>clock$}  {}", "sent", "there", names.trim_end());
        out
    }

    fn row(&self, journey: &Journey, row: &Row, notes: &[String]) -> String {
        let room = self.style.width.saturating_sub(self.before() + self.columns.width() + 5);
        let rightwards = self.scene.story(journey).is_from_client(row);
        let sent = if journey.has_sender() { milliseconds(journey.start()) } else { String::new() };
        let there = journey.arrival().map(milliseconds).unwrap_or_default();
        let mut out = String::new();
        for (index, line) in lines(row, room, self.style.color).iter().enumerate() {
            let layer = format!("{}{:<5}{}", line.paint.on, line.name, line.paint.off);
            let (margin, rail) = match index {
                0 => {
                    let margin = self.margin(Some(row.frame), &sent, &there);
                    (margin, arrow(self.scene, &self.columns, journey, rightwards))
                }
                _ => (" ".repeat(self.before()), rails(&self.columns)),
            };
            let _ = writeln!(out, "{margin}{rail}{layer}{}", line.text.trim_end());
        }
        for note in notes {
            out.push_str(&paragraph(&format!("↳ {note}"), self.before() + 4, self.style.width));
        }
        out
    }

    /// What is said beside each packet where it was seen first, and by the boxes that it passed. What a box says again
    /// in the same words is left out: it says of every packet of a flow which flow it is.
    fn notes(&self, drawn: &[(&Journey, &Row)]) -> Vec<Vec<String>> {
        let mut said = BTreeSet::new();
        let notes = |(journey, row): &(&Journey, &Row)| {
            let of_boxes = self.of_boxes(journey);
            let new: Vec<String> = of_boxes.into_iter().filter(|text| said.insert(text.clone())).collect();
            let mut known: Vec<String> = Vec::new();
            let beside = beside(direction(self.scene.story(journey), row), row);
            for note in std::iter::once(beside).chain(new).filter(|note| !note.is_empty()) {
                // A host that drops a packet says so twice: when it comes, and when it ends.
                if !known.iter().any(|other| other.contains(&note)) {
                    known.push(note);
                }
            }
            known
        };
        drawn.iter().map(notes).collect()
    }

    fn of_boxes(&self, journey: &Journey) -> Vec<String> {
        let mut notes = Vec::new();
        for stop in journey.stops.iter().skip(1) {
            let comments = self.scene.row_at(stop).into_iter().flat_map(|row| &row.notes);
            let comments = comments.filter(|note| note.is_comment()).map(ToString::to_string);
            notes.extend(comments.map(|text| printable(&format!("{}: {text}", self.scene.host(stop)))));
        }
        notes
    }

    /// The marks that a scene has beside those of every ladder.
    fn marks(&self, drawn: &[(&Journey, &Row)]) -> String {
        let those =
            |wanted: fn(&Journey) -> bool| drawn.iter().filter(|(journey, _)| wanted(journey)).count() as u64;
        let missing = those(|journey| journey.end == End::Missing);
        let unseen = those(|journey| journey.end == End::Beyond || !journey.has_sender());
        let unsent =
            drawn.iter().filter(|(journey, row)| journey.stops.is_empty() && row.fate == Fate::Lost).count();
        let mut out = String::new();
        let mut say = |number: u64, text: &str| {
            if number > 0 {
                out.push_str(&paragraph(
                    &format!("{}{text}", several(number, "packet")),
                    10,
                    self.style.width,
                ));
            }
        };
        say(missing, " with ?: sent, and not seen where they were to arrive");
        say(unseen, " to or from hosts without a capture point");
        say(unsent as u64, " seen only by the wire that lost them");
        out
    }
}
