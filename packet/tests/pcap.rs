//! Classic pcap files, byte by byte from draft-ietf-opsawg-pcap: all magic numbers in both byte orders, cuts, and lies.

mod common;

use std::time::Duration;

use barewire_dissect::Lesson;
use barewire_packet::capture::{
    Capture, Error, Format, Frame, Interface, Next, Origin, Reader, Reason, linktype,
};
use common::{conversation, judges};

const MICROSECONDS: u32 = 0xa1b2_c3d4;
const NANOSECONDS: u32 = 0xa1b2_3c4d;
const MODIFIED: u32 = 0xa1b2_cd34;

/// A file of one frame a second.
fn file(magic: u32, big: bool, link_type: u32, frames: &[Vec<u8>]) -> Vec<u8> {
    let u32 = |word: u32| if big { word.to_be_bytes() } else { word.to_le_bytes() };
    let u16 = |word: u16| if big { word.to_be_bytes() } else { word.to_le_bytes() };
    let mut file = [u32(magic).to_vec(), u16(2).to_vec(), u16(4).to_vec()].concat();
    for word in [0, 0, 65535, link_type] {
        file.extend(u32(word));
    }
    for (index, frame) in frames.iter().enumerate() {
        for word in [1_700_000_000 + index as u32, 5, frame.len() as u32, frame.len() as u32] {
            file.extend(u32(word));
        }
        if magic == MODIFIED {
            // Interface 2, EtherType IPv4, packet type "to this host", padding.
            file.extend([&u32(2)[..], &u16(0x0800), &[0, 0]].concat());
        }
        file.extend(frame);
    }
    file
}

#[test]
fn every_magic_number_in_both_orders() {
    let frames = conversation().to_vec();
    for (magic, fraction) in [(MICROSECONDS, 5_000), (NANOSECONDS, 5), (MODIFIED, 5_000)] {
        for big in [false, true] {
            let capture = Capture::read(&file(magic, big, 101, &frames)).unwrap();
            let interface = Interface { link_type: 101, name: String::new(), origin: Origin::Seen };
            assert_eq!((capture.interfaces, capture.cut), (vec![interface], None), "{magic:x}, big {big}");
            let wanted: Vec<Frame> = frames
                .iter()
                .enumerate()
                .map(|(index, bytes)| Frame {
                    number: index as u64 + 1,
                    interface: 0,
                    time: Duration::new(1_700_000_000 + index as u64, fraction),
                    bytes: bytes.clone(),
                    original_len: bytes.len() as u32,
                    ..Frame::default()
                })
                .collect();
            assert_eq!(capture.frames, wanted, "{magic:x}, big {big}");
        }
    }
}

#[test]
fn tshark_reads_the_same() {
    if !judges::can_run("tshark_reads_the_same", &["tshark"]) {
        return;
    }
    let frames = conversation().to_vec();
    for (magic, name) in [(MICROSECONDS, "micro"), (NANOSECONDS, "nano"), (MODIFIED, "modified")] {
        for big in [false, true] {
            let file = file(magic, big, 101, &frames);
            let fields = ["frame.number", "frame.time_epoch", "frame.len", "udp.srcport"];
            let theirs = judges::tshark(&format!("pcap_{name}_{big}"), &file, &[], &fields);
            let capture = Capture::read(&file).unwrap();
            let ours: Vec<Vec<String>> = capture
                .frames
                .iter()
                .map(|frame| {
                    let port = if frame.number % 2 == 1 { 40000 } else { 4053 };
                    let time = format!("{}.{:09}", frame.time.as_secs(), frame.time.subsec_nanos());
                    vec![frame.number.to_string(), time, frame.original_len.to_string(), port.to_string()]
                })
                .collect();
            assert_eq!(ours, theirs, "{name}, big {big}");
        }
    }
}

/// pcap §4: the upper bits of the link type tell how long the frame check sequence is.
#[test]
fn the_length_of_the_check_sequence_is_not_part_of_the_link_type() {
    let capture = Capture::read(&file(MICROSECONDS, false, 0x2400_0001, &[])).unwrap();
    assert_eq!(capture.interfaces[0].link_type, linktype::ETHERNET);
}

#[test]
fn a_cut_file_gives_its_whole_frames_and_says_the_cut() {
    let frames = conversation().to_vec();
    let whole = file(MICROSECONDS, false, 101, &frames);
    let ends: Vec<usize> =
        (0..=frames.len()).map(|n| file(MICROSECONDS, false, 101, &frames[..n]).len()).collect();
    for length in 0..whole.len() {
        let capture =
            Capture::read(&whole[..length]).unwrap_or_else(|error| panic!("cut at {length}: {error}"));
        let there = ends.iter().filter(|end| **end <= length).count().saturating_sub(1);
        assert_eq!(capture.frames.len(), there, "cut at {length}");
        if ends.contains(&length) {
            assert_eq!(capture.cut, None, "cut at {length}");
            continue;
        }
        let cut = capture.cut.unwrap_or_else(|| panic!("the cut at {length} is not said"));
        // The offset is where the record starts that is not whole.
        let (start, reason, rule, says) = match length {
            0 => (0, Reason::Empty, "pcapng §4.1, pcap §4", "the file is empty".into()),
            1..24 => {
                let reason = Reason::HeaderEndsEarly(Format::Pcap);
                (0, reason, "pcap §4", "the pcap file ends inside its header".into())
            }
            _ => {
                let says =
                    format!("the pcap file ends inside the record that starts at byte {}", ends[there]);
                (ends[there], Reason::EndsEarly(Format::Pcap), "pcap §5", says)
            }
        };
        assert_eq!((cut.offset(), cut.rule(), cut.reason), (start, rule, reason));
        assert_eq!(cut.to_string(), format!("{says}; {rule}"));
    }
}

/// A length that no packet has is refused at once: it is not the length of a buffer.
#[test]
fn a_frame_can_be_too_long() {
    let mut bytes = file(MICROSECONDS, false, 101, &conversation());
    bytes[32..36].copy_from_slice(&(256 * 1024 + 1_u32).to_le_bytes());
    let refused = Capture::read(&bytes).unwrap_err();
    assert_eq!((refused.offset, refused.rule()), (32, "pcap §5"));
    assert!(refused.to_string().contains("262145"), "{refused}");
    bytes[32..36].copy_from_slice(&(256 * 1024_u32).to_le_bytes());
    assert_eq!(Capture::read(&bytes).unwrap().cut.map(|cut| cut.offset), Some(24));
}

/// After a refusal the reader goes on refusing.
#[test]
fn a_refusal_stays() {
    let mut bytes = file(MICROSECONDS, false, 101, &conversation());
    bytes.pop();
    let mut reader = Reader::new(&bytes[..]);
    let mut frame = Frame::default();
    for number in 1..=3 {
        assert_eq!(reader.read_into(&mut frame).unwrap(), Next::Frame);
        assert_eq!(frame.number, number);
    }
    let first = reader.read_into(&mut frame).unwrap_err().to_string();
    let again = reader.read_into(&mut frame).unwrap_err();
    assert_eq!(again.to_string(), first);
    assert!(matches!(again, Error::Refused(refused) if refused.reason.is_cut()));
}
