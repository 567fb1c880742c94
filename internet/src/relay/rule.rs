//! Rules for single frames: the twelfth segment with data to the right is dropped.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::frame::Kind;
use super::side::Side;
use super::values::{number, time};

/// What is done to some frames, by their number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The side by which they leave.
    to: Side,
    kind: Kind,
    /// Which of this kind, counted from 1.
    numbers: RangeInclusive<u64>,
    action: Action,
}

/// What is done to a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// It does not go on.
    Drop,
    /// It is sent twice.
    Twice,
    /// It is marked: congestion experienced (RFC 3168 §5).
    Mark,
    /// It waits so long before it goes on.
    Hold(Duration),
}

impl Action {
    /// How long it holds a frame back, if it does.
    pub(super) fn holds(self) -> Option<Duration> {
        match self {
            Action::Hold(time) => Some(time),
            Action::Drop | Action::Twice | Action::Mark => None,
        }
    }
}

impl Rule {
    /// A rule for the frames with these numbers that leave by `to`: segments of TCP with payload, or those without.
    pub fn new(to: Side, with_payload: bool, numbers: RangeInclusive<u64>, action: Action) -> Rule {
        Rule { to, kind: if with_payload { Kind::Data } else { Kind::Bare }, numbers, action }
    }

    /// Reads `right:data:12:drop` or `left:bare:3-5:hold:300ms`.
    pub(super) fn read(word: &str) -> Result<Rule, String> {
        let parts: Vec<&str> = word.split(':').collect();
        let [side, kind, numbers, action @ ..] = &parts[..] else {
            return Err("wanted SIDE:KIND:NUMBERS:ACTION, such as right:data:12:drop".to_owned());
        };
        let with_payload = match *kind {
            "data" => true,
            "bare" => false,
            other => return Err(format!("{other} is neither data nor bare")),
        };
        let (first, last) = numbers.split_once('-').unwrap_or((numbers, numbers));
        let action = match action {
            ["drop"] => Action::Drop,
            ["twice"] => Action::Twice,
            ["mark"] => Action::Mark,
            ["hold", for_time] => Action::Hold(time(for_time)?),
            other => return Err(format!("{:?} is not drop, twice, mark or hold:TIME", other.join(":"))),
        };
        let numbers = number(first)?..=number(last)?;
        if numbers.is_empty() || *numbers.start() == 0 {
            return Err(format!("{first}-{last} are no frames: they are counted from 1"));
        }
        Ok(Rule::new(Side::read(side)?, with_payload, numbers, action))
    }
}

/// The rules, and how many frames of which kind have gone which way.
#[derive(Debug)]
pub(super) struct Rules {
    rules: Vec<Rule>,
    seen: Vec<(Side, Kind, u64)>,
}

impl Rules {
    pub(super) fn new(rules: Vec<Rule>) -> Rules {
        let ways = Side::BOTH.into_iter().flat_map(|side| [(side, Kind::Data, 0), (side, Kind::Bare, 0)]);
        Rules { rules, seen: ways.collect() }
    }

    /// Counts a frame, and says what is to be done to it.
    pub(super) fn meet(&mut self, to: Side, kind: Kind) -> Vec<Action> {
        let Some((.., count)) = self.seen.iter_mut().find(|(side, of, _)| (*side, *of) == (to, kind)) else {
            return Vec::new();
        };
        *count += 1;
        let hit = |rule: &&Rule| rule.to == to && rule.kind == kind && rule.numbers.contains(count);
        self.rules.iter().filter(hit).map(|rule| rule.action).collect()
    }
}
