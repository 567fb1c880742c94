//! What the kernel's TCP put on the wire: every byte named, written again to the same bytes, followed, and played to our own
//! connection as its peer. `captures/README.md` says how the files came about.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use barewire_packet::capture::Capture;
use barewire_packet::checksum::Verdict;
use barewire_tcp::observe::{Observer, Seen, Summary};
use barewire_tcp::options::list;
use barewire_tcp::packet::{self, Packet, Payload};
use barewire_tcp::{Config, Connection, Segment, State};

fn captures() -> Vec<(String, Capture)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/captures");
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
    for (name, capture) in captures() {
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

/// From what its options say alone we write the very bytes that Linux wrote: the same options in the same order. And the same
/// checksum, where the kernel computed one.
#[test]
fn composed_anew_a_segment_of_the_kernels_is_the_same() {
    for (name, capture) in captures() {
        for (index, _, bytes) in capture.ip_packets() {
            let whole = Packet::parse(bytes).unwrap();
            let Payload::Tcp(segment) = &whole.payload else { continue };
            let mut written =
                segment.ip_packet(whole.ip.header.source(), whole.ip.header.destination()).split_off(20);
            match whole.verdict {
                Verdict::Correct => {}
                Verdict::Unfinished => {
                    assert_eq!(name, "offloads", "packet {index}");
                    written[16..18].copy_from_slice(&segment.checksum.to_be_bytes());
                }
                verdict => panic!("{name}, packet {index}: checksum {}", verdict.label()),
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
fn observed(capture: &Capture) -> (Summary, [Vec<u8>; 2], Vec<String>) {
    let mut observer = Observer::new();
    let (mut streams, mut notes) = ([Vec::new(), Vec::new()], Vec::new());
    for (index, time, bytes) in capture.ip_packets() {
        let Seen::Tcp(seen) = observer.packet(index, time, bytes).unwrap() else { continue };
        notes.extend(seen.notes);
        for chunk in seen.chunks {
            let stream = &mut streams[chunk.direction as usize];
            assert_eq!(chunk.offset, stream.len() as u64, "chunks come in order");
            stream.extend(&chunk.bytes);
            let carrier = observer.carrier(chunk.connection, chunk.direction, chunk.offset);
            assert!(carrier.is_some_and(|packet| packet <= index), "{carrier:?} at {index}");
        }
    }
    (observer.connections()[0].clone(), streams, notes)
}

fn count(notes: &[String], what: &str) -> usize {
    notes.iter().filter(|note| note.starts_with(what)).count()
}

#[test]
fn the_observer_sees_what_was_recorded() {
    let (summary, streams, notes) = observed(&capture("transfer"));
    assert_eq!((summary.bytes, streams[1].len()), ([0, 40_000], 40_000));
    assert_eq!(count(&notes, "retransmission"), 0, "{notes:?}");
    assert!(summary.syn < summary.syn_ack && summary.syn_ack < summary.established, "{summary:?}");
    let unhurt = streams[1].clone();

    let (summary, streams, notes) = observed(&capture("loss_receiver"));
    assert!(streams[1] == unhurt, "the stream comes out whole, though segments were lost: {notes:?}");
    assert!(count(&notes, "out of order") > 0 && count(&notes, "duplicate ACK") > 0, "{notes:?}");
    assert!(summary.fin.iter().all(Option::is_some) && summary.reset.is_none(), "{summary:?}");
    let (summary, streams, _) = observed(&capture("loss_sender"));
    assert!(streams[1] == unhurt);
    assert!(summary.retransmissions[1] > 0, "at the sender's end they are repetitions: {summary:?}");

    let (summary, _, notes) = observed(&capture("refused"));
    assert!(summary.reset.is_some() && summary.syn_ack.is_none(), "{summary:?} {notes:?}");
    let (_, _, notes) = observed(&capture("syn_lost"));
    assert!(count(&notes, "retransmission of the SYN") > 0, "{notes:?}");
    let (_, _, notes) = observed(&capture("zero_window"));
    assert!(count(&notes, "zero window") > 0 && count(&notes, "window update") > 0, "{notes:?}");
    for name in ["reset_by_client", "reset_by_server"] {
        assert!(observed(&capture(name)).0.reset.is_some(), "{name}");
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
    let clock = syn.options.timestamps.map_or(0, |t| t.value);
    let mut connection = Connection::connect(start, Config::default(), local, remote, syn.seq, clock);
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
