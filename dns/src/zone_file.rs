//! Master files: the records of a zone as text (RFC 1035 §5.1).
//!
//! ```text
//!   $ORIGIN example.test.                 ; completes the names without a final dot
//!   $TTL 1h                               ; for records that have none (RFC 2308 §4)
//!   @    IN SOA ns1 hostmaster ( 7 2h 1h 2w 5m )
//!        IN NS  ns1                       ; white space first: the owner of the line before
//!   ns1  IN A   203.0.113.53
//! ```
//!
//! [`ZoneFile::read`] keeps the records that it can read and a [`Fault`] for each entry that it cannot. The other way
//! each record's `Display` is one line. Left out: `$GENERATE`, which is not a standard. Tested in `tests/zone_file.rs`.
//!
//! ```
//! use barewire_dns::Name;
//! use barewire_dns::zone_file::ZoneFile;
//! let text = "$TTL 1h\n@ IN NS ns1\nns1 A 203.0.113.53\n    AAAA 2001:db8::zz\n";
//! let zone = ZoneFile::parse(text.as_bytes(), &Name::parse_text("example.test")?);
//! let lines: Vec<String> = zone.records.iter().map(|record| record.to_string()).collect();
//! assert_eq!(lines[0], "example.test. 3600 IN NS ns1.example.test.");
//! assert_eq!(lines[1], "ns1.example.test. 3600 IN A 203.0.113.53");
//! assert_eq!(
//!     zone.faults[0].to_string(),
//!     "line 4: `2001:db8::zz` at byte 48 cannot be ADDRESS of type AAAA: it is not an IPv6 \
//!      address (RFC 3596 §2.2)"
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::sync::Arc;

use barewire_dissect::Refused;

use crate::class::Class;
use crate::name::Name;
use crate::rdata::RData;
use crate::record::{Record, ttl_class_type};
use crate::record_type::RecordType;
use crate::text::fields::Fields;
use crate::text::reason::TextReason;
use crate::text::tokens::{Entry, Tokenizer, bad};

/// How deep files may include each other, and how many may be included in all.
const MAX_DEPTH: usize = 16;
const MAX_FILES: usize = 1_000;

/// The records of a master file, and what could not be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ZoneFile {
    /// In the order of the text.
    pub records: Vec<Record>,
    /// Where each of the records begins: what is wrong with it as a part of a zone is found later.
    pub lines: Vec<Line>,
    /// In the same order; empty if all was right.
    pub faults: Vec<Fault>,
}

/// A line of a master file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The file that `$INCLUDE` named; `None` for the first one.
    pub file: Option<Arc<str>>,
    /// The line, counted from 1.
    pub number: usize,
}

/// Gives the text of the file that `$INCLUDE` names, or says for people why it cannot.
pub type Include<'i> = dyn FnMut(&str) -> Result<Vec<u8>, String> + 'i;

/// Where an entry could not be read, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The file that `$INCLUDE` named; `None` for the first one.
    pub file: Option<String>,
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong there; its offset counts from the start of that file.
    pub refused: Refused<TextReason>,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.file {
            Some(file) => write!(f, "{file}, line {}: {}", self.line, self.refused),
            None => write!(f, "line {}: {}", self.line, self.refused),
        }
    }
}

impl std::error::Error for Fault {}

impl ZoneFile {
    /// Reads a text that includes no other; relative names lie below `origin`.
    pub fn parse(text: &[u8], origin: &Name) -> ZoneFile {
        ZoneFile::read(text, origin, &mut |_| Err("no files are read here".into()))
    }

    /// Reads a text, and the files that it includes.
    pub fn read(text: &[u8], origin: &Name, include: &mut Include<'_>) -> ZoneFile {
        let mut zone = ZoneFile::default();
        let mut files = 0..MAX_FILES;
        let mut counted = |file: &str| match files.next() {
            Some(_) => include(file),
            None => Err(format!("{MAX_FILES} files were included already")),
        };
        zone.entries(&mut Place::new(None, text, 0), &mut State::new(origin), &mut counted);
        zone
    }

    fn entries(&mut self, place: &mut Place<'_>, state: &mut State, include: &mut Include<'_>) {
        let mut entries = Tokenizer::new(place.text);
        loop {
            let done = match entries.entry() {
                Ok(None) => return,
                Ok(Some(entry)) => self.entry(&entry, place, state, include),
                Err(refused) => {
                    state.owner = None; // it may be in the words that were lost
                    Err(refused)
                }
            };
            if let Err(refused) = done {
                self.faults.push(place.fault(refused));
            }
        }
    }

    fn entry(
        &mut self,
        entry: &Entry<'_>,
        place: &mut Place<'_>,
        state: &mut State,
        include: &mut Include<'_>,
    ) -> Result<(), Refused<TextReason>> {
        let origin = state.origin.clone();
        let mut fields = Fields::new(&entry.tokens, entry.end, &origin, RecordType::ANY);
        let directive = entry.tokens.first().filter(|first| first.text.starts_with(b"$") && !first.quoted);
        match directive.map(|first| first.text.to_ascii_uppercase()).as_deref() {
            None => {
                self.records.push(state.record(entry, fields)?);
                let number = place.line_of(entry.tokens.first().map_or(entry.end, |first| first.at));
                self.lines.push(Line { file: place.file.clone(), number });
            }
            Some(b"$ORIGIN") => {
                fields.token("$ORIGIN")?;
                state.origin = fields.name("$ORIGIN")?;
                fields.end()?;
            }
            Some(b"$TTL") => {
                fields.token("$TTL")?;
                state.default_ttl = Some(fields.seconds("$TTL")?);
                fields.end()?;
            }
            Some(b"$INCLUDE") => self.include(fields, place, state, include)?,
            Some(_) => {
                let first = fields.token("owner")?;
                return fields.refuse(first, "an entry", "$ORIGIN, $TTL or $INCLUDE");
            }
        }
        Ok(())
    }

    /// Reads the entries of another file. Its `$ORIGIN` and its owners end with it (RFC 1035 §5.1).
    fn include(
        &mut self,
        mut fields: Fields<'_>,
        place: &Place<'_>,
        state: &State,
        include: &mut Include<'_>,
    ) -> Result<(), Refused<TextReason>> {
        let first = fields.token("$INCLUDE")?;
        let (_, file) = fields.word("$INCLUDE")?;
        let origin = if fields.is_empty() { state.origin.clone() } else { fields.name("$INCLUDE")? };
        fields.end()?;
        let text = if place.depth == MAX_DEPTH {
            Err(format!("{MAX_DEPTH} files include one another already"))
        } else {
            include(file)
        };
        let text = text.map_err(|why| first.refused(TextReason::NotIncluded { file: file.into(), why }))?;
        let mut place = Place::new(Some(file.into()), &text, place.depth + 1);
        self.entries(&mut place, &mut State { origin, ..state.clone() }, include);
        Ok(())
    }
}

/// A text that is being read.
struct Place<'t> {
    file: Option<Arc<str>>,
    text: &'t [u8],
    depth: usize,
    /// Where lines were counted to, and the line there.
    counted: (usize, usize),
}

impl<'t> Place<'t> {
    fn new(file: Option<Arc<str>>, text: &'t [u8], depth: usize) -> Place<'t> {
        Place { file, text, depth, counted: (0, 1) }
    }

    /// The line of an offset. Entries come in the order of the text, so lines are counted from the one before.
    fn line_of(&mut self, offset: usize) -> usize {
        let (start, line) = self.counted;
        let between = self.text.get(start..offset).unwrap_or_default();
        let line = line + between.iter().filter(|byte| **byte == b'\n').count();
        self.counted = (offset.max(start), line);
        line
    }

    fn fault(&mut self, refused: Refused<TextReason>) -> Fault {
        let line = self.line_of(refused.offset);
        Fault { file: self.file.as_deref().map(str::to_owned), line, refused }
    }
}

/// What one entry leaves to the next.
#[derive(Debug, Clone)]
struct State {
    origin: Name,
    /// The owner of the entry before; `None` if that could not be read.
    owner: Option<Name>,
    /// The last class that was written.
    class: Class,
    /// What `$TTL` says.
    default_ttl: Option<u32>,
    /// The TTL of the last entry that had one.
    last_ttl: Option<u32>,
}

impl State {
    fn new(origin: &Name) -> State {
        State { origin: origin.clone(), owner: None, class: Class::IN, default_ttl: None, last_ttl: None }
    }

    fn record(&mut self, entry: &Entry<'_>, mut fields: Fields<'_>) -> Result<Record, Refused<TextReason>> {
        let at = entry.tokens.first().map_or(entry.end, |first| first.at);
        let missing = |name| bad(at, TextReason::TextEnds { name, rtype: RecordType::ANY });
        if !entry.starts_blank {
            self.owner = None;
            self.owner = Some(fields.name("owner")?);
        }
        let name = self.owner.clone().ok_or_else(|| missing("an owner"))?;
        let (ttl, class, rtype) = ttl_class_type(&mut fields)?;
        if rtype.is_meta() {
            let last = entry.tokens.len() - fields.len() - 1;
            return fields.refuse(entry.tokens[last], "a type in a zone", "one that zones hold");
        }
        // book: inherits
        self.class = class.unwrap_or(self.class);
        let data = RData::from_text(rtype, self.class, &mut fields.of_type(rtype))?;
        self.last_ttl = ttl.or(self.last_ttl);
        let of_soa = match &data {
            RData::Soa(soa) => Some(soa.minimum),
            _ => None,
        };
        let ttl = ttl.or(self.default_ttl).or(self.last_ttl).or(of_soa).ok_or_else(|| missing("a TTL"))?;
        self.last_ttl = Some(ttl);
        // book: end
        Ok(Record { name, class: self.class, ttl, data })
    }
}
