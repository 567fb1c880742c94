//! States: what both ends of a conversation are in after a packet, and the secrets that have come into use.

use barewire::commands::read_story;
use barewire::story::Config;
use barewire::views::{self, Style};

use crate::block::Sources;
use crate::picked::fenced;

/// Columns: what rustdoc shows without a scroll bar.
const WIDTH: usize = 88;

/// What both ends are in after this frame, in a fence.
pub(crate) fn quote(sources: &Sources, capture: &str, frame: &str) -> Result<Vec<String>, String> {
    let number: u64 = frame.parse().map_err(|_| format!("{frame:?} is not the number of a frame"))?;
    let config = Config { keep_ends: true, ..Config::default() };
    let story = read_story(&sources.root.join(capture), config).map_err(|failure| failure.to_string())?;
    let row = story.rows.iter().find(|row| row.frame == number);
    let row = row.ok_or(format!("{capture} has no frame {number}"))?;
    let ends = row.ends.as_ref().ok_or(format!("nothing is known of the ends after frame {number}"))?;
    let style = Style { width: WIDTH, ..Style::default() };
    let mut lines: Vec<String> =
        views::ends(ends, &style).lines().map(|line| line.trim().to_owned()).collect();
    for (label, secret) in &ends.secrets {
        let hex: String = secret.bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        lines.push((*label).to_owned());
        lines.extend(hex.as_bytes().chunks(64).map(|piece| format!("  {}", String::from_utf8_lossy(piece))));
    }
    Ok(fenced("text", lines))
}
