use super::{ALIGNMENT, HEADER, find};

/// A control message as cmsg(3) lays it out, padded.
fn message(level: i32, kind: i32, data: &[u8]) -> Vec<u8> {
    let length = HEADER + data.len();
    let mut bytes = [&length.to_ne_bytes()[..], &level.to_ne_bytes(), &kind.to_ne_bytes(), data].concat();
    bytes.resize(length.next_multiple_of(ALIGNMENT), 0);
    bytes
}

#[test]
fn each_of_two_control_messages_is_found() {
    let both = [message(1, 35, &[7; 5]), message(263, 8, &[9; 20])].concat();
    assert_eq!(find(&both, 1, 35), Some(&[7; 5][..]));
    assert_eq!(find(&both, 263, 8), Some(&[9; 20][..]));
    assert_eq!(find(&both, 263, 35), None);
}

#[test]
fn lengths_that_do_not_fit_end_the_search() {
    for length in [0, 1, HEADER - 1, 1000, usize::MAX] {
        let mut bytes = message(1, 2, &[0; 8]);
        bytes[..size_of::<usize>()].copy_from_slice(&length.to_ne_bytes());
        assert_eq!(find(&bytes, 1, 35), None, "{length}");
        assert_eq!(find(&bytes, 1, 2), None, "{length}");
    }
}
