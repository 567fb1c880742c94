//! Text in lines that fit on the page: broken at spaces, and inside a word only where the word fits on no line.
//!
//! Nothing is lost: a break takes the place of one space, or stands inside a long word. Tested below, and in
//! `tests/tree.rs`.

/// A long word is not begun in less room than this at the end of a line.
const WORTH_BEGINNING: usize = 8;

/// `text` in lines of at most `others` columns; the first has `first` columns. It counts characters.
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
        let length = word.chars().count();
        let fits = self.space() + length <= self.left;
        if !fits && (length <= self.others || self.room() < WORTH_BEGINNING.min(self.others)) {
            self.next_line();
        }
        let mut rest = word;
        while rest.chars().nth(self.room()).is_some() {
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
        self.left = self.room().saturating_sub(word.chars().count());
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

/// Where a word that is longer than `room` characters is broken, in bytes. After a sign that joins its parts, if that
/// fills half of the room; else after an even number of characters, so that the two digits of a byte stay together.
fn piece_of(word: &str, room: usize) -> usize {
    let after = |(at, c): (usize, char)| (at + c.len_utf8(), c);
    let ends: Vec<(usize, char)> = word.char_indices().take(room).map(after).collect();
    let joint = ends.iter().rposition(|(_, c)| "_-./:&".contains(*c)).filter(|at| 2 * (at + 1) >= room);
    let even = (room - room % 2).max(1) - 1;
    ends.get(joint.unwrap_or(even)).map_or(word.len(), |(end, _)| *end)
}

#[cfg(test)]
mod tests {
    use super::lines;

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

    #[test]
    fn nothing_is_lost_in_any_width() {
        let text = "a word, anotherwordthatislong … ünïcödé and  spaces ";
        let letters = |text: &str| text.chars().filter(|c| *c != ' ').collect::<String>();
        for width in 0..60 {
            let broken = lines(text, width + 3, width);
            assert_eq!(letters(&broken.concat()), letters(text), "width {width}: {broken:?}");
            let longest = broken.iter().map(|line| line.chars().count()).max();
            assert!(longest <= Some((width + 3).max(1)), "width {width}: {broken:?}");
        }
    }
}
