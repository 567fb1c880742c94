//! Text as entries, and an entry as words (RFC 1035 §5.1).
//!
//! ```text
//!   example.test.  300  IN  TXT  ( "one; not a comment"   ; a comment
//!                                  two )
//!   └─ word        └─ word    └─ word  └─ quoted               └─ word, and the entry ends
//! ```
//!
//! An entry ends at the end of a line, but not inside parentheses. White space separates words. In quotes it does not,
//! and a `;` begins no comment. A backslash takes away the meaning of the character after it.

use barewire_dissect::Refused;

use super::reason::TextReason;
use crate::record_type::RecordType;

/// A word of an entry.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Token<'t> {
    /// Its bytes, still with their escapes, without quotes around them.
    pub(crate) text: &'t [u8],
    /// Whether quotes were around it. `"IN"` is a string, also where `IN` would be a class.
    pub(crate) quoted: bool,
    /// Where it begins in the text, at its quote if it has one.
    pub(crate) at: usize,
}

impl Token<'_> {
    /// Refuses the word.
    pub(crate) fn refused(self, reason: TextReason) -> Refused<TextReason> {
        bad(self.at, reason)
    }
}

/// The words of one entry.
#[derive(Debug, Clone)]
pub(crate) struct Entry<'t> {
    /// White space stood first: the owner is that of the entry before.
    pub(crate) starts_blank: bool,
    /// At least one.
    pub(crate) tokens: Vec<Token<'t>>,
    /// Where the entry ends.
    pub(crate) end: usize,
}

/// The one entry of a text; `None` if it has no word.
///
/// # Errors
/// [`Refused`], also for a second entry.
pub(crate) fn only_entry(text: &str) -> Result<Option<Entry<'_>>, Refused<TextReason>> {
    let mut entries = Tokenizer::new(text.as_bytes());
    let first = entries.entry()?;
    match entries.entry()?.as_ref().and_then(|second| second.tokens.first()) {
        Some(word) => {
            let seen = word.text.escape_ascii().to_string();
            Err(word.refused(TextReason::TextGoesOn { seen, rtype: RecordType::ANY }))
        }
        None => Ok(first),
    }
}

/// Text that is cut into entries.
#[derive(Debug, Clone)]
pub(crate) struct Tokenizer<'t> {
    text: &'t [u8],
    at: usize,
}

impl<'t> Tokenizer<'t> {
    pub(crate) fn new(text: &'t [u8]) -> Tokenizer<'t> {
        Tokenizer { text, at: 0 }
    }

    /// The next entry; `None` at the end of the text. Lines without a word are left out.
    ///
    /// # Errors
    /// [`Refused`], for parentheses or quotes that do not match. The next call goes on at the next line.
    pub(crate) fn entry(&mut self) -> Result<Option<Entry<'t>>, Refused<TextReason>> {
        loop {
            if self.at >= self.text.len() {
                return Ok(None);
            }
            let starts_blank = matches!(self.peek(), Some(b' ' | b'\t'));
            let tokens = self.tokens().inspect_err(|_| self.skip_line())?;
            if !tokens.is_empty() {
                return Ok(Some(Entry { starts_blank, tokens, end: self.at }));
            }
            self.at += 1;
        }
    }

    // book: tokens
    /// The words up to the end of the entry, which is left for the next call.
    fn tokens(&mut self) -> Result<Vec<Token<'t>>, Refused<TextReason>> {
        let mut tokens = Vec::new();
        let mut opened = None;
        while let Some(byte) = self.peek() {
            match byte {
                b'\n' if opened.is_none() => return Ok(tokens),
                b' ' | b'\t' | b'\r' | b'\n' => self.at += 1,
                b';' => self.skip_line(),
                b'(' if opened.is_none() => {
                    opened = Some(self.at);
                    self.at += 1;
                }
                b')' if opened.take().is_some() => self.at += 1,
                b'(' | b')' => return Err(bad(self.at, TextReason::Parentheses)),
                b'"' => tokens.push(self.quoted()?),
                _ => tokens.push(self.word()?),
            }
        }
        match opened {
            Some(at) => Err(bad(at, TextReason::Parentheses)),
            None => Ok(tokens),
        }
    }
    // book: end

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    /// Goes on to the end of the line, but not beyond it.
    fn skip_line(&mut self) {
        while self.peek().is_some_and(|byte| byte != b'\n') {
            self.at += 1;
        }
    }

    /// Goes on to a byte that `ends`; one after a backslash never does.
    fn skip_to(&mut self, ends: impl Fn(u8) -> bool) {
        while let Some(byte) = self.peek().filter(|byte| !ends(*byte)) {
            self.at += if byte == b'\\' { 2 } else { 1 };
        }
        self.at = self.at.min(self.text.len());
    }

    /// A word. A string in quotes right after `=` belongs to it: `alpn="h2,h3"` (RFC 9460 §2.1).
    fn word(&mut self) -> Result<Token<'t>, Refused<TextReason>> {
        let at = self.at;
        loop {
            self.skip_to(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b';' | b'(' | b')' | b'"'));
            let text = self.slice(at, self.at);
            if self.peek() != Some(b'"') || !text.ends_with(b"=") {
                return Ok(Token { text, quoted: false, at });
            }
            self.quoted()?;
        }
    }

    fn quoted(&mut self) -> Result<Token<'t>, Refused<TextReason>> {
        let at = self.at;
        self.at += 1;
        self.skip_to(|byte| matches!(byte, b'"' | b'\n'));
        if self.peek() != Some(b'"') {
            return Err(bad(at, TextReason::QuoteNotClosed));
        }
        self.at += 1;
        Ok(Token { text: self.slice(at + 1, self.at - 1), quoted: true, at })
    }

    fn slice(&self, start: usize, end: usize) -> &'t [u8] {
        self.text.get(start..end).unwrap_or_default()
    }
}

pub(crate) fn bad(offset: usize, reason: TextReason) -> Refused<TextReason> {
    Refused { what: "master file", offset, reason }
}
