//! The lists of conversations that `barewire read` and tshark print, read back.

use std::collections::BTreeMap;
use std::net::SocketAddrV4;

/// A conversation: between whom, and how many frames it has. The ends are in order, because tshark does not tell
/// which of them is the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Listed {
    ends: [SocketAddrV4; 2],
    frames: u64,
}

impl Listed {
    pub(super) fn new(mut ends: [SocketAddrV4; 2], frames: u64) -> Listed {
        ends.sort();
        Listed { ends, frames }
    }
}

/// What `barewire read` lists: `tcp 0  10.0.0.2:50000 → 203.0.113.80:5201  12,113 ...`.
pub(super) fn ours(text: &str) -> Vec<Listed> {
    let rows = text.lines().filter(|line| line.starts_with("tcp "));
    rows.map(|line| listed(line, [2, 4], 5)).collect()
}

/// What `tshark -z conv,tcp` lists. The frames are given for each way, with the bytes in two words, and then in all:
/// `10.0.0.2:50000  <-> 203.0.113.80:5201  4132 276 kB  7981 12 MB  12113 12 MB ...`.
pub(super) fn theirs(text: &str) -> Vec<Listed> {
    let rows = text.lines().filter(|line| line.contains(" <-> "));
    rows.map(|line| listed(line, [0, 2], 9)).collect()
}

/// Takes a row apart: in which words the ends and the frames stand.
fn listed(line: &str, ends: [usize; 2], frames: usize) -> Listed {
    let words: Vec<&str> = line.split_whitespace().collect();
    let word = |index: usize| *words.get(index).unwrap_or_else(|| panic!("a row of few words: {line}"));
    let end = |index| word(index).parse().unwrap_or_else(|error| panic!("{error}: {line}"));
    let number = word(frames).replace(',', "").parse().unwrap_or_else(|error| panic!("{error}: {line}"));
    Listed::new(ends.map(end), number)
}

/// Compares two lists, in whatever order they are.
///
/// # Panics
/// They differ. The first rows that only one of them has are named.
pub(super) fn same(who: &str, got: &[Listed], wanted: &[Listed]) {
    let mut difference = BTreeMap::<Listed, i64>::new();
    wanted.iter().for_each(|row| *difference.entry(*row).or_default() += 1);
    got.iter().for_each(|row| *difference.entry(*row).or_default() -= 1);
    let missing: Vec<_> = difference.iter().filter(|(_, times)| **times > 0).take(3).collect();
    let added: Vec<_> = difference.iter().filter(|(_, times)| **times < 0).take(3).collect();
    assert!(
        missing.is_empty() && added.is_empty(),
        "{who}: {} rows, wanted {}; missing: {missing:?}; not wanted: {added:?}",
        got.len(),
        wanted.len()
    );
}
