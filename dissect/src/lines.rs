//! Text in lines that fit on the page: broken at spaces, and inside a word only where the word fits on no line.
//!
//! Nothing is lost: a break takes the place of one space, or stands inside a long word. Tested below, and in
//! `tests/tree.rs`.

use unicode_width::UnicodeWidthChar;

/// The columns that `text` takes on a terminal. A character of Chinese, Japanese or Korean takes two (Unicode Standard
/// Annex #11), an accent that joins the letter before it none.
///
/// ```
/// assert_eq!(barewire_dissect::columns("a 日本"), 6);
/// ```
pub fn columns(text: &str) -> usize {
    text.chars().map(columns_of).sum()
}

fn columns_of(c: char) -> usize {
    c.width().unwrap_or(0)
}

/// As much of the beginning of `text` as fits in `room` columns.
///
/// ```
/// assert_eq!(barewire_dissect::beginning("日本語", 5), "日本");
/// ```
pub fn beginning(text: &str, room: usize) -> &str {
    let mut taken = 0;
    let mut too_far = text.char_indices().skip_while(|(_, c)| {
        taken += columns_of(*c);
        taken <= room
    });
    too_far.next().map_or(text, |(at, _)| &text[..at])
}

/// A long word is not begun in less room than this at the end of a line.
const WORTH_BEGINNING: usize = 8;

/// `text` in lines of at most `others` columns; the first has `first` columns.
///
/// ```
/// use barewire_dissect::lines;
///
/// assert_eq!(lines("the key share 1d0020a5b6", 14, 12), ["the key share", "1d0020a5b6"]);
/// ```
pub fn lines(text: &str, first: usize, others: usize) -> Vec<String> {
    let mut page = Lines { done: Vec::new(), open: String::new(), left: first, others, fresh: true };
    text.split(' ').for_each(|word| page.word(word));
    page.done.push(page.open);
    page.done
}

struct Lines {
    done: Vec<String>,
    /// The line that is being filled, and the columns left in it.
    open: String,
    left: usize,
    others: usize,
    /// Whether no word stands in the open line yet.
    fresh: bool,
}

impl Lines {
    fn word(&mut self, word: &str) {
        let length = columns(word);
        let fits = self.space() + length <= self.left;
        if !fits && (length <= self.others || self.room() < WORTH_BEGINNING.min(self.others)) {
            self.next_line();
        }
        let mut rest = word;
        while columns(rest) > self.room() && !rest.is_empty() {
            let (piece, after) = rest.split_at(piece_of(rest, self.room().max(1)));
            self.push(piece);
            self.next_line();
            rest = after;
        }
        self.push(rest);
    }

    /// The columns for the next word, after the space in front of it.
    fn room(&self) -> usize {
        self.left.saturating_sub(self.space())
    }

    /// How many spaces part the next word from the one before.
    fn space(&self) -> usize {
        usize::from(!self.fresh)
    }

    fn push(&mut self, word: &str) {
        self.left = self.room().saturating_sub(columns(word));
        if !self.fresh {
            self.open.push(' ');
        }
        self.open.push_str(word);
        self.fresh = false;
    }

    fn next_line(&mut self) {
        self.done.push(std::mem::take(&mut self.open));
        (self.left, self.fresh) = (self.others, true);
    }
}

/// Where a word that is longer than `room` columns is broken, in bytes. After a sign that joins its parts, if that
/// fills half of the room; else after an even number of characters, so that the two digits of a byte stay together. One
/// character is taken whatever the room.
fn piece_of(word: &str, room: usize) -> usize {
    let after = |(at, c): (usize, char)| (at + c.len_utf8(), c);
    let ends: Vec<(usize, char)> = beginning(word, room).char_indices().map(after).collect();
    let fills_half = |at: &usize| ends.get(*at).is_some_and(|(end, _)| 2 * columns(&word[..*end]) >= room);
    let joint = ends.iter().rposition(|(_, c)| "_-./:&".contains(*c)).filter(fills_half);
    let even = (ends.len() - ends.len() % 2).max(1) - 1;
    let first = word.chars().next().map_or(0, char::len_utf8);
    ends.get(joint.unwrap_or(even)).map_or(first, |(end, _)| *end)
}

#[cfg(test)]
mod tests {
    use super::{beginning, columns, lines};

    #[test]
    fn text_breaks_at_spaces() {
        assert_eq!(lines("one two three", 7, 5), ["one two", "three"]);
        assert_eq!(lines("a  b", 9, 9), ["a  b"], "two spaces stay two");
        assert_eq!(lines("", 9, 9), [""]);
    }

    /// A word that fits on no line begins where it stands, unless that is at the very end of a line.
    #[test]
    fn long_words_break_between_bytes() {
        let word = "0123456789abcdef0123456789abcdef";
        assert_eq!(
            lines(&format!("random {word} end"), 18, 13),
            ["random 0123456789", "abcdef012345", "6789abcdef", "end"]
        );
        assert_eq!(lines(&format!("random {word}"), 14, 16), ["random", &word[..16], &word[16..]]);
        assert_eq!(lines("TLS_CHACHA20_POLY1305_SHA256", 16, 16), ["TLS_CHACHA20_", "POLY1305_SHA256"]);
    }

    /// Annex #11: 日, 本 and 語 are wide; U+0301 joins the e before it.
    #[test]
    fn a_wide_character_takes_two_columns() {
        assert_eq!(["日本語", "e\u{301}", "ab", ""].map(columns), [6, 1, 2, 0]);
        assert_eq!([0, 1, 2, 5, 6].map(|room| beginning("日本語", room)), ["", "", "日", "日本", "日本語"]);
        assert_eq!(beginning("e\u{301}a", 1), "e\u{301}");
        assert_eq!(lines("日本 語", 5, 4), ["日本", "語"]);
        assert_eq!(lines("日本語日本語", 5, 5), ["日本", "語日", "本語"]);
        assert_eq!(lines("日本", 1, 1).concat(), "日本", "wider than the page, and not lost");
    }

    #[test]
    fn nothing_is_lost_in_any_width() {
        let text = "a word, anotherwordthatislong … ünïcödé 日本語日本語日本語 and  spaces ";
        let letters = |text: &str| text.chars().filter(|c| *c != ' ').collect::<String>();
        for width in 0..60 {
            let broken = lines(text, width + 3, width);
            assert_eq!(letters(&broken.concat()), letters(text), "width {width}: {broken:?}");
            let longest = broken.iter().map(|line| columns(line)).max();
            assert!(longest <= Some((width + 3).max(2)), "width {width}: {broken:?}");
        }
    }
}
