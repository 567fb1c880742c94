//! Fragments put together again, in any order; and what must not be put together.

mod common;

use std::time::Duration;

use barewire_packet::build::{datagram, fragments, with_extension_headers};
use barewire_packet::ip::{Codepoint, Defragmenter, Fragments, IpPacket};
use common::judges;
use proptest::prelude::*;

const NOW: Duration = Duration::from_secs(1_700_000_000);

fn receive(defragmenter: &mut Defragmenter, packet: &[u8]) -> Fragments {
    defragmenter.receive(NOW, &IpPacket::parse(packet).unwrap())
}

/// The outcomes for these packets, by a fresh defragmenter.
fn outcomes<'a>(packets: impl IntoIterator<Item = &'a Vec<u8>>) -> Vec<Fragments> {
    let mut defragmenter = Defragmenter::new();
    packets.into_iter().map(|packet| receive(&mut defragmenter, packet)).collect()
}

fn large(six: bool, length: usize) -> Vec<u8> {
    let payload: Vec<u8> = (0..length).map(|byte| byte as u8).collect();
    if six {
        datagram("[2001:db8::2]:40000", "[2001:db8::53]:53", &payload)
    } else {
        let mut packet = datagram("10.0.0.2:40000", "10.0.0.53:53", &payload);
        // Fragments do not carry "don't fragment", so neither does the packet that is compared.
        packet[6] = 0;
        packet[4..6].copy_from_slice(&7u16.to_be_bytes());
        packet[10..12].fill(0);
        let sum = barewire_packet::checksum::checksum(&packet[..20]);
        packet[10..12].copy_from_slice(&sum.to_be_bytes());
        packet
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 300, ..ProptestConfig::default() })]

    /// In any order, some of them twice, with pieces of another packet between them: the packet comes out once, as it
    /// was.
    #[test]
    fn in_any_order(six: bool, length in 1usize..4000, size in 8usize..1500, order: Vec<prop::sample::Index>) {
        let whole = large(six, length);
        let pieces = fragments(&whole, 7, size);
        prop_assume!(pieces.len() > 1);
        let others = fragments(&large(six, 3000), 8, 1000);
        let mut defragmenter = Defragmenter::new();
        let mut out = Vec::new();
        let mut shuffled: Vec<&Vec<u8>> = pieces.iter().collect();
        for (index, at) in order.iter().enumerate() {
            let other = at.index(shuffled.len());
            shuffled.swap(index % pieces.len(), other);
        }
        let last = shuffled.len() - 1;
        for (index, piece) in shuffled.into_iter().enumerate() {
            let seen_before = if index < 2 { Fragments::Kept } else { Fragments::Duplicate };
            prop_assert_eq!(receive(&mut defragmenter, &others[index % 2]), seen_before);
            let outcome = receive(&mut defragmenter, piece);
            if index < last {
                prop_assert_eq!(&outcome, &Fragments::Kept);
                prop_assert_eq!(receive(&mut defragmenter, piece), Fragments::Duplicate);
            }
            out.push(outcome);
        }
        prop_assert_eq!(out.pop(), Some(Fragments::Whole { packet: whole }));
        prop_assert_eq!(defragmenter.dropped(), 0);
    }

    /// No bytes and no order of them make it panic, or hold more than its bound.
    #[test]
    fn any_pieces(pieces in proptest::collection::vec((0u16..40, 0u16..200, any::<bool>(), 0usize..60), 0..200)) {
        let mut defragmenter = Defragmenter::new();
        for (identification, units, more, length) in pieces {
            let packet = piece(identification, units, more, &vec![1; length]);
            receive(&mut defragmenter, &packet);
            prop_assert!(defragmenter.held() <= 4 << 20);
        }
    }
}

/// An IPv4 fragment, made by hand.
fn piece(identification: u16, units: u16, more: bool, payload: &[u8]) -> Vec<u8> {
    let mut packet = datagram("10.0.0.2:1", "10.0.0.3:2", b"")[..20].to_vec();
    packet.extend(payload);
    let length = (packet.len() as u16).to_be_bytes();
    packet[2..4].copy_from_slice(&length);
    packet[4..6].copy_from_slice(&identification.to_be_bytes());
    packet[6..8].copy_from_slice(&(units | u16::from(more) << 13).to_be_bytes());
    packet
}

#[test]
fn a_whole_packet_is_not_a_fragment() {
    assert_eq!(outcomes([&datagram("10.0.0.2:1", "10.0.0.3:2", b"x")]), [Fragments::NotAFragment]);
}

/// RFC 791 §3.2: addresses, identification and protocol together tell which packet a piece belongs to.
#[test]
fn pieces_of_different_packets_are_kept_apart() {
    let mut tcp = piece(7, 1, false, &[1; 8]);
    tcp[9] = 6;
    let mut elsewhere = piece(7, 1, false, &[1; 8]);
    elsewhere[19] = 9;
    let first = piece(7, 0, true, &[1; 8]);
    assert_eq!(
        outcomes([&first, &tcp, &elsewhere, &piece(8, 1, false, &[1; 8])]),
        [const { Fragments::Kept }; 4]
    );
    assert!(matches!(outcomes([&first, &piece(7, 1, false, &[1; 8])])[1], Fragments::Whole { .. }));
}

/// RFC 5722 §4: with one overlap all pieces are dropped, those still to come too.
#[test]
fn pieces_that_overlap_are_dropped() {
    let (a, b) = (&[1; 16][..], &[2; 16][..]);
    let overlaps = [
        ("the same place, other bytes", piece(7, 0, true, b)),
        ("the end of the first", piece(7, 1, true, b)),
        ("all of the first and more", piece(7, 0, true, &[1; 24])),
        ("within the first", piece(7, 1, true, &[1; 8])),
    ];
    for (what, overlap) in overlaps {
        let rest = piece(7, 2, false, a);
        let seen = outcomes([&piece(7, 0, true, a), &overlap, &rest, &piece(7, 0, true, a)]);
        let [first, others @ ..] = &seen[..] else { panic!("nothing") };
        assert_eq!(first, &Fragments::Kept);
        assert!(others.iter().all(|outcome| *outcome == Fragments::Overlap), "{what}: {others:?}");
    }
    // From the other side: the later piece came first.
    let seen = outcomes([&piece(7, 1, true, a), &piece(7, 0, true, a)]);
    assert_eq!(seen, [Fragments::Kept, Fragments::Overlap]);
}

/// The same piece with another ECN field.
fn with_codepoint(piece: &[u8], codepoint: Codepoint) -> Vec<u8> {
    let mut piece = piece.to_vec();
    let is_v4 = piece[0] >> 4 == 4;
    piece[1] = piece[1] & if is_v4 { !3 } else { !0x30 } | codepoint.bits() << if is_v4 { 0 } else { 4 };
    piece
}

/// RFC 3168 §5.3: a mark of any piece is one of the packet, unless a piece says that it cannot be marked. Then it is
/// dropped. Where all pieces say the same, so does the packet.
#[test]
fn rfc3168_s5_3_a_mark_is_not_lost() {
    use Codepoint::{Ce, Ect0, Ect1, NotEct};
    let cases = [
        ([NotEct; 3], Some(NotEct)),
        ([Ect0; 3], Some(Ect0)),
        ([Ect1; 3], Some(Ect1)),
        ([Ce; 3], Some(Ce)),
        ([Ect0, Ce, Ect0], Some(Ce)),
        ([Ect1, Ect1, Ce], Some(Ce)),
        ([Ce, Ect0, Ect0], Some(Ce)),
        ([NotEct, Ce, NotEct], None),
        ([Ce, NotEct, Ce], None),
    ];
    for (six, (codepoints, wanted)) in [false, true].into_iter().flat_map(|six| cases.map(|case| (six, case)))
    {
        let pieces = fragments(&large(six, 2500), 7, 1000);
        assert_eq!(pieces.len(), 3);
        let marked = pieces.iter().zip(codepoints).map(|(piece, codepoint)| with_codepoint(piece, codepoint));
        let marked: Vec<_> = marked.collect();
        // The first comes last.
        let found = outcomes(marked.iter().rev());
        let whole = found.iter().find_map(|outcome| match outcome {
            Fragments::Whole { packet } => {
                Some(IpPacket::parse(packet).expect("a good packet").header.codepoint())
            }
            _ => None,
        });
        assert_eq!(whole, wanted, "{six} {codepoints:?}");
        assert_eq!(found.contains(&Fragments::MarksDisagree), wanted.is_none());
    }
}

#[test]
fn pieces_that_disagree_about_the_end_are_dropped() {
    let last = |units, length| piece(7, units, false, &vec![1; length]);
    for second in [last(3, 8), piece(7, 4, true, &[1; 8]), last(1, 8)] {
        assert_eq!(outcomes([&last(2, 8), &second]), [Fragments::Kept, Fragments::Overlap], "{second:?}");
    }
    // A last piece before one that is there.
    assert_eq!(outcomes([&piece(7, 9, true, &[1; 8]), &last(1, 8)]), [Fragments::Kept, Fragments::Overlap]);
}

/// The "ping of death": the last piece reaches beyond the longest packet.
#[test]
fn a_packet_cannot_be_too_long() {
    assert_eq!(outcomes([&piece(7, 8189, false, &[1; 100])]), [Fragments::TooLong]);
    // 65,535 bytes of payload leave no room for the header.
    let start: Vec<Vec<u8>> = (0..8).map(|index| piece(7, index * 1023, true, &[1; 8184])).collect();
    let mut seen = outcomes(start.iter().chain([&piece(7, 8184, false, &[1; 60])]));
    assert_eq!(seen.pop(), Some(Fragments::TooLong));
    let mut seen = outcomes(start.iter().chain([&piece(7, 8184, false, &[1; 43])]));
    let Some(Fragments::Whole { packet }) = seen.pop() else { panic!("not whole") };
    assert_eq!(IpPacket::parse(&packet).unwrap().payload.len(), 65_515);
}

#[test]
fn only_the_last_piece_has_any_length() {
    assert_eq!(outcomes([&piece(7, 0, true, &[1; 9])]), [Fragments::Uneven]);
    assert_eq!(outcomes([&piece(7, 1, false, &[1; 9])]), [Fragments::Kept]);
}

#[test]
fn a_piece_that_was_not_captured_whole_is_not_used() {
    let pieces = fragments(&large(false, 2000), 7, 1000);
    let mut defragmenter = Defragmenter::new();
    let cut = IpPacket::parse_captured(&pieces[0][..60], 900).unwrap();
    assert_eq!(defragmenter.receive(NOW, &cut), Fragments::NotCaptured);
    assert_eq!(receive(&mut defragmenter, &pieces[1]), Fragments::Kept);
}

/// RFC 8200 §4.5: 60 seconds after the first piece it is over.
#[test]
fn pieces_that_come_too_late() {
    let pieces = fragments(&large(true, 2000), 7, 1000);
    for (later, wanted) in [(60, true), (61, false)] {
        let mut defragmenter = Defragmenter::new();
        let mut last = Fragments::NotAFragment;
        for (index, piece) in pieces.iter().enumerate() {
            let time = NOW + Duration::from_secs(if index == 0 { 0 } else { later });
            last = defragmenter.receive(time, &IpPacket::parse(piece).unwrap());
        }
        assert_eq!(matches!(last, Fragments::Whole { .. }), wanted, "after {later} s");
        assert_eq!(defragmenter.dropped(), u64::from(!wanted));
    }
}

/// A flood of pieces that belong to nothing: the oldest go, and are counted.
#[test]
fn what_waits_is_bounded() {
    let mut defragmenter = Defragmenter::new();
    for identification in 0..300 {
        assert_eq!(receive(&mut defragmenter, &piece(identification, 0, true, &[1; 8])), Fragments::Kept);
    }
    assert_eq!(defragmenter.dropped(), 300 - 256);
    // The newest are there, the oldest are not.
    assert!(matches!(receive(&mut defragmenter, &piece(299, 1, false, &[1])), Fragments::Whole { .. }));
    assert_eq!(receive(&mut defragmenter, &piece(0, 1, false, &[1])), Fragments::Kept);

    // By bytes: 100 packets of 60,000.
    let mut defragmenter = Defragmenter::new();
    for identification in 0..100 {
        receive(&mut defragmenter, &piece(identification, 0, true, &[1; 60_000]));
        assert!(defragmenter.held() <= 4 << 20, "holds {} bytes", defragmenter.held());
    }
    assert_eq!(defragmenter.dropped(), 31);
}

/// RFC 8200 §4.5: headers before the fragment header are of every piece, headers after it of the packet.
#[test]
fn ipv6_headers_on_both_sides() {
    let options: &[u8] = &[1, 4, 0, 0, 0, 0];
    let packet = with_extension_headers(&large(true, 2000), &[(60, options)]);
    let pieces = fragments(&packet, 7, 1000);
    // Before the fragment header, put one more into each piece.
    let with_hop_by_hop: Vec<Vec<u8>> =
        pieces.iter().map(|piece| with_extension_headers(piece, &[(0, options)])).collect();
    let mut seen = outcomes(&with_hop_by_hop);
    let wanted = with_extension_headers(&packet, &[(0, options)]);
    assert_eq!(seen.pop(), Some(Fragments::Whole { packet: wanted }));
}

#[test]
fn tshark_puts_them_together_the_same() {
    if !judges::can_run("tshark_puts_them_together_the_same", &["tshark"]) {
        return;
    }
    let packets = [fragments(&large(false, 2000), 7, 800), fragments(&large(true, 3000), 8, 1232)].concat();
    let file = common::capture_of(packets.iter().map(|packet| (101, &packet[..]))).write();
    let theirs = judges::tshark("fragments", &file, &[], &["frame.number", "udp.length"]);
    let mut defragmenter = Defragmenter::new();
    let ours: Vec<Vec<String>> = packets
        .iter()
        .enumerate()
        .map(|(index, piece)| {
            let length = match receive(&mut defragmenter, piece) {
                Fragments::Whole { packet } => {
                    let payload = IpPacket::parse(&packet).unwrap().payload.to_vec();
                    u16::from_be_bytes([payload[4], payload[5]]).to_string()
                }
                other => {
                    assert_eq!(other, Fragments::Kept);
                    String::new()
                }
            };
            vec![(index + 1).to_string(), length]
        })
        .collect();
    assert_eq!(ours, theirs);
    assert_eq!(theirs.iter().filter(|line| !line[1].is_empty()).count(), 2, "{theirs:?}");
}
