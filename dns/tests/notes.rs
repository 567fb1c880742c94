//! Messages that are nearly right: an OPT record out of place, bytes after the end, a record that is cut. They are read
//! as far as they are right, with notes; strict reading refuses them.

mod wire;

use barewire_dns::{Message, RecordType, dissect};
use wire::{message, record, refused};

const OPT: &[u8] = b"\0\0\x29\x04\xd0\0\0\0\0\0\0";

fn address() -> Vec<u8> {
    record(b"\0", RecordType::A, &[192, 0, 2, 1])
}

/// TSIG must be the last record (RFC 8945 §5.1), so OPT stands before it.
#[test]
fn followed_by_another_record() {
    for (records, followed_by) in [
        (vec![address(), OPT.to_vec(), address()], 1),
        (vec![OPT.to_vec(), address(), address()], 2),
        (vec![address(), address(), OPT.to_vec()], 0),
    ] {
        let bytes = message([0, 0, 0, 3], &records.concat());
        let mut read = Message::parse_strictly(&bytes).unwrap();
        let edns = read.edns.clone().unwrap();
        assert_eq!((edns.followed_by, read.additionals.len()), (followed_by, 2));
        assert_eq!(read.encode().unwrap(), bytes);
        // A number that is larger than what there is.
        read.additionals.clear();
        assert_eq!(read.encode().unwrap(), message([0, 0, 0, 1], OPT));
    }
}

/// Each is a note, and the message is read; so that a client can use the answer of a server that is nearly right.
#[test]
fn an_opt_record_out_of_place() {
    let named = [b"\x01a".as_slice(), OPT].concat();
    let other = b"\0\0\x29\x10\0\0\0\x80\0\0\0".to_vec();
    for (counts, body, at, says, udp_size) in [
        (
            [0, 0, 0, 2],
            [OPT, &other].concat(),
            23,
            "a second OPT record at byte 23; RFC 6891 §6.1.1 allows one",
            Some(1232),
        ),
        (
            [0, 1, 0, 1],
            [&other, OPT].concat(),
            12,
            "an OPT record at byte 12, outside the additional section, where RFC 6891 §6.1.1 wants it",
            Some(1232),
        ),
        (
            [0, 0, 1, 0],
            OPT.to_vec(),
            12,
            "an OPT record at byte 12, outside the additional section, where RFC 6891 §6.1.1 wants it",
            None,
        ),
        (
            [0, 0, 0, 1],
            named.clone(),
            12,
            "the OPT record at byte 12 does not have the root as its name, as RFC 6891 §6.1.2 demands",
            None,
        ),
        (
            [0, 0, 0, 2],
            [&named, OPT].concat(),
            12,
            "the OPT record at byte 12 does not have the root as its name, as RFC 6891 §6.1.2 demands",
            Some(1232),
        ),
    ] {
        let bytes = message(counts, &body);
        let read = Message::parse(&bytes).unwrap_or_else(|error| panic!("{says}: {error}"));
        assert_eq!(read.notes.len(), 1, "{:?}", read.notes);
        assert_eq!((read.notes[0].offset, read.notes[0].to_string().as_str()), (at, says));
        assert_eq!(read.edns.as_ref().map(|edns| edns.udp_size), udp_size, "{says}");
        assert_eq!(refused(&bytes).to_string(), says);
        assert_eq!(read.encode().unwrap(), bytes, "nothing of it is lost: {says}");
        assert_eq!(dissect(&bytes).1.check_coverage(), Ok(()));
    }
}

/// Read as far as it is right: what follows the last record, and a record that is cut.
#[test]
fn nearly_right() {
    let whole = message([0, 2, 0, 0], &[address(), address()].concat());
    let read = Message::parse(&[&whole[..], b"\0\0\0"].concat()).unwrap();
    assert_eq!(read.answers.len(), 2);
    assert_eq!(
        read.notes[0].to_string(),
        "3 bytes follow at byte 42, after the last record; RFC 1035 §4.1 has nothing there"
    );
    for length in 28..whole.len() {
        let cut = Message::parse(&whole[..length]).unwrap_or_else(|error| panic!("{length}: {error}"));
        assert_eq!((cut.answers.len(), cut.notes.len()), (1, 1), "{length} bytes");
        let again = Message::parse_strictly(&cut.encode().unwrap()).unwrap();
        assert_eq!(again.answers, cut.answers, "the counts say what is there");
    }
}

/// A pointer leads back to a label that runs over the end, or up to it: the message is not cut, it is wrong.
#[test]
fn a_pointer_to_no_name() {
    // The label stands in the data of the first record, whose last byte is not the last of the message.
    for length in [2, 3, 63] {
        let first = record(b"\0", RecordType(65280), &[length, 1]);
        let bytes = message([0, 2, 0, 0], &[first, b"\xc0\x17".to_vec()].concat());
        let error = Message::parse(&bytes).unwrap_err();
        assert_eq!(
            error.to_string(),
            "label pointer at byte 25 leads to 23, from where a name runs over the end of the DNS message; RFC 1035 \
             §4.1.4 has a whole name there"
        );
        assert_eq!(refused(&bytes), error);
    }
}
