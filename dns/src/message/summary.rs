//! A message in one line of at most 50 columns: a ladder diagram has no more room.
//!
//! Tested in `tests/message.rs` and `tests/other_uses.rs`.

use barewire_dissect::several;

use super::Message;
use crate::name::Name;
use crate::opcode::Opcode;
use crate::outcome::Outcome;
use crate::rcode::Rcode;
use crate::record::Record;
use crate::record_type::RecordType;

/// The most columns that [`Message::summary`] takes.
const COLUMNS: usize = 50;

impl Message {
    /// The message in one line of at most 50 columns.
    ///
    /// ```
    /// use barewire_dns::{Message, Name, RData, Rcode, Record, RecordType};
    /// let name = Name::parse_text("www.example.test")?;
    /// let query = Message::query(1, name.clone(), RecordType::A);
    /// assert_eq!(query.summary(), "A? www.example.test");
    /// let mut reply = Message::response_to(&query);
    /// reply.answers.push(Record::new(name, 300, RData::A([203, 0, 113, 80].into())));
    /// assert_eq!(reply.summary(), "A 203.0.113.80, ttl 300");
    /// reply.answers.clear();
    /// assert_eq!(reply.summary(), "NODATA A www.example.test");
    /// reply.header.rcode = Rcode::NXDOMAIN;
    /// assert_eq!(reply.summary(), "NXDOMAIN www.example.test");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn summary(&self) -> String {
        let question = self.question();
        let name = question.map_or_else(|| "no question".into(), |question| question.name.to_string());
        let rtype = question.map_or(RecordType::ANY, |question| question.rtype);
        if self.header.opcode != Opcode::QUERY {
            return self.of_another_kind(&name);
        }
        if !self.is_response() {
            return fit(format!("{}? ", rtype.name()), &name, String::new());
        }
        match self.header.rcode {
            _ if self.is_truncated() => fit("truncated, ask over TCP: ".into(), &name, String::new()),
            Rcode::NOERROR => self.without_error(rtype, &name),
            rcode => fit(format!("{} ", rcode.name()), &name, String::new()),
        }
    }

    /// A message that is not a query for records: its opcode and the zone, with the response code or with how much
    /// changes.
    fn of_another_kind(&self, zone: &str) -> String {
        let end = match self.header.opcode {
            _ if self.is_response() => format!(": {}", self.header.rcode.name()),
            // RFC 2136 §2: an update's changes stand where other messages have their authority records.
            Opcode::UPDATE => format!(": {}", several(self.authorities.len() as u64, "change")),
            _ => String::new(),
        };
        fit(format!("{} ", self.header.opcode.name()), zone, end)
    }

    /// What a response without an error says: the wanted record, an alias, a referral, or nothing.
    fn without_error(&self, rtype: RecordType, name: &str) -> String {
        let wanted = self.answers.iter().find(|record| record.rtype() == rtype);
        match wanted.or(self.answers.first()) {
            Some(record) => self.answer(record),
            None => self.nothing(rtype, name),
        }
    }

    /// What a response says that has no record in its answer section.
    fn nothing(&self, rtype: RecordType, name: &str) -> String {
        match self.outcome() {
            Some(Outcome::Referral(referral) | Outcome::Lame(referral)) => {
                let server = referral.servers.first().map(Name::to_string).unwrap_or_default();
                fit("referral to ".into(), &server, format!(" for {}", referral.zone))
            }
            None => "neither a question nor an answer".into(),
            _ => fit(format!("NODATA {} ", rtype.name()), name, String::new()),
        }
    }

    fn answer(&self, record: &Record) -> String {
        let more = self.answers.len() - 1;
        let more = if more == 0 { String::new() } else { format!(" (+{more} more)") };
        let ttl = format!(", ttl {}{more}", record.ttl_seconds());
        fit(format!("{} ", record.rtype().name()), &data(record), ttl)
    }
}

/// The data of a record. In a line for people, a name that ends it stands without its dot.
fn data(record: &Record) -> String {
    let text = record.data.to_string();
    text.strip_suffix('.').filter(|text| !text.is_empty()).unwrap_or(&text).to_owned()
}

/// `before`, `middle` and `after` in one line. If that is too long, `middle` is cut first, then the end.
fn fit(before: String, middle: &str, after: String) -> String {
    let room = COLUMNS.saturating_sub(before.chars().count() + after.chars().count()).max(8);
    let line = format!("{before}{}{after}", cut(middle, room));
    cut(&line, COLUMNS)
}

fn cut(text: &str, columns: usize) -> String {
    if text.chars().count() <= columns {
        return text.to_owned();
    }
    text.chars().take(columns.saturating_sub(1)).chain(['…']).collect()
}
