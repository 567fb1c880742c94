//! Capture files: what we write we read back; both byte orders; every truncation gives the frames before it.
//! What a file may hold block by block is tested in `pcapng.rs` and `pcap.rs`.

mod common;

use std::time::Duration;

use barewire_dissect::Lesson;
use barewire_packet::capture::{
    Capture, Format, Frame, Interface, Origin, Reason, Statistics, Writer, linktype,
};
use barewire_packet::link::Way;
use common::judges;

fn sample() -> Capture {
    let frame = |number, millis, bytes: &[u8], comment: Option<&str>| Frame {
        number,
        interface: 0,
        time: Duration::from_millis(millis),
        bytes: bytes.to_vec(),
        original_len: bytes.len() as u32,
        way: comment.map(|_| Way::Received),
        comment: comment.map(str::to_owned),
    };
    Capture {
        interfaces: vec![Interface { link_type: linktype::RAW, name: "client".into(), origin: Origin::Seen }],
        frames: vec![
            frame(1, 1_700_000_000_000, &[0x45, 1, 2], Some("retransmission 1")),
            frame(2, 1_700_000_000_123, &[0x45], None),
        ],
        end: Some(Duration::from_millis(1_700_000_000_500)),
        secrets: vec!["CLIENT_RANDOM aa bb\n".into()],
        cut: None,
    }
}

#[test]
fn what_is_written_is_read_back() {
    let capture = sample();
    assert_eq!(Capture::read(&capture.write()), Ok(capture));
}

/// Block after block, the same file as at once. What was written so far is a capture at any moment.
#[test]
fn a_writer_writes_the_same_file() {
    let capture = sample();
    let mut writer = Writer::new(Vec::new()).unwrap();
    assert_eq!(writer.interface(&capture.interfaces[0]).unwrap(), 0);
    writer.secrets(&capture.secrets[0]).unwrap();
    for frame in &capture.frames {
        writer.frame(frame).unwrap();
    }
    let end = capture.end.unwrap();
    writer.statistics(0, &Statistics { end, received: None, dropped: None }).unwrap();
    writer.flush().unwrap();
    assert_eq!(writer.into_inner(), capture.write());
}

/// pcapng §4.6: isb_ifrecv is option 4, isb_osdrop option 7, both of eight bytes.
#[test]
fn what_was_counted_stands_at_the_end() {
    let mut writer = Writer::new(Vec::new()).unwrap();
    let end = Duration::from_nanos(0x0102_0304_0506_0708);
    writer.statistics(3, &Statistics { end, received: Some(0x1122), dropped: Some(5) }).unwrap();
    let file = writer.into_inner();
    let wanted = [
        5, 0, 0, 0, 64, 0, 0, 0, 3, 0, 0, 0, 4, 3, 2, 1, 8, 7, 6, 5, // type, length, interface, time
        3, 0, 8, 0, 4, 3, 2, 1, 8, 7, 6, 5, // isb_endtime
        4, 0, 8, 0, 0x22, 0x11, 0, 0, 0, 0, 0, 0, // isb_ifrecv
        7, 0, 8, 0, 5, 0, 0, 0, 0, 0, 0, 0, // isb_osdrop
        0, 0, 0, 0, 64, 0, 0, 0, // end of the options, length
    ];
    assert_eq!(file[28..], wanted);
}

/// Whatever is whole before the cut is read, and the cut is said.
#[test]
fn every_truncation_is_a_shorter_capture() {
    let whole = sample();
    let file = whole.write();
    let frames_start = Capture { frames: Vec::new(), end: None, ..whole.clone() }.write().len();
    let first_ends = Capture { frames: whole.frames[..1].to_vec(), end: None, ..whole.clone() }.write().len();
    let both_end = Capture { end: None, ..whole.clone() }.write().len();
    for len in 0..file.len() {
        let capture = Capture::read(&file[..len]).unwrap_or_else(|error| panic!("cut at {len}: {error}"));
        assert_eq!(
            capture.frames.len(),
            usize::from(len >= first_ends) + usize::from(len >= both_end),
            "cut at {len}"
        );
        let Some(cut) = capture.cut else {
            assert!(
                [28, 72, frames_start, first_ends, both_end].contains(&len),
                "the cut at {len} is not said"
            );
            continue;
        };
        let wanted = match len {
            0 => (Reason::Empty, "pcapng §4.1, pcap §4"),
            1..28 => (Reason::HeaderEndsEarly(Format::Pcapng), "pcapng §4.1"),
            _ => (Reason::EndsEarly(Format::Pcapng), "pcapng §3.1"),
        };
        assert_eq!((cut.reason, cut.rule()), wanted, "cut at {len}");
        assert!(cut.offset < len.max(1), "cut at {len}: {cut}");
    }
}

#[test]
fn a_comment_too_long_to_be_written_is_cut_between_letters() {
    let mut capture = sample();
    capture.frames[0].comment = Some("é".repeat(40_000));
    let read = Capture::read(&capture.write()).unwrap();
    assert_eq!(read.frames[0].comment, Some("é".repeat(32_767)));
}

/// What the frames of an interface are is written as its description, and no other description means it.
#[test]
fn the_origin_of_an_interface() {
    let mut capture = sample();
    for origin in [Origin::Seen, Origin::MadeUp, Origin::Lost] {
        capture.interfaces.push(Interface { link_type: 101, name: format!("{origin:?}"), origin });
    }
    assert_eq!(Capture::read(&capture.write()).unwrap().interfaces, capture.interfaces);
    let mut file = capture.write();
    let at = file.windows(8).position(|bytes| bytes == b"barewire").unwrap();
    file[at] = b'B';
    assert_eq!(Capture::read(&file).unwrap().interfaces[2].origin, Origin::Seen);
}

/// tshark sees the comments, the secrets' place and the descriptions.
#[test]
fn tshark_reads_what_is_written() {
    if !judges::can_run("tshark_reads_what_is_written", &["tshark"]) {
        return;
    }
    let mut capture = sample();
    capture.interfaces[0].origin = Origin::MadeUp;
    capture.frames[0].original_len = 1500;
    let fields = [
        "frame.number",
        "frame.time_epoch",
        "frame.comment",
        "frame.len",
        "frame.cap_len",
        "frame.interface_name",
        "frame.interface_description",
    ];
    let description = "barewire: real data in made-up headers (it went through the kernel's sockets)";
    let theirs = judges::tshark("tshark_reads_what_is_written", &capture.write(), &[], &fields);
    let wanted = [
        ["1", "1700000000.000000000", "retransmission 1", "1500", "3", "client", description],
        ["2", "1700000000.123000000", "", "1", "1", "client", description],
    ];
    assert_eq!(theirs, wanted);
}
