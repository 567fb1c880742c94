//! Random mixes of captures: merged, cut, shuffled, in other frames, with other checksums, compressed. A seed decides
//! all.

use std::io::Write as _;
use std::time::Duration;

use barewire::story::Config;
use barewire_packet::build::FRAMINGS;
use barewire_packet::capture::{Capture, Frame, linktype};
use flate2::Compression;
use flate2::write::GzEncoder;
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

use crate::changes;
use crate::wire;

/// A capture in the tree.
pub(crate) struct Source {
    name: String,
    capture: Capture,
}

/// Every capture in the tree.
pub(crate) fn sources() -> Vec<Source> {
    let read = |path: std::path::PathBuf| {
        let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let capture = Capture::read(&bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Source { name: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(), capture }
    };
    wire::captures().into_iter().map(read).collect()
}

/// Sources are drawn until a mix has this many frames.
const ENOUGH_FRAMES: usize = 150;

/// A file made of captures.
pub(crate) struct Mix {
    /// The bytes of the file.
    pub(crate) file: Vec<u8>,
    /// What was done, in order.
    pub(crate) steps: Vec<String>,
    /// How many frames can be read from the file.
    pub(crate) frames: u64,
    /// Whether the headers of all packets are whole. If not, tshark guesses more than we do.
    pub(crate) whole_headers: bool,
    /// How many rows to keep.
    pub(crate) most_rows: usize,
}

/// Draws numbers.
struct Dice(ChaCha8Rng);

impl Dice {
    /// A number from 0 up to `below`, without it.
    fn roll(&mut self, below: usize) -> usize {
        (self.0.next_u64() % below.max(1) as u64) as usize
    }

    /// True once in `many`.
    fn one_in(&mut self, many: usize) -> bool {
        self.roll(many) == 0
    }
}

impl Mix {
    /// The mix of this seed.
    pub(crate) fn of(seed: u64, sources: &[Source]) -> Mix {
        let mut dice = Dice(ChaCha8Rng::seed_from_u64(seed));
        let mut steps = Vec::new();
        let mut capture = merged(&mut dice, sources, &mut steps);
        change(&mut dice, &mut capture, &mut steps);
        let mut whole_headers = true;
        if dice.one_in(5) {
            let length = [14 + dice.roll(60), 90 + dice.roll(200)][dice.roll(2)];
            changes::snap(&mut capture, length);
            steps.push(format!("snap {length}"));
            // tshark reads on in a first fragment that is cut.
            whole_headers = length >= 90 && !steps.iter().any(|step| step.contains("fragments"));
        }
        if dice.one_in(3) {
            shuffle(&mut dice, &mut capture, &mut steps);
        }
        let most_rows = if dice.one_in(20) { 10 + dice.roll(50) } else { Config::default().most_rows };
        let (file, frames) = written(&mut dice, &capture, &mut steps);
        Mix { file, steps, frames, whole_headers, most_rows }
    }
}

/// Some captures in one file, each beginning within two seconds of the first.
fn merged(dice: &mut Dice, sources: &[Source], steps: &mut Vec<String>) -> Capture {
    let (mut chosen, mut names) = (Vec::new(), Vec::new());
    let mut frames = 0;
    while chosen.len() < 4 && (chosen.is_empty() || frames < ENOUGH_FRAMES) {
        let source = &sources[dice.roll(sources.len())];
        let mut capture = source.capture.clone();
        changes::begin_at(&mut capture, Duration::from_secs(1_700_000_000) + ms(dice.roll(2000)));
        frames += capture.frames.len();
        names.push(source.name.as_str());
        chosen.push(capture);
    }
    steps.push(format!("merge of {}", names.join(" + ")));
    changes::merge(chosen)
}

/// What may have happened where the packets were captured.
fn change(dice: &mut Dice, capture: &mut Capture, steps: &mut Vec<String>) {
    if dice.one_in(4) {
        changes::zero_checksums(capture);
        steps.push("checksums 0".into());
    }
    match dice.roll(8) {
        0 => {
            let tags = ["Ethernet, VLAN 100", "Ethernet, four VLAN tags"][dice.roll(2)];
            changes::reframe(capture, changes::framing(tags));
            steps.push(format!("in {tags}"));
        }
        1 => {
            // tshark has no reader for SLIP, and numbers the circuits of frame relay, not the conversations in them.
            let known: Vec<_> = FRAMINGS
                .iter()
                .filter(|framing| ![linktype::SLIP, linktype::FRELAY].contains(&framing.link_type))
                .collect();
            let framing = known[dice.roll(known.len())];
            changes::reframe(capture, framing);
            steps.push(format!("in {}", framing.name));
        }
        2 => {
            let size = 8 * (1 + dice.roll(100));
            changes::fragment(capture, size, dice.one_in(2));
            steps.push(format!("in fragments of {size}"));
        }
        _ => {}
    }
}

/// Each frame up to 10 ms later than it was: in the order of the new times, which the file may tell or not.
fn shuffle(dice: &mut Dice, capture: &mut Capture, steps: &mut Vec<String>) {
    let tell = dice.one_in(2);
    let mut late: Vec<(Duration, Frame)> = Vec::new();
    for frame in capture.frames.drain(..) {
        let time = frame.time + Duration::from_micros(dice.roll(10_000) as u64);
        let frame = if tell { Frame { time, ..frame } } else { frame };
        late.push((time, frame));
    }
    late.sort_by_key(|(time, _)| *time);
    capture.frames = late.into_iter().map(|(_, frame)| frame).collect();
    changes::number(capture);
    steps.push(if tell { "shuffled" } else { "shuffled, with the times of before" }.into());
}

/// The file, and how many of its frames are whole.
fn written(dice: &mut Dice, capture: &Capture, steps: &mut Vec<String>) -> (Vec<u8>, u64) {
    let mut file = capture.write();
    let mut frames = capture.frames.len() as u64;
    if dice.one_in(4) {
        let length = dice.roll(file.len());
        file.truncate(length);
        frames = whole_frames(&file);
        steps.push(format!("cut at byte {length}"));
    }
    if dice.one_in(6) {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        gzip.write_all(&file).expect("memory");
        file = gzip.finish().expect("memory");
        steps.push("gzip".into());
    }
    (file, frames)
}

/// How many blocks of a packet (pcapng §4.3, type 6) are whole. A block's length is its second word.
fn whole_frames(file: &[u8]) -> u64 {
    let (mut rest, mut frames) = (file, 0);
    while let Some(head) = rest.first_chunk::<8>() {
        let [kind, length] =
            [0, 4].map(|at| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]));
        let Some((_, after)) = rest.split_at_checked(length as usize) else { break };
        frames += u64::from(kind == 6);
        rest = after;
    }
    frames
}

fn ms(count: usize) -> Duration {
    Duration::from_millis(count as u64)
}
