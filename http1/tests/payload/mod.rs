//! The files of `tests/payloads`: what a peer sends, and what the RFCs want a reader to make of it.
//!
//! ```text
//! == A title
//! Some lines of prose: who is fooled, and how.
//! request
//! | POST / HTTP/1.1\r\n
//! | Host: a.test\r\n
//! | Content-Length: +5\r\n
//!                   ^
//! | \r\n
//! = refused 400, RFC 9112 §6.3 rule 5
//! ```
//!
//! Lines with `|` are the bytes, with the escapes of Rust and `\{5 x}` for five times x; the line ends of the file do
//! not count. `^` stands under the byte that is refused, or after the last one. Lines with `=` are what is wanted.

use barewire_http1::{Config, Tolerances};

/// Who reads the bytes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Reader {
    /// A server. It answers each request with 404.
    Server,
    /// A client that asked with this method, and offered to switch to this protocol.
    Client { method: String, upgrade: Option<String> },
    /// The bytes are chunks: both read them, after a head that announces them.
    Both,
}

/// One payload.
#[derive(Debug, Clone)]
pub(crate) struct Payload {
    /// The file and the title.
    pub(crate) name: String,
    pub(crate) reader: Reader,
    pub(crate) tolerate: Tolerances,
    pub(crate) bytes: Vec<u8>,
    /// Where the mark stands.
    mark: Option<usize>,
    /// What is wanted, one line for each message and the end.
    lines: Vec<String>,
}

impl Payload {
    /// What is wanted: of a refusal also the byte.
    pub(crate) fn wanted(&self) -> Vec<String> {
        let mark = self.mark.map(|at| format!(", byte {at}")).unwrap_or_default();
        self.lines
            .iter()
            .map(|line| if refuses(line) { format!("{line}{mark}") } else { line.clone() })
            .collect()
    }

    /// The same payload as one reader of chunks gets it: after a head.
    pub(crate) fn after(&self, head: &str, reader: Reader, first: &str) -> Payload {
        let mut payload = Payload { reader, ..self.clone() };
        payload.bytes = [head.as_bytes(), &self.bytes].concat();
        payload.mark = self.mark.map(|at| head.len() + at);
        for line in &mut payload.lines {
            if line.starts_with('"') {
                *line = format!("{first} {line}");
            }
            // A client does not answer.
            if matches!(payload.reader, Reader::Client { .. }) && refuses(line) {
                *line = without_status(line);
            }
        }
        payload
    }

    pub(crate) fn config(&self) -> Config {
        Config { tolerate: self.tolerate, ..Config::default() }
    }
}

fn refuses(line: &str) -> bool {
    line.starts_with("refused")
}

fn without_status(line: &str) -> String {
    match line.split_once(", ") {
        Some((_, rule)) => format!("refused, {rule}"),
        None => line.to_owned(),
    }
}

/// Reads a file of payloads. Panics with the line that it does not understand.
pub(crate) fn read(file: &str, text: &str) -> Vec<Payload> {
    let payloads: Vec<Payload> = text.split("\n== ").skip(1).map(|block| one(file, block)).collect();
    assert!(!payloads.is_empty(), "{file}: no payload");
    payloads
}

fn one(file: &str, block: &str) -> Payload {
    let mut lines = block.lines();
    let name = format!("{file}: {}", lines.next().unwrap_or_default());
    let (mut bytes, mut mark, mut wanted, mut reader) = (Vec::new(), None, Vec::new(), None);
    // Where each character of the last line with bytes stands.
    let mut places = Vec::new();
    for line in lines {
        if let Some(text) = line.strip_prefix("| ") {
            places = unescape(&name, text, &mut bytes);
        } else if let Some(line) = line.strip_prefix("= ") {
            let (times, line) = line.split_once(" times ").unwrap_or(("1", line));
            wanted
                .extend(vec![line.to_owned(); times.parse().unwrap_or_else(|_| panic!("{name}: {line:?}"))]);
        } else if line.trim() == "^" {
            let column = line.find('^').unwrap_or_default();
            let place = column.checked_sub(2).and_then(|column| places.get(column));
            mark = Some(*place.unwrap_or_else(|| panic!("{name}: the mark is under no byte")));
        } else if let (None, Some(found)) = (&reader, reader_of(line)) {
            reader = Some(found);
        } else {
            assert!(reader.is_none() || line.trim().is_empty(), "{name}: {line:?}");
        }
    }
    let (reader, tolerate) = reader.unwrap_or_else(|| panic!("{name}: who reads it?"));
    assert!(!wanted.is_empty(), "{name}: what is wanted?");
    assert_eq!(mark.is_some(), wanted.iter().any(|line| refuses(line)), "{name}: a mark for a refusal");
    Payload { name, reader, tolerate, bytes, mark, lines: wanted }
}

/// `request`, `chunks`, `response to GET`, `response to GET offering x`; then `, tolerating NAME`.
fn reader_of(line: &str) -> Option<(Reader, Tolerances)> {
    let (who, tolerated) = line.split_once(", tolerating ").unwrap_or((line, ""));
    let tolerate = Tolerances {
        bare_lf: tolerated == "bare-lf",
        obs_fold: tolerated == "obs-fold",
        length_beside_coding: tolerated == "length-beside-coding",
        any_target_byte: tolerated == "any-target-byte",
    };
    let reader = match who {
        "request" => Reader::Server,
        "chunks" => Reader::Both,
        _ => {
            let asked = who.strip_prefix("response to ")?;
            let (method, upgrade) = asked.split_once(" offering ").unwrap_or((asked, ""));
            let upgrade = (!upgrade.is_empty()).then(|| upgrade.to_owned());
            Reader::Client { method: method.to_owned(), upgrade }
        }
    };
    Some((reader, tolerate))
}

/// Appends the bytes of a line. Gives, for each of its characters and for its end, the place of the byte.
fn unescape(name: &str, text: &str, bytes: &mut Vec<u8>) -> Vec<usize> {
    let mut places = Vec::new();
    let characters: Vec<char> = text.chars().collect();
    let mut at = 0;
    while at < characters.len() {
        let place = bytes.len();
        let length = match &characters[at..] {
            ['\\', 'r', ..] => plain(bytes, b'\r'),
            ['\\', 'n', ..] => plain(bytes, b'\n'),
            ['\\', 't', ..] => plain(bytes, b'\t'),
            ['\\', '0', ..] => plain(bytes, 0),
            ['\\', '\\', ..] => plain(bytes, b'\\'),
            ['\\', 'x', one, two, ..] => {
                let digits = String::from_iter([one, two]);
                plain(bytes, u8::from_str_radix(&digits, 16).unwrap_or_else(|_| panic!("{name}: {text:?}")));
                4
            }
            ['\\', '{', rest @ ..] => {
                let end =
                    rest.iter().position(|&one| one == '}').unwrap_or_else(|| panic!("{name}: {text:?}"));
                let inside = String::from_iter(&rest[..end]);
                let (times, what) = inside.split_once(' ').unwrap_or_else(|| panic!("{name}: {text:?}"));
                let mut piece = Vec::new();
                unescape(name, what, &mut piece);
                bytes.extend(piece.repeat(times.parse().unwrap_or_else(|_| panic!("{name}: {text:?}"))));
                end + 3
            }
            ['\\', ..] => panic!("{name}: an escape that is not known in {text:?}"),
            [one, ..] => {
                bytes.extend(one.to_string().bytes());
                1
            }
            [] => break,
        };
        places.extend(vec![place; length]);
        at += length;
    }
    places.push(bytes.len());
    places
}

/// An escape of two characters.
fn plain(bytes: &mut Vec<u8>, byte: u8) -> usize {
    bytes.push(byte);
    2
}
