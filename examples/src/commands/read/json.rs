//! `read --json`: one object a line, so that a large capture can be read as it comes.
//!
//! First the file, then its conversations, its rows, its budgets, and last the count of all frames. Each object says in
//! `kind` which of these it is.

use std::path::Path;

use serde_json::{Value, json};

use crate::commands::output::print;
use crate::failure::Failure;
use crate::story::{Scene, Span, Story};
use crate::views::json;

/// Prints the story of a file. `at`: the capture point, where one was chosen.
pub(super) fn lines(story: &Story, path: &Path, at: Option<&str>) -> Result<(), Failure> {
    head(path)?;
    let with_point = |mut object: Value| {
        if let Some(at) = at {
            object["at"] = json!(at);
        }
        object
    };
    for conversation in &story.conversations {
        line("conversation", with_point(json::conversation(conversation)))?;
    }
    for row in &story.rows {
        line("row", with_point(json::row(story, row)))?;
    }
    for (page, budget) in story.pages.iter().zip(story.budgets()) {
        let streams = page.dns.iter().chain(&page.tcp).filter_map(|id| story.conversations.get(id.0));
        let streams: Vec<Value> = streams.map(|one| json!([one.transport.name(), one.stream])).collect();
        let mut object = json::budget(&budget);
        object["streams"] = json!(streams);
        line("budget", object)?;
    }
    line("tally", json::tally(&story.tally))
}

/// Prints a scene: its points with their conversations, all rows in the order of the file, and the trees of waits.
pub(super) fn scene(scene: &Scene, waits: &[Span], path: &Path) -> Result<(), Failure> {
    head(path)?;
    for point in &scene.points {
        line("point", json!({ "at": point.name, "host": point.host, "packets": point.story.tally.rows }))?;
        for conversation in &point.story.conversations {
            let mut object = json::conversation(conversation);
            object["at"] = json!(point.name);
            line("conversation", object)?;
        }
    }
    for row in json::rows_of_scene(scene) {
        line("row", row)?;
    }
    for wait in waits {
        line("wait", json::span(wait))?;
    }
    line("tally", json::tally(&scene.tally))
}

fn head(path: &Path) -> Result<(), Failure> {
    line("file", json!({ "schema": "barewire.story/1", "file": path.display().to_string() }))
}

fn line(kind: &str, mut object: Value) -> Result<(), Failure> {
    object["kind"] = json!(kind);
    print(&format!("{object}\n"))
}
