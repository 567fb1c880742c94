use super::without_padding;
use crate::build::datagram;

#[test]
fn the_padding_of_a_short_frame_is_taken_off() {
    for (from, to) in [("10.0.0.1:1", "10.0.0.2:2"), ("[2001:db8::1]:1", "[2001:db8::2]:2")] {
        let packet = datagram(from, to, b"short");
        let padded = [&packet[..], &[0; 13]].concat();
        assert_eq!(without_padding(&padded), packet);
        assert_eq!(without_padding(&packet), packet);
    }
}

#[test]
fn a_length_that_cannot_be_leaves_all_that_came() {
    for length in [0u16, 1, 20, 61, 0xffff] {
        let mut packet = datagram("10.0.0.1:1", "10.0.0.2:2", &[7; 32]);
        packet[2..4].copy_from_slice(&length.to_be_bytes());
        assert_eq!(without_padding(&packet), packet, "{length}");
    }
    assert_eq!(without_padding(&[]), &[]);
    assert_eq!(without_padding(&[0x45]), &[0x45]);
}
