//! A message in one line of at most 50 columns: what a ladder diagram has room for.

use crate::message::Message;
use crate::rdata::RData;
use crate::record::Record;
use crate::rtype::{Rcode, RecordType};

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
    /// # Ok::<(), barewire_dns::Error>(())
    /// ```
    pub fn summary(&self) -> String {
        let question = self.questions.first();
        let name = question.map_or_else(|| "no question".into(), |question| question.name.to_string());
        let rtype = question.map_or(RecordType::ANY, |question| question.rtype);
        if !self.header.qr {
            return fit(format!("{}? ", rtype.name()), &name, String::new());
        }
        match self.rcode() {
            _ if self.header.tc => fit("truncated, ask over TCP: ".into(), &name, String::new()),
            Rcode::NOERROR => self.outcome(rtype, &name),
            rcode => fit(format!("{} ", rcode.name()), &name, String::new()),
        }
    }

    /// What a response without an error says: the wanted record, an alias, a referral, or nothing.
    fn outcome(&self, rtype: RecordType, name: &str) -> String {
        let wanted = self.answers.iter().find(|record| record.rtype == rtype);
        match wanted.or(self.answers.first()) {
            Some(record) => self.answer(record),
            None if self.is_referral() => match self.authorities.iter().find(|r| r.rtype == RecordType::NS) {
                Some(ns) => fit("referral to ".into(), &ns.data.to_string(), format!(" for {}", ns.name)),
                None => fit("referral for ".into(), name, String::new()),
            },
            None => fit(format!("NODATA {} ", rtype.name()), name, String::new()),
        }
    }

    fn answer(&self, record: &Record) -> String {
        let more = self.answers.len() - 1;
        let more = if more == 0 { String::new() } else { format!(" (+{more} more)") };
        let ttl = format!(", ttl {}{more}", record.ttl_seconds());
        fit(format!("{} ", record.rtype.name()), &record.data.to_string(), ttl)
    }

    /// Whether the response sends the client on: no answer, no error, and the names of the servers of a
    /// zone below in the authority section. A negative answer has SOA there (RFC 2308 §2.1 and §2.2).
    pub fn is_referral(&self) -> bool {
        let has = |rtype| self.authorities.iter().any(|record| record.rtype == rtype);
        let silent = self.header.rcode == Rcode::NOERROR && self.answers.is_empty() && !self.header.aa;
        silent && has(RecordType::NS) && !has(RecordType::SOA)
    }

    /// For how many seconds a negative answer may be remembered: the lower of SOA's MINIMUM and its TTL
    /// (RFC 2308 §5). `None` without SOA: it must not be cached.
    pub fn negative_ttl(&self) -> Option<u32> {
        self.authorities.iter().find_map(|record| match &record.data {
            RData::Soa(soa) => Some(soa.minimum.min(record.ttl_seconds())),
            _ => None,
        })
    }
}

/// `before`, `middle` and `after` in one line; `middle`, then `after`, is cut where they are too long.
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
