//! Bytes: lines of the annotated bytes of a packet, as `barewire read --bytes` draws them.

use barewire::commands::read_story;
use barewire::story::{Config, Section};
use barewire::views::{self, Style};

use crate::block::Sources;
use crate::picked::{fenced, picked};

/// Columns of a dump in a chapter: what rustdoc shows without a scroll bar.
const WIDTH: usize = 88;

/// Where a section is: the capture, the number of its frame, and what its title begins with.
pub(crate) type Place<'a> = (&'a str, &'a str, &'a str);

/// The lines of the section's bytes from the one that holds `from` to the one that holds `to`, in a fence.
pub(crate) fn quote(
    sources: &Sources,
    place: Place<'_>,
    from: &str,
    to: &str,
) -> Result<Vec<String>, String> {
    let style = Style { width: WIDTH, ..Style::default() };
    let text = views::section(&section(sources, place)?, &style);
    Ok(fenced("text", picked(&text, from, to)?))
}

/// A section of a packet. With `#2` at its end the title means the second one.
pub(crate) fn section(sources: &Sources, (capture, frame, title): Place<'_>) -> Result<Section, String> {
    let number: u64 = frame.parse().map_err(|_| format!("{frame:?} is not the number of a frame"))?;
    let (title, which) = numbered(title)?;
    let config = Config { keep_parts: true, parts_of: number..=number, ..Config::default() };
    let story = read_story(&sources.root.join(capture), config).map_err(|failure| failure.to_string())?;
    let row = story.rows.iter().find(|row| row.frame == number);
    let sections = row.ok_or(format!("{capture} has no frame {number}"))?.sections();
    let titles: Vec<&str> = sections.iter().map(|section| section.title.as_str()).collect();
    let titles = titles.join(", ");
    let mut found = sections.into_iter().filter(|section| section.title.starts_with(title));
    found
        .nth(which - 1)
        .ok_or(format!("frame {number} of {capture} has no {title:?} #{which}; it has {titles}"))
}

/// A name, and which one of that name is meant: `field line#2`, or the first.
pub(crate) fn numbered(text: &str) -> Result<(&str, usize), String> {
    let Some((name, which)) = text.split_once('#') else { return Ok((text, 1)) };
    let which = which.parse().ok().filter(|which| *which > 0);
    Ok((name, which.ok_or(format!("{text:?} does not end in # and a number from 1"))?))
}
