//! The observer against tshark, which other people wrote: the same conversations, numbers, windows and notes, over
//! every capture in the tree and over captures made by hand.

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use barewire_packet::capture::{Capture, Frame, Interface, Origin, linktype};
use barewire_tcp::observe::{Note, Observer, Retransmission, Seen};
use barewire_tcp::options::Options;
use barewire_tcp::packet::Packet;
use barewire_tcp::{Config, Flags, Segment, SeqNumber};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use common::need::can_run;
use common::wire::{self, Wire};
use common::{CLIENT, SERVER};

/// The fields that tshark is asked for. The last ones are flags, empty or not.
const FIELDS: [&str; 6] =
    ["tcp.stream", "tcp.seq", "tcp.ack", "tcp.len", "tcp.window_size", "tcp.analysis.duplicate_ack_num"];
const FLAGS: [&str; 13] = [
    "fast_retransmission",
    "spurious_retransmission",
    "retransmission",
    "out_of_order",
    "lost_segment",
    "ack_lost_segment",
    "keep_alive",
    "keep_alive_ack",
    "zero_window",
    "zero_window_probe",
    "zero_window_probe_ack",
    "window_update",
    "window_full",
];

/// What tshark says of one frame.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    stream: usize,
    seq: u32,
    ack: u32,
    length: usize,
    window: u32,
    duplicate_ack: Option<u32>,
    flags: Vec<&'static str>,
}

/// tshark's reading of a file, by frame; None for frames without TCP.
fn tshark(file: &Path) -> Vec<Option<Line>> {
    let mut command = Command::new("tshark");
    command.arg("-r").arg(file).args(["-T", "fields", "-E", "separator=|", "-o", "tcp.check_checksum:FALSE"]);
    for field in FIELDS {
        command.args(["-e", field]);
    }
    for flag in FLAGS {
        command.args(["-e", &format!("tcp.analysis.{flag}")]);
    }
    let output = command.output().expect("tshark runs");
    assert!(output.status.success(), "{}: {}", file.display(), String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text").lines().map(line).collect()
}

fn line(text: &str) -> Option<Line> {
    let cells: Vec<&str> = text.split('|').collect();
    let number = |index: usize| cells[index].parse::<u32>().ok();
    let flags = FLAGS.iter().zip(&cells[FIELDS.len()..]).filter(|(_, cell)| !cell.is_empty());
    Some(Line {
        stream: number(0)? as usize,
        seq: number(1)?,
        ack: number(2)?,
        length: number(3)? as usize,
        window: number(4)?,
        duplicate_ack: number(5),
        flags: flags.map(|(flag, _)| *flag).collect(),
    })
}

/// The observer's reading of a capture, by frame.
fn observed(capture: &Capture) -> Vec<Option<Seen<'_>>> {
    let mut observer = Observer::default();
    let mut seen: Vec<Option<Seen<'_>>> = vec![None; capture.frames.len()];
    for (index, time, bytes) in capture.ip_packets() {
        let frame = &capture.frames[index];
        let missing = frame.original_len as usize - frame.bytes.len();
        let packet = Packet::parse_captured(bytes, missing)
            .unwrap_or_else(|error| panic!("frame {}: {error}", index + 1));
        seen[index] = observer.packet(index as u64 + 1, time, &packet);
    }
    seen
}

/// tshark's word for a note.
fn word(note: &Note) -> Option<&'static str> {
    Some(match note {
        Note::Retransmission(Retransmission::Fast { .. }) => "fast_retransmission",
        Note::Retransmission(Retransmission::Spurious) => "spurious_retransmission",
        Note::Retransmission(_) => "retransmission",
        Note::OutOfOrder => "out_of_order",
        Note::NotSeenYet { .. } => "lost_segment",
        Note::AckedUnseen { .. } => "ack_lost_segment",
        Note::KeepAlive => "keep_alive",
        Note::KeepAliveAnswer => "keep_alive_ack",
        Note::ZeroWindow => "zero_window",
        Note::ZeroWindowProbe => "zero_window_probe",
        Note::ZeroWindowProbeAnswer => "zero_window_probe_ack",
        Note::WindowUpdate => "window_update",
        Note::WindowFull => "window_full",
        _ => return None,
    })
}

fn as_line(seen: &Seen<'_>) -> Line {
    let duplicate_ack = seen.notes.iter().find_map(|note| match note {
        Note::DuplicateAck { count } => Some(*count),
        _ => None,
    });
    let mut flags: Vec<&str> = seen.notes.iter().filter_map(word).collect();
    flags.sort_by_key(|flag| FLAGS.iter().position(|known| known == flag));
    Line {
        stream: seen.connection,
        seq: seen.seq,
        ack: seen.ack,
        length: seen.length,
        window: seen.window,
        duplicate_ack,
        flags,
    }
}

/// Where the two differ on purpose, tshark's word is turned into ours.
///
/// * tshark says "retransmission" beside each finer word, too.
/// * A probe of a closed window without a byte in it looks like a keep-alive: tshark calls it so.
/// * A duplicate ACK whose SACK blocks are new may have a new window (RFC 6675 §2): tshark calls it a window update,
///   and counts one less from there on.
/// * tshark takes what comes soon for "out of order", also when the capture has had the very bytes before, and when the
///   peer's SACK blocks had asked for it.
fn settle(theirs: &mut Line, ours: &Line) {
    let finer = theirs.flags.iter().any(|flag| flag.ends_with("_retransmission"));
    theirs.flags.retain(|flag| !(finer && *flag == "retransmission"));
    let mut rename = |from: &str, to: &'static str| {
        if ours.flags.contains(&to) {
            theirs.flags.iter_mut().filter(|flag| **flag == from).for_each(|flag| *flag = to);
        }
    };
    rename("keep_alive", "zero_window_probe");
    rename("out_of_order", "retransmission");
    rename("out_of_order", "fast_retransmission");
    if ours.flags.contains(&"zero_window_probe_ack") && theirs.flags == ["zero_window"] {
        theirs.flags.push("zero_window_probe_ack");
    }
    if ours.duplicate_ack > theirs.duplicate_ack {
        theirs.flags.retain(|flag| *flag != "window_update");
        theirs.duplicate_ack = ours.duplicate_ack;
    }
}

/// Compares frame by frame: tshark's line, settled, and the observer's.
fn compare(name: &str, file: &Path, capture: &Capture, mut agree: impl FnMut(&Line, &Line) -> bool) -> usize {
    let (theirs, ours) = (tshark(file), observed(capture));
    assert_eq!(theirs.len(), ours.len(), "{name}: frames");
    let mut compared = 0;
    for (index, (theirs, seen)) in theirs.into_iter().zip(&ours).enumerate() {
        let (Some(mut theirs), Some(seen)) = (theirs.clone(), seen) else {
            assert_eq!(theirs.is_some(), seen.is_some(), "{name}, frame {}: is it TCP?", index + 1);
            continue;
        };
        let ours = as_line(seen);
        settle(&mut theirs, &ours);
        assert!(
            agree(&theirs, &ours),
            "{name}, frame {}: tshark, then the observer\n{theirs:?}\n{ours:?}",
            index + 1
        );
        compared += 1;
    }
    compared
}

/// The words for something that had been sent before, or seems so: telling them apart is guessing.
const REPEATS: [&str; 4] =
    ["retransmission", "fast_retransmission", "spurious_retransmission", "out_of_order"];

/// The line with one word for all of [`REPEATS`], and whether there was one.
fn roughly(line: &Line) -> (Line, bool) {
    let mut rough = line.clone();
    let mut repeats = false;
    for flag in rough.flags.iter_mut().filter(|flag| REPEATS.contains(flag)) {
        (*flag, repeats) = ("repeat", true);
    }
    (rough, repeats)
}

/// A capture file of these IP packets, written where tshark can read it.
struct Scratch {
    path: PathBuf,
    capture: Capture,
}

impl Scratch {
    /// `snaplen` bytes of each packet are kept.
    fn new(name: &str, packets: Vec<(Duration, Vec<u8>)>, snaplen: usize) -> Scratch {
        let interfaces =
            vec![Interface { link_type: linktype::RAW, name: String::new(), origin: Origin::Seen }];
        let packets = packets.into_iter().zip(1..).map(|((time, bytes), number)| Frame {
            number,
            interface: 0,
            time,
            original_len: bytes.len() as u32,
            bytes: bytes[..bytes.len().min(snaplen)].to_vec(),
            ..Frame::default()
        });
        let capture = Capture { interfaces, frames: packets.collect(), ..Capture::default() };
        let path = std::env::temp_dir().join(format!("barewire-{name}-{}.pcapng", std::process::id()));
        std::fs::write(&path, capture.write()).expect("a writable folder for temporary files");
        Scratch { path, capture }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Numbers from a seed.
struct Dice(ChaCha20Rng);

impl Dice {
    fn below(&mut self, limit: u32) -> u32 {
        self.0.next_u32() % limit
    }

    fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len() as u32) as usize]
    }
}

/// A segment of any kind between one of 100 clients and the server, with numbers that lie close together.
fn any_segment(dice: &mut Dice) -> Vec<u8> {
    let (to_server, port) = (dice.below(2) == 0, 1000 + dice.below(100) as u16);
    let ports = if to_server { (port, 80) } else { (80, port) };
    let flags = dice.one_of(&[
        Flags::SYN,
        Flags::SYN | Flags::ACK,
        Flags::ACK,
        Flags::ACK,
        Flags::ACK | Flags::PSH,
        Flags::ACK | Flags::FIN,
        Flags::RST,
        Flags::RST | Flags::ACK,
        Flags::FIN,
    ]);
    let has_text = !flags.rst() && !flags.syn() && dice.below(2) == 0;
    let payload = &[b'x'; 50][..if has_text { 1 + dice.below(50) as usize } else { 0 }];
    // Both directions begin just below the wrap.
    let isn = u32::MAX - 30;
    let seq =
        if flags.syn() { isn.wrapping_add(dice.below(2)) } else { isn.wrapping_add(1 + dice.below(120)) };
    let ack = if flags.ack() { isn.wrapping_add(1 + dice.below(120)) } else { 0 };
    // An end says the same in each of its SYNs.
    let offer = port / 3 % 16 * if to_server { 1 } else { port % 2 };
    let window_scale = (flags.syn() && offer < 15).then_some(offer as u8);
    let segment = Segment {
        seq: SeqNumber(seq),
        ack: SeqNumber(ack),
        flags,
        window: dice.one_of(&[0, 10, 200, 65_535]),
        options: Options { window_scale, ..Options::default() },
        payload,
        ..Segment::empty(ports.0, ports.1)
    };
    let (source, destination) = if to_server { (CLIENT, SERVER) } else { (SERVER, CLIENT) };
    segment.ip_packet(source.into(), destination.into())
}

/// Whatever comes, in whatever order: streams, numbers and windows are tshark's.
#[test]
fn the_numbers_of_any_segments() {
    if !can_run("the_numbers_of_any_segments", "tshark") {
        return;
    }
    for seed in 0..4 {
        let mut dice = Dice(ChaCha20Rng::seed_from_u64(seed));
        let packets = (0..3000).map(|index| (Duration::from_millis(index), any_segment(&mut dice)));
        let scratch = Scratch::new(&format!("any-{seed}"), packets.collect(), 65_536);
        let (theirs, ours) = (tshark(&scratch.path), observed(&scratch.capture));
        let numbers = |line: Line| (line.stream, line.seq, line.ack, line.length, line.window);
        for (index, (theirs, seen)) in theirs.into_iter().zip(&ours).enumerate() {
            let (theirs, ours) = (theirs.map(numbers), seen.as_ref().map(as_line).map(numbers));
            assert_eq!(theirs, ours, "seed {seed}, frame {}: tshark, then the observer", index + 1);
        }
    }
}

/// Runs of our own over a wire that loses packets and lets them overtake each other, captured at either end.
#[test]
fn runs_over_a_poor_wire() {
    if !can_run("runs_over_a_poor_wire", "tshark") {
        return;
    }
    let (mut all, mut exactly) = (0, 0);
    for seed in 0..16 {
        let wire = Wire {
            delay: Duration::from_millis(5 + seed * 5),
            loss: 20 * (seed as u32 % 3),
            reorder: 10 * (seed as u32 % 2),
            duplicate: 0,
        };
        // tshark does not know a sender that goes by its clock (RFC 8985), so these go by duplicate ACKs.
        let config = Config { sack: false, ..Config::default() };
        let run = wire::run(config, wire, 100_000, seed);
        for (end, capture) in ["client", "server"].iter().zip(run.captures) {
            let packets = capture.into_iter().map(|(time, packet, _)| (time, packet));
            let name = format!("wire-{seed}-{end}");
            // One run in four is captured with the headers only, and a little of the payload.
            let scratch = Scratch::new(&name, packets.collect(), if seed % 4 == 3 { 80 } else { 65_536 });
            compare(&name, &scratch.path, &scratch.capture, |theirs, ours| {
                let ((rough_theirs, repeats), (mut rough_ours, _)) = (roughly(theirs), roughly(ours));
                if wire.reorder > 0 && theirs.flags.is_empty() {
                    // tshark compares with the last ACK it saw, also if that was an old one.
                    rough_ours.flags.retain(|flag| *flag != "window_update");
                }
                all += usize::from(repeats);
                exactly += usize::from(repeats && theirs == ours);
                rough_theirs == rough_ours
            });
        }
    }
    assert!(all > 100 && exactly * 10 >= all * 8, "{exactly} of {all} repeats are called the same");
}

#[test]
fn every_capture_in_the_tree() {
    if !can_run("every_capture_in_the_tree", "tshark") {
        return;
    }
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/captures");
    let entries = |folder: PathBuf| std::fs::read_dir(folder).expect("the captures are in the tree");
    let mut compared = 0;
    for entry in entries(folder.clone()).chain(entries(folder.join("path"))) {
        let path = entry.expect("a readable folder").path();
        if path.extension().is_some_and(|extension| extension == "pcapng") {
            let capture = Capture::read(&std::fs::read(&path).expect("a readable file")).expect("a capture");
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            compared += compare(&name, &path, &capture, |theirs, ours| {
                // There the same segment is sent a third time. tshark calls it fast, because duplicate ACKs came before
                // the second time, and we do not.
                let roughly_same = || roughly(theirs).0 == roughly(ours).0;
                theirs == ours || name == "lost_retransmission" && roughly_same()
            });
        }
    }
    assert!(compared > 200, "{compared} segments");
}
