//! The records to be shown: the answer, and where there is none what the server said instead.

use barewire_dns::driver::Direction;
use barewire_dns::{Class, Message, Name, Record, RecordType};

use super::asked::Asked;
use super::ttl::ttl;

/// Where a record stood in its message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    Answer,
    Authority,
    Additional,
}

impl Section {
    pub(super) fn name(self) -> &'static str {
        match self {
            Section::Answer => "answer",
            Section::Authority => "authority",
            Section::Additional => "additional",
        }
    }
}

/// A record, as text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    pub(super) section: Section,
    record: Record,
}

impl Row {
    pub(super) fn is_answer(&self) -> bool {
        self.section == Section::Answer
    }

    /// The owner, with its final dot.
    pub(super) fn name(&self) -> String {
        self.record.name.with_dot().to_string()
    }

    /// The type, and the class before it, if that is not IN.
    pub(super) fn rtype(&self) -> String {
        match self.record.class {
            Class::IN => self.record.rtype().name(),
            class => format!("{} {}", class.name(), self.record.rtype()),
        }
    }

    /// For how long it may be kept: 5m.
    pub(super) fn ttl(&self) -> String {
        ttl(self.record.ttl_seconds())
    }

    /// The data as in a master file.
    pub(super) fn data(&self) -> String {
        self.record.data.to_string()
    }
}

/// The answer section, with the aliases of earlier replies before it; without an answer all sections.
pub(super) fn rows(asked: &Asked) -> Vec<Row> {
    let all = all_rows(asked);
    match &asked.result {
        Ok(_) => all.into_iter().filter(Row::is_answer).collect(),
        Err(_) => all,
    }
}

/// The records of all sections.
pub(super) fn all_rows(asked: &Asked) -> Vec<Row> {
    let aliases = aliases(asked).into_iter().map(|record| Row { section: Section::Answer, record });
    aliases.chain(asked.message.clone().into_iter().flat_map(of_message)).collect()
}

/// The records of a message.
pub(super) fn of_message(message: Message) -> Vec<Row> {
    let row = |section| move |record: Record| Row { section, record };
    let answers = message.answers.into_iter().map(row(Section::Answer));
    let authorities = message.authorities.into_iter().map(row(Section::Authority));
    let additionals = message.additionals.into_iter().map(row(Section::Additional));
    answers.chain(authorities).chain(additionals).collect()
}

/// Records that were found somewhere, as a table has them.
pub(super) fn of_records(records: impl IntoIterator<Item = Record>) -> Vec<Row> {
    records.into_iter().map(|record| Row { section: Section::Answer, record }).collect()
}

/// The aliases in the replies before the last one, whose targets had to be asked for.
fn aliases(asked: &Asked) -> Vec<Record> {
    let mut questions = std::iter::once(&asked.name).chain(&asked.targets).rev();
    // The last of them is what the last reply is about.
    questions.next();
    let answers = questions.rev().filter_map(|name| reply_about(asked, name)).flat_map(|reply| reply.answers);
    answers.filter(|record| record.rtype() == RecordType::CNAME).collect()
}

/// The last reply to the question about a name.
fn reply_about(asked: &Asked, name: &Name) -> Option<Message> {
    let received = asked.carried.messages.iter().filter(|passed| passed.direction == Direction::Received);
    let mut replies = received.filter_map(|passed| Message::parse(&passed.bytes).ok());
    replies.rfind(|reply| reply.question().is_some_and(|question| question.name == *name))
}
