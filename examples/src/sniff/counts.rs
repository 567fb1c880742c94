//! What a sniffer counted: every frame is in one of these numbers.
//!
//! Tested in `tests/sniff`.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt;

use barewire_dissect::{count, printable, several};

use crate::story::Uncounted;

/// Reasons that are told apart.
const MOST_REASONS: usize = 64;

/// Reasons that the sentence names.
const MOST_TOLD: usize = 8;

/// The counts of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Frames that were heard, or read from a file.
    pub received: u64,
    /// Those of them that the filter took.
    pub matched: u64,
    /// Those of them that have a row.
    pub shown: u64,
    /// Those that were taken and have no row, by reason.
    pub without_row: BTreeMap<String, u64>,
    /// Frames that the system dropped because they came faster than they were taken. `None`: it does not say, or they
    /// were read from a file.
    pub dropped: Option<u64>,
    /// Conversations that were forgotten so that others fit in.
    pub forgotten: u64,
}

impl Counts {
    /// A frame was taken, and has a row, or none for this reason.
    pub(super) fn told(&mut self, without: Option<&Uncounted>) {
        let Some(reason) = without else {
            self.shown += 1;
            return;
        };
        let reason = reason.to_string();
        let full = self.without_row.len() >= MOST_REASONS && !self.without_row.contains_key(&reason);
        *self.without_row.entry(if full { "other".to_owned() } else { reason }).or_default() += 1;
    }

    /// The reasons, the most frequent first. Where they are too many to be told, those that differ in details are one.
    fn reasons(&self) -> Vec<(&str, u64)> {
        let is_short = self.without_row.len() <= MOST_TOLD;
        let mut groups: BTreeMap<&str, u64> = BTreeMap::new();
        for (reason, frames) in &self.without_row {
            *groups.entry(if is_short { reason } else { without_details(reason) }).or_default() += frames;
        }
        let mut groups: Vec<(&str, u64)> = groups.into_iter().collect();
        groups.sort_by_key(|(_, frames)| Reverse(*frames));
        groups
    }
}

/// What a reason is about, without its details: "EtherType" of "EtherType 0x88cc (LLDP)".
fn without_details(reason: &str) -> &str {
    let kind = reason.split(": ").next().unwrap_or(reason);
    let number = kind.split(' ').find(|word| word.contains(|c: char| c.is_ascii_digit()));
    let end = number.and_then(|word| kind.find(word)).unwrap_or(kind.len());
    let short = kind[..end].trim_end();
    if short.is_empty() { kind } else { short }
}

/// One sentence.
impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} received, ", several(self.received, "frame"))?;
        write!(f, "{} taken by the filter, {} shown", count(self.matched), count(self.shown))?;
        if let Some(dropped) = self.dropped {
            write!(f, ", {} dropped by the kernel", count(dropped))?;
        }
        let reasons = self.reasons();
        for (reason, frames) in reasons.iter().take(MOST_TOLD) {
            write!(f, "; {} not followed: {}", count(*frames), printable(reason))?;
        }
        if let Some(others @ [_, ..]) = reasons.get(MOST_TOLD..) {
            let frames = others.iter().map(|(_, frames)| frames).sum();
            write!(
                f,
                "; {} not followed for {}",
                count(frames),
                several(others.len() as u64, "other reason")
            )?;
        }
        if self.forgotten > 0 {
            write!(f, "; {} forgotten to make room", several(self.forgotten, "conversation"))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Counts;

    fn sentence(reasons: &[(&str, u64)]) -> String {
        let without_row = reasons.iter().map(|(reason, frames)| ((*reason).to_owned(), *frames)).collect();
        Counts { without_row, ..Counts::default() }.to_string()
    }

    #[test]
    fn few_reasons_are_told_with_their_details() {
        let wanted = "0 frames received, 0 taken by the filter, 0 shown; 5 not followed: EtherType 0x88cc (LLDP); \
                      2 not followed: EtherType 0x888e (EAP)";
        assert_eq!(sentence(&[("EtherType 0x888e (EAP)", 2), ("EtherType 0x88cc (LLDP)", 5)]), wanted);
    }

    /// Sixty kinds of frames would be a page of text.
    #[test]
    fn many_reasons_are_put_together_and_the_rare_ones_counted() {
        let types: Vec<String> = (0..40).map(|kind| format!("EtherType 0x90{kind:02x}")).collect();
        let mut reasons: Vec<(&str, u64)> = types.iter().map(|kind| (kind.as_str(), 1)).collect();
        reasons.extend([
            ("IP header not read: byte 0: version 7", 60),
            ("IP header not read: byte 2: too short", 3),
        ]);
        reasons.extend([
            ("802.11 beacon", 9),
            ("MPLS without IP", 8),
            ("netlink", 7),
            ("CDP", 6),
            ("VTP", 5),
        ]);
        reasons.extend([("DTP", 4), ("UDLD", 3), ("STP", 2)]);
        let wanted = "0 frames received, 0 taken by the filter, 0 shown; 63 not followed: IP header not read; \
                      40 not followed: EtherType; 9 not followed: 802.11 beacon; \
                      8 not followed: MPLS without IP; 7 not followed: netlink; 6 not followed: CDP; \
                      5 not followed: VTP; 4 not followed: DTP; 5 not followed for 2 other reasons";
        assert_eq!(sentence(&reasons), wanted);
    }
}
