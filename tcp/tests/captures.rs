//! What the kernel's TCP put on the wire: every byte named, written again to the same bytes, followed, and played to
//! our own connection as its peer. `captures/README.md` says how the files came about.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use barewire_dissect::Direction;
use barewire_packet::capture::Capture;
use barewire_packet::checksum::Verdict;
use barewire_tcp::observe::{Note, NoteKind, Observer, Outcome, Retransmission, Summary};
use barewire_tcp::options::list;
use barewire_tcp::packet::{self, Packet, Payload};
use barewire_tcp::{Config, Connection, Open, Segment, State};

fn captures() -> Vec<(String, Capture)> {
    captures_in("tests/captures")
}

fn captures_in(folder: &str) -> Vec<(String, Capture)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .expect("the captures are in the tree")
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "pcapng"))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{} holds no capture", folder.display());
    files
        .into_iter()
        .map(|path| {
            let bytes = std::fs::read(&path).expect("a readable file");
            let capture = Capture::read(&bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            (path.file_stem().unwrap().to_string_lossy().into_owned(), capture)
        })
        .collect()
}

fn capture(name: &str) -> Capture {
    captures().into_iter().find(|(found, _)| found == name).unwrap_or_else(|| panic!("no capture {name}")).1
}

#[test]
fn every_byte_has_a_name_and_is_written_again() {
    for (name, capture) in captures().into_iter().chain(captures_in("tests/captures/path")) {
        let mut tcp = 0;
        for (index, _, bytes) in capture.ip_packets() {
            let at = format!("{name}, packet {index}");
            let (whole, tree) = packet::dissect(bytes);
            let whole = whole.unwrap_or_else(|error| panic!("{at}: {error}"));
            assert_eq!(tree.check_coverage(), Ok(()), "{at}");
            let mut again = Vec::new();
            whole.ip.write(&mut again);
            assert!(again == bytes, "{at}: the packet is not written as it was read");
            let Payload::Tcp(segment) = &whole.payload else { continue };
            tcp += 1;
            again.clear();
            segment.write(&mut again);
            assert!(again == whole.ip.payload, "{at}: the segment is not written as it was read");
            again.clear();
            list(segment.option_bytes).unwrap().iter().for_each(|option| option.write(&mut again));
            assert_eq!(again, segment.option_bytes, "{at}");
        }
        assert!(tcp > 0, "{name} holds no TCP");
    }
}

/// Cut at any byte after the fixed part of the header, a segment keeps its numbers, and what is missing adds up.
#[test]
fn a_segment_that_the_capture_has_cut() {
    for (name, capture) in captures() {
        for (index, _, bytes) in capture.ip_packets().take(20) {
            let whole = Packet::parse(bytes).unwrap();
            let (segment, bytes) = (tcp(&whole), whole.ip.payload);
            for cut in (20..bytes.len().min(64)).chain((64..bytes.len()).step_by(97)) {
                let at = format!("{name}, packet {index}, cut at {cut}");
                let missing = bytes.len() - cut;
                let (result, tree) = barewire_dissect::record(&bytes[..cut], || {
                    Segment::parse_captured(&bytes[..cut], missing)
                });
                let (read, payload_missing) = result.unwrap_or_else(|error| panic!("{at}: {error}"));
                assert_eq!(tree.check_coverage(), Ok(()), "{at}");
                let numbers = |s: &Segment<'_>| (s.source_port, s.seq, s.ack, s.flags, s.window);
                assert_eq!(numbers(&read), numbers(&segment), "{at}");
                assert_eq!(read.payload.len() + payload_missing, segment.payload.len(), "{at}");
                assert!(segment.payload.starts_with(read.payload), "{at}");
                if payload_missing < segment.payload.len() || cut + segment.payload.len() == bytes.len() {
                    assert_eq!(read.options, segment.options, "{at}: all options are there");
                }
            }
        }
    }
}

/// The same for whole packets: every byte that is there has a name.
#[test]
fn a_packet_that_the_capture_has_cut() {
    for (name, capture) in captures() {
        for (index, _, bytes) in capture.ip_packets().take(10) {
            let whole = Packet::parse(bytes).unwrap();
            for cut in (40..bytes.len()).step_by(29) {
                let at = format!("{name}, packet {index}, cut at {cut}");
                let cut = &bytes[..cut];
                let (result, tree) =
                    barewire_dissect::record(cut, || Packet::parse_captured(cut, bytes.len() - cut.len()));
                let packet = result.unwrap_or_else(|error| panic!("{at}: {error}"));
                assert_eq!(tree.check_coverage(), Ok(()), "{at}");
                let (read, all) = (tcp(&packet), tcp(&whole));
                assert_eq!(
                    (read.seq, read.flags, packet.verdict),
                    (all.seq, all.flags, Verdict::Absent),
                    "{at}"
                );
                assert_eq!(read.payload.len() + packet.missing, all.payload.len(), "{at}");
            }
            assert_eq!(Packet::parse_captured(bytes, 0), Ok(whole), "{name}, packet {index}");
        }
    }
}

/// From what its options say alone we write the very bytes that Linux wrote: the same options in the same order. And
/// the same checksum, where the kernel computed one.
#[test]
fn composed_anew_a_segment_of_the_kernels_is_the_same() {
    for (name, capture) in captures().into_iter().chain(captures_in("tests/captures/path")) {
        for (index, _, bytes) in capture.ip_packets() {
            let whole = Packet::parse(bytes).unwrap();
            let Payload::Tcp(segment) = &whole.payload else { continue };
            let header = barewire_packet::ip::header_length(whole.ip.header.source());
            let mut written =
                segment.ip_packet(whole.ip.header.source(), whole.ip.header.destination()).split_off(header);
            match whole.verdict {
                Verdict::Correct => {}
                Verdict::Unfinished => {
                    assert_eq!(name, "offloads", "packet {index}");
                    written[16..18].copy_from_slice(&segment.checksum.to_be_bytes());
                }
                verdict => panic!("{name}, packet {index}: checksum {verdict}"),
            }
            assert!(
                written == whole.ip.payload,
                "{name}, packet {index}:\n{written:02x?}\n{:02x?}",
                whole.ip.payload
            );
        }
    }
}

/// The connection of a capture as the observer sees it, both streams, and all notes.
fn observed(capture: &Capture) -> (Summary, [Vec<u8>; 2], Vec<Note>) {
    let mut observer = Observer::default();
    let (mut streams, mut notes) = ([Vec::new(), Vec::new()], Vec::new());
    for (index, time, bytes) in capture.ip_packets() {
        let frame = index as u64 + 1;
        let packet = Packet::parse(bytes).unwrap();
        let Some(seen) = observer.packet(frame, time, &packet) else { continue };
        notes.extend(seen.notes);
        for chunk in seen.chunks {
            let stream = &mut streams[chunk.direction.index()];
            assert_eq!(chunk.offset, stream.len() as u64, "chunks come in order");
            stream.extend_from_slice(&chunk.bytes);
            assert!(chunk.frame <= frame, "{} at {frame}", chunk.frame);
        }
    }
    (observer.connections()[0].clone(), streams, notes)
}

/// How many segments got a note of this kind, both ways together.
fn count(summary: &Summary, kind: NoteKind) -> u32 {
    Direction::BOTH.into_iter().map(|direction| summary.count(direction, kind)).sum()
}

#[test]
fn the_observer_sees_what_was_recorded() {
    let (summary, streams, notes) = observed(&capture("transfer"));
    assert_eq!((summary.stream, streams[1].len()), ([0, 40_000], 40_000));
    assert_eq!(count(&summary, NoteKind::Retransmission), 0, "{notes:?}");
    assert!(summary.syn < summary.syn_ack && summary.syn_ack < summary.established, "{summary:?}");
    let unhurt = streams[1].clone();

    let (summary, streams, notes) = observed(&capture("loss_receiver"));
    assert!(streams[1] == unhurt, "the stream comes out whole, though segments were lost: {notes:?}");
    assert!(count(&summary, NoteKind::DuplicateAck) > 0, "{notes:?}");
    assert!(summary.count(Direction::ToClient, NoteKind::Retransmission) > 0, "{notes:?}");
    assert_eq!(summary.outcome(), Outcome::Closed);
    let (summary, streams, _) = observed(&capture("loss_sender"));
    assert!(streams[1] == unhurt);
    assert!(summary.count(Direction::ToClient, NoteKind::Retransmission) > 0, "{summary:?}");

    let (summary, _, notes) = observed(&capture("refused"));
    assert_eq!(summary.outcome(), Outcome::Refused, "{notes:?}");
    let (_, _, notes) = observed(&capture("syn_lost"));
    let syn_again = |note: &Note| matches!(note, Note::Retransmission(Retransmission::Syn { .. }));
    assert!(notes.iter().any(syn_again), "{notes:?}");
    let (summary, _, notes) = observed(&capture("zero_window"));
    assert!(
        count(&summary, NoteKind::ZeroWindow) > 0 && count(&summary, NoteKind::WindowUpdate) > 0,
        "{notes:?}"
    );
    for (name, by) in [("reset_by_client", Direction::ToServer), ("reset_by_server", Direction::ToClient)] {
        assert_eq!(observed(&capture(name)).0.outcome(), Outcome::Reset { by }, "{name}");
    }
    let (summary, streams, _) = observed(&capture("open_close"));
    assert!(streams.iter().all(|stream| !stream.is_empty()), "{summary:?}");
    assert!(summary.fin[0] < summary.fin[1], "the client closed first: {summary:?}");
}

fn tcp<'a>(whole: &Packet<'a>) -> Segment<'a> {
    match &whole.payload {
        Payload::Tcp(segment) => segment.clone(),
        _ => panic!("only TCP was recorded"),
    }
}

/// Plays what the server sent to a connection of ours, which has the client's numbers and reads what comes.
fn play_server(capture: &Capture, read_all: bool) -> (Connection, Vec<u8>) {
    let packets: Vec<(Duration, Packet<'_>)> =
        capture.ip_packets().map(|(_, time, bytes)| (time, Packet::parse(bytes).unwrap())).collect();
    let (first_time, first) = &packets[0];
    let syn: Segment<'_> = tcp(first);
    assert!(syn.flags.syn() && !syn.flags.ack(), "the capture begins with the SYN");
    let (client, server) = (first.ip.header.source(), first.ip.header.destination());
    let (local, remote) =
        (SocketAddr::new(client, syn.source_port), SocketAddr::new(server, syn.destination_port));
    let start = Instant::now();
    let timestamp_offset = syn.options.timestamps.map_or(0, |t| t.value);
    let open = Open { config: Config::default(), local, remote, iss: syn.seq, timestamp_offset };
    let mut connection = Connection::connect(start, open);
    let mut heard = Vec::new();
    for (time, whole) in &packets {
        let now = start + (*time - *first_time);
        while connection.deadline().is_some_and(|deadline| deadline <= now) {
            let deadline = connection.deadline().unwrap();
            connection.on_deadline(deadline);
            while connection.transmit(deadline).is_some() {}
        }
        while connection.transmit(now).is_some() {}
        if whole.ip.header.source() == server {
            connection.receive(now, &tcp(whole));
        } else if tcp(whole).flags.fin() {
            connection.close();
        }
        let mut buffer = vec![0; 65_536];
        if read_all {
            let count = connection.read(&mut buffer);
            heard.extend_from_slice(&buffer[..count]);
        }
        while connection.transmit(now).is_some() {}
    }
    (connection, heard)
}

#[test]
fn the_kernel_as_server_from_a_capture() {
    for (name, length) in [("transfer", 40_000), ("loss_receiver", 40_000), ("server_closes_first", 600)] {
        let capture = capture(name);
        let (connection, heard) = play_server(&capture, true);
        let (_, streams, _) = observed(&capture);
        assert_eq!(heard.len(), length, "{name}: {}", connection.variables());
        assert!(heard == streams[1], "{name}: our connection and the observer read the same");
        assert!(connection.peer_has_closed(), "{name}: {}", connection.variables());
        let ends = [State::TimeWait, State::Closed, State::LastAck];
        assert!(ends.contains(&connection.state()), "{name}: {}", connection.variables());
    }
    let (mut connection, _) = play_server(&capture("refused"), false);
    assert_eq!(connection.state(), State::Closed);
    assert_eq!(connection.event(), Some(barewire_tcp::ConnectionEvent::Refused));
}
