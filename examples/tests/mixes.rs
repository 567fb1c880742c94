//! A differential test of the whole chain: every capture in the tree, and 2,000 random mixes of them, through the call
//! that `read --json` is. Every frame is accounted for, bounds hold, and tshark sees the same frames and conversations.
//!
//! A mix that fails stays in the folder for temporary files, under the name that the failure prints.

#[path = "common/changes.rs"]
mod changes;
#[path = "common/mix.rs"]
mod mix;
#[path = "live/need.rs"]
mod need;
#[path = "common/tshark.rs"]
mod tshark;
#[path = "common/wire.rs"]
mod wire;

use std::fs;
use std::path::PathBuf;

use barewire::commands::read_story;
use barewire::story::{Config, Fate, Story, Uncounted};
use barewire::views::{self, Style};
use mix::Mix;
use serde_json::Value;

const MIXES: u64 = 2000;
/// Every so many mixes are also shown to tshark: it takes a tenth of a second to start.
const JUDGED: u64 = 28;
/// Every so many are also drawn.
const DRAWN: u64 = 20;

#[test]
fn captures_and_mixes_of_them_are_accounted_for() {
    for path in wire::captures() {
        let story = read_story(&path, Config::default()).unwrap_or_else(|error| panic!("{error}"));
        assert_sound(&story, &path.display().to_string());
    }
    let sources = mix::sources();
    for seed in 0..MIXES {
        let mix = Mix::of(seed, &sources);
        let path = written(seed, &mix);
        let at = format!("seed {seed}, {}: {}", path.display(), mix.steps.join(", "));
        let _named = Named(&at);
        let drawn = seed.is_multiple_of(DRAWN);
        let config = Config { most_rows: mix.most_rows, keep_ends: drawn, ..Config::default() };
        match read_story(&path, config) {
            Ok(story) => {
                assert_sound(&story, &at);
                assert!(story.rows.len() <= mix.most_rows, "{at}: {} rows", story.rows.len());
                assert_eq!(story.tally.frames, mix.frames, "{at}");
                if drawn {
                    assert_drawn(&story, &at);
                }
            }
            // Cut before the first frame was whole.
            Err(failure) => assert_eq!(mix.frames, 0, "{at}: {failure}"),
        }
        let _ = fs::remove_file(&path);
    }
}

#[test]
fn tshark_sees_the_same_in_mixes() {
    if !need::can_run("tshark_sees_the_same_in_mixes", false, &["tshark"]) {
        return;
    }
    let sources = mix::sources();
    let seeds: Vec<u64> = (0..MIXES).step_by(JUDGED as usize).collect();
    // tshark mostly waits for its own start, so that two at a time take little more than one.
    let judged: usize = std::thread::scope(|scope| {
        let half = |first: usize| {
            let (seeds, sources) = (&seeds, &sources);
            scope.spawn(move || {
                seeds.iter().skip(first).step_by(2).filter(|seed| judge(**seed, sources)).count()
            })
        };
        [half(0), half(1)].map(|half| half.join().expect("both agree on each mix")).iter().sum()
    });
    assert!(judged >= 50, "only {judged} mixes were judged");
}

/// Shows a mix to both; `false` where tshark would guess.
fn judge(seed: u64, sources: &[mix::Source]) -> bool {
    let mix = Mix::of(seed, sources);
    if !mix.whole_headers || mix.frames == 0 {
        return false;
    }
    let path = written(seed + MIXES, &mix);
    let story = read_story(&path, Config::default()).unwrap_or_else(|error| panic!("{error}"));
    let mut found = tshark::differences(&objects(&story), &tshark::frames(&path));
    // Of segments in disorder tshark reads each by itself, so that it sees other heads.
    found.retain(|difference| !difference.is_head);
    let at = format!("seed {seed}, {}: {}", path.display(), mix.steps.join(", "));
    let lines: Vec<&str> = found.iter().take(20).map(|difference| difference.text.as_str()).collect();
    assert!(found.is_empty(), "{at}:\n{}", lines.join("\n"));
    let _ = fs::remove_file(&path);
    true
}

/// The objects of `read --json` that are compared.
fn objects(story: &Story) -> Vec<Value> {
    let named = |kind: &str, mut object: Value| {
        object["kind"] = kind.into();
        object
    };
    let conversations = story.conversations.iter().map(views::json::conversation);
    let rows = story.rows.iter().map(|row| views::json::row(story, row));
    conversations
        .map(|object| named("conversation", object))
        .chain(rows.map(|object| named("row", object)))
        .collect()
}

/// Names the mix when the code under test panics.
struct Named<'a>(&'a str);

impl Drop for Named<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("in {}", self.0);
        }
    }
}

/// The file of a mix, which stays there when its test fails.
fn written(seed: u64, mix: &Mix) -> PathBuf {
    let path = std::env::temp_dir().join(format!("barewire-mix-{}-{seed}", std::process::id()));
    fs::write(&path, &mix.file).expect("a folder for temporary files");
    path
}

/// What holds for every story.
fn assert_sound(story: &Story, at: &str) {
    let tally = &story.tally;
    assert!(tally.is_complete(), "{at}: {tally:?}");
    assert_eq!(tally.rows, story.rows.len() as u64, "{at}");
    assert!(story.rows.is_sorted_by(|a, b| a.frame < b.frame), "{at}: rows are not in order");
    for row in &story.rows {
        let frame = row.frame;
        assert!((1..=tally.frames).contains(&frame), "{at}: frame {frame} of {}", tally.frames);
        assert!(!row.messages.is_empty(), "{at}: frame {frame} says nothing");
        for host in [row.from, row.to] {
            assert!(
                story.hosts.get(host.0).is_some_and(|host| !host.addresses.is_empty()),
                "{at}: frame {frame}"
            );
        }
        let conversation = row.conversation.map(|id| story.conversations.get(id.0));
        assert!(conversation.is_none_or(|one| one.is_some()), "{at}: frame {frame} of no conversation");
        if let Some(Some(conversation)) = conversation {
            let ends = [row.from, row.to];
            let reversed = [row.to, row.from];
            assert!(
                [ends, reversed].contains(&conversation.hosts),
                "{at}: frame {frame} between other hosts"
            );
        }
    }
    let mut seen = vec![0; story.conversations.len()];
    for row in story.rows.iter().filter(|row| row.fate == Fate::Seen) {
        row.conversation.into_iter().for_each(|id| seen[id.0] += 1);
    }
    let kept = !tally.without.contains_key(&Uncounted::TooMany);
    for (conversation, seen) in story.conversations.iter().zip(seen) {
        let frames: u64 = conversation.frames.iter().sum();
        assert!(!kept || frames == seen, "{at}: {seen} rows of {conversation:?}");
        assert!(conversation.dns.names.len() <= 64 && conversation.dns.addresses.len() <= 64, "{at}");
        assert!(conversation.start <= conversation.end, "{at}: {conversation:?}");
    }
    for page in &story.pages {
        assert!(
            page.dns.iter().chain(&page.tcp).all(|id| id.0 < story.conversations.len()),
            "{at}: {page:?}"
        );
    }
}

/// Each view fits its width, and shows no control character.
fn assert_drawn(story: &Story, at: &str) {
    for width in [60, 80, 120] {
        let style = Style { width, frames: width != 80, ..Style::default() };
        let budgets: String = story.budgets().iter().map(|budget| views::budget(budget, &style)).collect();
        let ends = story.rows.iter().step_by(10).filter_map(|row| row.ends.as_ref());
        let drawn = [
            ("ends", ends.map(|ends| views::ends(ends, &style)).collect()),
            ("conversations", views::conversations(story, &style)),
            ("ladder", views::ladder(story, &style)),
            ("short ladder", views::ladder(story, &Style { lines: 28, ..style })),
            ("budget", budgets),
            ("facts", views::facts(story, &style)),
        ];
        for (view, text) in drawn {
            for line in text.lines() {
                let columns = line.chars().count();
                assert!(columns <= width, "{at}: {view} at {width}: {columns} columns: {line}");
                assert!(!line.chars().any(char::is_control), "{at}: {view}: {line:?}");
            }
        }
    }
}

/// The same mix from the same seed, on every machine.
#[test]
fn a_seed_makes_one_mix() {
    let sources = mix::sources();
    let [one, again, other] = [7, 7, 8].map(|seed| Mix::of(seed, &sources));
    assert!(one.file == again.file && one.steps == again.steps);
    assert!(one.file != other.file);
}

/// Every kind of change is among the mixes; otherwise they would prove less than they say.
#[test]
fn each_change_occurs() {
    let sources = mix::sources();
    let mixes: Vec<Mix> = (0..100).map(|seed| Mix::of(seed, &sources)).collect();
    for change in ["merge", "VLAN", "checksum", "snap", "shuffle", "gzip", "cut", "fragments"] {
        let count = mixes.iter().filter(|mix| mix.steps.iter().any(|step| step.contains(change))).count();
        assert!(count >= 3, "{change}: {count} of 100");
    }
}
