//! What must hold of every story, and of what is drawn of it.

use barewire::story::{
    Config, ConversationId, HostId, Reader as StoryReader, Reading, Row, SceneReader, Selection, Span, Story,
    Transport, Uncounted,
};
use barewire::views::{self, Style, json, page, report};
use barewire_packet::capture::{Error, Frame, Next, Reader};

use crate::counting::counted;

/// Bytes that may be held while a file is read and drawn: a constant, and so many for each byte of the file.
const MOST_HELD: (usize, usize) = (8 << 20, 400);
/// Bytes that may be asked for in all.
const MOST_ASKED: (usize, usize) = (16 << 20, 20_000);

/// Reads a file with settings that `settings` stands for, and draws it.
pub(crate) fn file(bytes: &[u8], settings: u8) {
    let config = config(settings);
    let (story, reading) = counted(|| story(bytes, config.clone()));
    let ((), drawing) = counted(|| drawn(&story));
    for (what, spent) in [("reading", reading), ("drawing", drawing)] {
        let most = |(least, each): (usize, usize)| least + each * bytes.len();
        assert!(spent.most <= most(MOST_HELD), "{what} {} bytes held {spent:?}", bytes.len());
        assert!(spent.asked <= most(MOST_ASKED), "{what} {} bytes took {spent:?}", bytes.len());
    }
    sound(&story, &config);
    reported(&Reading::Story(Box::new(story)), &[]);
    scene(bytes, config);
}

/// The report is JSON in each line, and nothing of a capture gets out of its place in a page.
fn reported(reading: &Reading, waits: &[Span]) {
    let sightings = report::sightings(reading, None);
    let mut lines = report::head(reading, "a file", Some("a title"), None);
    lines.extend(sightings.iter().map(report::Sighting::line));
    lines.extend(report::tail(reading, waits));
    for line in &lines {
        plain("report", line);
        assert!(line.starts_with('{') && line.ends_with('}'), "{line}");
    }
    // Names for all bytes are slow to make, and the fuzzer is to see many stories.
    let few = &sightings[..sightings.len().min(20)];
    few.iter().for_each(|sighting| plain("row in full", &sighting.line_in_full()));
    let empty = page::page("a title", &[], &[], "text", &mut |_| ());
    let full = page::page("a title", &lines, few, "text", &mut |_| ());
    assert_eq!(full.matches('<').count(), empty.matches('<').count(), "a capture wrote HTML:\n{lines:?}");
}

fn config(settings: u8) -> Config {
    let bit = |bit: u8| settings & 1 << bit != 0;
    let streams = if bit(0) { vec![(Transport::Tcp, 0)] } else { Vec::new() };
    Config {
        selection: Selection { streams, ..Selection::default() },
        keep_parts: bit(1),
        keep_plain: bit(2),
        keep_http: bit(2),
        keep_ends: bit(3),
        most_rows: if bit(4) { usize::from(settings >> 5) * 10 } else { 50_000 },
        most_bytes: if bit(5) { 10_000 } else { 1 << 27 },
        ..Config::default()
    }
}

/// The same file, read as one of several capture points if it is one.
fn scene(bytes: &[u8], config: Config) {
    let mut reader = Reader::new(bytes);
    let mut scene = SceneReader::new(config, &[]);
    let mut frame = Frame::default();
    loop {
        match reader.read_into(&mut frame) {
            Ok(Next::Frame) => scene.frame(reader.interfaces(), &frame),
            Ok(Next::Secrets(lines)) => scene.secrets(&lines),
            Ok(Next::End) | Err(_) => break,
        }
    }
    let Ok(Reading::Scene(scene)) = scene.finish(reader.end(), None) else { return };
    assert!(scene.tally.is_complete(), "{:?}", scene.tally);
    let style = Style { width: 80, ..Style::default() };
    let waits = scene.waits();
    assert!(waits.iter().all(Span::adds_up), "{waits:?}");
    reported(&Reading::Scene(scene.clone()), &waits);
    for text in
        [views::points(&scene, &style), views::scene_ladder(&scene, &style), views::waits(&waits, &style)]
    {
        assert!(!text.contains('\u{1b}'));
    }
}

/// The chain, as `barewire read` drives it.
fn story(bytes: &[u8], config: Config) -> Story {
    let mut reader = Reader::new(bytes);
    let mut story = StoryReader::new(config);
    let mut frame = Frame::default();
    let cut = loop {
        match reader.read_into(&mut frame) {
            Ok(Next::Frame) => story.frame(&reader.interfaces()[frame.interface as usize], &frame),
            Ok(Next::Secrets(lines)) => story.secrets(&lines),
            Ok(Next::End) => break None,
            Err(Error::Refused(refused)) => break Some(refused.to_string()),
            Err(Error::Io(error)) => panic!("memory cannot fail: {error}"),
        }
    };
    let frames = reader.frames_read();
    let story = story.finish(reader.end(), cut);
    let not_packets = story.tally.without.get(&Uncounted::NotAPacket).map_or(0, |n| n.frames);
    let packets = story.tally.frames - not_packets;
    assert_eq!(packets, frames, "each frame of the file is counted once");
    story
}

/// Every frame is accounted for, and every number names something.
fn sound(story: &Story, config: &Config) {
    assert!(story.tally.is_complete(), "{:?}", story.tally);
    assert_eq!(story.tally.rows, story.rows.len() as u64);
    assert!(story.rows.len() <= config.most_rows);
    assert!(story.rows.is_sorted_by_key(|row| row.frame), "rows stand in the order of the file");
    let host = |HostId(id): HostId| !story.hosts[id].addresses.is_empty();
    for row in &story.rows {
        assert!(host(row.from) && host(row.to), "{row:?}");
        assert!(!row.messages.is_empty(), "{row:?}");
        if let Some(conversation) = row.conversation.map(|ConversationId(id)| &story.conversations[id]) {
            assert!(
                [row.from, row.to].iter().all(|end| conversation.hosts.contains(end)),
                "{row:?} {conversation:?}"
            );
        }
    }
    let mut streams = [0, 0];
    for conversation in &story.conversations {
        assert!(conversation.hosts.into_iter().all(host), "{conversation:?}");
        let next = &mut streams[usize::from(conversation.transport == Transport::Udp)];
        assert_eq!(conversation.stream, *next, "streams are numbered without a gap");
        *next += 1;
    }
    for page in &story.pages {
        for ids in [&page.dns, &page.tcp] {
            assert!(ids.is_sorted() && ids.iter().all(|ConversationId(id)| *id < story.conversations.len()));
        }
    }
}

/// Draws every view. Those that promise it keep to the width.
fn drawn(story: &Story) {
    for (width, lines) in [(60, 28), (80, usize::MAX)] {
        let style = Style { width, lines, frames: lines == usize::MAX, ..Style::default() };
        fits("table", &views::conversations(story, &style), width);
        fits("ladder", &views::ladder(story, &style), width);
        for budget in story.budgets() {
            fits("budget", &views::budget(&budget, &style), width);
        }
        fits("facts", &views::facts(story, &style), width);
        fits("borders", &views::borders(story, &style), width);
        for row in &story.rows {
            if let Some(ends) = &row.ends {
                fits("ends", &views::ends(ends, &style), width);
            }
        }
    }
    // Names for all bytes are slow to make, and the fuzzer is to see many stories.
    for row in story.rows.iter().take(20) {
        bytes(row);
        json::row(story, row).to_string();
    }
    story.conversations.iter().for_each(|one| drop(json::conversation(one).to_string()));
    story.budgets().iter().for_each(|one| drop(json::budget(one).to_string()));
    json::tally(&story.tally).to_string();
    plain("follow", &views::follow(story, &Style::default()));
    views::har(story).to_string();
    plain("heads", &views::heads(story, &Style::default()));
}

/// Every byte of what was read to its end has one name.
fn bytes(row: &Row) {
    let sections = row.sections();
    for section in sections.iter().filter(|section| section.stopped.is_none()) {
        assert_eq!(section.tree.check_coverage(), Ok(()), "{section:?}");
    }
    plain("sections", &views::sections(&sections, &Style::default()));
}

fn fits(what: &str, text: &str, width: usize) {
    plain(what, text);
    for line in text.lines() {
        assert!(line.chars().count() <= width, "{what}, {width} columns:\n{line}\nin\n{text}");
    }
}

/// Nothing of a capture steers the terminal.
fn plain(what: &str, text: &str) {
    let control = text.chars().find(|c| c.is_control() && *c != '\n');
    assert_eq!(control, None, "{what}:\n{text:?}");
}
