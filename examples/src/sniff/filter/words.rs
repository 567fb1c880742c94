//! A filter, cut into words with their places.

use std::ops::Range;

use super::unreadable::{Reason, Unreadable};

/// Words at the most. The tree of a filter is as deep as it has words.
const MOST: usize = 512;

/// The words of a filter that are not read yet.
pub(super) struct Words<'a> {
    text: &'a str,
    ranges: Vec<Range<usize>>,
    next: usize,
}

impl<'a> Words<'a> {
    /// Words are apart by white space. Parentheses and `!` are words of their own, wherever they stand.
    pub(super) fn of(text: &'a str) -> Result<Words<'a>, Unreadable> {
        let mut ranges: Vec<Range<usize>> = Vec::new();
        let mut open = false;
        for (at, letter) in text.char_indices() {
            let after = at + letter.len_utf8();
            let alone = matches!(letter, '(' | ')' | '!');
            match ranges.last_mut().filter(|_| open && !alone && !letter.is_whitespace()) {
                Some(last) => last.end = after,
                None if letter.is_whitespace() => {}
                None => ranges.push(at..after),
            }
            open = !alone && !letter.is_whitespace();
        }
        let words = Words { text, ranges, next: 0 };
        match words.ranges.get(MOST) {
            Some(range) => Err(words.refuse(range.clone(), Reason::TooLong(MOST))),
            None => Ok(words),
        }
    }

    /// The next word, which stays.
    pub(super) fn peek(&self) -> Option<&'a str> {
        self.text.get(self.ranges.get(self.next)?.clone())
    }

    /// The next word.
    pub(super) fn take(&mut self) -> Option<&'a str> {
        let word = self.peek();
        self.next += usize::from(word.is_some());
        word
    }

    /// Takes the next word if it is one of these.
    pub(super) fn take_one_of(&mut self, wanted: &[&str]) -> bool {
        let found = self.peek().is_some_and(|word| wanted.contains(&word));
        self.next += usize::from(found);
        found
    }

    /// How many words were taken: a place to come back to.
    pub(super) fn place(&self) -> usize {
        self.next
    }

    pub(super) fn go_back(&mut self, place: usize) {
        self.next = place;
    }

    /// Refuses the word that was taken last.
    pub(super) fn refuse_last(&self, reason: Reason) -> Unreadable {
        self.refuse_at(self.next.saturating_sub(1), reason)
    }

    /// Refuses the next word, or the end.
    pub(super) fn refuse_next(&self, reason: Reason) -> Unreadable {
        self.refuse_at(self.next, reason)
    }

    /// Refuses the word at a place.
    pub(super) fn refuse_at(&self, place: usize, reason: Reason) -> Unreadable {
        let end = self.text.len()..self.text.len();
        self.refuse(self.ranges.get(place).cloned().unwrap_or(end), reason)
    }

    fn refuse(&self, at: Range<usize>, reason: Reason) -> Unreadable {
        Unreadable { text: self.text.to_owned(), at, reason }
    }
}
