//! The views of a scene: its capture points, the ladder with a column a host, and the tree of waits.
//!
//! Tested in `tests/scene`.

mod arrow;
mod columns;
mod ladder;
mod waits;

use super::conversations::{ends, happened};
use super::style::{NARROWEST, Style};
use super::words::{count, fit, paragraph, several};
use crate::story::{Point, Scene};

pub use ladder::scene_ladder;
pub use waits::waits;

/// Conversations of a point that are listed at the most.
const MOST: usize = 6;

/// Draws the list of capture points, in the order of the path: how many packets passed each, in which conversations.
pub fn points(scene: &Scene, style: &Style) -> String {
    let width = style.width.max(NARROWEST);
    let text = format!(
        "{}: --at NAME reads one as if it were alone",
        several(scene.points.len() as u64, "capture point")
    );
    let mut out = paragraph(&text, 0, width);
    let name = scene.points.iter().map(|point| point.name.chars().count()).max().unwrap_or(0).min(width / 2);
    for host in &scene.hosts {
        for point in scene.points.iter().filter(|point| point.host == *host) {
            out.push_str(&of_point(point, name, width));
        }
    }
    out
}

fn of_point(point: &Point, name: usize, width: usize) -> String {
    let packets = several(point.story.tally.rows, "packet");
    let mut out = format!("  {}  {packets}\n", fit(&point.name, name));
    for one in point.story.conversations.iter().take(MOST) {
        let text = format!("{} {}  {}  {}", one.transport.name(), one.stream, ends(one), happened(one));
        out.push_str(&paragraph(text.trim_end(), 4, width));
    }
    let more = point.story.conversations.len().saturating_sub(MOST);
    if more > 0 {
        out.push_str(&format!("    … and {} more\n", count(more as u64)));
    }
    out
}
