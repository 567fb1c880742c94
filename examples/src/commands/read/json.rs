//! `read --json`: one object a line, so that a large capture can be read as it comes.
//!
//! First the file, then its conversations, its rows, its budgets, and last the count of all frames. Each object says in
//! `kind` which of these it is.

use std::path::Path;

use serde_json::{Value, json};

use crate::commands::output::print;
use crate::failure::Failure;
use crate::story::Story;
use crate::views::json;

/// Prints the story of a file.
pub(super) fn lines(story: &Story, path: &Path) -> Result<(), Failure> {
    let file = json!({ "schema": "barewire.story/1", "file": path.display().to_string() });
    line("file", file)?;
    for conversation in &story.conversations {
        line("conversation", json::conversation(conversation))?;
    }
    for row in &story.rows {
        line("row", json::row(story, row))?;
    }
    for (page, budget) in story.pages.iter().zip(story.budgets()) {
        let streams = page.dns.iter().chain(&page.tcp).filter_map(|id| story.conversations.get(id.0));
        let streams: Vec<Value> = streams.map(|one| json!([one.transport.name(), one.stream])).collect();
        let mut object = json::budget(&budget);
        object["streams"] = json!(streams);
        line("budget", object)?;
    }
    line("tally", json::tally(story))
}

fn line(kind: &str, mut object: Value) -> Result<(), Failure> {
    object["kind"] = json!(kind);
    print(&format!("{object}\n"))
}
