//! The report of a story or of a scene: one JSON object a line. `read --json` prints it, `--report` writes it, and the
//! page is drawn from it.
//!
//! | kind | what it is |
//! |---|---|
//! | `file` | the schema, the name of the file, a title |
//! | `host` | a host: of a story with its addresses, of a scene in the order of the path |
//! | `point` | a capture point of a scene |
//! | `conversation` | a TCP connection or a UDP exchange, at each point |
//! | `row` | a packet, in the order of the file; in full also its bytes, fields and states |
//! | `budget`, `wait` | where the time of a page went; who waited for whom, as a tree |
//! | `tally` | the count of all frames |
//! | `fetch` | what came of a fetch, hop by hop: what was proved, the heads, how the bodies were framed |
//! | `look` | what to look at in a scene that was run |
//! | `text` | what the program printed |
//!
//! Every object bears its `kind`. Times are in milliseconds, lengths in bytes. The whole schema is in
//! `web/story.schema.json`; tested in `tests/report.rs` and, against the schema, in `web/test`.

use std::collections::{HashMap, HashSet};

use barewire_dissect::printable;
use serde_json::{Value, json};

use super::json;
use crate::story::{Budget, ConversationId, Ends, Page, Reading, Row, Scene, Span, Story};

/// The version of the form. Members and kinds may be added to it; what is there keeps its meaning.
pub const SCHEMA: &str = "barewire.story/2";

/// A packet at a point of a capture.
pub struct Sighting<'a> {
    story: &'a Story,
    row: &'a Row,
    /// What both ends of its conversation were in before it.
    before: Option<&'a Ends>,
    at: Option<String>,
    /// The way that it is part of, in a scene.
    journey: Option<Value>,
    is_scene: bool,
}

impl Sighting<'_> {
    /// The number of its frame.
    pub fn frame(&self) -> u64 {
        self.row.frame
    }

    /// Its line, without bytes.
    pub fn line(&self) -> String {
        self.object().to_string()
    }

    /// Its line with bytes, fields and states, as far as the story kept them.
    pub fn line_in_full(&self) -> String {
        json::row_in_full(self.object(), self.row, self.before)
    }

    fn object(&self) -> Value {
        let mut object = with_kind("row", json::row(self.story, self.row));
        if let Some(at) = &self.at {
            object["at"] = json!(at);
        }
        if let Some(journey) = &self.journey {
            object["journey"] = journey.clone();
        }
        if self.is_scene {
            // Each point has hosts of its own: those of a scene are its points.
            object["hosts"] = Value::Null;
        }
        object
    }
}

/// The sightings, in the order of the file. `at`: the point of a story that was chosen from several.
pub fn sightings<'a>(reading: &'a Reading, at: Option<&str>) -> Vec<Sighting<'a>> {
    match reading {
        Reading::Story(story) => of_story(story, at.map(printable)),
        Reading::Scene(scene) => of_scene(scene),
    }
}

fn of_story(story: &Story, at: Option<String>) -> Vec<Sighting<'_>> {
    let mut last: HashMap<ConversationId, &Ends> = HashMap::new();
    let sighting = |row| {
        let before = before(&mut last, row);
        Sighting { story, row, before, at: at.clone(), journey: None, is_scene: false }
    };
    story.rows.iter().map(sighting).collect()
}

/// What the conversation of a row was in before it.
fn before<'a>(last: &mut HashMap<ConversationId, &'a Ends>, row: &'a Row) -> Option<&'a Ends> {
    let id = row.conversation?;
    match row.ends.as_deref() {
        Some(ends) => last.insert(id, ends),
        None => last.get(&id).copied(),
    }
}

fn of_scene(scene: &Scene) -> Vec<Sighting<'_>> {
    let mut journeys: HashMap<u64, Value> = HashMap::new();
    for (number, journey) in scene.journeys.iter().enumerate() {
        let object = json::journey(scene, number, journey);
        let frames = journey.stops.iter().map(|stop| stop.frame);
        let frames: Vec<u64> = match journey.stops.is_empty() {
            true => vec![journey.frame],
            false => frames.collect(),
        };
        journeys.extend(frames.into_iter().map(|frame| (frame, object.clone())));
    }
    let mut all: Vec<Sighting<'_>> = Vec::new();
    for point in &scene.points {
        all.extend(of_story(&point.story, Some(printable(&point.name))));
    }
    let known: HashSet<u64> = all.iter().map(Sighting::frame).collect();
    // What only its wire saw is at no point.
    all.extend(of_story(&scene.lost, None).into_iter().filter(|lost| !known.contains(&lost.frame())));
    for sighting in &mut all {
        (sighting.journey, sighting.is_scene) = (journeys.get(&sighting.frame()).cloned(), true);
    }
    all.sort_by_key(Sighting::frame);
    all
}

/// The lines before the rows. `file` is the name of the capture, `title` says what it is of.
pub fn head(reading: &Reading, file: &str, title: Option<&str>, at: Option<&str>) -> Vec<String> {
    let mut object = json!({ "schema": SCHEMA, "file": printable(file) });
    if let Some(title) = title {
        object["title"] = json!(printable(title));
    }
    let mut lines = vec![line("file", object)];
    match reading {
        Reading::Story(story) => {
            // One that was found to be the same machine as another keeps its number, and has no address.
            let hosts = story.hosts.iter().enumerate();
            lines.extend(hosts.map(|(id, host)| line("host", json::host(id, host))));
            lines.extend(conversations(story, at.map(printable), true));
        }
        Reading::Scene(scene) => {
            let host = |(id, name): (usize, &String)| {
                line("host", json!({ "id": id, "name": printable(name), "addresses": [] }))
            };
            lines.extend(scene.hosts.iter().enumerate().map(host));
            for point in &scene.points {
                let (at, host) = (printable(&point.name), printable(&point.host));
                let packets = point.story.tally.rows;
                lines.push(line("point", json!({ "at": at, "host": host, "packets": packets })));
                lines.extend(conversations(&point.story, Some(at), false));
            }
        }
    }
    lines
}

fn conversations(story: &Story, at: Option<String>, with_hosts: bool) -> impl Iterator<Item = String> {
    story.conversations.iter().map(move |one| {
        let mut object = json::conversation(one);
        if let Some(at) = &at {
            object["at"] = json!(at);
        }
        if with_hosts {
            object["hosts"] = json!(one.hosts.map(|host| host.0));
        }
        line("conversation", object)
    })
}

/// The lines after the rows. `waits` are those of a scene.
pub fn tail(reading: &Reading, waits: &[Span]) -> Vec<String> {
    match reading {
        Reading::Story(story) => {
            let pages = story.pages.iter().zip(story.budgets());
            let budgets = pages.map(|(page, of_page)| line("budget", budget(story, page, &of_page)));
            budgets.chain([line("tally", json::tally(&story.tally))]).collect()
        }
        Reading::Scene(scene) => {
            let waits = waits.iter().map(|wait| line("wait", json::span(wait)));
            waits.chain([line("tally", json::tally(&scene.tally))]).collect()
        }
    }
}

fn budget(story: &Story, page: &Page, budget: &Budget) -> Value {
    let streams = page.dns.iter().chain(&page.tcp).filter_map(|id| story.conversations.get(id.0));
    let streams: Vec<Value> = streams.map(|one| json!([one.transport.name(), one.stream])).collect();
    let mut object = json::budget(budget);
    object["streams"] = json!(streams);
    object
}

/// What came of a fetch.
pub fn fetch(outcome: Value) -> String {
    line("fetch", outcome)
}

/// What to look at in a scene, as it was printed.
pub fn look(text: &str) -> String {
    line("look", json!({ "text": text.trim_matches('\n') }))
}

/// The last line: what the program printed.
pub fn text(text: &str) -> String {
    line("text", json!({ "text": text }))
}

fn line(kind: &str, object: Value) -> String {
    with_kind(kind, object).to_string()
}

fn with_kind(kind: &str, mut object: Value) -> Value {
    object["kind"] = json!(kind);
    object
}
