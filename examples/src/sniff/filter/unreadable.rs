//! Why a filter was not understood: the word, a caret below it, and what is expected in its place.

use std::fmt;
use std::ops::Range;

use barewire_dissect::{beginning, columns, printable};

use barewire_internet::Prefix;

/// A filter that was not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// The whole filter.
    pub text: String,
    /// Which bytes of it are not understood; empty, at its end.
    pub at: Range<usize>,
    /// Why not.
    pub reason: Reason,
}

/// Why a word was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// Something else is expected here.
    Expected(&'static str),
    /// The word is not one of the language.
    Unknown,
    /// Two tests with nothing between them.
    NothingBetween,
    /// A parenthesis that closes, and none is open.
    NotOpened,
    /// A parenthesis that is never closed.
    NotClosed,
    /// A name stands where an address is expected.
    Name,
    /// Bits are set after the length of a network; the network that begins so.
    BitsAfter(Prefix),
    /// A range that ends before it begins.
    Backwards,
    /// A letter that is not one of a TCP flag.
    Letter(char),
    /// A test of bytes by their offset.
    Bytes,
    /// A word of tcpdump's that is not spoken here.
    LeftOut,
    /// More words than a filter may have.
    TooLong(usize),
}

impl Unreadable {
    /// The filter, and carets below the word. Text that is longer than a line is cut around the word.
    pub fn picture(&self) -> String {
        const AROUND: usize = 35;
        let before = printable(&self.text[..self.at.start]);
        let too_much = columns(&before).saturating_sub(AROUND);
        let left = &before[beginning(&before, too_much).len()..];
        let rest = printable(&self.text[self.at.start..]);
        let carets = columns(&printable(self.word())).clamp(1, AROUND);
        format!("  {left}{}\n  {:2$}{3}", beginning(&rest, AROUND), "", columns(left), "^".repeat(carets))
    }

    fn word(&self) -> &str {
        &self.text[self.at.clone()]
    }
}

/// What can begin a test.
const TESTS: &str = "host, net, port, portrange, src, dst, a protocol (ip ip6 arp tcp udp icmp icmp6), a flag \
                     (syn ack fin rst psh urg, flags S), dns, tls, http, less, greater, vlan, not or (";

/// The sentence alone; [`Unreadable::picture`] shows the place.
impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = self.word();
        f.write_str("filter: ")?;
        match &self.reason {
            Reason::Expected(what) if word.is_empty() => write!(f, "it ends where {what} is expected"),
            Reason::Expected(what) => write!(f, "{word:?} stands where {what} is expected"),
            Reason::Unknown => write!(f, "{word:?} is not a word of the language; expected: {TESTS}"),
            Reason::NothingBetween => write!(f, "\"and\" or \"or\" is expected before {word:?}"),
            Reason::NotOpened => f.write_str("this parenthesis closes what was not opened"),
            Reason::NotClosed => f.write_str("this parenthesis is not closed"),
            Reason::Name => {
                write!(f, "{word:?} is not an address, and names are not looked up here; ")?;
                write!(f, "`barewire resolve {} --net os` says which addresses it has", printable(word))
            }
            Reason::BitsAfter(prefix) => {
                write!(f, "{word:?} has bits set after the length of the network; it is {prefix}")
            }
            Reason::Backwards => write!(f, "the range {word:?} ends before it begins"),
            Reason::Letter(letter) => {
                write!(f, "{letter:?} is not a flag of TCP: S (SYN), F (FIN), R (RST), P (PSH), ")?;
                f.write_str("A or . (ACK), U (URG), E (ECE), W (CWR)")
            }
            Reason::Bytes => {
                f.write_str("bytes are not tested by their offset here; for TCP flags write syn, or flags S.")
            }
            Reason::LeftOut => write!(f, "{word:?} is a word of tcpdump's that is not spoken here"),
            Reason::TooLong(most) => write!(f, "it is longer than {most} words"),
        }
    }
}

impl std::error::Error for Unreadable {}
