//! Reading rules from text.

use std::ops::RangeInclusive;
use std::str::FromStr;

use super::action::{Action, With};
use super::rule::{Protocol, Rule};
use super::rule_error::{RuleError, WrongRule};
use super::words;
use crate::prefix::Prefix;
use crate::tracking::State;

/// The rules of a text, and its default.
pub(super) struct Rules {
    pub(super) rules: Vec<Rule>,
    pub(super) default: Action,
}

/// Reads one rule a line. What follows a `#` is a comment.
pub(super) fn rules(text: &str) -> Result<Rules, RuleError> {
    let (mut rules, mut default) = (Vec::new(), None);
    for (index, line) in text.lines().enumerate() {
        let mut words = Words::of(index + 1, line);
        let Some(first) = words.peek() else { continue };
        if default.is_some() {
            return Err(words.wrong_at(first, WrongRule::AfterDefault));
        }
        if first.text == "default" {
            words.next();
            default = Some(rule(words)?.action);
        } else {
            rules.push(rule(words)?);
        }
    }
    Ok(Rules { rules, default: default.unwrap_or(Action::Accept) })
}

impl FromStr for Rule {
    type Err = RuleError;

    /// Reads one rule.
    fn from_str(text: &str) -> Result<Rule, RuleError> {
        rule(Words::of(1, text))
    }
}

/// A word, and where it stands in its line.
#[derive(Clone, Copy)]
struct Word<'a> {
    text: &'a str,
    at: usize,
}

/// The words of a line that are not read yet.
struct Words<'a> {
    line: usize,
    text: &'a str,
    at: usize,
}

impl<'a> Words<'a> {
    fn of(line: usize, text: &'a str) -> Words<'a> {
        Words { line, text: text.split('#').next().unwrap_or_default(), at: 0 }
    }

    fn peek(&self) -> Option<Word<'a>> {
        let rest = &self.text[self.at..];
        let at = self.at + (rest.len() - rest.trim_start().len());
        let text = self.text[at..].split_whitespace().next()?;
        Some(Word { text, at })
    }

    fn next(&mut self) -> Option<Word<'a>> {
        let word = self.peek()?;
        self.at = word.at + word.text.len();
        Some(word)
    }

    /// The word after another one that needs it.
    fn after(&mut self, word: Word<'a>) -> Result<Word<'a>, RuleError> {
        self.next().ok_or_else(|| self.wrong_at(word, WrongRule::NothingAfter(word.text.to_owned())))
    }

    /// The value that a condition needs.
    fn value<T>(
        &mut self,
        condition: Word<'a>,
        read: impl Fn(&str) -> Option<T>,
        wrong: fn(String) -> WrongRule,
    ) -> Result<T, RuleError> {
        let word = self.after(condition)?;
        read(word.text).ok_or_else(|| self.wrong_at(word, wrong(word.text.to_owned())))
    }

    /// The next word, if it says more of the one before.
    fn detail<T>(&mut self, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let detail = read(self.peek()?.text)?;
        self.next();
        Some(detail)
    }

    fn wrong_at(&self, word: Word<'_>, why: WrongRule) -> RuleError {
        RuleError { line: self.line, column: word.at + 1, why }
    }
}

/// Reads conditions up to the action.
fn rule(mut words: Words<'_>) -> Result<Rule, RuleError> {
    let (mut rule, start) = (Rule::always(Action::Accept), words.at);
    let mut seen: Vec<Word<'_>> = Vec::new();
    while let Some(word) = words.next() {
        if let Some(action) = action(word, &mut words) {
            if let Some(more) = words.next() {
                return Err(words.wrong_at(more, WrongRule::AfterAction(more.text.to_owned())));
            }
            let conditions: Vec<&str> = words.text[start..word.at].split_whitespace().collect();
            (rule.conditions, rule.action) = (conditions.join(" "), action);
            return check_protocol(&rule, &seen, &words).map(|()| rule);
        }
        if seen.iter().any(|other| subject(other.text) == subject(word.text)) {
            return Err(words.wrong_at(word, WrongRule::Twice(subject(word.text).to_owned())));
        }
        condition(&mut rule, word, &mut words)?;
        seen.push(word);
    }
    let end = Word { text: "", at: words.text.trim_end().len() };
    Err(words.wrong_at(end, WrongRule::NoAction))
}

fn action<'a>(word: Word<'a>, words: &mut Words<'a>) -> Option<Action> {
    match word.text {
        "accept" => Some(Action::Accept),
        "drop" => Some(Action::Drop),
        "reject" => Some(Action::Reject(words.detail(with).unwrap_or(With::NoPort))),
        _ => None,
    }
}

/// What a condition is about: a rule is about one protocol only.
fn subject(condition: &str) -> &str {
    match condition {
        "tcp" | "udp" | "icmp" => "protocol",
        _ => condition,
    }
}

fn condition<'a>(rule: &mut Rule, word: Word<'a>, words: &mut Words<'a>) -> Result<(), RuleError> {
    match word.text {
        "in" => rule.comes_in = Some(words.after(word)?.text.to_owned()),
        "out" => rule.leaves = Some(words.after(word)?.text.to_owned()),
        "from" => rule.from = words.value(word, prefix, WrongRule::NotAPrefix)?,
        "to" => rule.to = words.value(word, prefix, WrongRule::NotAPrefix)?,
        "tcp" | "udp" => {
            rule.protocol = Some(if word.text == "tcp" { Protocol::Tcp } else { Protocol::Udp });
            if words.peek().is_some_and(|next| next.text.starts_with(|c: char| c.is_ascii_digit())) {
                rule.ports = words.value(word, ports, WrongRule::NotPorts)?;
            }
        }
        "icmp" => {
            rule.protocol = Some(Protocol::Icmp);
            rule.icmp = words.detail(icmp_type);
        }
        "protocol" => {
            let number = words.value(word, |text| text.parse().ok(), WrongRule::NotAProtocol)?;
            rule.protocol = Some(Protocol::Number(number));
        }
        "source-port" => rule.source_ports = words.value(word, ports, WrongRule::NotPorts)?,
        "flags" => rule.flags = Some(words.value(word, flags, WrongRule::NotFlags)?),
        "state" => rule.states = words.value(word, states, WrongRule::NotStates)?,
        _ => return Err(words.wrong_at(word, WrongRule::UnknownWord(word.text.to_owned()))),
    }
    Ok(())
}

/// A condition that only some protocols can have needs one of them: otherwise it would never match.
fn check_protocol(rule: &Rule, seen: &[Word<'_>], words: &Words<'_>) -> Result<(), RuleError> {
    let has_ports = matches!(rule.protocol, Some(Protocol::Tcp | Protocol::Udp));
    let needs =
        [("flags", "tcp", rule.protocol == Some(Protocol::Tcp)), ("source-port", "tcp or udp", has_ports)];
    for (condition, protocol, is_fine) in needs {
        if let Some(word) = seen.iter().find(|word| word.text == condition && !is_fine) {
            return Err(words.wrong_at(*word, WrongRule::NeedsProtocol(condition, protocol)));
        }
    }
    Ok(())
}

fn with(text: &str) -> Option<With> {
    words::WITH.iter().find(|(name, _)| *name == text).map(|(_, with)| *with)
}

/// `anywhere` is a place without a prefix.
fn prefix(text: &str) -> Option<Option<Prefix>> {
    if text == "anywhere" { Some(None) } else { text.parse().ok().map(Some) }
}

fn icmp_type(text: &str) -> Option<(Option<u8>, Option<u8>)> {
    let named = words::ICMP.iter().find(|(name, ..)| *name == text).map(|(_, v4, v6)| (*v4, *v6));
    named.or_else(|| text.parse().ok().map(|kind| (Some(kind), Some(kind))))
}

/// `443` or `80,1024-2047`.
fn ports(text: &str) -> Option<Vec<RangeInclusive<u16>>> {
    let range = |part: &str| {
        let (start, end) = part.split_once('-').unwrap_or((part, part));
        let (start, end) = (start.parse().ok()?, end.parse().ok()?);
        (start <= end).then_some(start..=end)
    };
    text.split(',').map(range).collect()
}

/// `syn,!ack`: the bits that are looked at, and how they must be.
fn flags(text: &str) -> Option<(u8, u8)> {
    let mut flags = (0, 0);
    for part in text.split(',') {
        let name = part.strip_prefix('!').unwrap_or(part);
        let (_, bit) = words::FLAGS.iter().find(|(flag, _)| *flag == name)?;
        flags.0 |= bit;
        flags.1 |= if name == part { *bit } else { 0 };
    }
    Some(flags)
}

fn states(text: &str) -> Option<Vec<State>> {
    let state = |part| State::NAMES.iter().find(|(_, name)| *name == part).map(|(state, _)| *state);
    text.split(',').map(state).collect()
}
