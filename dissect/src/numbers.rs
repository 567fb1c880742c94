//! Numbers of things, for people: how many bytes, packets, frames. All crates write them with these functions.
//!
//! What a number names is written as the protocol has it, without commas: a byte's place, a port, a sequence number.
//! Tested in `tests/tree.rs`.

/// A number with its thousands apart.
///
/// ```
/// # use barewire_dissect::count;
/// assert_eq!(count(200_000), "200,000");
/// assert_eq!(count(999), "999");
/// ```
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number of things whose plural takes an s.
///
/// ```
/// # use barewire_dissect::several;
/// assert_eq!(several(1, "packet"), "1 packet");
/// assert_eq!(several(12_000, "byte"), "12,000 bytes");
/// ```
pub fn several(number: u64, word: &str) -> String {
    format!("{} {word}{}", count(number), if number == 1 { "" } else { "s" })
}
