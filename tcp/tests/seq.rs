//! The order of sequence numbers, at every place of the circle.

use barewire_tcp::SeqNumber;
use proptest::prelude::*;

fn config() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, cases: 2000, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_number_comes_before_those_ahead_of_it(a: u32, ahead in 1u32..1 << 31) {
        let (a, b) = (SeqNumber(a), SeqNumber(a) + ahead);
        prop_assert!(a.before(b) && !b.before(a), "{a} and {ahead} more");
        prop_assert!(b.after(a) && a.at_or_before(b) && b.at_or_after(a));
        prop_assert_eq!(b.since(a), ahead);
        prop_assert_eq!(b.back(ahead), a);
        prop_assert_eq!(a.latest(b), b);
    }

    #[test]
    fn within_is_a_half_open_range(first: u32, length in 0u32..1 << 30, step in 0u32..1 << 30) {
        let first = SeqNumber(first);
        prop_assert_eq!((first + step).within(first, length), step < length);
        prop_assert!(!first.back(1).within(first, length));
    }

    /// The comparison as RFC 1982 §3.2 writes it out, over wider numbers.
    #[test]
    fn agrees_with_serial_number_arithmetic(a: u32, b: u32) {
        let (i, j, half) = (i64::from(a), i64::from(b), 1i64 << 31);
        let less = i < j && j - i < half || i > j && i - j > half;
        if j - i != half && i - j != half {
            prop_assert_eq!(SeqNumber(a).before(SeqNumber(b)), less, "{} before {}", a, b);
        }
    }
}

#[test]
fn the_circle_closes() {
    assert!(SeqNumber(u32::MAX).before(SeqNumber(0)));
    assert!(SeqNumber(0xffff_fff0).before(SeqNumber(0x10)));
    assert_eq!(SeqNumber(u32::MAX) + 1, SeqNumber(0));
    assert_eq!(SeqNumber(0).back(1), SeqNumber(u32::MAX));
    let a = SeqNumber(7);
    assert!(!a.before(a) && !a.after(a) && a.at_or_before(a) && a.at_or_after(a));
}
