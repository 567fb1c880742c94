//! A source taken apart: tokens without comments and strings, and comments without code.
//!
//! It knows as much of Rust as the rules need: comments (also nested), strings (also raw), characters and lifetimes,
//! words and signs. Items under `#[cfg(test)]` are tests, and are left out of the tokens.

/// A source, taken apart.
pub(crate) struct Lexed {
    /// The code, without tests.
    pub(crate) tokens: Vec<Token>,
    /// The comments, line by line.
    pub(crate) comments: Vec<Comment>,
    /// How many lines the file has without its tests.
    pub(crate) code_lines: usize,
}

/// A word, a number, a lifetime, `::`, or one sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) text: String,
    /// From 1.
    pub(crate) line: usize,
}

/// One line of a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Comment {
    /// Without `//`, `///` or `//!` in front of it.
    pub(crate) text: String,
    /// `//`, `///`, `//!` or `/*`.
    pub(crate) mark: &'static str,
    /// From 1.
    pub(crate) line: usize,
}

impl Lexed {
    pub(crate) fn new(text: &str) -> Lexed {
        let mut cursor = Cursor { rest: text, line: 1, tokens: Vec::new(), comments: Vec::new() };
        while cursor.step() {}
        let lines = text.lines().count();
        let (tokens, tests) = without_tests(cursor.tokens);
        Lexed { tokens, comments: cursor.comments, code_lines: lines.saturating_sub(tests) }
    }
}

struct Cursor<'a> {
    rest: &'a str,
    line: usize,
    tokens: Vec<Token>,
    comments: Vec<Comment>,
}

impl Cursor<'_> {
    /// Reads one piece of the source; false at its end.
    fn step(&mut self) -> bool {
        let Some(first) = self.rest.chars().next() else { return false };
        if self.rest.starts_with("//") {
            self.line_comment();
        } else if self.rest.starts_with("/*") {
            self.block_comment();
        } else if let Some(length) = string_length(self.rest) {
            self.skip(length);
        } else if self.rest.starts_with("b'") {
            self.skip(1);
            self.quote();
        } else if first == '_' || first.is_alphanumeric() {
            let end = self.rest.find(|c: char| c != '_' && !c.is_alphanumeric());
            self.token(end.unwrap_or(self.rest.len()));
        } else if first == '\'' {
            self.quote();
        } else if first.is_whitespace() {
            self.skip(first.len_utf8());
        } else {
            self.token(if self.rest.starts_with("::") { 2 } else { first.len_utf8() });
        }
        true
    }

    fn skip(&mut self, length: usize) {
        let (skipped, rest) = self.rest.split_at(length);
        self.line += skipped.matches('\n').count();
        self.rest = rest;
    }

    fn token(&mut self, length: usize) {
        self.tokens.push(Token { text: self.rest[..length].to_owned(), line: self.line });
        self.skip(length);
    }

    fn line_comment(&mut self) {
        let end = self.rest.find('\n').unwrap_or(self.rest.len());
        let comment = &self.rest[..end];
        let mark = ["//!", "///", "//"].into_iter().find(|mark| comment.starts_with(mark)).unwrap_or("//");
        self.comments.push(Comment { text: comment[mark.len()..].trim().to_owned(), mark, line: self.line });
        self.skip(end);
    }

    fn block_comment(&mut self) {
        let (mut depth, mut end) = (0, 0);
        loop {
            let here = &self.rest[end..];
            match () {
                () if here.is_empty() => break,
                () if here.starts_with("/*") => (depth, end) = (depth + 1, end + 2),
                () if here.starts_with("*/") => (depth, end) = (depth - 1, end + 2),
                () => end += here.chars().next().map_or(1, char::len_utf8),
            }
            if depth == 0 {
                break;
            }
        }
        for (index, text) in self.rest[..end].lines().enumerate() {
            let text = text.trim_matches(|c: char| c.is_whitespace() || c == '*' || c == '/').to_owned();
            self.comments.push(Comment { text, mark: "/*", line: self.line + index });
        }
        self.skip(end);
    }

    /// A character, or a lifetime.
    fn quote(&mut self) {
        let mut after = self.rest.char_indices().skip(1);
        let length = match (after.next(), after.next()) {
            (Some((_, '\\')), _) => self.rest[3..].find('\'').map(|end| 3 + end + 1),
            (Some(_), Some((at, '\''))) => Some(at + 1),
            _ => None,
        };
        match length {
            Some(length) => self.skip(length),
            None => {
                let end = self.rest[1..].find(|c: char| c != '_' && !c.is_alphanumeric());
                self.token(end.map_or(self.rest.len(), |end| 1 + end));
            }
        }
    }
}

/// How many bytes the string at the start of `text` takes, if there is one: `"..."`, `b"..."`, `r#"..."#` and the like.
fn string_length(text: &str) -> Option<usize> {
    let prefix = ["br", "cr", "r", "b", "c", ""]
        .into_iter()
        .find(|prefix| text.strip_prefix(prefix).is_some_and(|rest| rest.starts_with(['"', '#'])))?;
    let rest = &text[prefix.len()..];
    let hashes = rest.len() - rest.trim_start_matches('#').len();
    let raw = prefix.ends_with('r');
    let inside = rest[hashes..].strip_prefix('"').filter(|_| raw || hashes == 0)?;
    let start = prefix.len() + hashes + 1;
    if raw {
        let end = format!("\"{}", "#".repeat(hashes));
        return Some(inside.find(&end).map_or(text.len(), |at| start + at + end.len()));
    }
    let mut escaped = false;
    for (at, c) in inside.char_indices() {
        match c {
            '"' if !escaped => return Some(start + at + 1),
            _ => escaped = c == '\\' && !escaped,
        }
    }
    Some(text.len())
}

/// Takes out the items under `#[cfg(test)]`, and says how many lines they take.
fn without_tests(tokens: Vec<Token>) -> (Vec<Token>, usize) {
    let (mut kept, mut lines, mut at) = (Vec::with_capacity(tokens.len()), 0, 0);
    while at < tokens.len() {
        let is_test = ["#", "[", "cfg", "(", "test", ")", "]"]
            .iter()
            .enumerate()
            .all(|(index, text)| tokens.get(at + index).is_some_and(|token| token.text == *text));
        if !is_test {
            kept.push(tokens[at].clone());
            at += 1;
            continue;
        }
        let end = item_end(&tokens, at + 7);
        lines += tokens[end - 1].line - tokens[at].line + 1;
        at = end;
    }
    (kept, lines)
}

/// Where the item that begins at `at` ends: after its `;`, or after the brace that closes its first one.
fn item_end(tokens: &[Token], at: usize) -> usize {
    let mut depth = 0;
    for (index, token) in tokens.iter().enumerate().skip(at) {
        match token.text.as_str() {
            "{" => depth += 1,
            "}" if depth == 1 => return index + 1,
            "}" => depth -= 1,
            ";" if depth == 0 => return index + 1,
            _ => {}
        }
    }
    tokens.len()
}

#[cfg(test)]
mod tests {
    use super::Lexed;

    fn tokens(text: &str) -> String {
        Lexed::new(text).tokens.iter().map(|token| token.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn strings_and_characters_hide_their_content() {
        assert_eq!(
            tokens(r#"a("x // y \" z", 'c', '\'', b"q", '"') /* /* in */ side */ b"#),
            "a ( , , , , ) b"
        );
        assert_eq!(tokens("r#\"crate::x \" // \"# + rest"), "+ rest");
        assert_eq!(
            tokens("fn f<'a>(x: &'a str) -> crate::a::B"),
            "fn f < 'a > ( x : & 'a str ) - > crate :: a :: B"
        );
        assert_eq!(tokens("'\\u{1b}' x '−' y"), "x y");
    }

    #[test]
    fn comments_keep_their_lines() {
        let lexed = Lexed::new("//! head\n\nfn f() {} // after \"it\n/// doc\n");
        let seen: Vec<_> = lexed.comments.iter().map(|c| (c.line, c.mark, c.text.as_str())).collect();
        assert_eq!(seen, [(1, "//!", "head"), (3, "//", "after \"it"), (4, "///", "doc")]);
        assert_eq!(lexed.tokens.last().map(|token| token.line), Some(3));
    }

    #[test]
    fn tests_are_left_out() {
        let lexed = Lexed::new("fn a() {}\n#[cfg(test)]\nmod tests {\n fn b() {}\n}\nfn c() {}\n");
        let text: Vec<_> = lexed.tokens.iter().map(|token| token.text.as_str()).collect();
        assert_eq!(text.join(" "), "fn a ( ) { } fn c ( ) { }");
        assert_eq!(lexed.code_lines, 2);
    }
}
