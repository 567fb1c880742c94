//! Fields of any width at any bit, as numbers.

/// The number in the `width` bits from bit `at`, where bit 0 is the highest of the first byte.
pub(super) fn get(bytes: &[u8], at: usize, width: usize) -> u128 {
    (at..at + width).fold(0, |number, bit| number << 1 | u128::from(bytes[bit / 8] >> (7 - bit % 8) & 1))
}

/// Writes a number into them.
pub(super) fn put(bytes: &mut [u8], at: usize, width: usize, number: u128) {
    for (index, bit) in (at..at + width).enumerate() {
        let is_set = number >> (width - 1 - index) & 1 == 1;
        let mask = 0x80 >> (bit % 8);
        if is_set { bytes[bit / 8] |= mask } else { bytes[bit / 8] &= !mask }
    }
}

#[cfg(test)]
mod tests {
    use super::{get, put};

    #[test]
    fn bits_of_a_word() {
        let mut bytes = [0xff, 0x00, 0xff];
        put(&mut bytes, 4, 13, 0b0_1010_1010_1010);
        assert_eq!(bytes, [0xf5, 0x55, 0x7f]);
        assert_eq!(get(&bytes, 4, 13), 0b0_1010_1010_1010);
        assert_eq!(get(&bytes, 17, 7), 0x7f);
    }
}
